//! Whole installations for tests.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::SignedDuration;
use keys::{Keyring, SystemRandomness};
use model::{Clock as _, FixedClock, PersonId, RecordKind};
use profile::Profile;
use registry::{EventKind, Parts, PersonFile, Registry, RowOutcome, Submission, SubmissionFile, SubmitError};
use storage::Store;
use tempfile::TempDir;

use crate::{
    Engine, MadeUp, SeededRandomness, SourceRow, StoreCopy, TestStore, json_lines, made_up, stores::Stopping,
    wait,
};

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
    /// What its ids and salts are drawn from, anew each time that it is opened.
    pub randomness: Arc<SeededRandomness>,
}

/// The folder of the project's profiles.
pub fn profiles_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../profiles")
}

/// The profile of Gansu.
///
/// # Panics
/// When it has faults.
pub fn gansu() -> Profile {
    Profile::load(&profiles_folder().join("gansu")).expect("the profile is right")
}

/// A folder in memory with room to spare. Containers often have one that holds next to nothing.
fn memory() -> Option<&'static Path> {
    const ROOM_KIB: u64 = 1 << 20;
    let folder = Path::new("/dev/shm");
    let room = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let room = String::from_utf8(room.stdout).ok()?;
    let free: u64 = room.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    (free > ROOM_KIB).then_some(folder)
}

