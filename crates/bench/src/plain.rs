//! What plain SQLite does: the limits.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params_from_iter};

use crate::Fault;

/// A database with the settings of the store.
fn open(path: &Path) -> Result<Connection, Fault> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY;
         PRAGMA wal_autocheckpoint = 32768;",
    )?;
    Ok(connection)
}

/// Loads a file of licences, as a plain program would: one column a cell, an index on the document and one
/// on the person, one transaction. Answers how long it took and how many rows there were.
pub(crate) fn load(folder: &Path, file: &Path) -> Result<(f64, u64), Fault> {
    std::fs::create_dir_all(folder)?;
    let mut connection = open(&folder.join("plain.db"))?;
    let started = Instant::now();
    let mut reader = csv::Reader::from_path(file)?;
    let width = reader.byte_headers()?.len();
    let columns: Vec<String> = (0..width)
        .map(|column| format!("c{column} TEXT NOT NULL"))
        .collect();
    let tx = connection.transaction()?;
    tx.execute_batch(&format!(
        "CREATE TABLE licence ({}) STRICT;
         CREATE INDEX by_person ON licence (c2);
         CREATE INDEX by_document ON licence (c3);",
        columns.join(", ")
    ))?;
    let mut rows = 0;
    {
        let mut insert = tx.prepare(&format!(
            "INSERT INTO licence VALUES ({})",
            vec!["?"; width].join(", ")
        ))?;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            insert.execute(params_from_iter(record.iter()))?;
            rows += 1;
        }
    }
    tx.commit()?;
    Ok((started.elapsed().as_secs_f64(), rows))
}

/// A plain writer that makes every row durable before the next.
pub(crate) struct OneByOne {
    connection: Connection,
    next: i64,
}

impl OneByOne {
    /// In this folder.
    pub(crate) fn new(folder: &Path) -> Result<Self, Fault> {
        let connection = open(&folder.join("one-by-one.db"))?;
        connection.execute_batch("CREATE TABLE entry (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")?;
        Ok(Self { connection, next: 0 })
    }

    /// Commits rows of 200 bytes one by one for so long. Answers how many a second.
    pub(crate) fn rate(&mut self, time: Duration) -> Result<f64, Fault> {
        let mut insert = self
            .connection
            .prepare("INSERT INTO entry (id, body) VALUES (?, ?)")?;
        let (started, before) = (Instant::now(), self.next);
        while started.elapsed() < time {
            insert.execute((self.next, [7_u8; 200]))?;
            self.next += 1;
        }
        Ok((self.next - before) as f64 / started.elapsed().as_secs_f64())
    }
}
