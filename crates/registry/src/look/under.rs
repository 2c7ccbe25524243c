//! The looks under one consent, as the person who gave it reads them.

use jiff::Timestamp;
use model::{ConsentId, EventId, PersonId};
use storage::{Access, Param, StoreError};

use crate::{Registry, RegistryError};

/// A look under a consent, for the person who gave it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LookUnder {
    /// Its identifier.
    pub look: EventId,
    /// The member of the body's staff, by the id of their account.
    pub staff: Option<String>,
    /// `seen`, `nothing`, or the code of the refusal.
    pub outcome: String,
    /// When.
    pub at: Timestamp,
}

impl Registry {
    /// The looks that a body took, or wanted to take, under this consent of this person, the latest first. A look by
    /// consent shows at once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn looks_under(
        &self,
        person: PersonId,
        consent: ConsentId,
    ) -> Result<Vec<LookUnder>, RegistryError> {
        self.store
            .run_async("look.under", Access::Read, move |tx| {
                let rows = tx.query(
                    "SELECT event, staff, outcome, at FROM event \
                     WHERE person = $1 AND subject = $2 AND outcome IS NOT NULL ORDER BY leaf DESC",
                    &[Param::Blob(person.as_bytes()), Param::Blob(consent.as_bytes())],
                )?;
                let looks = rows.into_iter().map(|mut row| {
                    Ok(LookUnder {
                        look: EventId::from_bytes(row.array()?),
                        staff: row.opt_text()?,
                        outcome: row.text()?,
                        at: crate::time(row.int()?)?,
                    })
                });
                Ok(looks.collect::<Result<_, StoreError>>()?)
            })
            .await
    }
}
