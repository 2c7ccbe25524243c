//! Which of a person's records are disputed. A look says so beside each of them.

use std::collections::BTreeSet;

use model::{PersonId, RecordId};
use storage::{StoreError, Tx};

/// The records of this person that are disputed.
// Disputes are not stored yet.
#[expect(clippy::unnecessary_wraps, reason = "it will ask the store")]
pub(crate) fn disputed(_tx: &mut dyn Tx, _person: PersonId) -> Result<BTreeSet<RecordId>, StoreError> {
    Ok(BTreeSet::new())
}
