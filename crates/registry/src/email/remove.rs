//! Takes an address from the file.

use model::PersonId;
use storage::Access;

use super::store;
use crate::{Registry, RegistryError, mail};

impl Registry {
    /// Takes away the address that a person has on file, the one that they are about to confirm, and what waits to
    /// be sent to either.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_email(&self, person: PersonId) -> Result<(), RegistryError> {
        self.store
            .run_async("email.remove", Access::Write, move |tx| {
                mail::forget_address(tx, person)?;
                Ok(store::clear(tx, person)?)
            })
            .await
    }
}
