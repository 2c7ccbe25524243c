//! A thread that reads.

use std::sync::Mutex;
use std::sync::mpsc::Receiver;

use storage::Body;

use crate::connection::Link;
use crate::error::Kind;
use crate::tx::{self, Failure};
use crate::{Job, answer, next};

/// Takes transactions off the queue until it is closed, each on a state of its own that does not move.
pub(crate) fn run(link: &mut Link, jobs: &Mutex<Receiver<Job>>, tries: u32) {
    while let Some(Job { name, mut body, done }) = next(jobs) {
        let mut tried = 1;
        let outcome = loop {
            match attempt(link, name, &mut body) {
                Err(Failure {
                    kind: Kind::Conflict | Kind::Broken,
                    ..
                }) if tried < tries => tried += 1,
                outcome => break outcome,
            }
        };
        drop(body);
        answer(name, done, outcome.map_err(|failure| failure.error));
    }
}

fn attempt(link: &mut Link, name: &'static str, body: &mut Body) -> Result<(), Failure> {
    let session = link.session()?;
    let outcome = match session.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
        Ok(()) => tx::run(session, name, body),
        Err(error) => Err(error.into()),
    };
    let broken = matches!(
        &outcome,
        Err(Failure {
            kind: Kind::Broken,
            ..
        })
    );
    if broken || session.out_of_step || session.batch("ROLLBACK").is_err() {
        link.reset();
    }
    outcome
}
