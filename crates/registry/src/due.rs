//! What a day or a period asks for by itself: certificates end with a decision that comes into force, and what
//! is kept past its retention period is destroyed.

use storage::{Access, Param};

use crate::{Registry, RegistryError, alert, email};

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// Certificates that were revoked.
    pub revoked: usize,
    /// Records whose content was destroyed.
    pub erased: usize,
}

impl Registry {
    /// Does what is due. Doing it again does nothing more. Blocks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn do_what_is_due(&self) -> Result<Due, RegistryError> {
        let this = self.clone();
        let revoked = self
            .store
            .run("due.revoke", Access::Write, move |tx| this.revoke_due(tx))?;
        loop {
            let (this, today) = (self.clone(), self.today());
            let more = self.store.run("due.close-alerts", Access::Erase, move |tx| {
                alert::close_due(tx, &this, today)
            })?;
            if !more {
                break;
            }
        }
        self.pass_days()?;
        self.reach_alerts()?;
        self.end_proposals()?;
        let due = Due {
            revoked,
            erased: self.erase_due()?,
        };
        self.tell_of_looks()?;
        let now = self.clock.now().as_second();
        let rejected = now - i64::from(self.profile.rejected_rows_days) * 24 * 60 * 60;
        self.store.run("due.forget", Access::Write, move |tx| {
            tx.execute(
                "DELETE FROM request_nonce WHERE expires_at < $1",
                &[Param::Int(now)],
            )?;
            tx.execute(
                "UPDATE submission_chunk SET sealed_rejected = NULL, rejected_kept = 0 WHERE rejected_kept > 0 AND \
                 submission IN (SELECT submission FROM submission WHERE received_at < $1)",
                &[Param::Int(rejected)],
            )?;
            email::forget_old(tx, now)?;
            Ok::<_, RegistryError>(())
        })?;
        self.close_left_open()?;
        self.sweep_uploads().map_err(|error| match error {
            crate::UploadError::Registry(error) => error,
            other => RegistryError::Log(other.to_string()),
        })?;
        self.integrate()?;
        Ok(due)
    }
}
