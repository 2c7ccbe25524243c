//! A person ends a pledge of theirs. It is gone, and so are the certificates that show it; that it was made and ended
//! stays among what was done.

use model::{PersonId, PledgeId};
use storage::{Param, StoreError, Tx};

use super::{Happened, PledgeError, PledgeView, pledge, put_down};
use crate::{
    EventKind, Registry, RegistryError,
    certificate::revoke,
    erasure::{Kind, Withdrawn},
    event::{By, INSTALLATION, SELF},
};

impl Registry {
    /// Ends a pledge. No older copy brings it back.
    ///
    /// # Errors
    /// [`PledgeError::NoSuchPledge`], or a failure.
    pub async fn end_pledge(&self, person: PersonId, pledge: PledgeId) -> Result<(), PledgeError> {
        let this = self.clone();
        let plan = move |tx: &mut dyn Tx| {
            find(tx, person, pledge)?.ok_or(PledgeError::NoSuchPledge)?;
            Ok(vec![Withdrawn::of_person(
                Kind::Pledge,
                person,
                pledge.as_bytes(),
            )])
        };
        self.withdraw_async("pledge.end", plan, move |tx| {
            if end(tx, &this, (person, pledge), SELF)? {
                Ok(())
            } else {
                Err(PledgeError::NoSuchPledge)
            }
        })
        .await
    }
}

fn find(tx: &mut dyn Tx, person: PersonId, pledge: PledgeId) -> Result<Option<PledgeView>, StoreError> {
    let made = pledge::of_person(tx, person)?;
    Ok(made.into_iter().find(|one| one.pledge == pledge))
}

/// Ends a pledge that an older copy still has.
pub(crate) fn end_pledge_again(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    pledge: PledgeId,
) -> Result<bool, RegistryError> {
    end(tx, this, (person, pledge), INSTALLATION)
}

fn end(
    tx: &mut dyn Tx,
    this: &Registry,
    (person, pledge): (PersonId, PledgeId),
    actor: &str,
) -> Result<bool, RegistryError> {
    let Some(one) = find(tx, person, pledge)? else {
        return Ok(false);
    };
    tx.execute(
        "DELETE FROM pledge WHERE person = $1 AND pledge = $2",
        &[Param::Blob(person.as_bytes()), Param::Blob(pledge.as_bytes())],
    )?;
    let happened = Happened {
        person,
        kind: EventKind::PledgeEnded,
        actor,
        purpose: &one.word,
        subject: Some(*pledge.as_bytes()),
        by: By::default(),
    };
    put_down(tx, this, happened)?;
    revoke::because_of_pledge(tx, this, person, pledge)?;
    Ok(true)
}
