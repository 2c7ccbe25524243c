//! Integrating: leaves that transactions have appended become tiles, and a checkpoint that says so.
//!
//! Both in one transaction, so that nobody ever reads a checkpoint whose tiles are not on disk. Times that checkpoints
//! are signed at never go back.

use std::sync::PoisonError;

use jiff::Timestamp;
use storage::{Access, Param, StoreError, Tx};
use tlog::{Hash, TileId, leaf_hash};

use super::{Log, append::head, checkpoint, tiles};
use crate::{Registry, RegistryError};

/// How many leaves one transaction turns into tiles.
const AT_ONCE: i64 = 65_536;

impl Registry {
    /// Brings the checkpoint up to date with the leaves. Answers the size of the log that it speaks of.
    ///
    /// # Errors
    /// When the store fails, or holds tiles that do not fit the checkpoint.
    pub fn integrate(&self) -> Result<u64, RegistryError> {
        // One at a time in this process; across processes the row lock keeps order.
        let _one = self
            .log
            .integrating
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            let (log, at) = (self.log.clone(), self.clock.now());
            let (added, size) = self
                .store
                .run("log.integrate", Access::Write, move |tx| integrate(tx, &log, at))?;
            if added < AT_ONCE as u64 {
                return Ok(size);
            }
        }
    }
}

/// Writes the tiles of the next leaves and a checkpoint that speaks of them. Answers how many these were, and of how many
/// leaves the checkpoint speaks.
fn integrate(tx: &mut dyn Tx, log: &Log, at: Timestamp) -> Result<(u64, u64), RegistryError> {
    let signed = checkpoint::latest(tx)?.map_or(0, |checkpoint| checkpoint.size);
    let end = head(tx)?.min(signed as i64 + AT_ONCE);
    if end <= signed as i64 {
        return Ok((0, signed));
    }
    // Whoever else integrates waits here, and begins anew then.
    tx.execute("UPDATE log_head SET size = size WHERE id = 1", &[])?;
    let mut builder = tiles::resume(tx, signed)?;
    let leaves = leaf_hashes(tx, signed as i64, end)?;
    for tile in builder
        .append(&leaves)
        .map_err(|error| RegistryError::Log(error.to_string()))?
    {
        tiles::put(tx, tile.id, &tile.bytes)?;
    }
    publish(tx, log, builder.size(), builder.root(), at)?;
    Ok((leaves.len() as u64, builder.size()))
}

/// The hashes of the leaves from `start` to before `end`; all of them, or a fault.
pub(super) fn leaf_hashes(tx: &mut dyn Tx, start: i64, end: i64) -> Result<Vec<Hash>, RegistryError> {
    let rows = tx.query(
        "SELECT entry FROM log_leaf WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf",
        &[Param::Int(start), Param::Int(end)],
    )?;
    if rows.len() as i64 != end - start {
        return Err(RegistryError::Log(format!(
            "leaves are missing between {start} and {end}"
        )));
    }
    Ok(rows
        .into_iter()
        .map(|mut row| row.blob().map(|entry| leaf_hash(&entry)))
        .collect::<Result<Vec<_>, StoreError>>()?)
}

/// Signs and writes a checkpoint, unless there is one of this size or more. Where the clock went back, the time
/// of the last one stands.
fn publish(tx: &mut dyn Tx, log: &Log, size: u64, root: Hash, at: Timestamp) -> Result<(), RegistryError> {
    let mut signed_at = at.as_second();
    if let Some(last) = checkpoint::latest(tx)? {
        if last.size >= size {
            return Ok(());
        }
        signed_at = signed_at.max(last.signed_at);
    }
    let note = log.sign(size, root)?;
    tx.execute(
        "INSERT INTO log_checkpoint (size, root, note, signed_at) VALUES ($1, $2, $3, $4)",
        &[
            Param::Int(size as i64),
            Param::Blob(root.as_bytes()),
            Param::Text(&note),
            Param::Int(signed_at),
        ],
    )?;
    Ok(())
}

/// Which tile a stored row is, when it is asked for at this width.
pub(super) fn widest(id: TileId) -> (i64, i64) {
    (i64::from(id.level()), id.index() as i64)
}
