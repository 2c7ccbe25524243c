//! An installation as the program itself would open it: a clock that goes as the real one, real randomness, the embedded store.

use std::{path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use keys::{Keyring, SystemRandomness};
use model::{Clock, RecordKind};
use profile::Profile;
use registry::{Parts, Registry, SubmissionFile};
use storage_sqlite::{Options, SqliteStore};

use crate::{Fault, people::AUTHORITY};

/// The system's clock, ahead by so much that it shows hours at which bodies work: a look at odd hours is put to the
/// reviewers too, and what is measured on a Sunday would be another path.
struct WorkingHours {
    ahead: SignedDuration,
}

impl WorkingHours {
    fn of(profile: &Profile) -> Result<Self, Fault> {
        let zone = jiff::tz::offset(profile.utc_offset_hours);
        let odd = |ahead: i64| {
            let at = system_time() + SignedDuration::from_hours(ahead);
            let local = at.to_zoned(TimeZone::fixed(zone)).datetime();
            profile
                .oversight
                .on(local.date())
                .is_odd(local, &profile.calendar)
                != Some(false)
        };
        let ahead = (0..24 * 30).find(|ahead| !odd(*ahead) && !odd(ahead + 1));
        let ahead = ahead.ok_or("the profile's calendar has no working day soon")?;
        Ok(Self {
            ahead: SignedDuration::from_hours(ahead),
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "speed is measured in real time")]
fn system_time() -> Timestamp {
    Timestamp::now()
}

impl Clock for WorkingHours {
    fn now(&self) -> Timestamp {
        system_time() + self.ahead
    }
}

/// Opens the installation in this folder, which is made if there is none.
pub(crate) fn open(folder: &Path) -> Result<Registry, Fault> {
    std::fs::create_dir_all(folder)?;
    let profile = Profile::load(&testkit::profiles_folder().join("gansu"))
        .map_err(|faults| format!("the profile has {} faults", faults.len()))?;
    let store = SqliteStore::open(&folder.join("standing.db"), &Options::default())?;
    let randomness = SystemRandomness::new();
    Ok(Registry::open(Parts {
        store: Arc::new(store),
        // The secret's value makes no difference to speed.
        keys: Arc::new(Keyring::new(&[7; 32])),
        clock: Arc::new(WorkingHours::of(&profile)?),
        profile: Arc::new(profile),
        randomness: Arc::new(randomness.clone()),
        signing: randomness,
        public_url: "http://127.0.0.1:8443".to_owned(),
        spool: folder.join("spool").into(),
        erasures: folder.join("erasures.log").into(),
    })?)
}

/// What is said of a file of licences.
pub(crate) fn licences(name: &str) -> SubmissionFile {
    SubmissionFile {
        authority: AUTHORITY.to_owned(),
        kind: RecordKind::Licence,
        name: name.to_owned(),
        encoding: None,
    }
}
