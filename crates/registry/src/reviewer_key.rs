//! The keys that reviewers sign their requests with, and whose a body's key is. A reviewer's key stands for no body:
//! what a body may do, it does not open, and the other way round.

use jiff::Timestamp;
use storage::{Access, Param, StoreError, Tx};

use crate::{
    Registry, RegistryError, StaffError,
    authority_key::{PORTAL_KEYS, is_of_another_kind},
    log, staff,
};

/// A key of a reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewerKey {
    /// Its name, as requests give it.
    pub key_id: String,
    /// The reviewer, by the id of their account.
    pub reviewer: String,
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
}

/// A reviewer, for whoever keeps the installation.
#[derive(Clone, serde::Serialize)]
pub struct Reviewer {
    /// The id of the account.
    pub reviewer: String,
    /// The name.
    pub name: String,
    /// The names of their keys.
    pub keys: Vec<String>,
    /// Whether they are registered with their own identity number. Without it, nothing keeps them from judging what is
    /// about themselves.
    pub own_number: bool,
    /// Since when they are no longer a reviewer, if so.
    pub ended_at: Option<Timestamp>,
}

/// The member of a body's staff whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHolder {
    /// The id of the account.
    pub staff: String,
    /// Whether the account may be used: it is neither stopped nor ended.
    pub active: bool,
}

impl Registry {
    /// Registers a key of a reviewer. The same key again is no error. Blocks.
    ///
    /// # Errors
    /// [`StaffError::Unknown`] where there is no such reviewer, [`StaffError::Taken`] where another key has this name,
    /// [`StaffError::Id`] where it is none, or a failure.
    pub fn add_reviewer_key(&self, key: ReviewerKey) -> Result<(), StaffError> {
        check(&key)?;
        let this = self.clone();
        self.store
            .run("reviewer-key.add", Access::Write, move |tx| put(tx, &this, &key))
    }

    fn put_reviewer_key(&self, tx: &mut dyn Tx, key: &ReviewerKey) -> Result<(), RegistryError> {
        let at = self.clock.now().as_second();
        let statement = serde_json::json!({
            "what": "reviewer-key-added",
            "key": key.key_id,
            "reviewer": key.reviewer,
            "public_key": hex::encode(key.public_key),
            "at": at,
        });
        let (salt, place) = log::append_statement(tx, &*self.randomness, &statement.to_string())?;
        tx.execute(
            "INSERT INTO reviewer_key (key_id, reviewer, public_key, added_at, salt, leaf) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                Param::Text(&key.key_id),
                Param::Text(&key.reviewer),
                Param::Blob(&key.public_key),
                Param::Int(at),
                Param::Blob(&salt),
                Param::Int(place),
            ],
        )?;
        Ok(())
    }

    /// The reviewer's key with this name, unless its reviewer has left.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviewer_key(&self, key_id: &str) -> Result<Option<ReviewerKey>, RegistryError> {
        let key_id = key_id.to_owned();
        self.store
            .run_async("reviewer-key.find", Access::Read, move |tx| {
                let Some(key) = find(tx, &key_id)? else {
                    return Ok(None);
                };
                Ok(staff::is_reviewer(tx, &key.reviewer)?.then_some(key))
            })
            .await
    }

    /// Every reviewer, those who have left too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviewers(&self) -> Result<Vec<Reviewer>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("reviewer.list", Access::Read, move |tx| {
                let keys = tx.query("SELECT reviewer, key_id FROM reviewer_key ORDER BY key_id", &[])?;
                let keys: Vec<(String, String)> = keys
                    .into_iter()
                    .map(|mut row| Ok((row.text()?, row.text()?)))
                    .collect::<Result<_, StoreError>>()?;
                let rows = tx.query(
                    "SELECT reviewer, sealed_name, own_person, ended_at FROM reviewer ORDER BY reviewer",
                    &[],
                )?;
                rows.into_iter()
                    .map(|mut row| {
                        let (reviewer, sealed) = (row.text()?, row.blob()?);
                        let own = keys.iter().filter(|(owner, _)| *owner == reviewer);
                        Ok(Reviewer {
                            name: this.open_name("reviewer", &[reviewer.as_bytes()], &sealed)?,
                            keys: own.map(|(_, key)| key.clone()).collect(),
                            reviewer,
                            own_number: row.opt_blob()?.is_some(),
                            ended_at: row.opt_int()?.map(crate::time).transpose()?,
                        })
                    })
                    .collect()
            })
            .await
    }

    /// The member of a body's staff whose key this is. None: it is nobody's by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn staff_of_key(&self, body: &str, key_id: &str) -> Result<Option<KeyHolder>, RegistryError> {
        let (body, key_id) = (body.to_owned(), key_id.to_owned());
        self.store
            .run_async("staff.of-key", Access::Read, move |tx| {
                let asking = staff::asking(tx, &body, &key_id, None)?;
                Ok(asking.staff.map(|staff| KeyHolder {
                    staff,
                    active: asking.standing == policy::Staff::Active,
                }))
            })
            .await
    }
}

/// Refuses a name that is none, or that keys of the portal have.
pub(crate) fn check(key: &ReviewerKey) -> Result<(), StaffError> {
    let fits = (1..=64).contains(&key.key_id.len());
    let reserved = key.key_id.starts_with(PORTAL_KEYS);
    if !fits || reserved || !key.key_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(StaffError::Id);
    }
    Ok(())
}

/// Writes a key of a registered reviewer, unless it is there.
pub(crate) fn put(tx: &mut dyn Tx, this: &Registry, key: &ReviewerKey) -> Result<(), StaffError> {
    if !staff::is_reviewer(tx, &key.reviewer)? {
        return Err(StaffError::Unknown);
    }
    match find(tx, &key.key_id)? {
        Some(stored) if stored == *key => return Ok(()),
        Some(_) => return Err(StaffError::Taken),
        None => {}
    }
    if is_of_another_kind(tx, "reviewer_key", &key.key_id)? {
        return Err(StaffError::Taken);
    }
    Ok(this.put_reviewer_key(tx, key)?)
}

fn find(tx: &mut dyn Tx, key_id: &str) -> Result<Option<ReviewerKey>, StoreError> {
    let rows = tx.query(
        "SELECT reviewer, public_key FROM reviewer_key WHERE key_id = $1",
        &[Param::Text(key_id)],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(ReviewerKey {
        key_id: key_id.to_owned(),
        reviewer: row.text()?,
        public_key: row.array()?,
    }))
}
