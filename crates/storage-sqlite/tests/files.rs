//! The files of a database, and who may open them.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use storage::contract::MIGRATIONS;
use storage::{Access, Param, Store, StoreError};
use storage_sqlite::{Options, SqliteStore};

const MARK: &[u8] = b"a key that is to be destroyed";

fn open(path: &Path, options: &Options) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open_with(path, options, MIGRATIONS)?))
}

fn put(store: &Arc<dyn Store>, id: i64) -> Result<u64, StoreError> {
    store.run("put", Access::Write, move |tx| {
        tx.execute(
            "INSERT INTO item (id, body) VALUES ($1, $2)",
            &[Param::Int(id), Param::Blob(MARK)],
        )
    })
}

#[test]
#[cfg(unix)]
fn every_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("s.db"), &Options::default()).unwrap();
    put(&store, 1).unwrap();
    let mut seen = Vec::new();
    for entry in folder.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            entry.file_name()
        );
        seen.push(entry.file_name().into_string().unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, ["s.db", "s.db-shm", "s.db-wal", "s.db.lock"]);
}

#[test]
fn a_store_that_only_reads_stands_beside_one_that_writes_and_follows_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let count = |store: &Arc<dyn Store>| {
        store.run("count", Access::Read, |tx| {
            tx.query("SELECT COUNT(*) FROM item", &[])?.remove(0).int()
        })
    };
    let reader = || SqliteStore::read_only(&path, &Options::default());
    assert!(reader().is_err(), "it makes no database");
    assert!(!path.exists());
    let writer = open(&path, &Options::default()).unwrap();
    put(&writer, 1).unwrap();
    let beside: Arc<dyn Store> = Arc::new(reader().unwrap());
    assert_eq!(count(&beside).unwrap(), 1);
    put(&writer, 2).unwrap();
    assert_eq!(count(&beside).unwrap(), 2);
    assert!(matches!(put(&beside, 3), Err(StoreError::Unavailable(_))));
    let sneaky = beside.run("put", Access::Read, |tx| {
        tx.execute("INSERT INTO item (id, body) VALUES (4, NULL)", &[])
    });
    assert!(sneaky.is_err());
    drop(beside);
    assert_eq!(count(&writer).unwrap(), 2);
    drop(writer);
    // Whoever wrote has gone, and all is moved into the one file.
    assert_eq!(
        count(&(Arc::new(reader().unwrap()) as Arc<dyn Store>)).unwrap(),
        2
    );
}

#[test]
fn a_second_store_waits_and_then_says_why_it_gives_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let first = open(&path, &Options::default()).unwrap();
    let hasty = Options {
        wait: Duration::from_millis(100),
        ..Options::default()
    };
    let started = Instant::now();
    let refusal = open(&path, &hasty).err().unwrap();
    assert!(started.elapsed() >= hasty.wait);
    assert!(matches!(refusal, StoreError::InUse(0)), "{refusal}");
    let waiting = std::thread::spawn(move || open(&path, &Options::default()).map(drop));
    std::thread::sleep(Duration::from_millis(100));
    drop(first);
    waiting.join().unwrap().unwrap();
}

#[test]
fn closing_leaves_one_file_with_everything_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    put(&open(&path, &Options::default()).unwrap(), 1).unwrap();
    assert!(!folder.path().join("s.db-wal").exists());
    let copy = folder.path().join("copy.db");
    std::fs::copy(&path, &copy).unwrap();
    let refusal = put(&open(&copy, &Options::default()).unwrap(), 1);
    assert!(matches!(refusal, Err(StoreError::Duplicate)), "{refusal:?}");
}

#[test]
fn what_is_deleted_is_in_no_file_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let found = |path: &Path| {
        std::fs::read(path)
            .unwrap()
            .windows(MARK.len())
            .any(|part| part == MARK)
    };
    let store = open(&path, &Options::default()).unwrap();
    for id in 0..500 {
        put(&store, id).unwrap();
    }
    drop(store);
    assert!(found(&path), "the test looks for the wrong bytes");
    let store = open(&path, &Options::default()).unwrap();
    store
        .run("erase", Access::Write, |tx| tx.execute("DELETE FROM item", &[]))
        .unwrap();
    drop(store);
    assert!(!found(&path));
}

/// Whether the mark is in any file of this folder.
fn in_any_file(folder: &Path) -> bool {
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(MARK.len()).any(|part| part == MARK)
    };
    let mut entries = folder.read_dir().unwrap();
    entries.any(|entry| holds(&entry.unwrap().path()))
}

