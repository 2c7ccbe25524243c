//! After an older copy of the database was put back: what peers were told since is not known here any more, and neither
//! is what they told. So each peer is told which alerts are open here and which of its own are held here. It closes
//! what is not open here any more, and tells anew what it has for this installation. However often and late that
//! arrives, nothing changes that was told after the copy was put back.

use std::collections::HashSet;

use model::{AlertId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use super::{
    deliver::{Delivered, LONGEST_WAIT, PeerClient},
    peer, step,
    stored::{self, COLUMNS, HERE},
};
use crate::{Peer, ReceiveError, Registry, RegistryError, certificate, day, look};

/// After how many seconds a peer that did not confirm is told again, unless it was ended. Nothing is lost by telling
/// twice.
const AGAIN: i64 = 10 * 60;

/// The names under which an instance is or was registered, by its key.
const NAMES: &str = "(SELECT peer FROM peer WHERE public_key = $1)";

/// Whether there is still something to say to a peer: one that was ended is told of what is open, and of nothing more.
pub(super) const CONCERNED: &str = "(peer.ended_at IS NULL \
     OR EXISTS (SELECT 1 FROM alert WHERE alert.source = peer.peer AND alert.closed_at IS NULL) \
     OR EXISTS (SELECT 1 FROM alert_receiver AS receiver WHERE receiver.receiver = peer.peer AND receiver.closed_at IS NULL))";

/// What an installation whose database was put back from an older copy tells a peer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutBack {
    /// Later than every revision that was told before the copy was put back, and than none that was told after it.
    pub revision: i64,
    /// The sender's open alerts that the peer was told of or is to be told of.
    pub open: Vec<AlertId>,
    /// The peer's alerts that the sender holds open, by their identifiers at the peer.
    pub held: Vec<AlertId>,
}

/// The confirmation of a [`PutBack`].
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PutBackTaken {
    /// The revision of the message.
    pub revision: i64,
}

impl Registry {
    /// Notes that the database was put back from an older copy and goes on as this installation. Certificates that were issued since
    /// the copy are not valid any more; peers are told every open alert anew, and what else [`PutBack`] says, when alerts are told next. Doing it again does no harm, and begins their days to confirm it anew. Blocks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn note_put_back(&self) -> Result<(), RegistryError> {
        let at = self.clock.now();
        self.store.run("alert.put-back", Access::Write, move |tx| {
            certificate::status::close_all(tx, at.as_second())?;
            stored::tell_anew(tx, at)?;
            tx.execute(
                &format!("UPDATE peer SET put_back_at = $1, put_back_next = $1 WHERE {CONCERNED}"),
                &[Param::Int(at.as_second())],
            )?;
            Ok(())
        })
    }

    /// Tells peers that were not told yet.
    pub(super) fn deliver_put_back(&self, client: &dyn PeerClient) -> Result<Delivered, RegistryError> {
        let this = self.clone();
        let waiting = self
            .store
            .run("alert.put-back-lease", Access::Write, move |tx| lease(tx, &this))?;
        let mut delivered = Delivered::default();
        for (to, message) in waiting {
            match client.put_back(&to, &message) {
                Ok(taken) if taken.revision == message.revision => {
                    delivered.told += 1;
                    self.store.run("alert.put-back-told", Access::Write, move |tx| {
                        tx.execute(
                            "UPDATE peer SET put_back_at = NULL, put_back_next = NULL \
                                 WHERE peer = $1 AND put_back_at = $2",
                            &[Param::Text(&to.registered.peer), Param::Int(message.revision)],
                        )?;
                        Ok::<_, RegistryError>(())
                    })?;
                }
                _ => {
                    delivered.failed += 1;
                    tracing::warn!(
                        peer = to.registered.peer,
                        "a peer does not know yet that an older copy was put back here"
                    );
                }
            }
        }
        Ok(delivered)
    }

    /// Takes what a peer tells after an older copy of its database was put back, whose signature was checked. `nonce` is
    /// that of the signed request, with until when it is remembered.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn receive_put_back(
        &self,
        from: &str,
        nonce: Option<(String, i64)>,
        message: PutBack,
    ) -> Result<PutBackTaken, ReceiveError> {
        let (this, from) = (self.clone(), from.to_owned());
        self.store
            .run_async("alert.receive-put-back", Access::Erase, move |tx| {
                if let Some((nonce, until)) = &nonce
                    && !look::remember_nonce(tx, &from, nonce, *until)?
                {
                    return Err(ReceiveError::Replayed);
                }
                let peer = peer::find(tx, &from)?.ok_or(ReceiveError::NotTaken)?;
                if message.revision < 1 {
                    return Err(ReceiveError::Malformed);
                }
                close_missing(tx, &this, &peer, &message)?;
                tell_anew(tx, &this, &peer, &message.held)?;
                Ok(PutBackTaken {
                    revision: message.revision,
                })
            })
            .await
    }
}

