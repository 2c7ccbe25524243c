//! Peers: other instances of the program that exchange alerts with this one, each for certain professions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use storage::{Access, Param, Row, StoreError, Tx};
use zeroize::Zeroizing;

use crate::{
    Registry, RegistryError,
    erasure::{Kind, Withdrawn},
};

/// A peer to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPeer {
    /// Its name here: small letters, digits and hyphens.
    pub peer: String,
    /// Its public address, without a slash at its end.
    pub url: String,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// The professions that it licenses.
    pub professions: BTreeSet<String>,
    /// Whether alerts are sent to it.
    pub sends: bool,
    /// Whether alerts are taken from it.
    pub takes: bool,
}

/// A registered peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// What was registered.
    pub registered: NewPeer,
    /// Whether it was ended. Alerts that it holds are still closed there, and those from it are still closed here.
    pub ended: bool,
}

/// Why a peer was not registered or ended.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The name is taken, or is that of a body in the profile.
    #[error("the name is taken, or is that of a body in the profile")]
    Taken,
    /// The name or the address is no good.
    #[error(
        "a name of small letters, digits and hyphens and an address such as https://standing.example are expected"
    )]
    Malformed,
    /// The profile has no such profession.
    #[error("the profile has no profession {0}")]
    UnknownProfession(String),
    /// There is no such peer.
    #[error("there is no such peer")]
    NoSuchPeer,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for PeerError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// The key that this installation signs its messages to peers with.
#[derive(Clone)]
pub struct PeerKey {
    /// Its name in requests: the public key in hexadecimal.
    pub key_id: String,
    /// The public key.
    pub public_key: [u8; 32],
    /// The private key, PKCS #8.
    pub pkcs8: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for PeerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PeerKey({})", self.key_id)
    }
}

const SELECT: &str = "SELECT peer, url, public_key, professions, sends, takes, ended_at FROM peer ";

fn read(mut row: Row) -> Result<Peer, StoreError> {
    Ok(Peer {
        registered: NewPeer {
            peer: row.text()?,
            url: row.text()?,
            public_key: row.array()?,
            professions: row.text()?.split_whitespace().map(str::to_owned).collect(),
            sends: row.int()? == 1,
            takes: row.int()? == 1,
        },
        ended: row.opt_int()?.is_some(),
    })
}

fn all(tx: &mut dyn Tx) -> Result<Vec<Peer>, StoreError> {
    let sql = format!("{SELECT}ORDER BY peer");
    tx.query(&sql, &[])?.into_iter().map(read).collect()
}

/// One peer.
pub(super) fn find(tx: &mut dyn Tx, peer: &str) -> Result<Option<Peer>, StoreError> {
    let sql = format!("{SELECT}WHERE peer = $1");
    tx.query(&sql, &[Param::Text(peer)])?
        .into_iter()
        .next()
        .map(read)
        .transpose()
}

/// One peer as it is reached now: an instance that was ended and registered anew under another name, with the same key, is
/// reached where it was registered last.
pub(super) fn reached(tx: &mut dyn Tx, peer: &str) -> Result<Option<Peer>, StoreError> {
    let Some(mut found) = find(tx, peer)?.filter(|one| one.ended) else {
        return find(tx, peer);
    };
    if let Some(now) = of_key(tx, &found.registered.public_key)?.filter(|one| !one.ended) {
        found.registered.url = now.registered.url;
    }
    Ok(Some(found))
}

/// The latest registration of an instance, which its key tells: one that was not ended, where there is one.
fn of_key(tx: &mut dyn Tx, public_key: &[u8; 32]) -> Result<Option<Peer>, StoreError> {
    let sql = format!(
        "{SELECT}WHERE public_key = $1 ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, created_at DESC, \
         peer DESC LIMIT 1"
    );
    let found = tx.query(&sql, &[Param::Blob(public_key)])?;
    found.into_iter().next().map(read).transpose()
}

/// The names of the peers that get alerts in a profession.
pub(super) fn sent_to(tx: &mut dyn Tx, profession: &str) -> Result<Vec<String>, StoreError> {
    let peers = all(tx)?.into_iter();
    Ok(peers
        .filter(|one| !one.ended && one.registered.sends && one.registered.professions.contains(profession))
        .map(|one| one.registered.peer)
        .collect())
}

