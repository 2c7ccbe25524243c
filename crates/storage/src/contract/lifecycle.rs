//! Opening, closing, waiting.

use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};

use super::{Fixture, ids, number, put, write};
use crate::{Access, StoreError};

/// The schema is made once, and rows stay.
pub fn what_was_written_is_there_after_opening_again(fixture: &impl Fixture) {
    for round in 0..3 {
        let store = fixture.open();
        assert_eq!(ids(&store), (0..round).collect::<Vec<_>>());
        write(&store, move |tx| put(tx, round, "x")).unwrap();
    }
}

/// Dropping a store with work in its queue answers all of it, and each answer is true.
pub fn everything_handed_over_before_the_end_is_answered_truly(fixture: &impl Fixture) {
    let store = fixture.open();
    let (answers, outcomes) = mpsc::channel();
    for id in 0..100_i64 {
        let answers = answers.clone();
        store.submit(
            "contract-last",
            Access::Write,
            Box::new(move |tx| put(tx, id, "x").map(drop)),
            Box::new(move |outcome| answers.send((id, outcome)).unwrap()),
        );
    }
    drop((store, answers));
    let mut kept = Vec::new();
    let mut answered = 0;
    for (id, outcome) in outcomes {
        answered += 1;
        match outcome {
            Ok(()) => kept.push(id),
            Err(StoreError::Unavailable(_)) => {}
            Err(other) => panic!("{id}: {other}"),
        }
    }
    assert_eq!(answered, 100);
    kept.sort_unstable();
    assert_eq!(ids(&fixture.open()), kept);
}

/// Whoever has an answer holds what the transaction held alone again, a handle on the store for instance.
pub fn a_body_is_let_go_before_its_answer(fixture: &impl Fixture) {
    let store = fixture.open();
    for round in 0..200 {
        let access = if round % 2 == 0 {
            Access::Read
        } else {
            Access::Write
        };
        let held = Arc::new(());
        let inside = Arc::clone(&held);
        let run = store.run("contract-held", access, move |tx| {
            let _held = &inside;
            number(tx, "SELECT 1")
        });
        assert_eq!(run.unwrap(), 1);
        assert_eq!(Arc::strong_count(&held), 1, "{access:?}, round {round}");
    }
}

/// A transaction may own the last handle; the store then ends on its own thread without waiting for itself.
pub fn the_last_handle_may_be_dropped_by_a_transaction(fixture: &impl Fixture) {
    for access in [Access::Read, Access::Write] {
        let store = fixture.open();
        let (gate, wait) = mpsc::channel::<()>();
        let (answer, outcome) = mpsc::channel();
        let last = Arc::clone(&store);
        store.submit(
            "contract-owner",
            access,
            Box::new(move |tx| {
                let _handle = &last;
                // Ends when the test has let go of its own handle.
                let _ = wait.recv();
                number(tx, "SELECT count(*) FROM item").map(drop)
            }),
            Box::new(move |outcome| answer.send(outcome).unwrap()),
        );
        drop(store);
        drop(gate);
        outcome.recv().unwrap().unwrap();
    }
}

/// The asynchronous face needs no particular runtime, and answers as the other one does.
pub fn tasks_can_wait_for_transactions(fixture: &impl Fixture) {
    let store = fixture.open();
    let written = wait(store.run_async("contract-async", Access::Write, |tx| put(tx, 1, "x")));
    assert_eq!(written.unwrap(), 1);
    let count = wait(store.run_async("contract-async", Access::Read, |tx| {
        number(tx, "SELECT count(*) FROM item")
    }));
    assert_eq!(count.unwrap(), 1);
    let refusal = wait(store.run_async("contract-async", Access::Write, |tx| put(tx, 1, "x")));
    assert!(matches!(refusal, Err(StoreError::Duplicate)), "{refusal:?}");
    // A future that nobody polls has asked for nothing.
    drop(store.run_async("contract-async", Access::Write, |tx| put(tx, 2, "x")));
    assert_eq!(ids(&store), [1]);
}

/// Polls a future until it is ready.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::yield_now(),
        }
    }
}

/// A transaction that destroys writes as any other does, between others and with readers under way.
pub fn an_erasing_transaction_keeps_what_it_writes_and_undoes_what_fails(fixture: &impl Fixture) {
    let store = fixture.open();
    write(&store, |tx| put(tx, 1, "x").and(put(tx, 2, "x"))).unwrap();
    let erase = |sql: &'static str, fails: bool| {
        store.run("contract-erase", Access::Erase, move |tx| {
            tx.execute(sql, &[])?;
            if fails {
                Err(StoreError::Shape("a wish of the test"))
            } else {
                Ok(())
            }
        })
    };
    erase("DELETE FROM item WHERE id = 1", false).unwrap();
    assert_eq!(ids(&store), [2]);
    erase("DELETE FROM item WHERE id = 2", true).unwrap_err();
    assert_eq!(ids(&store), [2]);
    write(&store, |tx| put(tx, 3, "x")).unwrap();
    drop(store);
    assert_eq!(ids(&fixture.open()), [2, 3]);
}
