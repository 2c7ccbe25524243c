//! How fast the store writes: `cargo run --release -p storage-sqlite --example store_speed [folder]`.
//!
//! 1. Single rows that are each durable before they are answered: a plain loop on one connection against
//!    many threads on the store.
//! 2. Batches of 30 000 rows into five tables, up to a million rows each.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement for people at a terminal"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::params;
use storage::migrations::Migration;
use storage::{Access, Param, Store, StoreError};
use storage_sqlite::{Options, SqliteStore};

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "speed",
    sql: "CREATE TABLE single (id BIGINT NOT NULL PRIMARY KEY, body BYTEA NOT NULL);
          CREATE TABLE person (person BYTEA NOT NULL PRIMARY KEY, wrapped_key BYTEA NOT NULL, at BIGINT NOT NULL);
          CREATE TABLE record (person BYTEA NOT NULL, record BYTEA NOT NULL, version BIGINT NOT NULL,
            kind TEXT NOT NULL, sealed BYTEA NOT NULL, PRIMARY KEY (person, record, version));
          CREATE TABLE event (person BYTEA NOT NULL, event BYTEA NOT NULL, kind TEXT NOT NULL,
            leaf BIGINT NOT NULL, PRIMARY KEY (person, event));
          CREATE TABLE document (document BYTEA NOT NULL PRIMARY KEY, person BYTEA NOT NULL);
          CREATE TABLE leaf (leaf BIGINT NOT NULL PRIMARY KEY, entry BYTEA NOT NULL);",
}];

const SECONDS: Duration = Duration::from_secs(3);

fn main() {
    let folder = match std::env::args_os().nth(1) {
        Some(parent) => tempfile::tempdir_in(parent).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let plain = plain(&folder.path().join("plain.db"));
    println!("single rows, plain loop            {plain:>10.0} /s");
    for threads in [1, 2, 4, 8, 16, 64] {
        let path = folder.path().join(format!("threads-{threads}.db"));
        let rate = grouped(&path, threads);
        println!(
            "single rows, store, {threads:>3} threads    {rate:>10.0} /s  x {:.1}",
            rate / plain
        );
    }
    batches(&folder.path().join("batches.db"), 1_000_000, 30_000);
}

/// One connection, one row a commit, with the same promise of durability.
fn plain(path: &Path) -> f64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        .unwrap();
    connection
        .execute_batch("CREATE TABLE single (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
        .unwrap();
    let mut insert = connection
        .prepare("INSERT INTO single (id, body) VALUES (?1, ?2)")
        .unwrap();
    let started = Instant::now();
    let mut id = 0_i64;
    while started.elapsed() < SECONDS {
        insert.execute(params![id, [7_u8; 200]]).unwrap();
        id += 1;
    }
    id as f64 / started.elapsed().as_secs_f64()
}

fn grouped(path: &Path, threads: i64) -> f64 {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open_with(path, &Options::default(), SCHEMA).unwrap());
    let started = Instant::now();
    let counts: Vec<i64> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let store = &store;
                scope.spawn(move || {
                    let mut count = 0;
                    while started.elapsed() < SECONDS {
                        let id = thread << 40 | count;
                        let done: Result<_, StoreError> = store.run("single", Access::Write, move |tx| {
                            let row = [Param::Int(id), Param::Blob(&[7; 200])];
                            tx.execute("INSERT INTO single (id, body) VALUES ($1, $2)", &row)
                        });
                        done.unwrap();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    counts.iter().sum::<i64>() as f64 / started.elapsed().as_secs_f64()
}

/// Sixteen bytes that look random, from a number.
fn scattered(number: i64, salt: u64) -> [u8; 16] {
    let mut state = (number as u64).wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut word = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    ((u128::from(word()) << 64) | u128::from(word())).to_be_bytes()
}

fn batches(path: &Path, rows: i64, batch: i64) {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open_with(path, &Options::default(), SCHEMA).unwrap());
    let started = Instant::now();
    let mut slowest = Duration::ZERO;
    for first in (0..rows).step_by(batch as usize) {
        let one = Instant::now();
        let last = rows.min(first + batch);
        store
            .run("batch", Access::Write, move |tx| five_tables(tx, first..last))
            .unwrap();
        slowest = slowest.max(one.elapsed());
    }
    let took = started.elapsed();
    println!(
        "batches of {batch}, {rows} rows in each of 5 tables: {:.1} s, {:.0} rows/s, slowest batch {:.2} s",
        took.as_secs_f64(),
        5.0 * rows as f64 / took.as_secs_f64(),
        slowest.as_secs_f64()
    );
    let closing = Instant::now();
    drop(store);
    println!(
        "closing {:.2} s, file {} MiB",
        closing.elapsed().as_secs_f64(),
        path.metadata().unwrap().len() >> 20
    );
}

fn five_tables(tx: &mut dyn storage::Tx, numbers: std::ops::Range<i64>) -> Result<(), StoreError> {
    let people: Vec<_> = numbers.clone().map(|n| scattered(n, 1)).collect();
    let records: Vec<_> = numbers.clone().map(|n| scattered(n, 2)).collect();
    let sealed = [0xa5_u8; 300];
    let all = || numbers.clone().zip(&people).zip(&records);
    let values: Vec<Param<'_>> = all()
        .flat_map(|((n, p), _)| [Param::Blob(p), Param::Blob(&sealed[..60]), Param::Int(n)])
        .collect();
    tx.insert_many("person", &["person", "wrapped_key", "at"], &values)?;
    let values: Vec<Param<'_>> = all()
        .flat_map(|((_, p), r)| {
            [
                Param::Blob(p),
                Param::Blob(r),
                Param::Int(1),
                Param::Text("licence"),
                Param::Blob(&sealed),
            ]
        })
        .collect();
    tx.insert_many(
        "record",
        &["person", "record", "version", "kind", "sealed"],
        &values,
    )?;
    let values: Vec<Param<'_>> = all()
        .flat_map(|((n, p), r)| {
            [
                Param::Blob(p),
                Param::Blob(r),
                Param::Text("filed"),
                Param::Int(n),
            ]
        })
        .collect();
    tx.insert_many("event", &["person", "event", "kind", "leaf"], &values)?;
    let values: Vec<Param<'_>> = all()
        .flat_map(|((_, p), r)| [Param::Blob(r), Param::Blob(p)])
        .collect();
    tx.insert_many("document", &["document", "person"], &values)?;
    let values: Vec<Param<'_>> = all()
        .flat_map(|((n, _), _)| [Param::Int(n), Param::Blob(&sealed[..32])])
        .collect();
    tx.insert_many("leaf", &["leaf", "entry"], &values)?;
    Ok(())
}
