//! Authorities' keys, kept for a few seconds, so that a signed request costs no read of its own.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use http_signatures::VerifyingKey;
use registry::{AuthorityKey, Registry, RegistryError};

/// For how long a key is kept. A key that is retired counts for this long at most.
const KEPT_SECONDS: i64 = 10;

/// A key that is on file.
#[derive(Debug)]
pub(crate) struct Known {
    /// As it is on file.
    pub(crate) key: AuthorityKey,
    /// What its signatures are checked with.
    pub(crate) verifies: VerifyingKey,
}

/// The keys that were used of late. Unknown names are not kept, so it never outgrows the registered keys.
#[derive(Default)]
pub(crate) struct KeyCache(RwLock<HashMap<String, (Arc<Known>, i64)>>);

impl KeyCache {
    /// The key, if it is here and fresh.
    pub(crate) fn get(&self, key_id: &str, now: i64) -> Option<Arc<Known>> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(key_id)
            .filter(|(_, until)| now < *until)
            .map(|(key, _)| key.clone())
    }

    /// The key from the registry. None: it has no such key.
    pub(crate) async fn fetch(
        &self,
        registry: &Registry,
        key_id: &str,
    ) -> Result<Option<Arc<Known>>, RegistryError> {
        let found = registry.authority_key(key_id).await?.map(|key| {
            let verifies = VerifyingKey::ed25519(key.public_key);
            Arc::new(Known { key, verifies })
        });
        let until = registry.now().as_second() + KEPT_SECONDS;
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(key) => keys.insert(key_id.to_owned(), (key.clone(), until)),
            None => keys.remove(key_id),
        };
        Ok(found)
    }
}
