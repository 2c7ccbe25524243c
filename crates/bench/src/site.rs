//! An installation as the program itself would open it: real clock, real randomness, the embedded store.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use keys::{Keyring, SystemRandomness};
use model::{Clock, RecordKind};
use profile::Profile;
use registry::{Parts, Registry, SubmissionFile};
use storage_sqlite::{Options, SqliteStore};

use crate::{Fault, people::AUTHORITY};

/// The system's clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "speed is measured in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
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
        profile: Arc::new(profile),
        clock: Arc::new(SystemClock),
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