impl Registry {
    /// The key that this installation signs its messages to peers with. They register its public part.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn peer_key(&self) -> Result<PeerKey, RegistryError> {
        let pair = Ed25519KeyPair::from_pkcs8(&self.peer_pkcs8)
            .map_err(|_| RegistryError::Stored("the key towards peers"))?;
        let public_key: [u8; 32] = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| RegistryError::Stored("the key towards peers"))?;
        Ok(PeerKey {
            key_id: hex::encode(public_key),
            public_key,
            pkcs8: self.peer_pkcs8.as_ref().clone(),
        })
    }

    /// Registers a peer, or lets one have further professions. The same again is no error. It is told of what stands
    /// in them when what is due is done next. Blocks.
    ///
    /// # Errors
    /// [`PeerError`].
    pub fn add_peer(&self, new: NewPeer) -> Result<(), PeerError> {
        let named = !new.peer.is_empty()
            && new
                .peer
                .chars()
                .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-');
        let addressed = ["https://", "http://"]
            .iter()
            .any(|scheme| new.url.starts_with(scheme))
            && !new.url.ends_with('/');
        if !named || !addressed {
            return Err(PeerError::Malformed);
        }
        let unknown = |one: &&String| !self.profile.professions.contains_key(*one);
        if let Some(unknown) = new.professions.iter().find(unknown) {
            return Err(PeerError::UnknownProfession(unknown.clone()));
        }
        let reserved = [crate::SELF, crate::INSTALLATION].contains(&new.peer.as_str());
        if reserved || self.profile.body_name(&new.peer).is_some() {
            return Err(PeerError::Taken);
        }
        let at = self.clock.now().as_second();
        self.store.run("peer.add", Access::Write, move |tx| {
            let professions: Vec<&str> = new.professions.iter().map(String::as_str).collect();
            if let Some(old) = find(tx, &new.peer)? {
                let grown = NewPeer {
                    professions: new.professions.clone(),
                    ..old.registered.clone()
                };
                if old.ended || grown != new || !new.professions.is_superset(&old.registered.professions) {
                    return Err(PeerError::Taken);
                }
                tx.execute(
                    "UPDATE peer SET professions = $1 WHERE peer = $2",
                    &[Param::Text(&professions.join(" ")), Param::Text(&new.peer)],
                )?;
                return Ok(());
            }
            tx.execute(
                "INSERT INTO peer (peer, url, public_key, professions, sends, takes, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    Param::Text(&new.peer),
                    Param::Text(&new.url),
                    Param::Blob(&new.public_key),
                    Param::Text(&professions.join(" ")),
                    Param::Int(i64::from(new.sends)),
                    Param::Int(i64::from(new.takes)),
                    Param::Int(at),
                ],
            )?;
            Ok(())
        })
    }

    /// Every peer. Blocks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn peers(&self) -> Result<Vec<Peer>, RegistryError> {
        self.store
            .run("peer.list", Access::Read, |tx| Ok::<_, RegistryError>(all(tx)?))
    }

    /// Ends a peer: it gets no new alerts and none are taken from it. What is open is still closed. No older copy brings
    /// it back. Blocks.
    ///
    /// # Errors
    /// [`PeerError`].
    pub fn end_peer(&self, peer: &str) -> Result<(), PeerError> {
        let (peer, at) = (peer.to_owned(), self.clock.now());
        let named = peer.clone();
        let plan = move |tx: &mut dyn Tx| {
            let found = find(tx, &named)?.ok_or(PeerError::NoSuchPeer)?;
            let what = Withdrawn::of_body(Kind::Peer, &named, None);
            Ok((!found.ended).then_some(what).into_iter().collect())
        };
        self.withdraw("peer.end", plan, move |tx| {
            end_peer(tx, &peer, at)?;
            Ok(())
        })
    }

    /// The peer that signs with this key, ended or not: the latest that was registered with it, and rather one that was
    /// not ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn peer_of_key(&self, public_key: [u8; 32]) -> Result<Option<Peer>, RegistryError> {
        self.store
            .run_async("peer.find", Access::Read, move |tx| Ok(of_key(tx, &public_key)?))
            .await
    }
}

/// Ends a peer. Answers false where there is none that could be ended.
pub(crate) fn end_peer(tx: &mut dyn Tx, peer: &str, at: Timestamp) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "UPDATE peer SET ended_at = $1 WHERE peer = $2 AND ended_at IS NULL",
        &[Param::Int(at.as_second()), Param::Text(peer)],
    )?;
    Ok(ended == 1)
}