impl Installation {
    /// An installation of this profile on this engine.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(engine: Engine, profile: &str) -> Self {
        let profile = Profile::load(&profiles_folder().join(profile)).expect("the profile is right");
        Self::with(engine, profile)
    }

    /// An installation of a profile that a test has made or changed.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn with(engine: Engine, profile: Profile) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = TestStore::open(engine, folder.path());
        let clock = Arc::new(FixedClock::new(NOW.parse().expect("a time")));
        Self::over(store, Arc::new(profile), clock, folder)
    }

    /// The same in memory where the system has a place for that, for a test that writes much and cuts no power.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn in_memory(engine: Engine, profile: Profile) -> Self {
        let folder = memory().and_then(|memory| tempfile::tempdir_in(memory).ok());
        let folder = folder.unwrap_or_else(|| tempfile::tempdir().expect("a temporary folder"));
        let store = TestStore::open(engine, folder.path());
        let clock = Arc::new(FixedClock::new(NOW.parse().expect("a time")));
        Self::over(store, Arc::new(profile), clock, folder)
    }

    /// An installation whose store stops for good, as in a kill, when a transaction of this name comes after
    /// so many have gone through. Opened again it works.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn stopping(engine: Engine, transaction: &'static str, after: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = TestStore::open(engine, folder.path());
        let clock = Arc::new(FixedClock::new(NOW.parse().expect("a time")));
        let stops: Arc<dyn Store> = Arc::new(Stopping::new(store.store.clone(), transaction, after));
        Self::around(stops, store, Arc::new(gansu()), clock, folder)
    }

    /// An installation whose store is what `wrap` makes of one of this engine.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn through(
        engine: Engine,
        profile: Profile,
        wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = TestStore::open(engine, folder.path());
        let clock = Arc::new(FixedClock::new(NOW.parse().expect("a time")));
        Self::around(wrap(store.store.clone()), store, Arc::new(profile), clock, folder)
    }

    fn over(store: TestStore, profile: Arc<Profile>, clock: Arc<FixedClock>, folder: TempDir) -> Self {
        Self::around(store.store.clone(), store, profile, clock, folder)
    }

    fn around(
        used: Arc<dyn Store>,
        store: TestStore,
        profile: Arc<Profile>,
        clock: Arc<FixedClock>,
        folder: TempDir,
    ) -> Self {
        // An installation opened again must not draw the same salts and ids once more.
        static OPENED: AtomicU64 = AtomicU64::new(1);
        let randomness = Arc::new(SeededRandomness::new(OPENED.fetch_add(1, Ordering::Relaxed)));
        let parts = Parts {
            store: used,
            keys: Arc::new(Keyring::new(&[7; 32])),
            profile,
            clock: clock.clone(),
            randomness: randomness.clone(),
            signing: SystemRandomness::new(),
            public_url: "https://standing.example".to_owned(),
            spool: folder.path().join("spool").into(),
            erasures: folder.path().join("erasures.log").into(),
        };
        let registry = Registry::open(parts).expect("the registry opens");
        Self {
            registry,
            clock,
            store,
            folder,
            randomness,
        }
    }

    /// The same installation, closed and opened anew.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    pub fn reopen(self) -> Self {
        let (profile, clock, store, folder) = self.apart();
        let store = store.reopen(folder.path());
        Self::over(store, profile, clock, folder)
    }

    /// The same installation, closed and opened anew with a profile that has changed.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    pub fn reopen_with(self, profile: Profile) -> Self {
        let (_, clock, store, folder) = self.apart();
        let store = store.reopen(folder.path());
        Self::over(store, Arc::new(profile), clock, folder)
    }

    /// The same installation, closed and opened anew over what `wrap` makes of its store.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    pub fn reopen_through(self, wrap: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        let (profile, clock, store, folder) = self.apart();
        let store = store.reopen(folder.path());
        Self::around(wrap(store.store.clone()), store, profile, clock, folder)
    }

    /// The same installation, closed and opened anew, and a copy of its database as it was.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copy(self) -> (Self, StoreCopy) {
        let (profile, clock, store, folder) = self.apart();
        let (store, copy) = store.copy(folder.path());
        (Self::over(store, profile, clock, folder), copy)
    }

    /// The installation with a copy of its database put back. Its other files stay as they are.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    pub fn restore(self, copy: &StoreCopy) -> Self {
        let (profile, clock, store, folder) = self.apart();
        let store = store.restore(folder.path(), copy);
        Self::over(store, profile, clock, folder)
    }

    fn apart(self) -> (Arc<Profile>, Arc<FixedClock>, TestStore, TempDir) {
        let Self {
            registry,
            clock,
            store,
            folder,
            randomness: _,
        } = self;
        (registry.profile().clone(), clock, store, folder)
    }

    /// Moves the clock forward.
    ///
    /// # Panics
    /// When the calendar ends.
    pub fn later(&self, hours: i64) {
        let now = self
            .clock
            .now()
            .checked_add(SignedDuration::from_hours(hours))
            .expect("a time");
        assert!(self.clock.set(now));
    }

    /// Moves the clock to this moment.
    ///
    /// # Panics
    /// When it is no moment, or lies before the clock's.
    pub fn at(&self, moment: &str) {
        assert!(
            self.clock.set(moment.parse().expect("a time")),
            "clocks do not go back"
        );
    }

    /// Files these rows as JSON Lines.
    ///
    /// # Panics
    /// When the file is refused as a whole.
    pub fn file(&self, authority: &str, kind: RecordKind, rows: &[SourceRow]) -> Submission {
        self.submit(authority, kind, "rows.jsonl", json_lines(rows))
            .expect("the file is taken in")
    }

    /// The outcome of each row of a submission, and the code of its fault.
    ///
    /// # Panics
    /// When the store fails.
    pub fn outcomes(&self, authority: &str, done: &Submission) -> Vec<(RowOutcome, Option<&'static str>)> {
        let mut rows = Vec::new();
        let mut from = 1;
        while let Some(part) =
            wait(self.registry.submission_rows(authority, done.submission, from)).expect("the rows")
        {
            from = part.last().map_or(from, |row| row.row) + 1;
            rows.extend(
                part.into_iter()
                    .map(|row| (row.outcome, row.fault.map(|fault| fault.code.as_str()))),
            );
        }
        rows
    }

    /// The `n`th made-up person, who must be known.
    ///
    /// # Panics
    /// When they are not.
    pub fn person(&self, n: u32) -> PersonId {
        let MadeUp { name, number } = made_up(n);
        wait(self.registry.find_person(&number, &name))
            .expect("the store")
            .expect("the person is known")
    }

    /// All that is held about the `n`th made-up person. A look of their own, which is logged.
    ///
    /// # Panics
    /// When they are not known.
    pub fn file_of(&self, n: u32) -> PersonFile {
        wait(self.registry.person_file(self.person(n), EventKind::OwnLook)).expect("the person's file")
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
        let file = SubmissionFile {
            authority: authority.to_owned(),
            kind,
            name: name.to_owned(),
            encoding: None,
        };
        self.registry.submit(&file, Cursor::new(bytes.into()), &|_| ())
    }
}
