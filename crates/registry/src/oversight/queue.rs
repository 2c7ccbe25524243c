//! The reviewers' queue: looks to be looked into, and steps to be seen.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use model::{ConsentId, EventId, PersonId, procedure::ReviewerId};
use storage::{Access, Param, Row, StoreError, Tx};

use super::{Change, OversightStep, ReviewError, not_concerned, only_reviewers, step};
use crate::{Registry, RegistryError, look, oversight::step::Step, person, staff};

/// Why a look is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// By chance.
    Chance,
    /// The person looked at is on the same staff.
    Colleague,
    /// The body looks at the same person again and again.
    SamePerson,
    /// It was taken at an hour or on a day at which nobody is expected to look.
    OddHours,
    /// The notice to the person waits.
    NoticeWaits,
}

impl Cause {
    const ALL: [Self; 5] = [
        Self::Chance,
        Self::Colleague,
        Self::SamePerson,
        Self::OddHours,
        Self::NoticeWaits,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Chance => "chance",
            Self::Colleague => "colleague",
            Self::SamePerson => "same-person",
            Self::OddHours => "odd-hours",
            Self::NoticeWaits => "notice-waits",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A look that a reviewer has to look into. It says nothing about the person.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ReviewItem {
    /// The look, by which it is closed too.
    pub look: EventId,
    /// The body that looked.
    pub body: String,
    /// The member of its staff.
    pub staff: String,
    /// The registered purpose.
    pub purpose: String,
    /// The consent that it was taken under. None: under a law.
    pub consent: Option<ConsentId>,
    /// `seen`, `nothing`, or the code of the refusal.
    pub outcome: String,
    /// Why it is looked into.
    pub causes: Vec<Cause>,
    /// When the look was taken.
    pub at: Timestamp,
    /// The day on which the person is told of it. None: they were told.
    pub told_on: Option<Date>,
}

/// What waits for the reviewers.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct ReviewQueue {
    /// Looks to be looked into, the oldest first.
    pub looks: Vec<ReviewItem>,
    /// Steps to be seen, the oldest first.
    pub steps: Vec<OversightStep>,
}

/// The case that a look was taken in, as the body wrote it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReviewCase {
    /// Which case.
    pub case_reference: String,
    /// Why.
    pub reason: String,
}

impl fmt::Debug for ReviewCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReviewCase(personal)")
    }
}

/// Puts a look into the queue.
pub(crate) fn put_item(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    (body, staff): (&str, &str),
    causes: &[Cause],
    at: Timestamp,
) -> Result<(), StoreError> {
    let causes: Vec<&str> = causes.iter().map(|cause| cause.as_str()).collect();
    tx.execute(
        "INSERT INTO review_item (person, look, body, staff, causes, at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(look.as_bytes()),
            Param::Text(body),
            Param::Text(staff),
            Param::Text(&causes.join(" ")),
            Param::Int(at.as_second()),
        ],
    )?;
    Ok(())
}

/// The causes for which looks of this body and member of staff at this person that came to the same, taken since a moment,
/// wait to be looked into.
pub(crate) fn waiting_causes(
    tx: &mut dyn Tx,
    person: PersonId,
    (body, staff, outcome): (&str, &str, &str),
    since: i64,
) -> Result<Vec<Cause>, StoreError> {
    let rows = tx.query(
        "SELECT item.causes FROM review_item AS item \
         JOIN event ON event.person = item.person AND event.event = item.look \
         WHERE item.person = $1 AND item.at >= $2 AND item.body = $3 AND item.staff = $4 AND event.outcome = $5 \
         AND item.closed_at IS NULL",
        &[
            Param::Blob(person.as_bytes()),
            Param::Int(since),
            Param::Text(body),
            Param::Text(staff),
            Param::Text(outcome),
        ],
    )?;
    let mut causes = Vec::new();
    for mut row in rows {
        causes.extend(named(&row.text()?));
    }
    Ok(causes)
}

/// The causes that stand in a row.
fn named(causes: &str) -> impl Iterator<Item = Cause> {
    let stands = move |cause: &Cause| causes.split(' ').any(|word| word == cause.as_str());
    Cause::ALL.into_iter().filter(stands)
}

