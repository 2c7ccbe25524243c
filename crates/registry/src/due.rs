//! What a day or a period asks for by itself: certificates end with a decision that comes into force, and what
//! is kept past its retention period is destroyed.

use jiff::civil::Date;
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
        let rejected = self.rejected_before(now);
        self.store.run("due.forget", Access::Write, move |tx| {
            tx.execute(
                "DELETE FROM request_nonce WHERE expires_at < $1",
                &[Param::Int(now)],
            )?;
            for (from, before) in &rejected {
                tx.execute(
                    "UPDATE submission_chunk SET sealed_rejected = NULL, rejected_kept = 0 WHERE rejected_kept > 0 AND \
                     submission IN (SELECT submission FROM submission WHERE received_at >= $1 AND received_at < $2)",
                    &[Param::Int(*from), Param::Int(*before)],
                )?;
            }
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

    /// From when until before when the submissions were received whose rejected rows are kept no longer, in seconds after
    /// 1970: for each number of days those on whose day it held.
    fn rejected_before(&self, now: i64) -> Vec<(i64, i64)> {
        let begin = |day: Date| {
            let begin = day.to_zoned(self.time_zone.clone());
            begin.ok().map(|begin| begin.timestamp().as_second())
        };
        let kept = self.profile.rejected_rows_days.all();
        let spans = kept.map(|(held, days)| {
            let from = held.from.and_then(begin).unwrap_or(i64::MIN);
            let after = held.until.and_then(|day| day.tomorrow().ok()).and_then(begin);
            let before = now - i64::from(days.number) * 24 * 60 * 60;
            (from, after.map_or(before, |after| after.min(before)))
        });
        spans.collect()
    }
}
