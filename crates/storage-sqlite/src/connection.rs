//! How connections are set up.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use storage::StoreError;

use crate::Options;
use crate::error::engine;
use crate::lock::{cannot_open, private};

/// The size of a page in a new database, in bytes.
pub(crate) const PAGE: u32 = 16_384;

/// Statements kept prepared on each connection.
const STATEMENTS: usize = 128;

/// The size that the write-ahead log is cut back to, in bytes.
const LOG_LIMIT: u32 = 1024 * 1024 * 1024;

/// How long to wait for a lock that another connection holds for a moment, in milliseconds.
pub(crate) const BUSY_MS: u32 = 10_000;

/// The one connection that writes. Creates the file when there is none.
pub(crate) fn writer(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    // SQLite gives its log and index files the mode of the database.
    drop(private(path).map_err(|error| cannot_open(&error))?);
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, options.writer_cache_kib)?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             PRAGMA journal_size_limit = {LOG_LIMIT};"
        ))
        .map_err(|error| engine(&error))?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .map_err(|error| engine(&error))?;
    if mode != "wal" {
        return Err(StoreError::Engine(
            "the file system does not support a write-ahead log".into(),
        ));
    }
    Ok(connection)
}

/// A connection that moves the write-ahead log into the database, once the writer has set that up.
pub(crate) fn mover(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE, options.reader_cache_kib)?;
    connection
        .execute_batch("PRAGMA synchronous = FULL")
        .map_err(|error| engine(&error))?;
    Ok(connection)
}

/// A connection that reads.
pub(crate) fn reader(path: &Path, options: &Options) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options.reader_cache_kib)?;
    connection
        .execute_batch("PRAGMA query_only = ON")
        .map_err(|error| engine(&error))?;
    Ok(connection)
}

fn open(path: &Path, access: OpenFlags, cache_kib: u32) -> Result<Connection, StoreError> {
    // No URI names: a path is a path, whatever is in it. No mutex: each connection stays on one thread.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| engine(&error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan stays as it was made: otherwise a statement is prepared again whenever a value is bound to it, as
    // soon as there are statistics.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| engine(&error))?;
    // Memory maps turn a read error of the disk into the death of the process.
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = {PAGE};
             PRAGMA busy_timeout = {BUSY_MS};
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA mmap_size = 0;
             PRAGMA trusted_schema = OFF;
             PRAGMA cache_size = -{cache_kib};"
        ))
        .map_err(|error| engine(&error))?;
    Ok(connection)
}
