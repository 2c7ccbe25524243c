//! Closing what is in the queue: a look was proper or not, with reasons; a step was seen. A member's own record of
//! improper looks is a public figure a year.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::date};
use keys::{DataKey, Place};
use model::{EventId, NoticeId, PersonId, Randomness};
use storage::{Access, Param, StoreError, Tx};

use super::{Change, ReviewError, not_concerned, only_reviewers, reasons, step::Step};
use crate::{
    NoticeKind, Registry, RegistryError,
    event::{self, Event, EventKind},
    look, notice, person, procedure,
};

/// What a reviewer found about a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was proper.
    Proper,
    /// It was not. The person is told.
    Improper,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Proper => "proper",
            Self::Improper => "improper",
        }
    }
}

/// The verdict that is stored as this word.
pub(crate) fn verdict_of(word: Option<&str>) -> Option<Verdict> {
    [Verdict::Proper, Verdict::Improper]
        .into_iter()
        .find(|one| Some(one.as_str()) == word)
}

/// What a reviewer found about a look, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LookFinding {
    /// What.
    pub verdict: Verdict,
    /// Why, as far as that is still held.
    pub reasons: Option<String>,
    /// When.
    pub found_at: Timestamp,
    /// Whether it was taken back, as what a court decided was put down wrongly: it does not count.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
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

/// What reviewers found about a look, the first first: one may have been overturned.
pub(crate) fn findings(
    tx: &mut dyn Tx,
    (person, key): (PersonId, Option<&DataKey>),
    look: EventId,
) -> Result<Vec<LookFinding>, RegistryError> {
    let row: [&[u8]; 2] = [person.as_bytes(), look.as_bytes()];
    let rows = tx.query(
        "SELECT first_verdict, first_closed_at, sealed_first_reasons, verdict, closed_at, sealed_reasons \
         FROM review_item WHERE person = $1 AND look = $2",
        &row.map(Param::Blob),
    )?;
    let mut found = Vec::new();
    for mut one in rows {
        let mut read = |column| {
            let (verdict, at, sealed) = (one.opt_text()?, one.opt_int()?, one.opt_blob()?);
            let (Some(verdict), Some(at)) = (verdict_of(verdict.as_deref()), at) else {
                return Ok::<_, RegistryError>(None);
            };
            let reasons = match key {
                Some(key) => open_reasons(key, &place(column, &row), sealed)?,
                None => None,
            };
            Ok(Some(LookFinding {
                verdict,
                reasons,
                found_at: crate::time(at)?,
                taken_back: false,
            }))
        };
        let (mut first, last) = (read(FIRST_REASONS)?, read(REASONS)?);
        // Nothing takes the place of an improper one: where one was found first, it was taken back.
        if let Some(first) = &mut first {
            first.taken_back = first.verdict == Verdict::Improper;
        }
        found.extend(first.into_iter().chain(last));
    }
    found.sort_by_key(|one| one.found_at);
    Ok(found)
}

/// A look that a reconsideration or a complaint found to be improper.
pub(crate) struct Overturned<'a> {
    pub(crate) person: PersonId,
    /// The person's key. None: nothing is held about them any more, and no reasons are kept.
    pub(crate) key: Option<&'a DataKey>,
    pub(crate) look: EventId,
    pub(crate) reviewer: &'a str,
    pub(crate) reasons: Option<&'a str>,
    pub(crate) at: Timestamp,
}

