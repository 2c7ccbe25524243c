//! The person says no: the commendation is shown to nobody from the next request on.

use model::{PersonId, RecordId, procedure::Speaker};
use storage::{Access, Param};

use super::PublicationError;
use crate::{EventKind, Registry};

impl Registry {
    /// Takes back a yes. Said again it changes nothing.
    ///
    /// # Errors
    /// When a representative may not decide it, or the store fails.
    pub async fn withdraw_publication(
        &self,
        person: PersonId,
        commendation: RecordId,
        by: Speaker,
    ) -> Result<(), PublicationError> {
        let this = self.clone();
        self.store
            .run_async("publication.withdraw", Access::Write, move |tx| {
                let gone = tx.execute(
                    "DELETE FROM published_commendation WHERE person = $1 AND record = $2",
                    &[
                        Param::Blob(person.as_bytes()),
                        Param::Blob(commendation.as_bytes()),
                    ],
                )?;
                if gone == 0 {
                    return Ok(());
                }
                this.log_publication(tx, person, commendation, by, EventKind::PublicationWithdrawn)
            })
            .await
    }
}
