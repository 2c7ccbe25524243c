//! The SQL of looks: their rows, the counters of those who ask, and who was given which record.

use jiff::Timestamp;
use keys::{DataKey, Place};
use model::{ConsentId, EventId, PersonId, Randomness, RecordId};
use storage::{Param, StoreError, Tx};

use crate::{RegistryError, ReviewCase, leaf::Salt};

/// A look as it is stored.
pub(super) struct LookRow<'a> {
    pub(super) person: PersonId,
    pub(super) look: EventId,
    pub(super) body: &'a str,
    pub(super) staff: Option<&'a str>,
    pub(super) purpose: &'a str,
    /// `seen`, `nothing`, or the code of the refusal.
    pub(super) outcome: &'a str,
    pub(super) consent: Option<ConsentId>,
    pub(super) sealed_case: Option<&'a [u8]>,
    pub(super) at: Timestamp,
    pub(super) body_leaf: Option<(&'a Salt, u64)>,
}

/// The outcome of a look that was answered.
pub(super) const SEEN: &str = "seen";
/// The outcome of a look that found nobody.
pub(super) const NOTHING: &str = "nothing";

/// Writes a look.
pub(super) fn insert(tx: &mut dyn Tx, row: &LookRow<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO look (person, look, body, staff, purpose, outcome, consent, sealed_case, at, body_salt, body_leaf) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            Param::Blob(row.person.as_bytes()),
            Param::Blob(row.look.as_bytes()),
            Param::Text(row.body),
            row.staff.map_or(Param::Null, Param::Text),
            Param::Text(row.purpose),
            Param::Text(row.outcome),
            row.consent.as_ref().map_or(Param::Null, |id| Param::Blob(id.as_bytes())),
            row.sealed_case.map_or(Param::Null, Param::Blob),
            Param::Int(row.at.as_second()),
            row.body_leaf.map_or(Param::Null, |(salt, _)| Param::Blob(salt)),
            row.body_leaf.map_or(Param::Null, |(_, leaf)| Param::Int(leaf as i64)),
        ],
    )?;
    Ok(())
}

fn case_place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
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
        "SELECT item.person, item.body, item.staff, look.purpose, item.closed_at, look.sealed_case \
         FROM review_item AS item JOIN look ON look.person = item.person AND look.look = item.look \
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

/// How many looks of this body at this person were answered since a moment, in seconds after 1970.
pub(super) fn looks_at(tx: &mut dyn Tx, person: PersonId, body: &str, since: i64) -> Result<i64, StoreError> {
    // Narrowed here: an engine that looked among the looks of the body instead would read ever more of them.
    let rows = tx.query(
        "SELECT body FROM look WHERE person = $1 AND at >= $2 AND outcome = $3",
        &[
            Param::Blob(person.as_bytes()),
            Param::Int(since),
            Param::Text(SEEN),
        ],
    )?;
    let mut looks = 0;
    for mut row in rows {
        looks += i64::from(row.text()? == body);
    }
    Ok(looks)
}

/// Writes down that a body was given these records.
pub(super) fn give(
    tx: &mut dyn Tx,
    person: PersonId,
    records: &[RecordId],
    body: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    for record in records {
        tx.execute(
            "INSERT INTO given (person, record, body, last_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (person, record, body) DO UPDATE SET last_at = $4",
            &[
                Param::Blob(person.as_bytes()),
                Param::Blob(record.as_bytes()),
                Param::Text(body),
                Param::Int(at.as_second()),
            ],
        )?;
    }
    Ok(())
}

/// Counts an attempt of a member of staff, and answers how many there were before it today: under the purpose, and
/// in all, and how often one was refused at the ceiling of all.
pub(crate) fn count(
    tx: &mut dyn Tx,
    (body, staff): (&str, &str),
    purpose: &str,
    day: i64,
) -> Result<Counted, StoreError> {
    let asker = format!("{body}/{staff}");
    let rows = tx.query(
        "INSERT INTO inquiry_count (asker, purpose, day, looks) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (asker, purpose, day) DO UPDATE SET looks = inquiry_count.looks + 1 RETURNING looks",
        &[Param::Text(&asker), Param::Text(purpose), Param::Int(day)],
    )?;
    let looks = rows.into_iter().next().map_or(Ok(1), |mut row| row.int())?;
    let rows = tx.query(
        "INSERT INTO staff_day (body, staff, day, looks, refusals) VALUES ($1, $2, $3, 1, 0) \
         ON CONFLICT (body, staff, day) DO UPDATE SET looks = staff_day.looks + 1 RETURNING looks, refusals",
        &[Param::Text(body), Param::Text(staff), Param::Int(day)],
    )?;
    let (all, refusals) = match rows.into_iter().next() {
        Some(mut row) => (row.int()?, row.int()?),
        None => (1, 0),
    };
    Ok(Counted {
        looks: (looks - 1) as u64,
        all: (all - 1) as u64,
        refusals: refusals as u64,
    })
}

/// What was counted before.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) looks: u64,
    pub(crate) all: u64,
    pub(crate) refusals: u64,
}

/// Takes a refused attempt out of the count of looks again, and counts it as a refusal at the ceiling if it is one.
pub(super) fn count_refusal(
    tx: &mut dyn Tx,
    (body, staff): (&str, &str),
    day: i64,
    at_ceiling: bool,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_day SET looks = looks - 1, refusals = refusals + $1 WHERE body = $2 AND staff = $3 AND day = $4",
        &[
            Param::Int(i64::from(at_ceiling)),
            Param::Text(body),
            Param::Text(staff),
            Param::Int(day),
        ],
    )?;
    Ok(())
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