/// Counts such a look as improper, whether or not it was ever in the queue; that of a desk which got rejected rows back, or
/// of an association that sought somebody, as that of an inquiry. What a reviewer found about it before no longer
/// holds, and is kept with its reasons. Answers false where it was counted before.
pub(crate) fn count_improper(
    tx: &mut dyn Tx,
    of: &Overturned<'_>,
    randomness: &dyn Randomness,
) -> Result<bool, RegistryError> {
    let row: [&[u8]; 2] = [of.person.as_bytes(), of.look.as_bytes()];
    let key = row.map(Param::Blob);
    let looked = tx.query(
        "SELECT actor, staff FROM event WHERE person = $1 AND event = $2 AND (outcome IS NOT NULL OR kind IN ($3, $4))",
        &[
            key[0],
            key[1],
            Param::Text(EventKind::DeskLook.as_str()),
            Param::Text(EventKind::LookFoundNothing.as_str()),
        ],
    )?;
    let mut looked = looked
        .into_iter()
        .next()
        .ok_or(StoreError::Shape("a look is expected"))?;
    let (body, staff) = (looked.text()?, looked.opt_text()?.unwrap_or_default());
    let mut sealed = (None, None);
    if let Some(of_person) = of.key {
        let seal = |column, text: &str| of_person.seal(&place(column, &row), text.as_bytes(), randomness);
        let before = tx.query(
            "SELECT sealed_reasons FROM review_item WHERE person = $1 AND look = $2",
            &key,
        )?;
        let before = match before.into_iter().next() {
            Some(mut one) => open_reasons(of_person, &place(REASONS, &row), one.opt_blob()?)?,
            None => None,
        };
        sealed.0 = before.map(|text| seal(FIRST_REASONS, &text)).transpose()?;
        sealed.1 = of.reasons.map(|text| seal(REASONS, text)).transpose()?;
    }
    let (first, reasons) = sealed;
    let new = tx.execute(
        "INSERT INTO review_item (person, look, body, staff, causes, at, closed_at, reviewer, verdict, sealed_reasons) \
         VALUES ($1, $2, $3, $4, '', $5, $5, $6, $7, $8) \
         ON CONFLICT (person, look) DO UPDATE SET \
         first_verdict = COALESCE(review_item.verdict, review_item.first_verdict), \
         first_reviewer = CASE WHEN review_item.verdict IS NULL THEN review_item.first_reviewer ELSE review_item.reviewer END, \
         first_closed_at = CASE WHEN review_item.verdict IS NULL THEN review_item.first_closed_at ELSE review_item.closed_at END, \
         sealed_first_reasons = CASE WHEN review_item.verdict IS NULL THEN review_item.sealed_first_reasons ELSE $9 END, \
         closed_at = $5, reviewer = $6, verdict = $7, sealed_reasons = $8 \
         WHERE review_item.verdict IS NULL OR review_item.verdict <> $7",
        &[
            key[0],
            key[1],
            Param::Text(&body),
            Param::Text(&staff),
            Param::Int(of.at.as_second()),
            Param::Text(of.reviewer),
            Param::Text(Verdict::Improper.as_str()),
            reasons.as_deref().map_or(Param::Null, Param::Blob),
            first.as_deref().map_or(Param::Null, Param::Blob),
        ],
    )?;
    Ok(new > 0)
}

/// Gives a look that was counted as improper at this moment the reasons `of.reasons`, if that finding holds.
pub(crate) fn found_for(
    tx: &mut dyn Tx,
    of: &Overturned<'_>,
    counted_at: Timestamp,
    randomness: &dyn Randomness,
) -> Result<(), RegistryError> {
    let (Some(of_person), Some(reasons)) = (of.key, of.reasons) else {
        return Ok(());
    };
    let row: [&[u8]; 2] = [of.person.as_bytes(), of.look.as_bytes()];
    let sealed = of_person.seal(&place(REASONS, &row), reasons.as_bytes(), randomness)?;
    tx.execute(
        "UPDATE review_item SET sealed_reasons = $1 WHERE person = $2 AND look = $3 AND verdict = $4 AND closed_at = $5",
        &[
            Param::Blob(&sealed),
            Param::Blob(row[0]),
            Param::Blob(row[1]),
            Param::Text(Verdict::Improper.as_str()),
            Param::Int(counted_at.as_second()),
        ],
    )?;
    Ok(())
}

/// A look that was counted as improper, and is not any more.
pub(crate) struct TakenBack {
    pub(crate) body: String,
    pub(crate) staff: Option<String>,
}

