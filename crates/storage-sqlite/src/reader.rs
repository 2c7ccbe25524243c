//! A thread that reads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use crate::error::engine;
use crate::{Job, next, tx};

/// Takes transactions off the queue until it is closed, each on a state of its own that does not move.
pub(crate) fn run(connection: &Connection, jobs: &Mutex<Receiver<Job>>) {
    while let Some(Job {
        name, mut body, done, ..
    }) = next(jobs)
    {
        let outcome = connection
            .prepare_cached("BEGIN DEFERRED")
            .and_then(|mut begin| begin.raw_execute())
            .map_err(|error| engine(&error))
            .and_then(|_| tx::run(connection, name, &mut body));
        if !connection.is_autocommit() {
            // There is nothing to keep; should this fail, the next BEGIN says so.
            let _ = connection
                .prepare_cached("ROLLBACK")
                .and_then(|mut end| end.raw_execute());
        }
        drop(body);
        answer(name, done, outcome);
    }
}

/// Tells whoever asked. Their panic must not end the thread.
pub(crate) fn answer(name: &'static str, done: storage::Done, outcome: Result<(), storage::StoreError>) {
    if catch_unwind(AssertUnwindSafe(|| done(outcome))).is_err() {
        tracing::error!(transaction = name, "whoever waited for a transaction panicked");
    }
}
