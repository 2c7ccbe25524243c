//! The table of pledges. What a person promised stands in the profile; here is only which, and in which profession.

use jiff::Timestamp;
use model::{PersonId, PledgeId};
use storage::{Param, StoreError, Tx};

/// A pledge that a person has made and not ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PledgeView {
    /// Its identifier.
    pub pledge: PledgeId,
    /// Which one of the profile's list.
    pub word: String,
    /// The profession that it is made in.
    pub profession: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// The pledges of a person, the earliest first.
pub(crate) fn of_person(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<PledgeView>, StoreError> {
    let rows = tx.query(
        "SELECT pledge, word, profession, made_at FROM pledge WHERE person = $1 ORDER BY pledge",
        &[Param::Blob(person.as_bytes())],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(PledgeView {
                pledge: PledgeId::from_bytes(row.array()?),
                word: row.text()?,
                profession: row.text()?,
                made_at: crate::time(row.int()?)?,
            })
        })
        .collect()
}
