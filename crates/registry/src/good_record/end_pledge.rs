//! A person ends a pledge of theirs. It is gone, and so are the certificates that show it; that it was made and ended
//! stays among what was done.

use model::{PersonId, PledgeId};
use storage::{Access, Param};

use super::{PledgeError, pledge};
use crate::{EventKind, Registry, certificate::revoke};

impl Registry {
    /// Ends a pledge.
    ///
    /// # Errors
    /// [`PledgeError::NoSuchPledge`], or a failure.
    pub async fn end_pledge(&self, person: PersonId, pledge: PledgeId) -> Result<(), PledgeError> {
        let this = self.clone();
        self.store
            .run_async("pledge.end", Access::Write, move |tx| {
                let made = pledge::of_person(tx, person)?;
                let one = made.into_iter().find(|one| one.pledge == pledge);
                let one = one.ok_or(PledgeError::NoSuchPledge)?;
                tx.execute(
                    "DELETE FROM pledge WHERE person = $1 AND pledge = $2",
                    &[Param::Blob(person.as_bytes()), Param::Blob(pledge.as_bytes())],
                )?;
                this.log_pledge(tx, person, pledge, &one.word, EventKind::PledgeEnded)?;
                revoke::because_of_pledge(tx, &this, person, pledge)?;
                Ok(())
            })
            .await
    }
}
