//! Telling peers: a lease on what is to be told, the telling, and what came of it, each in a step of its own, so
//! that a kill between any two loses nothing. What was told and not noted is told again, which changes nothing
//! at the receiver.

use std::collections::HashSet;

use model::{AlertId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use super::{
    message_id, peer,
    put_back::{PutBack, PutBackTaken},
    receive::{AlertMessage, AlertTaken},
    step,
    stored::{self, COLUMNS, Stored},
};
use crate::{Peer, Registry, RegistryError};

/// How many alerts are leased at once.
const AT_ONCE: i64 = 16;
/// How long a lease holds, in seconds: longer than telling all of them takes.
const LEASE: i64 = 15 * 60;
/// The wait after a first failure, in seconds; each is twice the one before.
const FIRST_WAIT: i64 = 30;
/// The longest wait, in seconds.
pub(super) const LONGEST_WAIT: i64 = 6 * 60 * 60;

/// The way to peers.
pub trait PeerClient {
    /// Hands a message to a peer and answers what it says.
    ///
    /// # Errors
    /// [`PeerFault`].
    fn deliver(&self, to: &Peer, message: &AlertMessage) -> Result<AlertTaken, PeerFault>;

    /// Tells a peer that an older copy of the database was put back here, and answers what it says.
    ///
    /// # Errors
    /// [`PeerFault`].
    fn put_back(&self, to: &Peer, message: &PutBack) -> Result<PutBackTaken, PeerFault>;
}

/// Why a message did not get through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerFault {
    /// The peer cannot be reached, or its answer did not arrive: it may or may not have the message.
    #[error("the peer is away: {0}")]
    Away(String),
    /// The peer refuses it, with this code. It is tried again, seldom.
    #[error("the peer refuses: {0}")]
    Refused(String),
}

/// What came of a round of telling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Messages that were confirmed, about alerts or a copy that was put back.
    pub told: usize,
    /// Messages that did not get through, and are tried again.
    pub failed: usize,
}

/// One thing to tell.
struct Job {
    person: PersonId,
    alert: AlertId,
    peer: Peer,
    attempts: i64,
    message: AlertMessage,
}

impl Registry {
    /// Tells peers what they are to be told by now. Blocks as long as the client does. Doing it again does
    /// nothing more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn deliver_alerts(&self, client: &dyn PeerClient) -> Result<Delivered, RegistryError> {
        let mut delivered = self.deliver_put_back(client)?;
        loop {
            let this = self.clone();
            let jobs = self
                .store
                .run("alert.lease", Access::Write, move |tx| lease(tx, &this))?;
            if jobs.is_empty() {
                return Ok(delivered);
            }
            let mut away = HashSet::new();
            for job in jobs {
                if away.contains(&job.peer.registered.peer) {
                    // Held until its wait is over, as the one before it.
                    self.store
                        .run("alert.unlease", Access::Write, move |tx| release(tx, &job))?;
                    continue;
                }
                match client.deliver(&job.peer, &job.message) {
                    Ok(taken) if taken.message == job.message.message => {
                        delivered.told += 1;
                        let at = self.clock.now().as_second();
                        self.store
                            .run("alert.told", Access::Write, move |tx| told(tx, &job, at))?;
                    }
                    outcome => {
                        delivered.failed += 1;
                        let refused = matches!(outcome, Err(PeerFault::Refused(_)));
                        tracing::warn!(
                            peer = job.peer.registered.peer,
                            refused,
                            "an alert did not get through"
                        );
                        if !refused {
                            away.insert(job.peer.registered.peer.clone());
                        }
                        let next = self.clock.now().as_second() + wait(job.attempts, refused);
                        self.store.run("alert.held", Access::Write, move |tx| {
                            held(tx, &job, next, refused)
                        })?;
                    }
                }
            }
        }
    }
}

fn wait(attempts: i64, refused: bool) -> i64 {
    if refused {
        return LONGEST_WAIT;
    }
    let doublings = u32::try_from(attempts.clamp(0, 16)).unwrap_or(16);
    (FIRST_WAIT << doublings).min(LONGEST_WAIT)
}