#[test]
fn what_an_erasing_transaction_deletes_is_in_no_file_when_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("s.db"), &Options::default()).unwrap();
    for id in 0..500 {
        put(&store, id).unwrap();
    }
    assert!(in_any_file(folder.path()), "the test looks for the wrong bytes");
    store
        .run("erase", Access::Erase, |tx| tx.execute("DELETE FROM item", &[]))
        .unwrap();
    assert!(!in_any_file(folder.path()));
    put(&store, 1).unwrap();
    assert!(in_any_file(folder.path()), "the store goes on");
}

#[test]
fn a_reader_of_an_older_state_only_delays_that() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let store = open(&path, &Options::default()).unwrap();
    put(&store, 1).unwrap();
    let (reading, begun) = std::sync::mpsc::channel();
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let reader = {
        let store = store.clone();
        std::thread::spawn(move || {
            store.run("old", Access::Read, move |tx| {
                let rows = tx.query("SELECT id FROM item", &[])?;
                reading.send(rows.len()).unwrap();
                let _ = held.recv();
                Ok::<_, StoreError>(())
            })
        })
    };
    begun.recv().unwrap();
    let erased = {
        let store = store.clone();
        std::thread::spawn(move || {
            store.run("erase", Access::Erase, |tx| tx.execute("DELETE FROM item", &[]))
        })
    };
    std::thread::sleep(Duration::from_millis(200));
    drop(let_go);
    reader.join().unwrap().unwrap();
    erased.join().unwrap().unwrap();
    assert!(!in_any_file(folder.path()));
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    std::fs::write(&path, [b'x'; 4096]).unwrap();
    let refusal = open(&path, &Options::default()).err().unwrap();
    assert!(matches!(refusal, StoreError::Engine(_)), "{refusal:?}");
    assert_eq!(std::fs::read(&path).unwrap(), [b'x'; 4096]);
}

#[test]
fn more_transactions_than_may_wait_are_turned_away_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        queue: 2,
        ..Options::default()
    };
    let store = open(&folder.path().join("s.db"), &options).unwrap();
    let (gate, wait) = std::sync::mpsc::channel::<()>();
    let (answers, outcomes) = std::sync::mpsc::channel();
    let (running, started) = std::sync::mpsc::channel();
    let submit = |body: storage::Body| {
        let answers = answers.clone();
        store.submit(
            "crowd",
            Access::Write,
            body,
            Box::new(move |outcome| answers.send(outcome).unwrap()),
        );
    };
    submit(Box::new(move |_| {
        running.send(()).unwrap();
        // Ends when the gate is dropped.
        let _ = wait.recv();
        Ok(())
    }));
    started.recv().unwrap();
    for _ in 0..5 {
        submit(Box::new(|_| Ok(())));
    }
    for _ in 0..3 {
        let refusal = outcomes.recv().unwrap();
        assert!(matches!(refusal, Err(StoreError::Unavailable(_))), "{refusal:?}");
    }
    drop(gate);
    for _ in 0..3 {
        outcomes.recv().unwrap().unwrap();
    }
}

#[test]
fn a_copy_is_made_while_the_database_is_in_use_and_holds_nothing_that_was_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("s.db"), folder.path().join("copies/c.db"));
    std::fs::create_dir(folder.path().join("copies")).unwrap();
    let store = open(&path, &Options::default()).unwrap();
    for id in 0..200 {
        put(&store, id).unwrap();
    }
    storage_sqlite::copy(&path, &copy).unwrap();
    assert!(in_any_file(copy.parent().unwrap()));
    let refused = storage_sqlite::copy(&path, &copy);
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let again = open(&copy, &Options::default()).unwrap();
    assert!(matches!(put(&again, 199), Err(StoreError::Duplicate)));
    put(&again, 200).unwrap();
    drop(again);
    // The first goes on, and a later copy holds what it holds then.
    std::fs::remove_dir_all(copy.parent().unwrap()).unwrap();
    std::fs::create_dir(copy.parent().unwrap()).unwrap();
    store
        .run("erase", Access::Erase, |tx| tx.execute("DELETE FROM item", &[]))
        .unwrap();
    storage_sqlite::copy(&path, &copy).unwrap();
    assert!(!in_any_file(copy.parent().unwrap()));
    let nothing = storage_sqlite::copy(&folder.path().join("none.db"), &folder.path().join("x.db"));
    assert!(nothing.is_err() && !folder.path().join("x.db").exists());
}
