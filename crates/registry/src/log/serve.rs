//! What the log shows: its checkpoint to everybody, tiles and entries to auditors.

use std::sync::Arc;

use storage::{Access, Store};
use tlog::{TileId, TilePath};

use super::{Log, checkpoint, tiles};
use crate::{Registry, RegistryError};

/// The log in a few words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogSummary {
    /// Its name.
    pub origin: String,
    /// The key that verifies its checkpoints: `name+key id+key`.
    pub verifier_key: String,
    /// How many leaves the latest checkpoint speaks of.
    pub size: u64,
    /// When that was signed, in seconds after 1970. None: nothing was logged yet.
    pub signed_at: Option<i64>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
}

impl Registry {
    /// The log's name, key and latest checkpoint. An empty log has a checkpoint too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_summary(&self) -> Result<LogSummary, RegistryError> {
        summary(&self.store, &self.log).await
    }

    /// A tile or bundle of entries at exactly the width in its path; nothing where the latest checkpoint
    /// does not reach it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, RegistryError> {
        tile(&self.store, path).await
    }
}

pub(super) async fn summary(store: &Arc<dyn Store>, log: &Log) -> Result<LogSummary, RegistryError> {
    let latest = store.run_async("log.latest", Access::Read, |tx| {
        Ok::<_, RegistryError>(checkpoint::latest(tx)?)
    });
    let (size, signed_at, checkpoint) = match latest.await? {
        Some(signed) => (signed.size, Some(signed.signed_at), signed.note),
        None => (0, None, log.sign(0, tlog::Hash::EMPTY_ROOT)?),
    };
    Ok(LogSummary {
        origin: log.origin.to_string(),
        verifier_key: log.verifier().to_owned(),
        size,
        signed_at,
        checkpoint,
    })
}

pub(super) async fn tile(store: &Arc<dyn Store>, path: TilePath) -> Result<Option<Vec<u8>>, RegistryError> {
    store
        .run_async("log.tile", Access::Read, move |tx| {
            let size = checkpoint::latest(tx)?.map_or(0, |signed| signed.size);
            let reached = |level: u8, index: u64, width: u16| {
                let there = TileId::in_tree(size, level, index);
                there.is_some_and(|there| there.width() >= width)
            };
            match path {
                TilePath::Hashes(id) if reached(id.level(), id.index(), id.width()) => tiles::get(tx, id),
                TilePath::Entries(id) if reached(0, id.index(), id.width()) => tiles::entries(tx, id),
                TilePath::Hashes(_) | TilePath::Entries(_) => Ok(None),
            }
        })
        .await
}
