//! The little SQL that more than one repository needs.

use storage::{Param, Row, StoreError, Tx};

/// How many rows are handed to the engine at once, which copies them on the way. The parameters of so many are written
/// to memory that was used a moment ago; those of more would each time be new memory.
pub(crate) const AT_ONCE: usize = 256;

/// How many keys one query takes. One length of statement serves all, so that it is prepared once; a last,
/// shorter part is filled up with its own last key.
const KEYS: usize = 128;

/// Runs `select`, which ends with `IN `, for all `keys`.
pub(crate) fn select_in(tx: &mut dyn Tx, select: &str, keys: &[&[u8]]) -> Result<Vec<Row>, StoreError> {
    select_in_with(tx, select, &[], keys)
}

/// The same where `select` takes these parameters before the keys.
pub(crate) fn select_in_with(
    tx: &mut dyn Tx,
    select: &str,
    first: &[Param<'_>],
    keys: &[&[u8]],
) -> Result<Vec<Row>, StoreError> {
    let width = if keys.len() == 1 { 1 } else { KEYS };
    let places: Vec<String> = (1..=width).map(|n| format!("${}", first.len() + n)).collect();
    let sql = format!("{select}({})", places.join(", "));
    let mut rows = Vec::with_capacity(keys.len());
    for part in keys.chunks(width) {
        let last = part[part.len() - 1];
        let keys = (0..width).map(|n| Param::Blob(part.get(n).copied().unwrap_or(last)));
        let params: Vec<Param<'_>> = first.iter().copied().chain(keys).collect();
        rows.extend(tx.query(&sql, &params)?);
    }
    Ok(rows)
}
