//! Who may do a step. It is asked where steps are put down, which every one passes, so that no operation can leave it
//! out. That a step is this authority's or this reviewer's own to do is said by the machines.

use jiff::civil::Date;
use model::{
    PersonId,
    procedure::{Actor, ReviewerId},
};
use storage::Tx;

use super::ProcedureError;
use crate::{ForBody, MandateScope, event::By, mandate, staff};

/// Refuses a reviewer who is not registered, has left or whom it is about, a member of staff who is stopped or has left,
/// and a representative without a mandate for procedures that holds today. Answers who acts, more closely.
pub(super) fn may_act(
    tx: &mut dyn Tx,
    person: PersonId,
    (actor, for_body): (&Actor, Option<&ForBody>),
    today: Date,
) -> Result<By, ProcedureError> {
    match actor {
        Actor::Person | Actor::Installation => Ok(By::default()),
        Actor::Authority(id) => match for_body.filter(|one| one.body() == id.as_str()) {
            Some(for_body) => at_work(tx, for_body),
            None => Ok(By::default()),
        },
        Actor::Reviewer(reviewer) => not_concerned(tx, reviewer, person).map(|()| By::default()),
        Actor::Representative(id) => {
            let representative = mandate::acting(tx, person, *id, MandateScope::Procedures, today)?;
            Ok(By {
                staff: None,
                mandate: Some((*id, representative)),
            })
        }
    }
}

/// Who did something for a body before, more closely, without asking whether they still may.
pub(super) fn acted(actor: &Actor, for_body: Option<&ForBody>) -> By {
    match actor {
        Actor::Authority(id) => for_body
            .filter(|one| one.body() == id.as_str())
            .map_or_else(By::default, ForBody::named),
        _ => By::default(),
    }
}

/// Refuses a member of staff whose account is not there, is stopped or was ended. Answers who it is.
pub(super) fn at_work(tx: &mut dyn Tx, for_body: &ForBody) -> Result<By, ProcedureError> {
    for_body.by(tx)?.ok_or(ProcedureError::NotAtWork)
}

/// Refuses who is no reviewer.
pub(crate) fn only_reviewers(tx: &mut dyn Tx, reviewer: &ReviewerId) -> Result<(), ProcedureError> {
    if staff::is_reviewer(tx, reviewer.as_str())? {
        Ok(())
    } else {
        Err(ProcedureError::ReviewerUnknown)
    }
}

/// Refuses who is no reviewer, and a reviewer who is the person: nobody judges what is about themselves, or sees it
/// for judgment.
pub(crate) fn not_concerned(
    tx: &mut dyn Tx,
    reviewer: &ReviewerId,
    person: PersonId,
) -> Result<(), ProcedureError> {
    only_reviewers(tx, reviewer)?;
    if staff::own_person(tx, reviewer.as_str())? == Some(person) {
        return Err(ProcedureError::Concerned);
    }
    Ok(())
}
