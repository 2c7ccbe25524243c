//! The thread that writes, and how it commits many transactions with one sync.
//!
//! A sync of the disk costs more than a hundred small transactions. So the writer opens one transaction of
//! SQLite, runs every waiting body in it, commits, and only then answers them all. Savepoints between them would
//! copy every page that a body touches, and hardly any body fails. So there are none until one does: then the
//! transaction is rolled back, and those before it run again, each behind a savepoint, as do those after it. The
//! others don't notice. If the commit fails, everybody in the group hears so.
//!
//! Parts of one large work wait for one another: keys are scattered over their indexes, and a page that many
//! parts change is written once for all of them. They run without savepoints, which would copy all these pages,
//! and so share their fate. As soon as anybody else writes, whose answer is waited for, the group is committed.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, hooks::Wal};
use storage::{Body, Done, StoreError, Work};

use crate::connection::BUSY_MS;
use crate::error::{copy, engine};
use crate::flush::Flusher;
use crate::reader::answer;
use crate::{Job, Options, tx};

/// After which time of silence a log that could not be cut is tried again.
const CLEAN_AGAIN: Duration = Duration::from_millis(500);

/// After how many parts of a large work what they wrote is written to the disk early.
const PARTS_A_FLUSH: usize = 4;

/// An answer that waits for the commit.
type Answer = (&'static str, Done, Result<(), StoreError>);

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
pub(crate) fn run(connection: &Connection, jobs: &Receiver<Job>, limits: Limits, flusher: &Flusher) {
    let mut waits = None;
    // Since when the log holds what a transaction destroyed, because readers of an older state hold it.
    let mut unclean: Option<Instant> = None;
    loop {
        if unclean.is_some_and(|tried| tried.elapsed() >= CLEAN_AGAIN) {
            unclean = clean(connection, Duration::ZERO);
        }
        let first = match (waits.take(), unclean) {
            (Some(job), _) => job,
            (None, Some(_)) => match jobs.recv_timeout(CLEAN_AGAIN) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => break,
            },
            (None, None) => match jobs.recv() {
                Ok(job) => job,
                Err(_) => break,
            },
        };
        let mut group = Group::new(connection);
        group.take(first);
        while let Some(job) = next(&group, jobs, limits) {
            if !group.has_room_for(&job) {
                waits = Some(job);
                break;
            }
            group.take(job);
            if group.asked_at.is_none() && group.kept.is_multiple_of(PARTS_A_FLUSH) {
                flusher.ask();
            }
        }
        let erases = group.erases;
        let answers = group.commit();
        if erases {
            unclean = clean(connection, CLEAN_AGAIN);
        }
        for (name, done, outcome) in answers {
            answer(name, done, outcome);
        }
    }
}

/// The last that is done with the database: all of the log is moved, and whoever moved it beside the writer has gone.
/// Two connections that closed at the same moment would each take the other for the one that is left, and leave the log.
pub(crate) fn close(mut connection: Connection, moving: JoinHandle<()>) {
    // The mover ends when nobody can ask it any more. Its panic, if any, has been reported.
    match connection.wal_hook(None::<fn(&mut Wal, i32) -> rusqlite::Result<()>>) {
        Ok(()) => drop(moving.join()),
        // It ends with the connection then.
        Err(error) => tracing::warn!(error = %engine(&error), "the log's mover goes on until the end"),
    }
    // Leaves one file that can be copied, and no trace of what was deleted in the log. Should it fail, the
    // next start reads the log. Statistics are not gathered: those of today's few rows would choose the wrong
    // index for tomorrow's many, and without them every statement keeps its plan.
    if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!(error = %engine(&error), "the last checkpoint failed");
    }
}

