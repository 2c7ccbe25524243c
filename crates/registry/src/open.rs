//! Opening an installation: its keys and settings are made the first time and never change after.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use jiff::tz::TimeZone;
use keys::{Keyring, Place, SystemRandomness, new_ed25519, new_p256};
use model::{Clock, Randomness};
use profile::Profile;
use sd_jwt::P256Signer;
use storage::{Access, Param, Store, Tx};

use crate::{
    Registry, RegistryError,
    erasure::{self, Apart},
    log::Log,
    setting,
    submission::spool::Spool,
};

/// What a registry is made of.
pub struct Parts {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The installation's secret.
    pub keys: Arc<Keyring>,
    /// The jurisdiction.
    pub profile: Arc<Profile>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for keys, salts and ids.
    pub randomness: Arc<dyn Randomness>,
    /// Randomness for signatures.
    pub signing: SystemRandomness,
    /// The address under which the installation is known, without a slash at its end.
    pub public_url: String,
    /// The folder for uploads under way.
    pub spool: Arc<Path>,
    /// The file that erasures are written to apart from the database; see `docs/backup.md`.
    pub erasures: Arc<Path>,
}

impl Registry {
    /// Opens the installation, and proves the edge of its log before anything is served. Blocks.
    ///
    /// # Errors
    /// When the installation was made for another profile or address, its keys do not open, the log does not
    /// match its checkpoint, the erasures written apart were tampered with, or the store fails.
    pub fn open(parts: Parts) -> Result<Self, RegistryError> {
        let Parts {
            store,
            keys,
            profile,
            clock,
            randomness,
            signing,
            public_url,
            spool,
            erasures,
        } = parts;
        let spool = Spool::open(spool)?;
        let origin = origin(&public_url);
        let at = clock.now().as_second();
        let (for_profile, for_url) = (profile.id.clone(), public_url.clone());
        let (keyring, random, source) = (keys.clone(), randomness.clone(), signing.clone());
        // Written when an installation is opened for the first time.
        let is_new = !erasures.try_exists()?;
        let (log_key, issuer_key, peer_key) = store.run("open", Access::Write, move |tx| {
            if !is_new && !is_of_an_installation(tx)? {
                return Err(RegistryError::DatabaseGone);
            }
            same(tx, "profile", &for_profile)?;
            same(tx, "public-url", &for_url)?;
            let mut key = |purpose: &str, new: &dyn Fn() -> Result<Vec<u8>, RegistryError>| {
                signing_key(tx, &keyring, &*random, purpose, at, new)
            };
            let log = key("log", &|| Ok(new_ed25519(&source)?.to_vec()))?;
            let issuer = key("certificates", &|| Ok(new_p256(&source)?.to_vec()))?;
            let peers = key("peers", &|| Ok(new_ed25519(&source)?.to_vec()))?;
            Ok::<_, RegistryError>((log, issuer, peers))
        })?;
        let issuer = P256Signer::from_pkcs8(&issuer_key, signing.source())
            .map_err(|error| RegistryError::Certificate(error.to_string()))?;
        let offset = jiff::tz::offset(profile.utc_offset_hours);
        let held = store.run("erasure.mark", Access::Read, erasure::mark)?;
        let (apart, written) = Apart::open(erasures, keys.clone(), offset, held)?;
        let mut registry = Self {
            log: Log::new(&origin, &log_key)?,
            store,
            keys,
            profile,
            clock,
            randomness,
            issuer: Arc::new(issuer),
            public_url: public_url.into(),
            time_zone: TimeZone::fixed(offset),
            spool,
            erased_on: Arc::new(Mutex::new(None)),
            peer_pkcs8: Arc::new(peer_key.into()),
            apart,
            again: erasure::Again::default(),
        };
        registry.recover_log()?;
        registry.fill_known_as()?;
        registry.again = registry.replay(written)?;
        Ok(registry)
    }
}

/// The log's name: the installation's address without its scheme (c2sp.org/tlog-checkpoint).
pub(crate) fn origin(public_url: &str) -> String {
    let address = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    format!("{address}/log")
}

/// Whether an installation was ever opened on this database.
pub(crate) fn is_of_an_installation(tx: &mut dyn Tx) -> Result<bool, RegistryError> {
    Ok(setting::get(tx, "public-url")?.is_some())
}

/// A setting that is `value`, or becomes so the first time.
fn same(tx: &mut dyn Tx, name: &str, value: &str) -> Result<(), RegistryError> {
    let stored = setting::get_or_set(tx, name, value.as_bytes())?;
    if stored == value.as_bytes() {
        return Ok(());
    }
    let made_for = String::from_utf8_lossy(&stored).into_owned();
    Err(RegistryError::OtherInstallation {
        made_for,
        given: value.to_owned(),
    })
}

/// The signing key for this purpose, made the first time.
fn signing_key(
    tx: &mut dyn Tx,
    keys: &Keyring,
    randomness: &dyn Randomness,
    purpose: &str,
    at: i64,
    new: &dyn Fn() -> Result<Vec<u8>, RegistryError>,
) -> Result<Vec<u8>, RegistryError> {
    if let Some(secret) = stored_key(tx, keys, purpose)? {
        return Ok(secret);
    }
    let secret = new()?;
    // The id only has to differ from those of other keys; it says nothing of the secret that could be guessed.
    let mut id = [0; 16];
    randomness.fill(&mut id)?;
    let sealed = keys
        .wrapping()
        .seal(&place(&[purpose.as_bytes(), &id]), &secret, randomness)?;
    tx.execute(
        "INSERT INTO signing_key (key_id, purpose, sealed_secret, created_at) VALUES ($1, $2, $3, $4)",
        &[
            Param::Blob(&id),
            Param::Text(purpose),
            Param::Blob(&sealed),
            Param::Int(at),
        ],
    )?;
    Ok(secret)
}

/// The signing key for this purpose, if one was made.
pub(crate) fn stored_key(
    tx: &mut dyn Tx,
    keys: &Keyring,
    purpose: &str,
) -> Result<Option<Vec<u8>>, RegistryError> {
    let rows = tx.query(
        "SELECT key_id, sealed_secret FROM signing_key WHERE purpose = $1 AND retired_at IS NULL",
        &[Param::Text(purpose)],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let (id, sealed) = (row.blob()?, row.blob()?);
    Ok(Some(
        keys.wrapping()
            .open(&place(&[purpose.as_bytes(), &id]), &sealed)?,
    ))
}

fn place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "signing_key",
        column: "sealed_secret",
        row,
    }
}
