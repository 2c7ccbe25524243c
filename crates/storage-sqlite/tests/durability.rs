//! A process that is killed in the midst of writing loses nothing that it had acknowledged.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use storage::contract::MIGRATIONS;
use storage::{Access, Param, Store, StoreError};
use storage_sqlite::{Options, SqliteStore};

const ROUNDS: usize = 20;
const THREADS: i64 = 4;

/// Set for the process that is to be killed: the database to write into, and the first number to write.
const VICTIM: &str = "STANDING_TEST_VICTIM";

fn open(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open_with(path, &Options::default(), MIGRATIONS).unwrap())
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    if let Some(path) = std::env::var_os(VICTIM) {
        write_until_killed(&PathBuf::from(path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.db");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "nothing_acknowledged_is_lost_when_the_process_is_killed",
                "--exact",
                "--nocapture",
            ])
            .env(VICTIM, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // A different number of lines each round, so that the end comes at different moments.
        let enough = 1 + round * 37 % 200;
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ids =
            |line: std::io::Result<String>| line.ok()?.strip_prefix("acknowledged ")?.parse::<i64>().ok();
        acknowledged.extend(lines.by_ref().filter_map(ids).take(enough));
        child.kill().unwrap();
        // What it had said before it died counts too.
        acknowledged.extend(lines.filter_map(ids));
        child.wait().unwrap();

        let store = open(&path);
        let (rows, total, sound) = store
            .run("check", Access::Read, |tx| {
                let mut rows = tx.query("SELECT id FROM item", &[])?;
                let rows = rows
                    .iter_mut()
                    .map(|row| row.int())
                    .collect::<Result<std::collections::BTreeSet<_>, _>>()?;
                let total = tx.query("SELECT total FROM counter", &[])?.remove(0).int()?;
                let sound = tx.query("PRAGMA integrity_check", &[])?.remove(0).text()?;
                Ok::<_, StoreError>((rows, total, sound))
            })
            .unwrap();
        let lost = acknowledged.iter().filter(|id| !rows.contains(id)).count();
        assert_eq!(
            lost,
            0,
            "of {} acknowledged, in round {round}",
            acknowledged.len()
        );
        assert_eq!(rows.len() as i64, total, "a transaction was kept by half");
        assert_eq!(sound, "ok");
    }
    assert!(acknowledged.len() >= ROUNDS, "hardly anything was acknowledged");
}

/// Writes rows on several threads and prints each number once its row is durable.
fn write_until_killed(path: &Path) -> ! {
    let store = open(path);
    let first = store
        .run("first", Access::Read, |tx| {
            tx.query("SELECT coalesce(max(id), 0) FROM item", &[])?
                .remove(0)
                .int()
        })
        .map_err(|error: StoreError| error)
        .unwrap();
    std::thread::scope(|scope| {
        for thread in 1..=THREADS {
            let store = &store;
            scope.spawn(move || {
                for id in (first + thread..).step_by(THREADS as usize) {
                    store
                        .run("row", Access::Write, move |tx| {
                            let body = vec![0x5a; 100 + id as usize % 5000];
                            let row = [Param::Int(id), Param::Text("row"), Param::Blob(&body)];
                            tx.insert_many("item", &["id", "label", "body"], &row)?;
                            tx.execute("UPDATE counter SET total = total + 1 WHERE id = 1", &[])
                        })
                        .map_err(|error: StoreError| error)
                        .unwrap();
                    // The line is newline-ended in one write, so that a kill can't leave half a number
                    // that reads as a whole one.
                    std::io::stdout()
                        .write_all(format!("acknowledged {id}\n").as_bytes())
                        .unwrap();
                }
            });
        }
    });
    unreachable!("the process is killed before");
}
