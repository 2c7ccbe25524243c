//! A thread that writes, and how it commits many transactions with one sync.
//!
//! The bodies that wait run in one transaction of PostgreSQL, each behind a savepoint, and are answered after
//! its commit. A body that fails is rolled back to its savepoint; the others don't notice. The transaction
//! is `SERIALIZABLE`: after a conflict with another connection all of its bodies run again, and what the
//! first try answered is forgotten.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use storage::StoreError;

use crate::connection::{Link, Session};
use crate::error::{Kind, copy};
use crate::tx::{self, Failure};
use crate::{Job, Options, another, answer, next};

/// Conflicts after which a group takes the whole turn.
const PATIENCE: u32 = 3;

/// Keeps the threads of one process from starving each other: after a few conflicts a group waits until it
/// is the only one at work.
#[derive(Default)]
pub(crate) struct Turn(RwLock<()>);

/// What a writing thread needs.
pub(crate) struct Writer {
    link: Link,
    turn: Arc<Turn>,
    tries: u32,
    group: usize,
    group_time: Duration,
}

/// A body in a group, with how it fared in the latest try.
struct Member {
    job: Job,
    outcome: Result<(), StoreError>,
    /// Its outcome stands: it failed in a way that cost the connection, and is not run again.
    settled: bool,
}

impl Member {
    fn new(job: Job) -> Self {
        Self {
            job,
            outcome: Ok(()),
            settled: false,
        }
    }
}

impl Writer {
    pub(crate) fn new(link: Link, options: &Options, turn: Arc<Turn>) -> Self {
        Self {
            link,
            turn,
            tries: options.tries.max(1),
            group: options.group.max(1),
            group_time: options.group_time,
        }
    }

    /// Takes transactions off the queue until it is closed.
    pub(crate) fn run(&mut self, jobs: &Mutex<Receiver<Job>>) {
        while let Some(first) = next(jobs) {
            let mut members = vec![Member::new(first)];
            if let Err(failure) = self.settle(&mut members, jobs) {
                for member in members.iter_mut().filter(|member| !member.settled) {
                    member.outcome = Err(copy(&failure.error));
                }
            }
            for Member { job, outcome, .. } in members {
                drop(job.body);
                answer(job.name, job.done, outcome);
            }
        }
    }

    /// Tries until the group is committed, or can't be.
    fn settle(&mut self, members: &mut Vec<Member>, jobs: &Mutex<Receiver<Job>>) -> Result<(), Failure> {
        let turn = Arc::clone(&self.turn);
        let mut tried = 0;
        loop {
            tried += 1;
            let (_one_of_many, _alone);
            if tried > PATIENCE {
                _alone = turn.0.write().unwrap_or_else(PoisonError::into_inner);
            } else {
                _one_of_many = turn.0.read().unwrap_or_else(PoisonError::into_inner);
            }
            // Only the first try takes more bodies in.
            match self.attempt(members, (tried == 1).then_some(jobs)) {
                Err(Failure {
                    kind: Kind::Conflict | Kind::Broken,
                    ..
                }) if tried < self.tries => {
                    if tried > PATIENCE {
                        // The other side is another process, which should not wake at the same moment.
                        std::thread::sleep(pause(tried));
                    }
                }
                outcome => return outcome,
            }
        }
    }

    fn attempt(
        &mut self,
        members: &mut Vec<Member>,
        jobs: Option<&Mutex<Receiver<Job>>>,
    ) -> Result<(), Failure> {
        let started = Instant::now();
        let mut round = Round {
            session: self.link.session()?,
            open: false,
            kept: 0,
        };
        let mut index = 0;
        let mut outcome = Ok(());
        while let Some(member) = members.get_mut(index) {
            if !member.settled {
                match round.take(&mut member.job) {
                    Err(Failure {
                        error,
                        kind: Kind::Final,
                    }) if round.session.out_of_step => {
                        outcome = Err(Failure {
                            error: copy(&error),
                            kind: Kind::Broken,
                        });
                        (member.outcome, member.settled) = (Err(error), true);
                        break;
                    }
                    Err(failure) if failure.kind != Kind::Final => {
                        outcome = Err(failure);
                        break;
                    }
                    fared => member.outcome = fared.map_err(|failure| failure.error),
                }
            }
            index += 1;
            if members.len() < self.group
                && started.elapsed() < self.group_time
                && let Some(job) = jobs.and_then(another)
            {
                members.push(Member::new(job));
            }
        }
        let ended = match outcome {
            Ok(()) => round.commit(),
            Err(failure) => round.undo().and(Err(failure)),
        };
        // After a failure of the connection, or a commit of unknown outcome, the next group gets a new one.
        let unsure = matches!(
            &ended,
            Err(Failure {
                kind: Kind::Broken,
                ..
            } | Failure {
                error: StoreError::Unavailable(_),
                ..
            })
        );
        if unsure {
            self.link.reset();
        }
        ended
    }
}

/// One transaction of PostgreSQL.
struct Round<'s> {
    session: &'s mut Session,
    open: bool,
    /// Bodies in the open transaction that succeeded.
    kept: usize,
}

impl Round<'_> {
    fn take(&mut self, job: &mut Job) -> Result<(), Failure> {
        if !self.open {
            self.control("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE")?;
            self.open = true;
        }
        let alone = self.kept == 0;
        if !alone {
            self.control("SAVEPOINT body")?;
        }
        let outcome = tx::run(self.session, job.name, &mut job.body);
        match &outcome {
            Ok(()) => {
                if !alone {
                    self.control("RELEASE body")?;
                }
                self.kept += 1;
            }
            // The whole transaction goes.
            Err(failure) if failure.kind != Kind::Final || self.session.out_of_step => {}
            Err(_) if alone => self.undo()?,
            Err(_) => self.control("ROLLBACK TO body; RELEASE body")?,
        }
        outcome
    }

    /// Runs a statement that holds the transaction together. Without it nobody knows what a commit would keep,
    /// so its failure is that of the connection.
    fn control(&mut self, sql: &str) -> Result<(), Failure> {
        self.session
            .batch(sql)
            .map_err(|error| match Failure::from(error) {
                Failure {
                    error,
                    kind: Kind::Final,
                } => Failure {
                    error,
                    kind: Kind::Broken,
                },
                other => other,
            })
    }

    fn undo(&mut self) -> Result<(), Failure> {
        if self.open && !self.session.out_of_step {
            self.open = false;
            self.control("ROLLBACK")?;
        }
        Ok(())
    }

    fn commit(mut self) -> Result<(), Failure> {
        if self.kept == 0 {
            return self.undo();
        }
        self.session
            .batch("COMMIT")
            .map_err(|error| match Failure::from(error) {
                // The server may have committed before the connection broke. Trying again could do it twice.
                Failure {
                    kind: Kind::Broken, ..
                } => Failure {
                    error: StoreError::Unavailable(
                        "the connection broke during a commit; whether it was kept is not known".into(),
                    ),
                    kind: Kind::Final,
                },
                refused => refused,
            })
    }
}

/// A growing pause of up to 64 ms or so, different for each process and try.
fn pause(tried: u32) -> Duration {
    let spread = u64::from(std::process::id().wrapping_add(tried).wrapping_mul(2_654_435_761) >> 16);
    let longest = 1_000_u64 << tried.min(6);
    Duration::from_micros(longest / 2 + spread % longest)
}
