//! Takes an address from the file.

use model::PersonId;

use super::store;
use crate::{Registry, RegistryError, mail};

impl Registry {
    /// Takes away the address that a person has on file, the one that they are about to confirm, and what waits to
    /// be sent to either. No older copy brings the one on file back; the other one ends within half an hour by itself.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove_email(&self, person: PersonId) -> Result<(), RegistryError> {
        self.without_address("email.remove", person, move |tx, forget| {
            forget(tx)?;
            mail::forget_address(tx, person)?;
            Ok(store::clear(tx, person)?)
        })
        .await
    }
}
