//! Integrating: leaves that transactions have appended become tiles, and a checkpoint that says so.
//!
//! Two transactions: the tiles first, and only when they are on disk the signed checkpoint. A kill between
//! them leaves tiles that are wider than the checkpoint says, which the next integration cuts and writes
//! again. Times that checkpoints are signed at never go back.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use storage::{Access, Param, StoreError, Tx};
use tlog::{Hash, TileBuilder, TileId, leaf_hash};

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
        // One at a time in this process; across processes the row lock in `stage` keeps order.
        let _one = self
            .log
            .integrating
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            let (signed, staged) =
                self.store
                    .run("log.stage", Access::Write, |tx| -> Result<_, RegistryError> {
                        stage(tx)
                    })?;
            if staged.size() > signed {
                let (log, at) = (self.log.clone(), self.clock.now());
                let builder = Arc::new(staged);
                self.store.run("log.checkpoint", Access::Write, {
                    let builder = builder.clone();
                    move |tx| publish(tx, &log, builder.size(), builder.root(), at)
                })?;
                if builder.size() - signed < AT_ONCE as u64 {
                    return Ok(builder.size());
                }
            } else {
                return Ok(signed);
            }
        }
    }
}

/// Writes the tiles of the next leaves. Answers the size of the last checkpoint, and the tree with them.
fn stage(tx: &mut dyn Tx) -> Result<(u64, TileBuilder), RegistryError> {
    // Whoever else integrates waits here.
    tx.execute("UPDATE log_head SET size = size WHERE id = 1", &[])?;
    let signed = checkpoint::latest(tx)?.map_or(0, |checkpoint| checkpoint.size);
    let mut builder = tiles::resume(tx, signed)?;
    let end = head(tx)?.min(signed as i64 + AT_ONCE);
    if end <= signed as i64 {
        return Ok((signed, builder));
    }
    let leaves = leaf_hashes(tx, signed as i64, end)?;
    for tile in builder
        .append(&leaves)
        .map_err(|error| RegistryError::Log(error.to_string()))?
    {
        tiles::put(tx, tile.id, &tile.bytes)?;
    }
    Ok((signed, builder))
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
