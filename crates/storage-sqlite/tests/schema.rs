//! The program's own schema on SQLite.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::collections::BTreeSet;
use std::sync::Arc;

use storage::columns::COLUMNS;
use storage::{Access, Store, StoreError};
use storage_sqlite::{Options, SqliteStore};

#[test]
fn every_column_of_every_table_is_classed_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(&folder.path().join("s.db"), &Options::default()).unwrap());
    let real: BTreeSet<(String, String)> = store
        .run("columns", Access::Read, |tx| {
            let mut rows = tx.query(
                "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND t.name <> 'schema_migration' AND t.name NOT LIKE 'sqlite_%'",
                &[],
            )?;
            rows.iter_mut()
                .map(|row| Ok((row.text()?, row.text()?)))
                .collect::<Result<_, StoreError>>()
        })
        .unwrap();
    let classed: BTreeSet<_> = COLUMNS
        .iter()
        .map(|(table, column, _)| ((*table).to_owned(), (*column).to_owned()))
        .collect();
    assert_eq!(real, classed);
    assert_eq!(classed.len(), COLUMNS.len(), "a column is classed twice");
}

#[test]
fn every_table_is_strict() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(&folder.path().join("s.db"), &Options::default()).unwrap());
    let (tables, strict) = store
        .run("strict", Access::Read, |tx| {
            let mut rows = tx.query(
                "SELECT count(*), sum(strict) FROM pragma_table_list \
                 WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
                &[],
            )?;
            let row = rows.first_mut().ok_or(StoreError::Shape("a row is expected"))?;
            Ok::<_, StoreError>((row.int()?, row.int()?))
        })
        .unwrap();
    assert_eq!(tables, strict);
}

#[test]
fn looks_of_older_databases_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    storage::contract::upgrades::looks_become_events(&|migrations| {
        Arc::new(SqliteStore::open_with(&path, &Options::default(), migrations).unwrap())
    });
}

#[test]
fn whoever_was_on_a_staff_before_there_were_leads_does_not_lead() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let old: Arc<dyn Store> = Arc::new(
        SqliteStore::open_with(&path, &Options::default(), &storage::migrations::all()[..9]).unwrap(),
    );
    let added = old.run("old", Access::Write, |tx| {
        tx.execute(
            "INSERT INTO staff (body, staff, sealed_name, added_at) VALUES ('law-bureau', 'clerk', x'00', 1)",
            &[],
        )
    });
    assert_eq!(added.unwrap(), 1);
    drop(old);
    let now: Arc<dyn Store> = Arc::new(SqliteStore::open(&path, &Options::default()).unwrap());
    let leads = now.run("new", Access::Read, |tx| {
        let mut rows = tx.query("SELECT lead FROM staff", &[])?;
        rows.first_mut()
            .ok_or(StoreError::Shape("a row is expected"))?
            .int()
    });
    assert_eq!(leads.unwrap(), 0);
}
