//! A copy of a database, also of one that is in use.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use storage::StoreError;

use crate::error::engine;
use crate::lock::{cannot_open, private};

/// Writes what the database at `from` holds now to the new file `to`, and waits until it is on disk.
///
/// Another process may hold the database and go on writing: the copy is one consistent state, read in one
/// transaction, and needs no lock of ours, since it writes nothing to the database. It holds no free pages, so
/// nothing that was deleted is in it. While it is made the write-ahead log cannot start over, and so grows.
///
/// # Errors
/// [`StoreError::Unavailable`] when there is no database at `from`, or `to` exists already.
pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Unavailable("the copy exists already".into()));
    }
    // An empty file of the owner's alone, which SQLite takes for a new database.
    drop(private(to).map_err(|error| cannot_open(&error))?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let name = to
        .to_str()
        .ok_or_else(|| StoreError::Unavailable("the copy's name is not UTF-8".into()))?;
    let copied = Connection::open_with_flags(from, flags).and_then(|source| {
        source.busy_timeout(std::time::Duration::from_secs(10))?;
        source.execute("VACUUM INTO ?1", [name])
    });
    let synced = copied.map_err(|error| engine(&error)).and_then(|_| {
        private(to)
            .and_then(|file| file.sync_all())
            .map_err(|error| cannot_open(&error))
    });
    if synced.is_err() {
        // A part of a copy is of use to nobody.
        let _ = std::fs::remove_file(to);
    }
    synced
}
