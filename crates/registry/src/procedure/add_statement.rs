//! The person adds a statement to a record that was upheld. It travels with the record.

use model::{
    PersonId, ProcedureId,
    procedure::{Procedure, Speaker},
};
use storage::Access;

use super::{ProcedureError, take_back::own};
use crate::Registry;

impl Registry {
    /// Adds a statement to a record that was upheld in this dispute.
    ///
    /// # Errors
    /// When the dispute is not theirs or was not upheld, there is a statement, or the text is blank or too long.
    pub async fn add_statement(
        &self,
        person: PersonId,
        by: Speaker,
        procedure: ProcedureId,
        text: String,
    ) -> Result<(), ProcedureError> {
        let text = self.words(text)?;
        let this = self.clone();
        self.store
            .run_async("dispute.statement", Access::Write, move |tx| {
                let at = this.clock.now();
                this.step(tx, procedure, &mut |_, held| {
                    let Procedure::Dispute(dispute) = own(held, person)? else {
                        return Err(ProcedureError::OtherKind);
                    };
                    let (dispute, notices) = dispute.add_statement(by, text.clone(), at)?;
                    Ok((dispute.into(), notices))
                })?;
                Ok(())
            })
            .await
    }
}