/// The looks that wait, without those at `own`.
fn items(tx: &mut dyn Tx, own: Option<PersonId>) -> Result<Vec<ReviewItem>, StoreError> {
    let rows = tx.query(
        "SELECT item.look, item.body, item.staff, event.purpose, event.subject, item.causes, item.at, wait.shows_on, \
         event.outcome, item.person \
         FROM review_item AS item JOIN event ON event.person = item.person AND event.event = item.look \
         LEFT JOIN look_wait AS wait ON wait.person = item.person AND wait.look = item.look AND wait.told_at IS NULL \
         WHERE item.closed_at IS NULL ORDER BY item.at, item.look",
        &[],
    )?;
    let mut found = Vec::new();
    for mut row in rows {
        let (item, person) = item(&mut row)?;
        if Some(person) != own {
            found.push(item);
        }
    }
    Ok(found)
}

fn item(row: &mut Row) -> Result<(ReviewItem, PersonId), StoreError> {
    let look = EventId::from_bytes(row.array()?);
    let (body, staff, purpose) = (row.text()?, row.text()?, row.text()?);
    let consent = row.opt_blob()?.map(|id| ConsentId::from_slice(&id)).transpose();
    let causes = row.text()?;
    let item = ReviewItem {
        look,
        body,
        staff,
        purpose,
        consent: consent.map_err(|_| StoreError::Shape("an identifier is expected"))?,
        causes: named(&causes).collect(),
        at: crate::time(row.int()?)?,
        told_on: row.opt_int()?.map(crate::day::from_number).transpose()?,
        outcome: row.text()?,
    };
    Ok((item, PersonId::from_bytes(row.array()?)))
}

impl Registry {
    /// What waits for the reviewers, for whoever runs the installation.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn review_queue(&self) -> Result<ReviewQueue, RegistryError> {
        self.queue(None).await
    }

    /// What waits for this reviewer, as for any; without looks at themselves.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn review_queue_for(&self, reviewer: &ReviewerId) -> Result<ReviewQueue, RegistryError> {
        self.queue(Some(reviewer.to_string())).await
    }

    async fn queue(&self, reviewer: Option<String>) -> Result<ReviewQueue, RegistryError> {
        self.store
            .run_async("review.queue", Access::Read, move |tx| {
                let own = reviewer.as_deref().map(|id| staff::own_person(tx, id));
                let own = own.transpose()?.flatten();
                Ok(ReviewQueue {
                    looks: items(tx, own)?,
                    steps: step::waiting(tx)?,
                })
            })
            .await
    }

    /// Opens the case that a look in the queue was taken in. That it was opened is on disk when this answers. None:
    /// the look was by consent, or what is held about the person is erased.
    ///
    /// # Errors
    /// [`ReviewError`]: no such reviewer or look, or the look was at the reviewer.
    pub async fn review_case(
        &self,
        reviewer: &str,
        look: EventId,
    ) -> Result<Option<ReviewCase>, ReviewError> {
        let (this, reviewer) = (self.clone(), reviewer.to_owned());
        let found = self
            .store
            .run_async("review.open", Access::Write, move |tx| {
                only_reviewers(tx, &reviewer)?;
                let found = look::find_reviewed(tx, look)?.ok_or(ReviewError::Unknown)?;
                not_concerned(tx, &reviewer, (found.person, look))?;
                this.put_step(
                    tx,
                    &Step {
                        change: Change::CaseOpened,
                        body: &found.body,
                        staff: Some(&found.staff),
                        reviewer: Some(&reviewer),
                        by_staff: None,
                        subject: Some(look),
                        reasons: None,
                        at: this.clock.now(),
                    },
                )?;
                let known = person::find_closed(tx, found.person)?;
                Ok::<_, ReviewError>((found, known))
            })
            .await?;
        let (found, Some(closed)) = found else {
            return Ok(None);
        };
        let key = closed.open(&self.keys)?.key;
        Ok(found.open_case(&key, look)?)
    }
}
