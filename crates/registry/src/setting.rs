//! Settings of the installation that never change after it was made.

use storage::{Param, StoreError, Tx};

/// The value of a setting.
pub(crate) fn get(tx: &mut dyn Tx, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let rows = tx.query("SELECT value FROM setting WHERE name = $1", &[Param::Text(name)])?;
    rows.into_iter().next().map(|mut row| row.blob()).transpose()
}

/// The value of a setting, which becomes `value` if it has none yet.
pub(crate) fn get_or_set(tx: &mut dyn Tx, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[Param::Text(name), Param::Blob(value)],
    )?;
    get(tx, name)?.ok_or(StoreError::Shape("a setting is expected"))
}
