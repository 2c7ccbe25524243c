//! Closing what is in the queue: a look was proper or not, with reasons; a step was seen. A member's own record of
//! improper looks is a public figure a year.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::date};
use keys::Place;
use model::{EventId, NoticeId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use super::{Change, ReviewError, not_concerned, only_reviewers, reasons, step::Step};
use crate::{
    NoticeKind, Registry, RegistryError, day,
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

/// Counts a look as improper that a reconsideration or a complaint found to be so, whether or not it was ever in the
/// queue; that of a desk which got rejected rows back as that of an inquiry. What a reviewer found about it before no longer
/// holds. Answers false where it was counted before.
pub(crate) fn count_improper(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    reviewer: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let key = [Param::Blob(person.as_bytes()), Param::Blob(look.as_bytes())];
    let looked = tx.query(
        "SELECT actor, staff FROM event WHERE person = $1 AND event = $2 AND (outcome IS NOT NULL OR kind = $3)",
        &[key[0], key[1], Param::Text(EventKind::DeskLook.as_str())],
    )?;
    let mut row = looked
        .into_iter()
        .next()
        .ok_or(StoreError::Shape("a look is expected"))?;
    let (body, staff) = (row.text()?, row.opt_text()?.unwrap_or_default());
    let new = tx.execute(
        "INSERT INTO review_item (person, look, body, staff, causes, at, closed_at, reviewer, verdict) \
         VALUES ($1, $2, $3, $4, '', $5, $5, $6, $7) \
         ON CONFLICT (person, look) DO UPDATE SET closed_at = $5, reviewer = $6, verdict = $7, sealed_reasons = NULL \
         WHERE review_item.verdict IS NULL OR review_item.verdict <> $7",
        &[
            key[0],
            key[1],
            Param::Text(&body),
            Param::Text(&staff),
            Param::Int(at.as_second()),
            Param::Text(reviewer),
            Param::Text(Verdict::Improper.as_str()),
        ],
    )?;
    Ok(new > 0)
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
                let place = Place {
                    table: "review_item",
                    column: "sealed_reasons",
                    row: &[found.person.as_bytes(), look.as_bytes()],
                };
                let sealed = known.key.seal(&place, why.as_bytes(), &*self.randomness);
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
        look::show_now(tx, found.person, look, day::to_number(self.today()), at)?;
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
