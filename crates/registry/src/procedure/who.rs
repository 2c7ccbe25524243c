//! Who may do a step. It is asked where steps are put down, which every one passes, so that no operation can leave it
//! out. That a step is this authority's or this reviewer's own to do is said by the machines.

use jiff::civil::Date;
use model::{
    PersonId,
    procedure::{Actor, ReviewerId},
};
use storage::Tx;

use super::ProcedureError;
use crate::{MandateScope, event::By, mandate, staff};

/// Refuses a reviewer who is not registered or has left, and a representative without a mandate for procedures that
/// holds today. Answers who acts, more closely.
pub(super) fn may_act(
    tx: &mut dyn Tx,
    person: PersonId,
    actor: &Actor,
    today: Date,
) -> Result<By, ProcedureError> {
    match actor {
        Actor::Person | Actor::Authority(_) | Actor::Installation => Ok(By::default()),
        Actor::Reviewer(reviewer) => only_reviewers(tx, reviewer).map(|()| By::default()),
        Actor::Representative(id) => {
            let representative = mandate::acting(tx, person, *id, MandateScope::Procedures, today)?;
            Ok(By {
                staff: None,
                mandate: Some((*id, representative)),
            })
        }
    }
}

/// Refuses who is no reviewer.
pub(super) fn only_reviewers(tx: &mut dyn Tx, reviewer: &ReviewerId) -> Result<(), ProcedureError> {
    if staff::is_reviewer(tx, reviewer.as_str())? {
        Ok(())
    } else {
        Err(ProcedureError::ReviewerUnknown)
    }
}
