//! The schema: runs the steps that a database has not seen, all of them or none.

use std::collections::{BTreeMap, BTreeSet};

use postgres::{Error, Transaction};
use storage::StoreError;
use storage::migrations::Migration;

use crate::connection::Link;
use crate::error::engine;

/// The key of the lock that two starting processes meet at; a number of our own.
const LOCK: i64 = 0x5354_414e_4449_4e47;

/// Brings the schema up to date.
pub(crate) fn run(link: &mut Link, migrations: &[Migration]) -> Result<(), StoreError> {
    let client = &mut link.session()?.client;
    let mut tx = client
        .build_transaction()
        // Whoever waited for the lock must see what the one before it made.
        .isolation_level(postgres::IsolationLevel::ReadCommitted)
        .start()
        .map_err(|error| engine(&error))?;
    let seen = prepare(&mut tx)?;
    if seen.len() > migrations.len() {
        return Err(StoreError::Engine(
            "the database is newer than this program".into(),
        ));
    }
    let others = texts_of_the_locale(&mut tx).map_err(|error| engine(&error))?;
    for (index, migration) in migrations.iter().enumerate() {
        let ours = (i64::from(migration.version), migration.name);
        match seen.get(index) {
            Some((version, name)) if (*version, name.as_str()) == ours => {}
            Some(_) => {
                return Err(StoreError::Engine(
                    "the database has the schema of another program".into(),
                ));
            }
            None => step(&mut tx, migration, &others).map_err(|error| engine(&error))?,
        }
    }
    tx.commit().map_err(|error| engine(&error))
}

/// Waits for other processes that do the same, and answers the steps that were run before.
fn prepare(tx: &mut Transaction<'_>) -> Result<Vec<(i64, String)>, StoreError> {
    let work = |tx: &mut Transaction<'_>| -> Result<_, Error> {
        // A step may take longer than a statement of a portal is allowed to.
        tx.batch_execute("SET LOCAL statement_timeout = 0")?;
        tx.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
        let encoding: String = tx
            .query_one("SELECT current_setting('server_encoding')", &[])?
            .get(0);
        tx.batch_execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL)",
        )?;
        let rows = tx.query("SELECT version, name FROM schema_migration ORDER BY version", &[])?;
        Ok((
            encoding,
            rows.iter().map(|row| (row.get(0), row.get(1))).collect(),
        ))
    };
    let (encoding, seen) = work(tx).map_err(|error| engine(&error))?;
    if encoding != "UTF8" {
        return Err(StoreError::Engine(
            "the encoding of the database is not UTF8".into(),
        ));
    }
    Ok(seen)
}

fn step(
    tx: &mut Transaction<'_>,
    migration: &Migration,
    others: &BTreeSet<(String, String)>,
) -> Result<(), Error> {
    tx.batch_execute(migration.sql)?;
    // Texts sort by their bytes on every engine, whatever the locale of the server.
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in texts_of_the_locale(tx)?.difference(others) {
        let column = quoted(column);
        tables
            .entry(quoted(table))
            .or_default()
            .push(format!("ALTER {column} TYPE TEXT COLLATE \"C\""));
    }
    for (table, changes) in tables {
        tx.batch_execute(&format!("ALTER TABLE {table} {}", changes.join(", ")))?;
    }
    tx.execute(
        "INSERT INTO schema_migration VALUES ($1, $2)",
        &[&i64::from(migration.version), &migration.name],
    )?;
    Ok(())
}

/// The text columns, by table and name, that sort by the locale.
fn texts_of_the_locale(tx: &mut Transaction<'_>) -> Result<BTreeSet<(String, String)>, Error> {
    let rows = tx.query(
        "SELECT c.relname::text, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 \
         AND NOT a.attisdropped AND a.atttypid = 'text'::regtype \
         AND a.attcollation <> 'pg_catalog.\"C\"'::regcollation",
        &[],
    )?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
