//! What a start proves before anything is served: the checkpoint is ours, the tiles at the tree's right edge
//! give its root, the leaves under them are those in the tiles, and no leaf is missing.

use storage::{Access, Param, Tx};
use tlog::tile::TILE_WIDTH;

use super::{Log, append::head, checkpoint, integrate::leaf_hashes, tiles};
use crate::{Registry, RegistryError};

impl Registry {
    /// Proves the edge of the log, then integrates what a kill may have left over.
    pub(crate) fn recover_log(&self) -> Result<(), RegistryError> {
        let log = self.log.clone();
        self.store
            .run("log.recover", Access::Read, move |tx| prove_edge(tx, &log))?;
        self.integrate()?;
        Ok(())
    }
}

pub(super) fn prove_edge(tx: &mut dyn Tx, log: &Log) -> Result<(), RegistryError> {
    let broken = |what: &str| Err(RegistryError::Log(what.to_owned()));
    let size = head(tx)?;
    let last = tx.query("SELECT MAX(leaf) FROM log_leaf", &[])?;
    let last = last
        .into_iter()
        .next()
        .map(|mut row| row.opt_int())
        .transpose()?
        .flatten();
    if last.map_or(0, |last| last + 1) != size {
        return broken("the leaves do not end where the head says");
    }
    let Some(signed) = checkpoint::latest(tx)? else {
        return Ok(());
    };
    if signed.size as i64 > size {
        return broken("the checkpoint speaks of leaves that are not there");
    }
    let verifier = log
        .verifier()
        .parse::<tlog::VerifierKey>()
        .map_err(|error| RegistryError::Log(tiles::chain(&error)))?;
    let opened = tlog::Checkpoint::open(signed.note.as_bytes(), &[verifier])
        .map_err(|error| RegistryError::Log(tiles::chain(&error)))?;
    let stated = &opened.checkpoint;
    if stated.origin() != &*log.origin
        || stated.size() != signed.size
        || stated.root().as_bytes() != &signed.root
    {
        return broken("the checkpoint is not what it was stored as");
    }
    if tiles::resume(tx, signed.size)?.root() != stated.root() {
        return broken("the tiles do not give the checkpoint's root");
    }
    let tile = i64::from(TILE_WIDTH);
    let edge = (signed.size as i64 - 1).max(0) / tile;
    let leaves = leaf_hashes(tx, edge * tile, (edge * tile + tile).min(signed.size as i64))?;
    let stored = tx.query(
        "SELECT hashes FROM log_tile WHERE level = 0 AND place = $1",
        &[Param::Int(edge)],
    )?;
    let stored = stored
        .into_iter()
        .next()
        .map(|mut row| row.blob())
        .transpose()?
        .unwrap_or_default();
    let same = leaves
        .iter()
        .zip(stored.as_chunks::<32>().0)
        .all(|(leaf, hash)| leaf.as_bytes() == hash);
    if !same || stored.len() < leaves.len() * 32 {
        return broken("the last leaves are not those in their tile");
    }
    Ok(())
}
