//! The person says no: the commendation is shown to nobody from the next request on.

use model::{PersonId, RecordId, procedure::Speaker};
use storage::{Param, StoreError, Tx};

use super::{Happened, PublicationError, publication, put_down};
use crate::{
    EventKind, MandateScope, Registry, RegistryError,
    erasure::{Kind, Withdrawn},
    event::{By, INSTALLATION},
    mandate,
};

impl Registry {
    /// Takes back a yes. Said again it changes nothing. No older copy brings it back.
    ///
    /// # Errors
    /// When a representative may not decide it, or the store fails.
    pub async fn withdraw_publication(
        &self,
        person: PersonId,
        commendation: RecordId,
        by: Speaker,
    ) -> Result<(), PublicationError> {
        let (this, today) = (self.clone(), self.today());
        let plan = move |tx: &mut dyn Tx| {
            if let Speaker::Representative(mandate) = by {
                mandate::acting(tx, person, mandate, MandateScope::Consents, today)?;
            }
            let given = publication::of_person(tx, person)?;
            let what = Withdrawn::of_person(Kind::Publication, person, commendation.as_bytes());
            Ok(given
                .iter()
                .any(|one| one.record == commendation)
                .then_some(what)
                .into_iter()
                .collect())
        };
        self.withdraw_async("publication.withdraw", plan, move |tx| {
            if !unpublish(tx, person, commendation)? {
                return Ok(());
            }
            this.log_publication(tx, person, commendation, by, EventKind::PublicationWithdrawn)
        })
        .await
    }
}

fn unpublish(tx: &mut dyn Tx, person: PersonId, commendation: RecordId) -> Result<bool, StoreError> {
    let gone = tx.execute(
        "DELETE FROM published_commendation WHERE person = $1 AND record = $2",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(commendation.as_bytes()),
        ],
    )?;
    Ok(gone > 0)
}

/// Takes back a yes that an older copy still has.
pub(crate) fn unpublish_again(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    commendation: RecordId,
) -> Result<bool, RegistryError> {
    let gone = unpublish(tx, person, commendation)?;
    if gone {
        let happened = Happened {
            person,
            kind: EventKind::PublicationWithdrawn,
            actor: INSTALLATION,
            purpose: "",
            subject: Some(*commendation.as_bytes()),
            by: By::default(),
        };
        put_down(tx, this, happened)?;
    }
    Ok(gone)
}
