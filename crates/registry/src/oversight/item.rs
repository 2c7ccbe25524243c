//! The row of a look that is looked into, or is to be: what holds about it, and what does not any more.

use jiff::Timestamp;
use keys::{DataKey, Place};
use model::{EventId, PersonId, Randomness};
use storage::{Param, Tx};

use super::Verdict;
use crate::RegistryError;

/// The verdict that is stored as this word.
fn verdict_of(word: Option<&str>) -> Option<Verdict> {
    [Verdict::Proper, Verdict::Improper]
        .into_iter()
        .find(|one| Some(one.as_str()) == word)
}

const REASONS: &str = "sealed_reasons";
const FIRST_REASONS: &str = "sealed_first_reasons";

fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "review_item",
        column,
        row,
    }
}

/// What was sealed there. Nothing, if that was under a key that was destroyed since.
fn open_reasons(
    key: &DataKey,
    place: &Place<'_>,
    sealed: Option<Vec<u8>>,
) -> Result<Option<String>, RegistryError> {
    let Some(sealed) = sealed else { return Ok(None) };
    let Ok(plain) = key.open(place, &sealed) else {
        return Ok(None);
    };
    let reasons = String::from_utf8(plain.to_vec());
    reasons.map(Some).map_err(|_| RegistryError::Stored("reasons"))
}

/// What was found about a look, as its row holds it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) verdict: Option<Verdict>,
    pub(super) reviewer: Option<String>,
    /// When, in seconds after 1970. Of a look that is in nobody's queue also where nothing is found.
    pub(super) closed_at: Option<i64>,
    /// Why, as far as that is still held.
    pub(super) reasons: Option<String>,
}

impl Found {
    pub(super) fn new(verdict: Verdict, reviewer: &str, reasons: Option<&str>, at: Timestamp) -> Self {
        Self {
            verdict: Some(verdict),
            reviewer: Some(reviewer.to_owned()),
            closed_at: Some(at.as_second()),
            reasons: reasons.map(str::to_owned),
        }
    }
}

/// A look among those that were looked into, or are to be.
pub(super) struct Item<'a> {
    person: PersonId,
    key: Option<&'a DataKey>,
    look: EventId,
    pub(super) body: String,
    pub(super) staff: String,
    /// Whether it came into the reviewers' queue.
    pub(super) queued: bool,
    /// What holds no more: it was overturned, or taken back.
    pub(super) first: Found,
    /// What holds.
    pub(super) last: Found,
}

impl<'a> Item<'a> {
    /// Reads it. `key` is the person's, if anything is held about them.
    pub(super) fn read(
        tx: &mut dyn Tx,
        (person, key): (PersonId, Option<&'a DataKey>),
        look: EventId,
    ) -> Result<Option<Self>, RegistryError> {
        let row: [&[u8]; 2] = [person.as_bytes(), look.as_bytes()];
        let rows = tx.query(
            "SELECT body, staff, causes, first_verdict, first_reviewer, first_closed_at, sealed_first_reasons, \
             verdict, reviewer, closed_at, sealed_reasons FROM review_item WHERE person = $1 AND look = $2",
            &row.map(Param::Blob),
        )?;
        let Some(mut one) = rows.into_iter().next() else {
            return Ok(None);
        };
        let (body, staff, queued) = (one.text()?, one.text()?, !one.text()?.is_empty());
        let mut found = |column| {
            let verdict = verdict_of(one.opt_text()?.as_deref());
            let (reviewer, closed_at, sealed) = (one.opt_text()?, one.opt_int()?, one.opt_blob()?);
            let opened = key.map(|key| open_reasons(key, &place(column, &row), sealed));
            Ok::<_, RegistryError>(Found {
                verdict,
                reviewer,
                closed_at,
                reasons: opened.transpose()?.flatten(),
            })
        };
        let (first, last) = (found(FIRST_REASONS)?, found(REASONS)?);
        Ok(Some(Self {
            person,
            key,
            look,
            body,
            staff,
            queued,
            first,
            last,
        }))
    }

    /// Writes what was found. Reasons go under the person's key, so that they go with it; of somebody whose key is destroyed
    /// none are kept.
    pub(super) fn write(&self, tx: &mut dyn Tx, randomness: &dyn Randomness) -> Result<(), RegistryError> {
        let row: [&[u8]; 2] = [self.person.as_bytes(), self.look.as_bytes()];
        let seal = |column, found: &Found| {
            let reasons = self.key.zip(found.reasons.as_deref());
            let sealed =
                reasons.map(|(key, text)| key.seal(&place(column, &row), text.as_bytes(), randomness));
            sealed.transpose()
        };
        let (first, last) = (&self.first, &self.last);
        let (first_reasons, reasons) = (seal(FIRST_REASONS, first)?, seal(REASONS, last)?);
        let verdict = |found: &Found| found.verdict.map_or(Param::Null, |one| Param::Text(one.as_str()));
        tx.execute(
            "UPDATE review_item SET first_verdict = $1, first_reviewer = $2, first_closed_at = $3, \
             sealed_first_reasons = $4, verdict = $5, reviewer = $6, closed_at = $7, sealed_reasons = $8 \
             WHERE person = $9 AND look = $10",
            &[
                verdict(first),
                first.reviewer.as_deref().map_or(Param::Null, Param::Text),
                first.closed_at.map_or(Param::Null, Param::Int),
                first_reasons.as_deref().map_or(Param::Null, Param::Blob),
                verdict(last),
                last.reviewer.as_deref().map_or(Param::Null, Param::Text),
                last.closed_at.map_or(Param::Null, Param::Int),
                reasons.as_deref().map_or(Param::Null, Param::Blob),
                Param::Blob(row[0]),
                Param::Blob(row[1]),
            ],
        )?;
        Ok(())
    }
}
