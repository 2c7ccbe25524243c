//! The keys that authorities sign their requests with.

use jiff::Timestamp;
use storage::{Access, Param, StoreError, Tx};

use crate::{Registry, RegistryError, erasure::Withdrawn};

/// How the names begin under which staff ask on the portal, where their session stands for a key. No key that signs
/// requests has such a name: whoever held it could ask as somebody else.
pub const PORTAL_KEYS: &str = "portal:";

/// A key of an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityKey {
    /// Its name, as requests give it.
    pub key_id: String,
    /// The body: an authority, an inquirer, which asks by consent alone, or an association, which proposes.
    pub authority: String,
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
}

/// Why a key was not registered.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityKeyError {
    /// The profile has no such authority.
    #[error("the profile has no authority {0}")]
    UnknownAuthority(String),
    /// Another key has this name.
    #[error("another key is registered under this name")]
    Taken,
    /// It is a name of the portal's.
    #[error("names that begin with {PORTAL_KEYS} are the portal's own: give the key another one")]
    Reserved,
    /// No key that counts has this name.
    #[error("no key that counts is registered under this name")]
    Unknown,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for AuthorityKeyError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl Registry {
    /// Registers a key of an authority. The same key again is no error. Blocks.
    ///
    /// # Errors
    /// [`AuthorityKeyError`].
    pub fn add_authority_key(&self, key: AuthorityKey) -> Result<(), AuthorityKeyError> {
        if key.key_id.starts_with(PORTAL_KEYS) {
            return Err(AuthorityKeyError::Reserved);
        }
        let inquirer = self.profile.inquirers.contains_key(&key.authority);
        let association = self.profile.associations.contains_key(&key.authority);
        if !inquirer && !association && !self.profile.authorities.contains_key(&key.authority) {
            return Err(AuthorityKeyError::UnknownAuthority(key.authority));
        }
        let at = self.clock.now().as_second();
        self.store.run("authority-key.add", Access::Write, move |tx| {
            if is_of_another_kind(tx, "authority_key", &key.key_id)? {
                return Err(AuthorityKeyError::Taken);
            }
            let new = tx.execute(
                "INSERT INTO authority_key (key_id, authority, public_key, created_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING",
                &[
                    Param::Text(&key.key_id),
                    Param::Text(&key.authority),
                    Param::Blob(&key.public_key),
                    Param::Int(at),
                ],
            )?;
            let same = find(tx, &key.key_id)?.is_some_and(|stored| stored == key);
            if new == 1 || same { Ok(()) } else { Err(AuthorityKeyError::Taken) }
        })
    }

    /// Retires a key for good: nothing that it signs is taken any more, within seconds also by a program that serves.
    /// Its name is not given out again, and no older copy brings it back. Blocks.
    ///
    /// # Errors
    /// [`AuthorityKeyError::Unknown`] where there is no such key that counts.
    pub fn retire_authority_key(&self, key_id: &str) -> Result<(), AuthorityKeyError> {
        let (at, key_id) = (self.clock.now(), key_id.to_owned());
        let named = key_id.clone();
        let plan = move |tx: &mut dyn Tx| match find(tx, &named)? {
            Some(_) => Ok(vec![Withdrawn::of_body_key(&named)]),
            None => Err(AuthorityKeyError::Unknown),
        };
        self.withdraw("authority-key.retire", plan, move |tx| {
            match retire(tx, &key_id, at)? {
                true => Ok(()),
                false => Err(AuthorityKeyError::Unknown),
            }
        })
    }

    /// The key with this name, unless it is retired.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn authority_key(&self, key_id: &str) -> Result<Option<AuthorityKey>, RegistryError> {
        let key_id = key_id.to_owned();
        self.store
            .run_async("authority-key.find", Access::Read, move |tx| {
                Ok(find(tx, &key_id)?)
            })
            .await
    }

    /// Remembers a signed request. Answers false if it came before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn first_time(
        &self,
        key_id: &str,
        nonce: &str,
        expires_at: i64,
    ) -> Result<bool, RegistryError> {
        let (key_id, nonce) = (key_id.to_owned(), nonce.to_owned());
        self.store
            .run_async("nonce.remember", Access::Write, move |tx| {
                Ok(crate::look::remember_nonce(tx, &key_id, &nonce, expires_at)?)
            })
            .await
    }
}

fn find(tx: &mut dyn Tx, key_id: &str) -> Result<Option<AuthorityKey>, StoreError> {
    let rows = tx.query(
        "SELECT authority, public_key FROM authority_key WHERE key_id = $1 AND retired_at IS NULL",
        &[Param::Text(key_id)],
    )?;
    let key = |mut row: storage::Row| {
        Ok(AuthorityKey {
            key_id: key_id.to_owned(),
            authority: row.text()?,
            public_key: row.array()?,
        })
    };
    rows.into_iter().next().map(key).transpose()
}

/// Retires a key. Answers false where there is none that counts.
pub(crate) fn retire(tx: &mut dyn Tx, key_id: &str, at: Timestamp) -> Result<bool, StoreError> {
    let retired = tx.execute(
        "UPDATE authority_key SET retired_at = $1 WHERE key_id = $2 AND retired_at IS NULL",
        &[Param::Int(at.as_second()), Param::Text(key_id)],
    )?;
    Ok(retired == 1)
}

/// The tables of keys that requests are signed with, a table a kind.
const KINDS: [&str; 3] = ["authority_key", "reviewer_key", "auditor_key"];

/// Whether a key of another kind than that in `own` has this name: nobody can take one key for another by its name.
pub(crate) fn is_of_another_kind(
    tx: &mut dyn Tx,
    own: &'static str,
    key_id: &str,
) -> Result<bool, StoreError> {
    for table in KINDS.into_iter().filter(|table| *table != own) {
        let sql = format!("SELECT key_id FROM {table} WHERE key_id = $1");
        if !tx.query(&sql, &[Param::Text(key_id)])?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
