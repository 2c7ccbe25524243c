//! Whole installations for tests.

use std::{io::Cursor, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use keys::{Keyring, SystemRandomness};
use model::{FixedClock, RecordKind};
use profile::Profile;
use registry::{Parts, Registry, Submission, SubmissionFile, SubmitError};
use tempfile::TempDir;

use crate::{Engine, SeededRandomness, TestStore};

/// The moment at which tests begin: 23 November 2026, noon in the `gansu` profile.
pub const NOW: &str = "2026-11-23T04:00:00Z";

/// A registry on a store of its own, with a clock that the test moves.
pub struct Installation {
    /// The registry.
    pub registry: Registry,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Its store.
    pub store: TestStore,
    /// Its folder.
    pub folder: TempDir,
}

/// The folder of the project's profiles.
pub fn profiles_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../profiles")
}

impl Installation {
    /// An installation of this profile on this engine.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(engine: Engine, profile: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = TestStore::open(engine, folder.path());
        let profile = Profile::load(&profiles_folder().join(profile)).expect("the profile is right");
        let now: Timestamp = NOW.parse().expect("a time");
        let clock = Arc::new(FixedClock::new(now));
        let parts = Parts {
            store: store.store.clone(),
            keys: Arc::new(Keyring::new(&[7; 32])),
            profile: Arc::new(profile),
            clock: clock.clone(),
            randomness: Arc::new(SeededRandomness::new(1)),
            signing: SystemRandomness::new(),
            public_url: "https://standing.example".to_owned(),
            spool: folder.path().join("spool").into(),
        };
        let registry = Registry::open(parts).expect("the registry opens");
        Self { registry, clock, store, folder }
    }

    /// Submits a file.
    ///
    /// # Errors
    /// What the registry answers.
    pub fn submit(
        &self,
        authority: &str,
        kind: RecordKind,
        name: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Submission, SubmitError> {
        let file =
            SubmissionFile { authority: authority.to_owned(), kind, name: name.to_owned(), encoding: None };
        self.registry.submit(&file, Cursor::new(bytes.into()), &|_| ())
    }
}
