//! Transactions that wait together are committed together, also when one of them fails.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use storage::contract::MIGRATIONS;
use storage::{Access, Param, Store, StoreError};
use storage_sqlite::{Options, SqliteStore};

const BODIES: i64 = 9;

/// Hands over bodies that wait behind one another, of which those in `failing` fail. Answers how often each ran,
/// what each was told, and the rows that are there at the end.
fn group(failing: &'static [i64]) -> (Vec<usize>, Vec<bool>, Vec<i64>) {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(
        SqliteStore::open_with(&folder.path().join("s.db"), &Options::default(), MIGRATIONS).unwrap(),
    );
    let (gate, wait) = mpsc::channel::<()>();
    let (answers, outcomes) = mpsc::channel();
    // Ends when the gate is dropped; all that is handed over meanwhile waits together.
    store.submit(
        "gate",
        Access::Write,
        Box::new(move |_| {
            let _ = wait.recv();
            Ok(())
        }),
        Box::new(|outcome| outcome.unwrap()),
    );
    let runs: Arc<Vec<AtomicUsize>> = Arc::new((0..BODIES).map(|_| AtomicUsize::new(0)).collect());
    for id in 0..BODIES {
        let (runs, answers) = (runs.clone(), answers.clone());
        store.submit(
            "waits",
            Access::Write,
            Box::new(move |tx| {
                runs[id as usize].fetch_add(1, Ordering::SeqCst);
                tx.execute("INSERT INTO item (id) VALUES ($1)", &[Param::Int(id)])?;
                if failing.contains(&id) {
                    return Err(StoreError::Shape("the body changed its mind"));
                }
                Ok(())
            }),
            Box::new(move |outcome| answers.send((id, outcome.is_ok())).unwrap()),
        );
    }
    drop((gate, answers));
    let mut told: Vec<(i64, bool)> = outcomes.iter().collect();
    told.sort_unstable();
    let rows = store.run("rows", Access::Read, |tx| {
        let rows = tx.query("SELECT id FROM item ORDER BY id", &[])?;
        rows.into_iter()
            .map(|mut row| row.int())
            .collect::<Result<_, StoreError>>()
    });
    (
        runs.iter().map(|count| count.load(Ordering::SeqCst)).collect(),
        told.into_iter().map(|(_, well)| well).collect(),
        rows.unwrap(),
    )
}

#[test]
fn where_none_fails_each_runs_once() {
    let (runs, told, rows) = group(&[]);
    assert_eq!(runs, [1; BODIES as usize]);
    assert_eq!(told, [true; BODIES as usize]);
    assert_eq!(rows, (0..BODIES).collect::<Vec<_>>());
}

#[test]
fn those_before_the_first_that_fails_run_again_and_nobody_else() {
    let (runs, told, rows) = group(&[4, 6]);
    assert_eq!(runs, [2, 2, 2, 2, 1, 1, 1, 1, 1]);
    assert_eq!(told, [true, true, true, true, false, true, false, true, true]);
    assert_eq!(rows, [0, 1, 2, 3, 5, 7, 8]);
}
