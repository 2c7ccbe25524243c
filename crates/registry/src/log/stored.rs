//! The log as it is stored, for whoever verifies it beside a server: read, and nothing else.

use std::sync::Arc;

use keys::Keyring;
use storage::{Access, Store};
use tlog::TilePath;

use super::{Log, LogSummary, recover, serve};
use crate::{RegistryError, open, setting};

/// The log of an installation that another process may be serving. What has no checkpoint yet is not part of it.
pub struct StoredLog {
    store: Arc<dyn Store>,
    log: Log,
}

impl StoredLog {
    /// Opens the log and proves its edge, as a start does, but writes nothing. Blocks.
    ///
    /// # Errors
    /// When nothing was ever served from this database, it was made for another address, the key does not open, the
    /// log does not match its checkpoint, or the store fails.
    pub fn open(store: Arc<dyn Store>, keys: Arc<Keyring>, public_url: &str) -> Result<Self, RegistryError> {
        let given = public_url.to_owned();
        let key = store.run("log.key", Access::Read, move |tx| {
            let made_for = setting::get(tx, "public-url")?.unwrap_or_default();
            if made_for != given.as_bytes() {
                return Err(RegistryError::OtherInstallation {
                    made_for: String::from_utf8_lossy(&made_for).into_owned(),
                    given: given.clone(),
                });
            }
            open::stored_key(tx, &keys, "log")?.ok_or(RegistryError::Stored("the log's key"))
        })?;
        let log = Log::new(&open::origin(public_url), &key)?;
        let named = log.clone();
        store.run("log.recover", Access::Read, move |tx| {
            recover::prove_edge(tx, &named)
        })?;
        Ok(Self { store, log })
    }

    /// The log's name, key and latest checkpoint. An empty log has a checkpoint too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn summary(&self) -> Result<LogSummary, RegistryError> {
        serve::summary(&self.store, &self.log).await
    }

    /// A tile or bundle of entries at exactly the width in its path; nothing where the latest checkpoint
    /// does not reach it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, RegistryError> {
        serve::tile(&self.store, path).await
    }
}
