//! Authorities' keys, kept for a few seconds, so that a signed request costs no read of its own.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use registry::{AuthorityKey, Registry, RegistryError};

/// For how long a key is kept. A key that is retired counts for this long at most.
const KEPT_SECONDS: i64 = 10;

/// The keys that were used of late. Unknown names are not kept, so it never outgrows the registered keys.
#[derive(Default)]
pub(crate) struct KeyCache(RwLock<HashMap<String, (Arc<AuthorityKey>, i64)>>);

impl KeyCache {
    /// The key, if it is here and fresh.
    pub(crate) fn get(&self, key_id: &str, now: i64) -> Option<Arc<AuthorityKey>> {
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
    ) -> Result<Option<Arc<AuthorityKey>>, RegistryError> {
        let found = registry.authority_key(key_id).await?.map(Arc::new);
        let until = registry.now().as_second() + KEPT_SECONDS;
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(key) => keys.insert(key_id.to_owned(), (key.clone(), until)),
            None => keys.remove(key_id),
        };
        Ok(found)
    }
}
