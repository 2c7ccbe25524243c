//! A reviewer puts down what a court or another body outside decided. It is followed within the days that the
//! profile sets.

use jiff::civil::Date;
use model::{
    ProcedureId,
    procedure::{Order, OutsideDecision, Procedure, ReconsiderationState, ReviewerId, Words},
};
use storage::Access;

use super::ProcedureError;
use crate::Registry;

/// What a body outside decided.
pub struct OutsideOrder {
    /// The court or other body, by its id in the profile.
    pub court: String,
    /// The decision's number there.
    pub reference: String,
    /// When it decided.
    pub decided_on: Date,
    /// What is to be done.
    pub order: Order,
}

impl Registry {
    /// Puts down what a body outside decided on what is reconsidered.
    ///
    /// # Errors
    /// When the profile has no such court, a decision from outside was followed already, or the order does not fit.
    pub async fn record_outside_decision(
        &self,
        reviewer: ReviewerId,
        procedure: ProcedureId,
        decision: OutsideOrder,
    ) -> Result<(), ProcedureError> {
        let court = self
            .profile
            .courts
            .get(&decision.court)
            .ok_or(ProcedureError::NoSuchBody)?;
        let profile = &self.profile;
        let follow_by = profile
            .procedures
            .court_followed
            .due_on(self.today(), &profile.calendar);
        let decision = OutsideDecision {
            body: Words::new(court.id.clone())?,
            reference: Words::new(decision.reference)?,
            decided_on: decision.decided_on,
            order: decision.order,
            follow_by: follow_by.ok_or(ProcedureError::CalendarEnds)?,
        };
        let this = self.clone();
        self.store
            .run_async("reconsideration.outside", Access::Write, move |tx| {
                let at = this.clock.now();
                this.step(tx, procedure, &mut |_, held| {
                    let Procedure::Reconsideration(one) = held.course.clone() else {
                        return Err(ProcedureError::OtherKind);
                    };
                    // Asked for again, as when the answer was lost on its way.
                    if noted(one.state()).is_some_and(|noted| same(noted, &decision)) {
                        return Ok((one.into(), Vec::new()));
                    }
                    let (one, notices) = one.record_outside(reviewer.clone(), decision.clone(), at)?;
                    Ok((one.into(), notices))
                })?;
                Ok(())
            })
            .await
    }
}

/// The decision that is to be followed.
const fn noted(state: &ReconsiderationState) -> Option<&OutsideDecision> {
    match state {
        ReconsiderationState::OutsideDecision { decision }
        | ReconsiderationState::FollowOverdue { decision } => Some(decision),
        _ => None,
    }
}

/// Whether they are one decision. By when it is followed is counted from when it was put down first.
fn same(one: &OutsideDecision, other: &OutsideDecision) -> bool {
    (&one.body, &one.reference, one.decided_on, one.order)
        == (&other.body, &other.reference, other.decided_on, other.order)
}