/// Takes back that a look counts as improper, where that was counted at this moment by `of.reviewer` or another one: what was
/// found about it before holds again, or it waits for a reviewer again. What is taken back is kept with its reasons. None: it
/// counts for another finding.
pub(crate) fn count_no_longer(
    tx: &mut dyn Tx,
    of: &Overturned<'_>,
    counted_at: Timestamp,
    randomness: &dyn Randomness,
) -> Result<Option<TakenBack>, RegistryError> {
    let row: [&[u8]; 2] = [of.person.as_bytes(), of.look.as_bytes()];
    let key = row.map(Param::Blob);
    let rows = tx.query(
        "SELECT body, staff, causes, sealed_reasons, sealed_first_reasons, first_verdict FROM review_item \
         WHERE person = $1 AND look = $2 AND verdict = $3 AND closed_at = $4",
        &[
            key[0],
            key[1],
            Param::Text(Verdict::Improper.as_str()),
            Param::Int(counted_at.as_second()),
        ],
    )?;
    let Some(mut counted) = rows.into_iter().next() else {
        return Ok(None);
    };
    let (body, staff) = (counted.text()?, counted.text()?);
    // One that was in nobody's queue does not come into it now.
    let closed_at = match counted.text()?.is_empty() {
        true => Param::Int(of.at.as_second()),
        false => Param::Null,
    };
    let (taken_back, before) = (counted.opt_blob()?, counted.opt_blob()?);
    let (mut first, mut again) = (None, None);
    if let Some(of_person) = of.key {
        let moved = |sealed, from, to| {
            let text = open_reasons(of_person, &place(from, &row), sealed)?;
            let sealed = text.map(|text| of_person.seal(&place(to, &row), text.as_bytes(), randomness));
            Ok::<_, RegistryError>(sealed.transpose()?)
        };
        first = moved(taken_back, REASONS, FIRST_REASONS)?;
        // One that was taken back before does not hold again.
        let holds = counted.opt_text()?.as_deref() != Some(Verdict::Improper.as_str());
        again = moved(before.filter(|_| holds), FIRST_REASONS, REASONS)?;
    }
    tx.execute(
        "UPDATE review_item SET verdict = CASE WHEN first_verdict = $6 THEN NULL ELSE first_verdict END, \
         reviewer = CASE WHEN first_verdict = $6 THEN NULL ELSE first_reviewer END, \
         closed_at = CASE WHEN first_verdict = $6 THEN $3 ELSE COALESCE(first_closed_at, $3) END, sealed_reasons = $4, first_verdict = verdict, \
         first_reviewer = reviewer, first_closed_at = closed_at, sealed_first_reasons = $5 \
         WHERE person = $1 AND look = $2",
        &[
            key[0],
            key[1],
            closed_at,
            again.as_deref().map_or(Param::Null, Param::Blob),
            first.as_deref().map_or(Param::Null, Param::Blob),
            Param::Text(Verdict::Improper.as_str()),
        ],
    )?;
    Ok(Some(TakenBack {
        body,
        staff: Some(staff).filter(|staff| !staff.is_empty()),
    }))
}

impl Registry {
    /// Closes a look in the queue. The person is told of an improper one at once, whatever was to wait.
    ///
    /// # Errors
    /// [`ReviewError`]: no such reviewer or look, closed before, no reasons, the look was at the reviewer, they took it
    /// themselves, or they have or answered a procedure about it.
    pub async fn close_review(
        &self,
        look: EventId,
        reviewer: &str,
        verdict: Verdict,
        why: &str,
    ) -> Result<(), ReviewError> {
        let why = reasons(why)?;
        let (this, reviewer) = (self.clone(), reviewer.to_owned());
        self.store
            .run_async("review.close", Access::Write, move |tx| {
                only_reviewers(tx, &reviewer)?;
                this.close_look(tx, look, &reviewer, verdict, why.as_str())
            })
            .await
    }