/// Moves the whole log into the database and cuts it to nothing, so that no page stands in it as it was. Readers
/// of an older state are waited for so long; where they do not let go, answers when it was tried.
fn clean(connection: &Connection, wait: Duration) -> Option<Instant> {
    let cut = connection.busy_timeout(wait).and_then(|()| {
        connection
            .prepare_cached("PRAGMA wal_checkpoint(TRUNCATE)")?
            .query_row([], |row| row.get::<_, i64>(0))
    });
    // Everything else waits as it did.
    let usual = connection.busy_timeout(Duration::from_millis(u64::from(BUSY_MS)));
    match cut.and_then(|busy| usual.map(|()| busy)) {
        Ok(0) => return None,
        Ok(_) => tracing::debug!("the log is being read; what was destroyed leaves it later"),
        Err(error) => tracing::warn!(error = %engine(&error), "the log could not be cut; it is tried again"),
    }
    Some(Instant::now())
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

/// A body that has run, for the case that it has to run again.
struct Ran {
    /// Which of the answers is its own.
    answer: usize,
    name: &'static str,
    body: Body,
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
    answers: Vec<Answer>,
    /// The bodies in the open transaction that can run again. All of them, unless parts or savepoints are in it.
    ran: Vec<Ran>,
    /// Whether each body gets a savepoint: one has failed.
    careful: bool,
    /// Whether one of the bodies destroys what must not stay in the log.
    erases: bool,
}

/// What stands between a body and those before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Nothing: it is the first, or shares the fate of those before it.
    None,
    /// Those before it can run again.
    Again,
    /// A savepoint.
    Savepoint,
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
            ran: Vec::new(),
            careful: false,
            erases: false,
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
            erases,
        } = job;
        self.erases |= erases;
        let (work, next) = part.unzip();
        let guard = if work.is_some() || self.kept == 0 {
            Guard::None
        } else if self.careful || self.ran.len() < self.kept {
            Guard::Savepoint
        } else {
            Guard::Again
        };
        let outcome = self.attempt(guard, |group| tx::run(group.connection, name, &mut body));
        if let Err(StoreError::Engine(error)) = &outcome {
            tracing::warn!(transaction = name, error, "a transaction failed");
        }
        let kept = outcome.is_ok();
        self.answers.push((name, done, outcome));
        self.work = self.work.or(work);
        if kept && work.is_none() && guard != Guard::Savepoint {
            let answer = self.answers.len() - 1;
            self.ran.push(Ran { answer, name, body });
        } else {
            // What it holds is not needed any more, and the next part takes as much.
            drop(body);
        }
        match next {
            Some(next) => next(),
            None => self.asked_at = self.asked_at.or_else(|| Some(Instant::now())),
        }
    }

    fn attempt(
        &mut self,
        guard: Guard,
        work: impl FnOnce(&Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if !self.open {
            self.statement("BEGIN IMMEDIATE")?;
            self.open = true;
            self.kept = 0;
        }
        if guard == Guard::Savepoint {
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
                let released = if guard == Guard::Savepoint {
                    self.statement("RELEASE body")
                } else {
                    Ok(())
                };
                if let Err(error) = &released {
                    self.abandon(error);
                } else {
                    self.kept += 1;
                }
                released
            }
            Err(error) => {
                let undone = if guard == Guard::Savepoint {
                    self.statement("ROLLBACK TO body")
                        .and_then(|()| self.statement("RELEASE body"))
                } else {
                    self.statement("ROLLBACK")
                };
                match undone {
                    Err(undone) => self.abandon(&undone),
                    Ok(()) => match guard {
                        Guard::None => self.lose(&error),
                        Guard::Again => self.again(),
                        Guard::Savepoint => {}
                    },
                }
                Err(error)
            }
        }
    }

    /// Runs those again that were rolled back because another one failed after them.
    fn again(&mut self) {
        self.careful = true;
        self.open = false;
        self.kept = 0;
        for mut one in std::mem::take(&mut self.ran) {
            let guard = if self.kept == 0 {
                Guard::None
            } else {
                Guard::Savepoint
            };
            let outcome = self.attempt(guard, |group| tx::run(group.connection, one.name, &mut one.body));
            if let Err(StoreError::Engine(error)) = &outcome {
                tracing::warn!(transaction = one.name, error, "a transaction failed");
            }
            self.answers[one.answer].2 = outcome;
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
        self.ran.clear();
        self.open = false;
        self.kept = 0;
    }

    /// Commits, and answers what everybody is to be told.
    fn commit(mut self) -> Vec<Answer> {
        if self.open
            && let Err(error) = self.statement("COMMIT")
        {
            tracing::error!(%error, bodies = self.kept, "a commit failed");
            self.abandon(&error);
        }
        self.answers
    }

    fn statement(&self, sql: &str) -> Result<(), StoreError> {
        let done = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute());
        done.map(drop).map_err(|error| engine(&error))
    }
}