/// The peers that are to be told by now, each with what it is told; they are not told again for a while.
fn lease(tx: &mut dyn Tx, this: &Registry) -> Result<Vec<(Peer, PutBack)>, RegistryError> {
    let now = this.clock.now().as_second();
    let waiting = tx.query(
        &format!(
            "SELECT peer, put_back_at FROM peer WHERE put_back_next <= $1 AND {CONCERNED} ORDER BY peer"
        ),
        &[Param::Int(now)],
    )?;
    let mut all = Vec::with_capacity(waiting.len());
    for mut row in waiting {
        let (name, revision) = (row.text()?, row.int()?);
        let peer = peer::reached(tx, &name)?.ok_or(StoreError::Shape("a peer is expected"))?;
        let again = if peer.ended { LONGEST_WAIT } else { AGAIN };
        tx.execute(
            "UPDATE peer SET put_back_next = $1 WHERE peer = $2",
            &[Param::Int(now + again), Param::Text(&name)],
        )?;
        let key = &peer.registered.public_key;
        let open = ids(
            tx,
            &format!(
                "SELECT DISTINCT alert.alert FROM alert JOIN alert_receiver AS receiver \
                 ON receiver.person = alert.person AND receiver.alert = alert.alert \
                 WHERE alert.source = $2 AND alert.closed_at IS NULL AND (receiver.begun = 1 OR alert.withheld = 0) \
                 AND receiver.receiver IN {NAMES} ORDER BY alert.alert"
            ),
            &[Param::Blob(key), Param::Text(HERE)],
        )?;
        let held = ids(
            tx,
            &format!(
                "SELECT DISTINCT remote FROM alert WHERE source IN {NAMES} AND closed_at IS NULL ORDER BY remote"
            ),
            &[Param::Blob(key)],
        )?;
        all.push((peer, PutBack { revision, open, held }));
    }
    Ok(all)
}

fn ids(tx: &mut dyn Tx, sql: &str, params: &[Param<'_>]) -> Result<Vec<AlertId>, StoreError> {
    let rows = tx.query(sql, params)?.into_iter();
    rows.map(|mut row| Ok(AlertId::from_bytes(row.array()?)))
        .collect()
}

/// Closes the peer's alerts that are open here and not there, but for those that it told of since.
fn close_missing(
    tx: &mut dyn Tx,
    this: &Registry,
    peer: &Peer,
    message: &PutBack,
) -> Result<(), RegistryError> {
    let open: HashSet<AlertId> = message.open.iter().copied().collect();
    let sql = format!(
        "SELECT {COLUMNS}, alert.remote FROM alert WHERE source IN {NAMES} AND closed_at IS NULL AND revision < $2"
    );
    let params = [
        Param::Blob(&peer.registered.public_key),
        Param::Int(message.revision),
    ];
    for mut row in tx.query(&sql, &params)? {
        let (alert, remote) = (stored::read(&mut row)?, AlertId::from_bytes(row.array()?));
        if open.contains(&remote) {
            continue;
        }
        step::close(tx, this, &alert)?;
        // What was told of it before and comes late opens it no more; what is told anew may.
        tx.execute(
            "UPDATE peer_alert SET revision = $1 WHERE peer = $2 AND remote = $3 AND revision < $1",
            &[
                Param::Int(message.revision - 1),
                Param::Text(&alert.source),
                Param::Blob(remote.as_bytes()),
            ],
        )?;
    }
    Ok(())
}

/// Has the peer told anew of every alert from here that it was told of and that is open, and of the end of those that it
/// holds and that are not.
fn tell_anew(tx: &mut dyn Tx, this: &Registry, peer: &Peer, held: &[AlertId]) -> Result<(), RegistryError> {
    let held: HashSet<AlertId> = held.iter().copied().collect();
    let sent = &this.profile.procedures.alert_sent;
    let due_on = sent.due_on(this.today(), &this.profile.calendar);
    let rows = tx.query(
        &format!(
            "SELECT alert.person, alert.alert, alert.closed_at, receiver.receiver FROM alert \
             JOIN alert_receiver AS receiver ON receiver.person = alert.person AND receiver.alert = alert.alert \
             WHERE alert.source = $2 AND receiver.begun = 1 AND receiver.receiver IN {NAMES}"
        ),
        &[Param::Blob(&peer.registered.public_key), Param::Text(HERE)],
    )?;
    for mut row in rows {
        let person = PersonId::from_bytes(row.array()?);
        let alert = AlertId::from_bytes(row.array()?);
        let (closed, receiver) = (row.opt_int()?.is_some(), row.text()?);
        if closed && !held.contains(&alert) {
            continue;
        }
        tx.execute(
            "UPDATE alert_receiver SET pending = 1, told = 0, attempts = 0, next_at = $1, lease_until = NULL, due_on = $2 \
             WHERE person = $3 AND alert = $4 AND receiver = $5",
            &[
                Param::Int(this.clock.now().as_second()),
                due_on.map_or(Param::Null, |day| Param::Int(day::to_number(day))),
                Param::Blob(person.as_bytes()),
                Param::Blob(alert.as_bytes()),
                Param::Text(&receiver),
            ],
        )?;
    }
    Ok(())
}
