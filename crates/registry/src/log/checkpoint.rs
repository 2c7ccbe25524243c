//! Checkpoints as the store keeps them.

use storage::{StoreError, Tx};

/// A signed checkpoint.
pub(crate) struct Stored {
    pub(crate) size: u64,
    pub(crate) root: [u8; 32],
    pub(crate) note: String,
    pub(crate) signed_at: i64,
}

/// The latest checkpoint, if there is one.
pub(crate) fn latest(tx: &mut dyn Tx) -> Result<Option<Stored>, StoreError> {
    let rows = tx.query(
        "SELECT size, root, note, signed_at FROM log_checkpoint ORDER BY size DESC LIMIT 1",
        &[],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Stored {
        size: row.int()? as u64,
        root: row.array()?,
        note: row.text()?,
        signed_at: row.int()?,
    }))
}
