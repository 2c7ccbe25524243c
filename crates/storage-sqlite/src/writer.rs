//! The thread that writes, and how it commits many transactions with one sync.
//!
//! A sync of the disk costs more than a hundred small transactions. So the writer opens one transaction of
//! SQLite, runs every waiting body in it, each behind a savepoint, commits, and only then answers them all.
//! A body that fails is rolled back to its savepoint; the others don't notice. If the commit fails, everybody
//! in the group hears so.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use storage::{Done, StoreError};

use crate::error::{copy, engine};
use crate::reader::answer;
use crate::{Job, Options, tx};

/// When a group is closed.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    bodies: usize,
    time: Duration,
}

impl Limits {
    pub(crate) fn of(options: &Options) -> Self {
        Self {
            bodies: options.group.max(1),
            time: options.group_time,
        }
    }
}

/// Takes transactions off the queue until it is closed.
pub(crate) fn run(connection: Connection, jobs: &Receiver<Job>, limits: Limits) {
    while let Ok(first) = jobs.recv() {
        let started = Instant::now();
        let mut group = Group {
            connection: &connection,
            open: false,
            kept: 0,
            answers: Vec::new(),
        };
        group.take(first);
        while group.answers.len() < limits.bodies && started.elapsed() < limits.time {
            // Whoever comes a moment later is in the next group, which fills up while this one is synced.
            let Ok(job) = jobs.try_recv() else { break };
            group.take(job);
        }
        group.commit();
    }
    // Leaves one file that can be copied, and no trace of what was deleted in the log. Should it fail, the
    // next start reads the log.
    if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;") {
        tracing::warn!(error = %engine(&error), "the last checkpoint failed");
    }
}

/// One transaction of SQLite with the bodies that run in it.
struct Group<'c> {
    connection: &'c Connection,
    open: bool,
    /// Bodies in the open transaction that succeeded.
    kept: usize,
    answers: Vec<(&'static str, Done, Result<(), StoreError>)>,
}

impl Group<'_> {
    fn take(&mut self, Job { name, mut body, done }: Job) {
        let outcome = self.attempt(|group| tx::run(group.connection, name, &mut body));
        if let Err(StoreError::Engine(error)) = &outcome {
            tracing::warn!(transaction = name, error, "a transaction failed");
        }
        self.answers.push((name, done, outcome));
    }

    fn attempt(&mut self, work: impl FnOnce(&Self) -> Result<(), StoreError>) -> Result<(), StoreError> {
        if !self.open {
            self.statement("BEGIN IMMEDIATE")?;
            self.open = true;
            self.kept = 0;
        }
        // With nothing to protect there is no need for a savepoint, which would copy every page that a
        // large body touches.
        let alone = self.kept == 0;
        if !alone {
            self.statement("SAVEPOINT body")?;
        }
        let outcome = work(self);
        if self.connection.is_autocommit() {
            // Out of space or memory, SQLite gives up the whole transaction.
            self.lose(&StoreError::Engine(
                "the database rolled back the whole group".into(),
            ));
            return Err(outcome
                .err()
                .unwrap_or_else(|| StoreError::Engine("the database rolled back".into())));
        }
        match outcome {
            Ok(()) => {
                let released = if alone {
                    Ok(())
                } else {
                    self.statement("RELEASE body")
                };
                if let Err(error) = &released {
                    self.abandon(error);
                } else {
                    self.kept += 1;
                }
                released
            }
            Err(error) => {
                let undone = if alone {
                    self.statement("ROLLBACK")
                } else {
                    self.statement("ROLLBACK TO body")
                        .and_then(|()| self.statement("RELEASE body"))
                };
                if let Err(error) = undone {
                    self.abandon(&error);
                }
                self.open &= !alone;
                Err(error)
            }
        }
    }

    /// Gives up the open transaction, whose state is not known any more.
    fn abandon(&mut self, error: &StoreError) {
        if !self.connection.is_autocommit() {
            // If this fails too, the next BEGIN does, and says so to whoever asked.
            let _ = self.statement("ROLLBACK");
        }
        self.lose(error);
    }

    /// Nothing of the open transaction was kept.
    fn lose(&mut self, error: &StoreError) {
        for (_, _, outcome) in &mut self.answers {
            if outcome.is_ok() {
                *outcome = Err(copy(error));
            }
        }
        self.open = false;
        self.kept = 0;
    }

    fn commit(mut self) {
        if self.open
            && let Err(error) = self.statement("COMMIT")
        {
            tracing::error!(%error, bodies = self.kept, "a commit failed");
            self.abandon(&error);
        }
        for (name, done, outcome) in self.answers {
            answer(name, done, outcome);
        }
    }

    fn statement(&self, sql: &str) -> Result<(), StoreError> {
        let done = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute());
        done.map(drop).map_err(|error| engine(&error))
    }
}
