//! One process at a time: a second writer of the same log would sign a second tree.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use storage::StoreError;

/// The lock beside a database, held until dropped. The empty file stays, since removing it would let two
/// processes hold locks on two files of the same name.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock of the database at `path`, `wait` at most.
    pub(crate) fn take(path: &Path, wait: Duration) -> Result<Self, StoreError> {
        let file = private(&beside(path)).map_err(|error| cannot_open(&error))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if started.elapsed() < wait => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError::InUse(wait.as_secs()));
                }
                Err(TryLockError::Error(error)) => return Err(cannot_open(&error)),
            }
        }
    }
}

/// Opens or creates a file that only its owner may read.
pub(crate) fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(crate) fn cannot_open(error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("the database file cannot be opened: {}", error.kind()))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".lock");
    PathBuf::from(name)
}
