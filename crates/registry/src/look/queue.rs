//! Why reviewers look into a look, whatever came of it.

use jiff::{SignedDuration, Timestamp};
use model::PersonId;
use storage::Tx;

use super::store;
use crate::{Registry, RegistryError, oversight::Cause};

/// A look that was asked for, as far as reviewers may have to look into it.
pub(super) struct Asked<'a> {
    pub(super) person: PersonId,
    pub(super) body: &'a str,
    pub(super) by_law: bool,
    /// Whether the person is on the same staff.
    pub(super) colleague: bool,
    /// Whether the notice to the person waits.
    pub(super) waits: bool,
    pub(super) at: Timestamp,
}

impl Registry {
    /// The causes for which it is looked into. Its entry is written before.
    pub(super) fn causes(&self, tx: &mut dyn Tx, asked: &Asked<'_>) -> Result<Vec<Cause>, RegistryError> {
        let oversight = self.profile.oversight.on(self.day_of(asked.at));
        let mut causes = Vec::new();
        if asked.by_law && self.by_chance(oversight.random_share_percent)? {
            causes.push(Cause::Chance);
        }
        if asked.colleague {
            causes.push(Cause::Colleague);
        }
        let span = SignedDuration::from_hours(24 * i64::from(oversight.same_person_days));
        let since = asked.at.as_second() - span.as_secs();
        // This one is among them.
        let looks = store::looks_at(tx, asked.person, asked.body, since)?;
        if looks >= i64::from(oversight.same_person_looks) {
            causes.push(Cause::SamePerson);
        }
        let local = asked.at.to_zoned(self.time_zone.clone()).datetime();
        // On a day that the calendar does not know, nobody can say that it is not.
        if oversight.is_odd(local, &self.profile.calendar).unwrap_or(true) {
            causes.push(Cause::OddHours);
        }
        if asked.waits {
            causes.push(Cause::NoticeWaits);
        }
        Ok(causes)
    }

    /// Whether chance chooses this one, of so many in a hundred.
    fn by_chance(&self, percent: u32) -> Result<bool, RegistryError> {
        let mut drawn = [0; 4];
        self.randomness.fill(&mut drawn)?;
        Ok(u64::from(u32::from_be_bytes(drawn)) * 100 < u64::from(percent) << 32)
    }
}
