//! The keys of auditors and witnesses, who read the whole log and nothing else. They stand for no body and no reviewer:
//! whoever proves the log need be neither.

use jiff::Timestamp;
use storage::{Access, Param, StoreError, Tx};

use crate::{
    Registry, RegistryError,
    authority_key::{PORTAL_KEYS, is_of_another_kind},
    erasure::{Kind, Withdrawn},
    log,
};

/// The table of these keys.
const TABLE: &str = "auditor_key";

/// An auditor's key, to be registered.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditorKey {
    /// Its name, as requests give it.
    pub key_id: String,
    /// Who holds it, by name.
    pub holder: String,
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
}

/// An auditor's key, for whoever keeps the installation.
#[derive(Clone, serde::Serialize)]
pub struct Auditor {
    /// The name of the key.
    pub key: String,
    /// Who holds it, by name.
    pub holder: String,
    /// Since when it counts.
    pub added_at: Timestamp,
    /// Since when it opens nothing any more, if so.
    pub ended_at: Option<Timestamp>,
}

/// Why an auditor's key was not registered or ended.
#[derive(Debug, thiserror::Error)]
pub enum AuditorKeyError {
    /// The name of the key is none, or is of those that the portal uses.
    #[error(
        "not the name of a key: 1 to 64 visible ASCII characters are expected, which do not begin with {PORTAL_KEYS}"
    )]
    Name,
    /// Nobody is named who holds it.
    #[error("the name of whoever holds the key is blank")]
    HolderMissing,
    /// Another key has this name.
    #[error("another key is registered under this name")]
    Taken,
    /// No auditor's key that counts has this name.
    #[error("no auditor's key that counts is registered under this name")]
    Unknown,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for AuditorKeyError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl Registry {
    /// Registers an auditor's key. The same key again, of the same holder, is no error. Blocks.
    ///
    /// # Errors
    /// [`AuditorKeyError`].
    pub fn add_auditor_key(&self, key: AuditorKey) -> Result<(), AuditorKeyError> {
        let fits = (1..=64).contains(&key.key_id.len());
        let reserved = key.key_id.starts_with(PORTAL_KEYS);
        if !fits || reserved || !key.key_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AuditorKeyError::Name);
        }
        if key.holder.trim().is_empty() {
            return Err(AuditorKeyError::HolderMissing);
        }
        let sealed = self.seal_name(TABLE, &[key.key_id.as_bytes()], &key.holder)?;
        let this = self.clone();
        self.store.run("auditor-key.add", Access::Write, move |tx| {
            if is_of_another_kind(tx, TABLE, &key.key_id)? {
                return Err(AuditorKeyError::Taken);
            }
            let stored = tx.query(
                "SELECT public_key, sealed_name, ended_at FROM auditor_key WHERE key_id = $1",
                &[Param::Text(&key.key_id)],
            )?;
            if let Some(mut row) = stored.into_iter().next() {
                let (public_key, name): ([u8; 32], _) = (row.array()?, row.blob()?);
                let same = public_key == key.public_key
                    && row.opt_int()?.is_none()
                    && this.open_name(TABLE, &[key.key_id.as_bytes()], &name)? == key.holder;
                return if same { Ok(()) } else { Err(AuditorKeyError::Taken) };
            }
            put(tx, &this, &key, &sealed)?;
            Ok(())
        })
    }

    /// Ends an auditor's key for good: it opens nothing from the next request on. Its name is not given out again, and
    /// no older copy brings it back. Blocks.
    ///
    /// # Errors
    /// [`AuditorKeyError::Unknown`] where there is no such key that counts.
    pub fn end_auditor_key(&self, key_id: &str) -> Result<(), AuditorKeyError> {
        let (this, at, key_id) = (self.clone(), self.clock.now(), key_id.to_owned());
        let named = key_id.clone();
        let plan = move |tx: &mut dyn Tx| match find(tx, &named)? {
            Some(_) => Ok(vec![Withdrawn::of_body(Kind::Auditor, &named, None)]),
            None => Err(AuditorKeyError::Unknown),
        };
        self.withdraw("auditor-key.end", plan, move |tx| {
            if end(tx, &this, &key_id, at)? {
                Ok(())
            } else {
                Err(AuditorKeyError::Unknown)
            }
        })
    }

    /// The public key of an auditor's key with this name, unless it was ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn auditor_key(&self, key_id: &str) -> Result<Option<[u8; 32]>, RegistryError> {
        let key_id = key_id.to_owned();
        self.store
            .run_async("auditor-key.find", Access::Read, move |tx| Ok(find(tx, &key_id)?))
            .await
    }

    /// Every auditor's key, ended ones too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn auditors(&self) -> Result<Vec<Auditor>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("auditor-key.list", Access::Read, move |tx| {
                let rows = tx.query(
                    "SELECT key_id, sealed_name, added_at, ended_at FROM auditor_key ORDER BY key_id",
                    &[],
                )?;
                rows.into_iter()
                    .map(|mut row| {
                        let (key, sealed) = (row.text()?, row.blob()?);
                        Ok(Auditor {
                            holder: this.open_name(TABLE, &[key.as_bytes()], &sealed)?,
                            key,
                            added_at: crate::time(row.int()?)?,
                            ended_at: row.opt_int()?.map(crate::time).transpose()?,
                        })
                    })
                    .collect()
            })
            .await
    }
}

fn find(tx: &mut dyn Tx, key_id: &str) -> Result<Option<[u8; 32]>, StoreError> {
    let rows = tx.query(
        "SELECT public_key FROM auditor_key WHERE key_id = $1 AND ended_at IS NULL",
        &[Param::Text(key_id)],
    )?;
    rows.into_iter().next().map(|mut row| row.array()).transpose()
}

/// Writes a new key, and that it was added to the log. The log does not hold who holds it.
fn put(tx: &mut dyn Tx, this: &Registry, key: &AuditorKey, sealed: &[u8]) -> Result<(), RegistryError> {
    let at = this.clock.now().as_second();
    let statement = serde_json::json!({
        "what": "auditor-key-added",
        "key": key.key_id,
        "public_key": hex::encode(key.public_key),
        "at": at,
    });
    let (salt, place) = log::append_statement(tx, &*this.randomness, &statement.to_string())?;
    tx.execute(
        "INSERT INTO auditor_key (key_id, sealed_name, public_key, added_at, salt, leaf) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            Param::Text(&key.key_id),
            Param::Blob(sealed),
            Param::Blob(&key.public_key),
            Param::Int(at),
            Param::Blob(&salt),
            Param::Int(place),
        ],
    )?;
    Ok(())
}

/// Ends a key, which stands in the log. Answers false where there is none that counts.
pub(crate) fn end(
    tx: &mut dyn Tx,
    this: &Registry,
    key_id: &str,
    at: Timestamp,
) -> Result<bool, RegistryError> {
    if find(tx, key_id)?.is_none() {
        return Ok(false);
    }
    let at = at.as_second();
    let statement = serde_json::json!({"what": "auditor-key-ended", "key": key_id, "at": at});
    let (salt, place) = log::append_statement(tx, &*this.randomness, &statement.to_string())?;
    tx.execute(
        "UPDATE auditor_key SET ended_at = $1, ended_salt = $2, ended_leaf = $3 WHERE key_id = $4",
        &[
            Param::Int(at),
            Param::Blob(&salt),
            Param::Int(place),
            Param::Text(key_id),
        ],
    )?;
    Ok(true)
}
