//! The SQL of looks beside their events: cases, nonces, and who was given which record.

use std::collections::BTreeSet;

use keys::{DataKey, Place};
use model::{EventId, PersonId, Randomness, RecordId};
use storage::{Param, StoreError, Tx};

use crate::{EventKind, RegistryError, ReviewCase};

/// The outcome of a look that was answered.
pub(crate) const SEEN: &str = "seen";
/// The outcome of a look that found nobody.
pub(super) const NOTHING: &str = "nothing";

fn case_place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    // The name of the table that it stood in when the first were sealed.
    Place {
        table: "look",
        column: "sealed_case",
        row,
    }
}

/// Seals the case under the person's key.
pub(super) fn seal_case(
    key: &DataKey,
    person: PersonId,
    look: EventId,
    case: &ReviewCase,
    randomness: &dyn Randomness,
) -> Result<Vec<u8>, RegistryError> {
    let plain = serde_json::to_vec(case).map_err(|_| RegistryError::Stored("a case"))?;
    Ok(key.seal(
        &case_place(&[person.as_bytes(), look.as_bytes()]),
        &plain,
        randomness,
    )?)
}

/// Opens a case.
pub(super) fn open_case(
    key: &DataKey,
    person: PersonId,
    look: EventId,
    sealed: &[u8],
) -> Result<ReviewCase, RegistryError> {
    let plain = key.open(&case_place(&[person.as_bytes(), look.as_bytes()]), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| RegistryError::Stored("a case"))
}

/// A look in the reviewers' queue.
pub(crate) struct Reviewed {
    pub(crate) person: PersonId,
    pub(crate) body: String,
    pub(crate) staff: String,
    pub(crate) purpose: String,
    pub(crate) closed: bool,
    sealed_case: Option<Vec<u8>>,
}

impl Reviewed {
    /// Opens the case under the person's key. None: the look was by consent, or the key is another since.
    pub(crate) fn open_case(
        &self,
        key: &DataKey,
        look: EventId,
    ) -> Result<Option<ReviewCase>, RegistryError> {
        let Some(sealed) = &self.sealed_case else {
            return Ok(None);
        };
        match open_case(key, self.person, look, sealed) {
            // Everything about them was erased, and they have been filed about again under a new key.
            Err(RegistryError::Seal(_)) => Ok(None),
            opened => opened.map(Some),
        }
    }
}

/// The look in the queue with this identifier.
pub(crate) fn find_reviewed(tx: &mut dyn Tx, look: EventId) -> Result<Option<Reviewed>, StoreError> {
    let rows = tx.query(
        "SELECT item.person, item.body, item.staff, event.purpose, item.closed_at, event.sealed_case \
         FROM review_item AS item JOIN event ON event.person = item.person AND event.event = item.look \
         WHERE item.look = $1",
        &[Param::Blob(look.as_bytes())],
    )?;
    let found = rows.into_iter().next().map(|mut row| {
        Ok(Reviewed {
            person: PersonId::from_bytes(row.array()?),
            body: row.text()?,
            staff: row.text()?,
            purpose: row.text()?,
            closed: row.opt_int()?.is_some(),
            sealed_case: row.opt_blob()?,
        })
    });
    found.transpose()
}

/// How many looks of this body at this person were asked for since a moment, in seconds after 1970, whatever came of
/// them.
pub(super) fn looks_at(tx: &mut dyn Tx, person: PersonId, body: &str, since: i64) -> Result<i64, StoreError> {
    // Narrowed here: an engine that looked among the looks of the body instead would read ever more of them.
    let rows = tx.query(
        "SELECT actor, kind FROM event WHERE person = $1 AND at >= $2 AND outcome IS NOT NULL",
        &[Param::Blob(person.as_bytes()), Param::Int(since)],
    )?;
    let mut looks = 0;
    for mut row in rows {
        let (actor, kind) = (row.text()?, row.text()?);
        looks += i64::from(actor == body && kind != EventKind::ConsentAskRefused.as_str());
    }
    Ok(looks)
}

/// The bodies that were given this record since a moment, in seconds after 1970, in the order of their names.
pub(crate) fn recipients(
    tx: &mut dyn Tx,
    person: PersonId,
    record: RecordId,
    since: i64,
) -> Result<Vec<String>, StoreError> {
    let (mut all, apart) = recipients_told_of(tx, person, record, since)?;
    all.extend(apart);
    all.sort();
    Ok(all)
}

/// The same, and apart from them those that were given it by looks alone of which the person is not told yet.
pub(crate) fn recipients_told_of(
    tx: &mut dyn Tx,
    person: PersonId,
    record: RecordId,
    since: i64,
) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let rows = tx.query(
        "SELECT event.actor, event.given, wait.shows_on FROM event LEFT JOIN look_wait AS wait \
         ON wait.person = event.person AND wait.look = event.event AND wait.told_at IS NULL \
         WHERE event.person = $1 AND event.at >= $2 AND event.given IS NOT NULL",
        &[Param::Blob(person.as_bytes()), Param::Int(since)],
    )?;
    let (mut told_of, mut apart) = (BTreeSet::new(), BTreeSet::new());
    for mut row in rows {
        let (body, given) = (row.text()?, row.blob()?);
        if given.chunks(16).any(|id| id == record.as_bytes()) {
            match row.opt_int()? {
                Some(_) => apart.insert(body),
                None => told_of.insert(body),
            };
        }
    }
    let apart = apart.into_iter().filter(|body| !told_of.contains(body)).collect();
    Ok((told_of.into_iter().collect(), apart))
}

/// Remembers a signed request's nonce; answers false if it came before.
pub(crate) fn remember_nonce(
    tx: &mut dyn Tx,
    key_id: &str,
    nonce: &str,
    expires_at: i64,
) -> Result<bool, StoreError> {
    let new = tx.execute(
        "INSERT INTO request_nonce (key_id, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[Param::Text(key_id), Param::Text(nonce), Param::Int(expires_at)],
    )?;
    Ok(new == 1)
}
