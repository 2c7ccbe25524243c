//! Notices that a law lets wait. They are sent on their day without anyone's help. Only a reviewer, with reasons, lets
//! one wait longer, and never longer in all than the law says.

use jiff::{Span, Timestamp, civil::Date};
use model::{EventId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use super::Fruitless;
use crate::{
    EventKind, Registry, RegistryError, ReviewError, day, notice,
    oversight::{self, Change, Step},
    procedure,
};

/// How many people one transaction tells.
const AT_ONCE: i64 = 1_000;

/// Writes that a look shows on this day.
pub(super) fn put(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    shows_on: Date,
) -> Result<(), StoreError> {
    insert(tx, person, look, shows_on, None)
}

/// Writes that a look shows on this day, and that the person is told.
pub(super) fn put_told(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    shows_on: Date,
    at: Timestamp,
) -> Result<(), StoreError> {
    insert(tx, person, look, shows_on, Some(at))
}

fn insert(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    shows_on: Date,
    told_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO look_wait (person, look, shows_on, told_at) VALUES ($1, $2, $3, $4)",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(look.as_bytes()),
            Param::Int(day::to_number(shows_on)),
            told_at.map_or(Param::Null, |at| Param::Int(at.as_second())),
        ],
    )?;
    Ok(())
}

/// Lets a look show from now on, if it waits still, and with it what it gave.
pub(crate) fn show_now(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    look: EventId,
) -> Result<(), RegistryError> {
    let (today, at) = (day::to_number(this.today()), this.clock.now());
    tx.execute(
        "UPDATE look_wait SET shows_on = $1, told_at = $2 WHERE person = $3 AND look = $4 AND told_at IS NULL",
        &[
            Param::Int(today),
            Param::Int(at.as_second()),
            Param::Blob(person.as_bytes()),
            Param::Blob(look.as_bytes()),
        ],
    )?;
    procedure::show_recipients(tx, this, person)
}

/// A look whose notice waits.
struct Waiting {
    person: PersonId,
    body: String,
    staff: Option<String>,
    purpose: String,
    at: Timestamp,
    shows_on: Date,
}

impl Registry {
    /// Tells people of the looks whose day has come. Blocks.
    pub(crate) fn tell_of_looks(&self) -> Result<(), RegistryError> {
        loop {
            let this = self.clone();
            let told = self
                .store
                .run("due.tell", Access::Write, move |tx| this.tell_some(tx))?;
            if told < AT_ONCE {
                return Ok(());
            }
        }
    }

    fn tell_some(&self, tx: &mut dyn Tx) -> Result<i64, RegistryError> {
        let rows = tx.query(
            "SELECT wait.person, wait.look, event.kind, event.actor, event.staff, event.outcome, event.at \
             FROM look_wait AS wait JOIN event ON event.person = wait.person AND event.event = wait.look \
             WHERE wait.told_at IS NULL AND wait.shows_on <= $1 ORDER BY wait.shows_on, wait.person, wait.look LIMIT $2",
            &[Param::Int(day::to_number(self.today())), Param::Int(AT_ONCE)],
        )?;
        let at = self.clock.now();
        let told = rows.len() as i64;
        for mut row in rows {
            let (person, look) = (
                PersonId::from_bytes(row.array()?),
                EventId::from_bytes(row.array()?),
            );
            tx.execute(
                "UPDATE look_wait SET told_at = $1 WHERE person = $2 AND look = $3",
                &[
                    Param::Int(at.as_second()),
                    Param::Blob(person.as_bytes()),
                    Param::Blob(look.as_bytes()),
                ],
            )?;
            let kind: EventKind = row.text()?.parse()?;
            let (body, staff, outcome) = (row.text()?, row.opt_text()?, row.text()?);
            if kind == EventKind::Look {
                notice::put_look(tx, person, look, at)?;
                procedure::show_recipients(tx, self, person)?;
                continue;
            }
            let fruitless = Fruitless {
                person,
                event: look,
                kind,
                body: &body,
                staff: staff.as_deref(),
                outcome: &outcome,
                at: crate::time(row.int()?)?,
            };
            self.tell_fruitless(tx, &fruitless, at)?;
        }
        Ok(told)
    }

    /// Lets the notice of a look wait so many days longer, counted from the day on which it would be sent; in all
    /// never longer than the law says. Answers the day on which it is sent.
    ///
    /// # Errors
    /// [`ReviewError`]: no such reviewer or look, no reasons, or the law lets it wait no longer.
    pub async fn renew_wait(
        &self,
        look: EventId,
        reviewer: &str,
        days: u32,
        why: &str,
    ) -> Result<Date, ReviewError> {
        let why = oversight::reasons(why)?;
        let (this, reviewer) = (self.clone(), reviewer.to_owned());
        self.store
            .run_async("review.wait", Access::Write, move |tx| {
                oversight::only_reviewers(tx, &reviewer)?;
                this.renew_notice(tx, look, &reviewer, days, why.as_str())
            })
            .await
    }

    fn renew_notice(
        &self,
        tx: &mut dyn Tx,
        look: EventId,
        reviewer: &str,
        days: u32,
        why: &str,
    ) -> Result<Date, ReviewError> {
        let waiting = find(tx, look)?.ok_or(ReviewError::Unknown)?;
        oversight::not_concerned(tx, reviewer, (waiting.person, look))?;
        let delay = self.profile.purposes.get(&waiting.purpose);
        let delay = delay
            .and_then(|purpose| purpose.delay.as_ref())
            .ok_or(ReviewError::NoLonger)?;
        let after =
            |from: Date, days: u32| from.saturating_add(Span::new().days(i64::from(days.min(36_500))));
        let looked_on = self.day_of(waiting.at);
        let at_the_latest = after(looked_on, delay.on(looked_on).days);
        let shows_on = after(waiting.shows_on, days);
        if days == 0 || shows_on > at_the_latest || waiting.shows_on <= self.today() {
            return Err(ReviewError::NoLonger);
        }
        tx.execute(
            "UPDATE look_wait SET shows_on = $1 WHERE person = $2 AND look = $3",
            &[
                Param::Int(day::to_number(shows_on)),
                Param::Blob(waiting.person.as_bytes()),
                Param::Blob(look.as_bytes()),
            ],
        )?;
        self.put_step(
            tx,
            &Step {
                change: Change::WaitRenewed,
                body: &waiting.body,
                staff: waiting.staff.as_deref(),
                reviewer: Some(reviewer),
                by_staff: None,
                subject: Some(look),
                reasons: Some(why),
                at: self.clock.now(),
            },
        )?;
        Ok(shows_on)
    }
}

fn find(tx: &mut dyn Tx, look: EventId) -> Result<Option<Waiting>, StoreError> {
    let rows = tx.query(
        "SELECT event.person, event.actor, event.staff, event.purpose, event.at, look_wait.shows_on \
         FROM review_item JOIN event ON event.person = review_item.person AND event.event = review_item.look \
         JOIN look_wait ON look_wait.person = event.person AND look_wait.look = event.event \
         WHERE review_item.look = $1 AND look_wait.told_at IS NULL",
        &[Param::Blob(look.as_bytes())],
    )?;
    let found = rows.into_iter().next().map(|mut row| {
        Ok(Waiting {
            person: PersonId::from_bytes(row.array()?),
            body: row.text()?,
            staff: row.opt_text()?,
            purpose: row.text()?,
            at: crate::time(row.int()?)?,
            shows_on: day::from_number(row.int()?)?,
        })
    });
    found.transpose()
}
