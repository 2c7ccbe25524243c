//! Closing what is in the queue: a look was proper or not, with reasons; a step was seen. A member's own record of
//! improper looks is a public figure a year.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::date};
use keys::DataKey;
use model::{EventId, NoticeId, PersonId, Randomness};
use storage::{Access, Param, StoreError, Tx};

use super::{
    Change, ReviewError,
    item::{Found, Item},
    not_concerned, only_reviewers, reasons,
    step::Step,
};
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
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Proper => "proper",
            Self::Improper => "improper",
        }
    }
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

/// What reviewers found about a look, the first first: one may have been overturned.
pub(crate) fn findings(
    tx: &mut dyn Tx,
    of: (PersonId, Option<&DataKey>),
    look: EventId,
) -> Result<Vec<LookFinding>, RegistryError> {
    let Some(item) = Item::read(tx, of, look)? else {
        return Ok(Vec::new());
    };
    let mut findings = Vec::new();
    for (found, holds) in [(item.first, false), (item.last, true)] {
        let (Some(verdict), Some(at)) = (found.verdict, found.closed_at) else {
            continue;
        };
        findings.push(LookFinding {
            verdict,
            reasons: found.reasons,
            found_at: crate::time(at)?,
            // Nothing takes the place of an improper one: where it holds no more, it was taken back.
            taken_back: !holds && verdict == Verdict::Improper,
        });
    }
    findings.sort_by_key(|one| one.found_at);
    Ok(findings)
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
    tx.execute(
        "INSERT INTO review_item (person, look, body, staff, causes, at) VALUES ($1, $2, $3, $4, '', $5) \
         ON CONFLICT DO NOTHING",
        &[
            key[0],
            key[1],
            Param::Text(&body),
            Param::Text(&staff),
            Param::Int(of.at.as_second()),
        ],
    )?;
    let item = Item::read(tx, (of.person, of.key), of.look)?;
    let mut item = item.ok_or(StoreError::Shape("a look is expected"))?;
    match item.last.verdict {
        Some(Verdict::Improper) => return Ok(false),
        Some(Verdict::Proper) => item.first = item.last,
        None => {}
    }
    item.last = Found::new(Verdict::Improper, of.reviewer, of.reasons, of.at);
    item.write(tx, randomness)?;
    Ok(true)
}

/// Gives a look that was counted as improper at this moment the reasons `of.reasons`, if that finding holds.
pub(crate) fn found_for(
    tx: &mut dyn Tx,
    of: &Overturned<'_>,
    counted_at: Timestamp,
    randomness: &dyn Randomness,
) -> Result<(), RegistryError> {
    let Some(mut item) = counted(tx, of, counted_at)? else {
        return Ok(());
    };
    item.last.reasons = of.reasons.map(str::to_owned);
    item.write(tx, randomness)
}

/// The look, where it counts as improper since this moment.
fn counted<'a>(
    tx: &mut dyn Tx,
    of: &Overturned<'a>,
    counted_at: Timestamp,
) -> Result<Option<Item<'a>>, RegistryError> {
    let since = Some(counted_at.as_second());
    let item = Item::read(tx, (of.person, of.key), of.look)?;
    Ok(item.filter(|one| one.last.verdict == Some(Verdict::Improper) && one.last.closed_at == since))
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
    let Some(mut item) = counted(tx, of, counted_at)? else {
        return Ok(None);
    };
    let before = std::mem::replace(&mut item.first, item.last);
    item.last = match before.verdict {
        Some(Verdict::Proper) => before,
        // One that was taken back before does not hold again.
        Some(Verdict::Improper) | None => Found {
            // One that was in nobody's queue does not come into it now.
            closed_at: (!item.queued).then_some(of.at.as_second()),
            ..Found::default()
        },
    };
    item.write(tx, randomness)?;
    Ok(Some(TakenBack {
        body: item.body,
        staff: Some(item.staff).filter(|staff| !staff.is_empty()),
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
        let of = (found.person, known.as_ref().map(|known| &known.key));
        let mut item = Item::read(tx, of, look)?.ok_or(ReviewError::Unknown)?;
        item.last = Found::new(verdict, reviewer, Some(why), at);
        item.write(tx, &*self.randomness)?;
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
                // What a reviewer did stays theirs, whoever sees it.
                let seen = tx.execute(
                    "UPDATE oversight_step SET waits = 0, reviewer = COALESCE(reviewer, $1) WHERE step = $2 AND waits = 1",
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
