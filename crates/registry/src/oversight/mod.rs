//! Against misuse: what a body and its staff did is counted, stopped in three steps, and looked into by reviewers.
//! It is about bodies and their staff, never about whom they looked at.

mod close;
mod item;
mod lift;
mod of_body;
mod queue;
mod step;

use model::{EventId, PersonId};
use storage::{Param, StoreError};

use crate::RegistryError;

pub use close::{LookFinding, Verdict};
pub use of_body::{Stop, Unnumbered};
pub use queue::{Cause, ReviewCase, ReviewItem, ReviewQueue};
pub use step::{Change, OversightStep};

pub(crate) use close::{Overturned, TakenBack, count_improper, count_no_longer, findings, found_for};
pub(crate) use queue::{put_item, waiting_causes};
pub(crate) use step::{Step, stop_member, stop_staff};

/// Why a reviewer's step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// This reviewer is not registered, or has left.
    #[error("there is no such reviewer")]
    ReviewerUnknown,
    /// There is no such thing in the queue.
    #[error("there is no such item")]
    Unknown,
    /// It was closed before.
    #[error("the item is closed")]
    Closed,
    /// The reviewer has, or answered, a reconsideration or a complaint about the same look.
    #[error("the reviewer had a part in it: another one closes it")]
    TookPart,
    /// The look was at the reviewer themselves, or the stop is of their own account or body.
    #[error("it concerns the reviewer: another one looks into it")]
    Concerned,
    /// No reasons were given, or too many words.
    #[error("reasons in words are expected, of at most 4,000 characters")]
    ReasonsMissing,
    /// Nothing is stopped.
    #[error("nothing is stopped")]
    NotStopped,
    /// The look shows already, or the law lets it wait no longer.
    #[error("the law lets the look wait no longer")]
    NoLonger,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ReviewError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReviewerUnknown => "reviewer-unknown",
            Self::Unknown => "item-unknown",
            Self::Closed => "item-closed",
            Self::TookPart => "reviewer-took-part",
            Self::Concerned => "reviewer-concerned",
            Self::ReasonsMissing => "reasons-missing",
            Self::NotStopped => "not-stopped",
            Self::NoLonger => "wait-no-longer",
            Self::Registry(_) => "internal",
        }
    }
}

impl From<StoreError> for ReviewError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// Reasons in words.
pub(crate) fn reasons(text: &str) -> Result<model::procedure::Words, ReviewError> {
    model::procedure::Words::new(text).map_err(|_| ReviewError::ReasonsMissing)
}

/// Refuses who is no reviewer.
pub(crate) fn only_reviewers(tx: &mut dyn storage::Tx, reviewer: &str) -> Result<(), ReviewError> {
    if crate::staff::is_reviewer(tx, reviewer)? {
        Ok(())
    } else {
        Err(ReviewError::ReviewerUnknown)
    }
}

/// Refuses a reviewer whom a look was at. While its notice waits it is as if there were none: to say more would tell
/// them of it before the law lets anybody.
pub(crate) fn not_concerned(
    tx: &mut dyn storage::Tx,
    reviewer: &str,
    (person, look): (PersonId, EventId),
) -> Result<(), ReviewError> {
    if crate::staff::own_person(tx, reviewer)? != Some(person) {
        return Ok(());
    }
    let waits = tx.query(
        "SELECT 1 FROM look_wait WHERE person = $1 AND look = $2 AND told_at IS NULL",
        &[Param::Blob(person.as_bytes()), Param::Blob(look.as_bytes())],
    )?;
    Err(if waits.is_empty() {
        ReviewError::Concerned
    } else {
        ReviewError::Unknown
    })
}
