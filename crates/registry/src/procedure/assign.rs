//! A reconsideration or a complaint is given to a reviewer who had no part in what it is about.

use model::{
    ProcedureId,
    procedure::{Actor, Procedure, ReviewerId},
};
use storage::Access;

use super::{ProcedureError, part, who};
use crate::Registry;

impl Registry {
    /// Gives a reconsideration or a complaint to a reviewer. `by` is the reviewer who gives it, who may be the same.
    /// Whoever did a step in another procedure about the same, closed the look in the reviewers' queue, let its notice
    /// wait or opened its case, or certified that the document may come in again, had a part in it. Given to who has it
    /// already, it stays as it is.
    ///
    /// # Errors
    /// When there is no such procedure, it is answered, one of the two is no reviewer or the person whom it is about, or
    /// the reviewer took part.
    pub async fn assign_procedure(
        &self,
        procedure: ProcedureId,
        reviewer: ReviewerId,
        by: ReviewerId,
    ) -> Result<(), ProcedureError> {
        let this = self.clone();
        self.store
            .run_async("procedure.assign", Access::Write, move |tx| {
                let at = this.clock.now();
                this.step(tx, procedure, &mut |tx, held| {
                    who::not_concerned(tx, &reviewer, held.person)?;
                    let apart = part::had_a_part(tx, &this.keys, held)?;
                    let (reviewer, by) = (reviewer.clone(), Actor::Reviewer(by.clone()));
                    match held.course.clone() {
                        // Asked for again, as when the answer was lost on its way.
                        Procedure::Reconsideration(one) if one.state().reviewer() == Some(&reviewer) => {
                            Ok((one.into(), Vec::new()))
                        }
                        Procedure::Complaint(one) if one.state().reviewer() == Some(&reviewer) => {
                            Ok((one.into(), Vec::new()))
                        }
                        Procedure::Reconsideration(one) => {
                            let (one, notices) = one.assign(reviewer, &apart, by, at)?;
                            Ok((one.into(), notices))
                        }
                        Procedure::Complaint(one) => {
                            let (one, notices) = one.assign(reviewer, &apart, by, at)?;
                            Ok((one.into(), notices))
                        }
                        _ => Err(ProcedureError::OtherKind),
                    }
                })?;
                Ok(())
            })
            .await
    }
}
