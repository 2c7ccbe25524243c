//! The thread that writes, and how it commits many transactions with one sync.
//!
//! A sync of the disk costs more than a hundred small transactions. So the writer opens one transaction of
//! SQLite, runs every waiting body in it, each behind a savepoint, commits, and only then answers them all.
//! A body that fails is rolled back to its savepoint; the others don't notice. If the commit fails, everybody
//! in the group hears so.
//!
//! Parts of one large work wait for one another: keys are scattered over their indexes, and a page that many
//! parts change is written once for all of them. They run without savepoints, which would copy all these pages,
//! and so share their fate. As soon as anybody else writes, whose answer is waited for, the group is committed.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use storage::{Done, StoreError, Work};

use crate::error::{copy, engine};
use crate::reader::answer;
use crate::{Job, Options, tx};

/// When a group is closed.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    bodies: usize,
    time: Duration,
    parts: usize,
    parts_time: Duration,
}

impl Limits {
    pub(crate) fn of(options: &Options) -> Self {
        Self {
            bodies: options.group.max(1),
            time: options.group_time,
            parts: options.parts.max(1),
            parts_time: options.parts_time,
        }
    }
}

/// Takes transactions off the queue until it is closed.
pub(crate) fn run(connection: Connection, jobs: &Receiver<Job>, limits: Limits) {
    let mut waits = None;
    while let Some(first) = waits.take().or_else(|| jobs.recv().ok()) {
        let mut group = Group::new(&connection);
        group.take(first);
        while let Some(job) = next(&group, jobs, limits) {
            if !group.has_room_for(&job) {
                waits = Some(job);
                break;
            }
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

/// The next transaction for a group, if there is one in time.
fn next(group: &Group<'_>, jobs: &Receiver<Job>, limits: Limits) -> Option<Job> {
    match group.asked_at {
        // Whoever comes a moment later is in the next group, which fills up while this one is synced.
        Some(at) if group.answers.len() < limits.bodies && at.elapsed() < limits.time => jobs.try_recv().ok(),
        None if group.kept > 0 && group.kept < limits.parts => {
            let left = limits.parts_time.saturating_sub(group.begun_at.elapsed());
            jobs.recv_timeout(left).ok()
        }
        Some(_) | None => None,
    }
}

/// One transaction of SQLite with the bodies that run in it.
struct Group<'c> {
    connection: &'c Connection,
    open: bool,
    /// Bodies in the open transaction that succeeded.
    kept: usize,
    /// The work whose parts are in it.
    work: Option<Work>,
    begun_at: Instant,
    /// When the first one came that is no part and whose answer is waited for.
    asked_at: Option<Instant>,
    answers: Vec<(&'static str, Done, Result<(), StoreError>)>,
}

impl<'c> Group<'c> {
    fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            open: false,
            kept: 0,
            work: None,
            begun_at: Instant::now(),
            asked_at: None,
            answers: Vec::new(),
        }
    }

    /// Whether a transaction can be committed with these: a part that fails takes all of them with it, so only
    /// parts of its own work may stand before it.
    fn has_room_for(&self, job: &Job) -> bool {
        job.part
            .as_ref()
            .is_none_or(|(work, _)| self.asked_at.is_none() && self.work == Some(*work))
    }

    fn take(&mut self, job: Job) {
        let Job {
            name,
            mut body,
            done,
            part,
        } = job;
        let (work, next) = part.unzip();
        // With nothing to protect there is no need for a savepoint, which would copy every page that a
        // large body touches.
        let alone = work.is_some() || self.kept == 0;
        let outcome = self.attempt(alone, |group| tx::run(group.connection, name, &mut body));
        if let Err(StoreError::Engine(error)) = &outcome {
            tracing::warn!(transaction = name, error, "a transaction failed");
        }
        self.answers.push((name, done, outcome));
        self.work = self.work.or(work);
        // What it holds is not needed any more, and the next part takes as much.
        drop(body);
        match next {
            Some(next) => next(),
            None => self.asked_at = self.asked_at.or_else(|| Some(Instant::now())),
        }
    }

    fn attempt(
        &mut self,
        alone: bool,
        work: impl FnOnce(&Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if !self.open {
            self.statement("BEGIN IMMEDIATE")?;
            self.open = true;
            self.kept = 0;
        }
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
                if let Err(undone) = undone {
                    self.abandon(&undone);
                } else if alone {
                    self.lose(&error);
                }
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
