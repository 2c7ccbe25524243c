//! Appending: in the transaction of what the leaves speak of.

use model::Randomness;
use storage::{Param, StoreError, Tx};

use crate::{
    RegistryError,
    leaf::{self, Entry, Salt},
};

/// Appends entries and answers the place of the first. The head's row is locked from here to the end of the
/// transaction, so that places follow on one another and no place stays empty.
pub(crate) fn append(tx: &mut dyn Tx, entries: &[Entry]) -> Result<u64, RegistryError> {
    let count = entries.len() as i64;
    // RETURNING would make SQLite open a table for the one number.
    tx.execute(
        "UPDATE log_head SET size = size + $1 WHERE id = 1",
        &[Param::Int(count)],
    )?;
    let first = head(tx)? - count;
    let places: Vec<i64> = (first..).take(entries.len()).collect();
    let values: Vec<Param<'_>> = places
        .iter()
        .zip(entries)
        .flat_map(|(place, entry)| [Param::Int(*place), Param::Blob(entry)])
        .collect();
    match values.as_slice() {
        [place, entry] => {
            tx.execute(
                "INSERT INTO log_leaf (leaf, entry) VALUES ($1, $2)",
                &[*place, *entry],
            )?;
        }
        values => {
            tx.insert_many("log_leaf", &["leaf", "entry"], values)?;
        }
    }
    Ok(first as u64)
}

/// Appends one entry that commits to a statement under a new salt. Answers the salt and the place.
pub(crate) fn append_statement(
    tx: &mut dyn Tx,
    randomness: &dyn Randomness,
    statement: &str,
) -> Result<(Salt, i64), RegistryError> {
    let salt = leaf::salt(randomness)?;
    let place = append(tx, &[leaf::entry(&salt, statement)])?;
    Ok((salt, place as i64))
}

#[cfg(feature = "measure")]
impl crate::Registry {
    /// Appends entries that speak of nothing, and answers when a checkpoint with them is on disk. For measuring the
    /// log alone.
    ///
    /// # Errors
    /// When the store fails.
    pub fn measure_append(&self, entries: Vec<Entry>) -> Result<u64, RegistryError> {
        let store = self.store.clone();
        store.run("log.append", storage::Access::Write, move |tx| {
            append(tx, &entries)
        })?;
        self.integrate()
    }
}

/// How many leaves there are.
pub(crate) fn head(tx: &mut dyn Tx) -> Result<i64, StoreError> {
    tx.query("SELECT size FROM log_head WHERE id = 1", &[])?
        .into_iter()
        .next()
        .ok_or(StoreError::Shape("the head of the log is expected"))?
        .int()
}
