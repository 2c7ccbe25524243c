//! A reconsideration or a complaint is given to a reviewer who had no part in what it is about.

use model::{
    EventId, ProcedureId,
    procedure::{Actor, Procedure, Reconsidered, ReviewerId},
};
use storage::{Access, Param, StoreError, Tx};

use super::{
    ProcedureError,
    stored::{self, Held},
    who,
};
use crate::Registry;

impl Registry {
    /// Gives a reconsideration or a complaint to a reviewer. `by` is the reviewer who gives it, who may be the same.
    /// Whoever did a step in another procedure about the same, or closed the look in the reviewers' queue, had a part
    /// in it. Given to who has it already, it stays as it is.
    ///
    /// # Errors
    /// When there is no such procedure, it is answered, one of the two is no reviewer, or the reviewer took part.
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
                    who::only_reviewers(tx, &reviewer)?;
                    let apart = had_a_part(tx, held)?;
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

/// Reviewers who did a step in another procedure of this person about the same record or look, or closed the look.
fn had_a_part(tx: &mut dyn Tx, held: &Held) -> Result<Vec<ReviewerId>, ProcedureError> {
    let look = look_of(&held.course);
    let mut found = Vec::new();
    for (id, record, course) in stored::all_of(tx, held.person, &held.of_person)? {
        let same = record.is_some() && record == held.record || look.is_some() && look_of(&course) == look;
        if id == held.id || !same {
            continue;
        }
        for step in course.history() {
            if let Actor::Reviewer(reviewer) = &step.actor {
                found.push(reviewer.clone());
            }
        }
    }
    if let Some(look) = look {
        let closed = tx.query(
            "SELECT reviewer FROM review_item WHERE person = $1 AND look = $2 AND reviewer IS NOT NULL",
            &[Param::Blob(held.person.as_bytes()), Param::Blob(look.as_bytes())],
        )?;
        for mut row in closed {
            let reviewer = ReviewerId::new(row.text()?);
            found.push(reviewer.map_err(|_| StoreError::Shape("a reviewer is expected"))?);
        }
    }
    Ok(found)
}

fn look_of(course: &Procedure) -> Option<EventId> {
    match course {
        Procedure::Reconsideration(one) => match one.opening().of {
            Reconsidered::Look(look) => Some(look),
            Reconsidered::Dispute(_) => None,
        },
        Procedure::Complaint(one) => one.opening().look,
        Procedure::Dispute(_) | Procedure::Restoration(_) => None,
    }
}
