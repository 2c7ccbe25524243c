//! The log: leaves in the transactions that they speak of, tiles and checkpoints after them.

mod append;
mod checkpoint;
mod integrate;
mod receipt;
mod recover;
mod serve;
mod stored;
mod tiles;

use std::sync::{Arc, Mutex};

pub(crate) use append::{append, append_statement, head};
pub use receipt::Receipt;
pub use serve::LogSummary;
pub use stored::StoredLog;
use tlog::{Checkpoint, Hash, NoteSigner};

use crate::RegistryError;

/// The log's name and key.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) origin: Arc<str>,
    signer: Arc<dyn NoteSigner + Send + Sync>,
    verifier: Arc<str>,
    integrating: Arc<Mutex<()>>,
}

impl Log {
    /// The log with this origin (its name in every checkpoint) and key.
    pub(crate) fn new(origin: &str, key: &[u8]) -> Result<Self, RegistryError> {
        let fault = |error: &dyn std::error::Error| RegistryError::Log(tiles::chain(error));
        let pair = ring::signature::Ed25519KeyPair::from_pkcs8(key)
            .map_err(|_| RegistryError::Log("the log's key cannot be read".into()))?;
        let signer = tlog::Ed25519Signer::new(origin, pair).map_err(|error| fault(&error))?;
        let verifier = signer.verifier_key().to_string();
        Ok(Self {
            origin: origin.into(),
            signer: Arc::new(signer),
            verifier: verifier.into(),
            integrating: Arc::default(),
        })
    }

    /// The key that verifies its checkpoints, in the form of signed notes.
    pub(crate) fn verifier(&self) -> &str {
        &self.verifier
    }

    fn sign(&self, size: u64, root: Hash) -> Result<String, RegistryError> {
        let checkpoint = Checkpoint::new(&*self.origin, size, root)
            .map_err(|error| RegistryError::Log(tiles::chain(&error)))?;
        let note = checkpoint
            .sign(&[&*self.signer])
            .map_err(|error| RegistryError::Log(tiles::chain(&error)))?;
        Ok(note.to_string())
    }
}