/// Takes a lease on the next alerts to be told. That a peer is told for the first time is on disk as an event
/// before it is.
fn lease(tx: &mut dyn Tx, this: &Registry) -> Result<Vec<Job>, RegistryError> {
    let now = this.clock.now().as_second();
    let sql = format!(
        "SELECT {COLUMNS}, receiver.receiver, receiver.begun, receiver.attempts FROM alert_receiver AS receiver \
         JOIN alert ON alert.person = receiver.person AND alert.alert = receiver.alert \
         JOIN peer ON peer.peer = receiver.receiver \
         WHERE receiver.pending = 1 AND receiver.next_at <= $1 \
         AND (receiver.lease_until IS NULL OR receiver.lease_until <= $1) \
         AND (peer.ended_at IS NULL OR alert.closed_at IS NOT NULL) \
         AND (receiver.begun = 1 OR alert.withheld = 0) \
         ORDER BY receiver.next_at, receiver.person, receiver.alert, receiver.receiver LIMIT $2"
    );
    let mut jobs = Vec::new();
    for mut row in tx.query(&sql, &[Param::Int(now), Param::Int(AT_ONCE)])? {
        let alert = stored::read(&mut row)?;
        let (receiver, begun, attempts) = (row.text()?, row.int()? == 1, row.int()?);
        // Who was not told before is not told of what is withheld. What the day alone says is brought in step soon.
        if !begun && alert.withheld(tx, this.today())? {
            continue;
        }
        tx.execute(
            "UPDATE alert_receiver SET begun = 1, attempts = attempts + 1, lease_until = $1 \
             WHERE person = $2 AND alert = $3 AND receiver = $4",
            &[
                Param::Int(now + LEASE),
                Param::Blob(alert.person.as_bytes()),
                Param::Blob(alert.alert.as_bytes()),
                Param::Text(&receiver),
            ],
        )?;
        let peer = peer::reached(tx, &receiver)?.ok_or(StoreError::Shape("a peer is expected"))?;
        if !begun {
            step::record_sent(
                tx,
                this,
                alert.person,
                alert.subject(),
                [receiver.as_str()].into_iter(),
            )?;
        }
        jobs.push(job(this, &alert, peer, attempts)?);
    }
    Ok(jobs)
}

fn job(this: &Registry, alert: &Stored, peer: Peer, attempts: i64) -> Result<Job, RegistryError> {
    let message = AlertMessage {
        message: hex::encode(message_id(alert.alert, &peer.registered.peer, alert.revision)),
        alert: alert.alert,
        revision: alert.revision,
        open: alert.open(&this.keys)?,
    };
    Ok(Job {
        person: alert.person,
        alert: alert.alert,
        peer,
        attempts,
        message,
    })
}

impl Job {
    fn key(&self) -> [Param<'_>; 3] {
        [
            Param::Blob(self.person.as_bytes()),
            Param::Blob(self.alert.as_bytes()),
            Param::Text(&self.peer.registered.peer),
        ]
    }
}

/// Notes that a peer confirmed a revision. A later one may have come meanwhile.
fn told(tx: &mut dyn Tx, job: &Job, at: i64) -> Result<(), RegistryError> {
    let [person, alert, receiver] = job.key();
    let (at, revision) = (Param::Int(at), Param::Int(job.message.revision));
    tx.execute(
        "UPDATE alert_receiver SET told = $1, told_at = $2, attempts = 0, next_at = $2, lease_until = NULL, \
         pending = CASE WHEN EXISTS (SELECT 1 FROM alert WHERE alert.person = $3 AND alert.alert = $4 \
             AND alert.revision > $1) THEN 1 ELSE 0 END \
         WHERE person = $3 AND alert = $4 AND receiver = $5 AND told < $1",
        &[revision, at, person, alert, receiver],
    )?;
    if job.message.open.is_none() {
        tx.execute(
            "UPDATE alert_receiver SET closed_at = $1 WHERE person = $2 AND alert = $3 AND receiver = $4",
            &[at, person, alert, receiver],
        )?;
    }
    Ok(())
}

/// Notes that a peer did not get it. One that is away is left alone with everything else for as long.
fn held(tx: &mut dyn Tx, job: &Job, next: i64, refused: bool) -> Result<(), RegistryError> {
    let [person, alert, receiver] = job.key();
    tx.execute(
        "UPDATE alert_receiver SET next_at = $1, lease_until = NULL WHERE person = $2 AND alert = $3 AND receiver = $4",
        &[Param::Int(next), person, alert, receiver],
    )?;
    if !refused {
        tx.execute(
            "UPDATE alert_receiver SET next_at = $1 WHERE receiver = $2 AND pending = 1 AND next_at < $1",
            &[Param::Int(next), receiver],
        )?;
    }
    Ok(())
}

/// Lets go of a lease that was not used.
fn release(tx: &mut dyn Tx, job: &Job) -> Result<(), RegistryError> {
    let [person, alert, receiver] = job.key();
    tx.execute(
        "UPDATE alert_receiver SET attempts = $4, lease_until = NULL WHERE person = $1 AND alert = $2 AND receiver = $3",
        &[person, alert, receiver, Param::Int(job.attempts)],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        let waits: Vec<i64> = (0..12).map(|attempts| wait(attempts, false)).collect();
        assert_eq!(waits[..4], [30, 60, 120, 240]);
        assert_eq!(waits[11], LONGEST_WAIT);
        assert_eq!(wait(i64::MAX, false), LONGEST_WAIT);
        assert_eq!(wait(0, true), LONGEST_WAIT);
    }
}
