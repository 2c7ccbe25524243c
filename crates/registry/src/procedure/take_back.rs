//! The person takes a dispute or a complaint back.

use model::{
    PersonId, ProcedureId,
    procedure::{Procedure, Speaker},
};
use storage::Access;

use super::{ProcedureError, stored::Held};
use crate::Registry;

impl Registry {
    /// Takes a dispute or a complaint of this person back.
    ///
    /// # Errors
    /// When it is not theirs, of another kind, or answered.
    pub async fn take_back_procedure(
        &self,
        person: PersonId,
        by: Speaker,
        procedure: ProcedureId,
    ) -> Result<(), ProcedureError> {
        let this = self.clone();
        self.store
            .run_async("procedure.take-back", Access::Write, move |tx| {
                let at = this.clock.now();
                this.step(tx, procedure, &mut |_, held| match own(held, person)? {
                    Procedure::Dispute(dispute) => {
                        let (dispute, notices) = dispute.take_back(by, at)?;
                        Ok((dispute.into(), notices))
                    }
                    Procedure::Complaint(complaint) => {
                        let (complaint, notices) = complaint.take_back(by, at)?;
                        Ok((complaint.into(), notices))
                    }
                    _ => Err(ProcedureError::OtherKind),
                })?;
                Ok(())
            })
            .await
    }
}

/// The procedure, if it is this person's.
pub(super) fn own(held: &Held, person: PersonId) -> Result<Procedure, ProcedureError> {
    if held.person == person {
        Ok(held.course.clone())
    } else {
        Err(ProcedureError::NoSuchProcedure)
    }
}
