//! Many at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use super::{Fixture, ids, number, put, read, write};
use crate::{Access, Param, Store, StoreError};

/// A read that has begun sees nothing of what is committed afterwards.
pub fn a_read_sees_one_state_while_others_write(fixture: &impl Fixture) {
    let store = fixture.open();
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (store, stop) = (Arc::clone(&store), Arc::clone(&stop));
        thread::spawn(move || {
            let mut id = 0;
            while !stop.load(Ordering::Relaxed) {
                // Each transaction keeps the count of rows and the counter equal.
                write(&store, move |tx| {
                    put(tx, id, "x")?;
                    tx.execute("UPDATE counter SET total = total + 1 WHERE id = 1", &[])
                })
                .unwrap();
                id += 1;
            }
            id
        })
    };
    let (mut moved, mut rounds) = (0, 0);
    while (moved < 20 || rounds < 50) && rounds < 5000 {
        let (first, rows, again) = read(&store, |tx| {
            let first = number(tx, "SELECT total FROM counter")?;
            thread::sleep(std::time::Duration::from_millis(2));
            Ok((
                first,
                number(tx, "SELECT count(*) FROM item")?,
                number(tx, "SELECT total FROM counter")?,
            ))
        })
        .unwrap();
        assert_eq!((first, first), (rows, again));
        let later = read(&store, |tx| number(tx, "SELECT total FROM counter")).unwrap();
        moved += usize::from(later > first);
        rounds += 1;
    }
    stop.store(true, Ordering::Relaxed);
    let written = writer.join().unwrap();
    assert!(
        moved >= 20,
        "others hardly wrote, so nothing was shown: {moved} of {rounds} rounds"
    );
    assert_eq!(ids(&store).len(), written as usize);
}

/// Read, add, write back: sixteen threads at one row lose nothing.
pub fn no_increment_is_lost(fixture: &impl Fixture) {
    let store = fixture.open();
    threads(&store, 16, |store, _| {
        for _ in 0..50 {
            write(store, |tx| {
                let total = number(tx, "SELECT total FROM counter WHERE id = 1")?;
                tx.execute(
                    "UPDATE counter SET total = $1 WHERE id = 1",
                    &[Param::Int(total + 1)],
                )
            })
            .unwrap();
        }
    });
    assert_eq!(
        read(&store, |tx| number(tx, "SELECT total FROM counter")).unwrap(),
        800
    );
}

/// Looking that nobody has a name before taking it keeps the name unique, without a key that says so.
pub fn check_then_insert_never_makes_two(fixture: &impl Fixture) {
    let store = fixture.open();
    threads(&store, 8, |store, thread| {
        for round in 0..25_i64 {
            let id = thread * 1000 + round;
            write(store, move |tx| {
                let name = format!("name {round}");
                let taken = tx.query("SELECT id FROM claim WHERE name = $1", &[Param::Text(&name)])?;
                if taken.is_empty() {
                    let row = [Param::Int(id), Param::Text(&name)];
                    tx.execute("INSERT INTO claim (id, name) VALUES ($1, $2)", &row)?;
                }
                Ok(())
            })
            .unwrap();
        }
    });
    let names = read(&store, |tx| {
        Ok((
            number(tx, "SELECT count(*) FROM claim")?,
            number(tx, "SELECT count(DISTINCT name) FROM claim")?,
        ))
    });
    assert_eq!(names.unwrap(), (25, 25));
}

/// Nobody is left waiting when many want many things.
pub fn many_readers_and_writers_all_get_an_answer(fixture: &impl Fixture) {
    let store = fixture.open();
    threads(&store, 16, |store, thread| {
        for round in 0..25 {
            let id = thread * 1000 + round;
            write(store, move |tx| put(tx, id, "x")).unwrap();
            let seen = read(store, move |tx| {
                tx.query("SELECT id FROM item WHERE id = $1", &[Param::Int(id)])
            });
            assert_eq!(seen.unwrap().len(), 1);
        }
    });
    assert_eq!(ids(&store).len(), 16 * 25);
}

/// Not twice, not never; whether the body succeeds, fails or panics.
pub fn done_is_called_exactly_once(fixture: &impl Fixture) {
    let store = fixture.open();
    let calls: Arc<Vec<AtomicUsize>> = Arc::new((0..90).map(|_| AtomicUsize::new(0)).collect());
    let (answers, outcomes) = mpsc::channel();
    for index in 0..calls.len() {
        let (calls, answers) = (Arc::clone(&calls), answers.clone());
        let access = if index % 2 == 0 {
            Access::Read
        } else {
            Access::Write
        };
        store.submit(
            "contract-done",
            access,
            Box::new(move |tx| match index % 3 {
                0 => number(tx, "SELECT count(*) FROM item").map(drop),
                1 => Err(StoreError::Shape("the body changed its mind")),
                _ => panic!("a panic that a test asks for"),
            }),
            Box::new(move |outcome| {
                calls[index].fetch_add(1, Ordering::SeqCst);
                answers.send((index, outcome.is_ok())).unwrap();
                assert_ne!(index % 10, 0, "a panic that a test asks for, in the answer");
            }),
        );
    }
    drop(answers);
    for (index, ok) in outcomes {
        assert_eq!(ok, index % 3 == 0, "{index}");
    }
    drop(store);
    assert!(calls.iter().all(|count| count.load(Ordering::SeqCst) == 1));
}

/// Runs `work` on so many threads, started together.
fn threads(store: &Arc<dyn Store>, count: i64, work: impl Fn(&Arc<dyn Store>, i64) + Sync) {
    let start = Barrier::new(count as usize);
    thread::scope(|scope| {
        for index in 0..count {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                start.wait();
                work(store, index);
            });
        }
    });
}