    fn close_look(
        &self,
        tx: &mut dyn Tx,
        look: EventId,
        reviewer: &str,
        verdict: Verdict,
        why: &str,
    ) -> Result<(), ReviewError> {
        let found = look::find_reviewed(tx, look)?.ok_or(ReviewError::Unknown)?;
        not_concerned(tx, reviewer, (found.person, look))?;
        if found.closed {
            return Err(ReviewError::Closed);
        }
        if procedure::looked(tx, found.person, look, reviewer)? {
            return Err(ReviewError::TookPart);
        }
        if procedure::has_or_judged(tx, &self.keys, found.person, look, reviewer)? {
            return Err(ReviewError::TookPart);
        }
        let known = person::find_one(tx, &self.keys, found.person)?;
        let at = self.clock.now();
        // Under the person's key, so that they go with it. Of somebody whose key is destroyed nothing is kept.
        let sealed = match known {
            Some(known) => {
                let row: [&[u8]; 2] = [found.person.as_bytes(), look.as_bytes()];
                let sealed = known
                    .key
                    .seal(&place(REASONS, &row), why.as_bytes(), &*self.randomness);
                Some(sealed.map_err(RegistryError::from)?)
            }
            None => None,
        };
        tx.execute(
            "UPDATE review_item SET closed_at = $1, reviewer = $2, verdict = $3, sealed_reasons = $4 \
             WHERE person = $5 AND look = $6",
            &[
                Param::Int(at.as_second()),
                Param::Text(reviewer),
                Param::Text(verdict.as_str()),
                sealed.as_ref().map_or(Param::Null, |sealed| Param::Blob(sealed)),
                Param::Blob(found.person.as_bytes()),
                Param::Blob(look.as_bytes()),
            ],
        )?;
        if verdict == Verdict::Proper {
            // Not an event of the person: it must not show before the look does.
            self.put_step(
                tx,
                &Step {
                    change: Change::FoundProper,
                    body: &found.body,
                    staff: Some(&found.staff),
                    reviewer: Some(reviewer),
                    by_staff: None,
                    subject: Some(look),
                    reasons: None,
                    at,
                },
            )?;
            return Ok(());
        }
        look::show_now(tx, self, found.person, look)?;
        let improper = Event {
            id: EventId::new(at, &*self.randomness).map_err(RegistryError::from)?,
            person: found.person,
            kind: EventKind::LookImproper,
            actor: format!("reviewer:{reviewer}"),
            purpose: found.purpose,
            subject: Some(*look.as_bytes()),
            at,
        };
        event::record(tx, &[improper], &*self.randomness)?;
        let id = NoticeId::new(at, &*self.randomness).map_err(RegistryError::from)?;
        notice::put(
            tx,
            found.person,
            id,
            NoticeKind::LookImproper,
            *look.as_bytes(),
            at,
        )?;
        Ok(())
    }

    /// Takes a step that a reviewer has seen out of the queue.
    ///
    /// # Errors
    /// [`ReviewError`]: no such reviewer or step.
    pub async fn close_step(&self, step: EventId, reviewer: &str) -> Result<(), ReviewError> {
        let reviewer = reviewer.to_owned();
        self.store
            .run_async("review.see", Access::Write, move |tx| {
                only_reviewers(tx, &reviewer)?;
                let seen = tx.execute(
                    "UPDATE oversight_step SET waits = 0, reviewer = $1 WHERE step = $2 AND waits = 1",
                    &[Param::Text(&reviewer), Param::Blob(step.as_bytes())],
                )?;
                if seen == 1 {
                    Ok(())
                } else {
                    Err(ReviewError::Unknown)
                }
            })
            .await
    }

    /// How many looks of each body were found improper in a year. Public: it is the bodies' record, nobody else's.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn improper_looks(&self, year: i16) -> Result<BTreeMap<String, u64>, RegistryError> {
        let begins = |year: i16| {
            let first = date(year.clamp(0, 9998), 1, 1).to_zoned(self.time_zone.clone());
            first.map_or(i64::MAX, |first| first.timestamp().as_second())
        };
        let (from, to) = (begins(year), begins(year.saturating_add(1)));
        self.store
            .run_async("review.figures", Access::Read, move |tx| {
                let rows = tx.query(
                    "SELECT body, COUNT(*) FROM review_item WHERE verdict = $1 AND closed_at >= $2 AND closed_at < $3 \
                     GROUP BY body",
                    &[
                        Param::Text(Verdict::Improper.as_str()),
                        Param::Int(from),
                        Param::Int(to),
                    ],
                )?;
                rows.into_iter()
                    .map(|mut row| Ok((row.text()?, row.int()? as u64)))
                    .collect()
            })
            .await
    }
}
