//! Receipts: the proof that a statement is in the log, for whoever it is about.

use storage::{Access, Tx};
use tlog::{Hash, tree::inclusion_proof};

use super::{checkpoint, tiles};
use crate::{
    Registry, RegistryError,
    leaf::{self, Salt},
};

/// A receipt: what was said, and that it is in the log.
///
/// To check it: SHA-256 over the line `standing leaf v1`, the salt's 16 bytes and the statement is the log
/// entry that the proof (c2sp.org/tlog-proof) speaks of.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Receipt {
    /// What was said: one line of JSON, under pseudonyms.
    pub statement: String,
    /// The salt of the commitment, in hexadecimal.
    pub salt: String,
    /// The entry in the log: the commitment, in hexadecimal.
    pub entry: String,
    /// The proof with its signed checkpoint, in the form `c2sp.org/tlog-proof@v1`.
    pub proof: String,
}

impl Registry {
    /// The receipt of a statement. Integrates first if its leaf is not under a checkpoint yet.
    pub(crate) async fn receipt(
        &self,
        leaf: u64,
        salt: Salt,
        statement: String,
    ) -> Result<Receipt, RegistryError> {
        let mut proof = self
            .store
            .run_async("log.prove", Access::Read, move |tx| prove(tx, leaf))
            .await?;
        if proof.is_none() {
            let again = self.clone();
            // Integrating waits for the store, which an async task must not.
            tokio::task::spawn_blocking(move || again.integrate())
                .await
                .map_err(|_| RegistryError::Log("integrating was interrupted".into()))??;
            proof = self
                .store
                .run_async("log.prove", Access::Read, move |tx| prove(tx, leaf))
                .await?;
        }
        let proof = proof.ok_or_else(|| RegistryError::Log(format!("leaf {leaf} is under no checkpoint")))?;
        let entry = leaf::entry(&salt, &statement);
        Ok(Receipt {
            entry: hex::encode(entry),
            salt: hex::encode(salt),
            statement,
            proof,
        })
    }
}

impl Registry {
    /// The same for threads that may block, where the leaf is under a checkpoint already.
    pub(crate) fn receipt_now(
        &self,
        leaf: u64,
        salt: Salt,
        statement: String,
    ) -> Result<Receipt, RegistryError> {
        let proof = self
            .store
            .run("log.prove", Access::Read, move |tx| prove(tx, leaf))?;
        let proof = proof.ok_or_else(|| RegistryError::Log(format!("leaf {leaf} is under no checkpoint")))?;
        let entry = leaf::entry(&salt, &statement);
        Ok(Receipt {
            entry: hex::encode(entry),
            salt: hex::encode(salt),
            statement,
            proof,
        })
    }
}

/// The proof of a leaf under the latest checkpoint; nothing if that does not reach it yet.
fn prove(tx: &mut dyn Tx, leaf: u64) -> Result<Option<String>, RegistryError> {
    let Some(signed) = checkpoint::latest(tx)?.filter(|signed| leaf < signed.size) else {
        return Ok(None);
    };
    let hashes: Vec<Hash> = inclusion_proof(&mut tiles::source(tx, signed.size), leaf, signed.size)
        .map_err(|error| RegistryError::Log(tiles::chain(&error)))?;
    let receipt = tlog::Receipt::new(leaf, hashes, signed.note);
    Ok(Some(
        receipt
            .map_err(|error| RegistryError::Log(tiles::chain(&error)))?
            .to_string(),
    ))
}
