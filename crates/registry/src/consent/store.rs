//! The SQL of consents.

use jiff::{Timestamp, civil::Date};
use model::{
    ConsentId, PersonId,
    consent::{Consent, ConsentState, Permit, Terms},
};
use policy::Given;
use storage::{Param, Row, StoreError, Tx};

use crate::{Registry, RegistryError};

/// A consent as it is stored.
pub(crate) struct Stored {
    pub(crate) person: PersonId,
    pub(crate) id: ConsentId,
    pub(crate) body: String,
    pub(crate) purpose: String,
    pub(crate) consent: Consent,
    pub(crate) asked_at: Timestamp,
}

impl Stored {
    /// The consent, as the rules take it.
    pub(crate) fn given(&self, this: &Registry) -> Given<'_> {
        Given {
            to: &self.body,
            purpose: &self.purpose,
            asked_on: this.day_of(self.asked_at),
            consent: &self.consent,
        }
    }

    /// The consent as it holds on a day, below the ceiling of that day.
    pub(super) fn holds_on(&self, this: &Registry, day: Date) -> Consent {
        policy::consent_on(&this.profile, &self.given(this), day)
    }
}

const SELECT: &str =
    "SELECT person, consent, body, purpose, state, asked, granted, used, asked_at FROM consent WHERE ";

/// The consent of this person with this identifier.
pub(crate) fn find(
    tx: &mut dyn Tx,
    person: PersonId,
    id: ConsentId,
) -> Result<Option<Stored>, RegistryError> {
    let rows = tx.query(
        &format!("{SELECT}person = $1 AND consent = $2"),
        &[Param::Blob(person.as_bytes()), Param::Blob(id.as_bytes())],
    )?;
    rows.into_iter().next().map(read).transpose()
}

/// Every consent of this person, the latest asked first.
pub(super) fn of_person(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<Stored>, RegistryError> {
    let sql = format!("{SELECT}person = $1 ORDER BY consent DESC");
    tx.query(&sql, &[Param::Blob(person.as_bytes())])?
        .into_iter()
        .map(read)
        .collect()
}

/// The latest consents that a body asked for, the latest first.
pub(super) fn of_body(tx: &mut dyn Tx, body: &str, most: i64) -> Result<Vec<Stored>, RegistryError> {
    let sql = format!("{SELECT}body = $1 ORDER BY consent DESC LIMIT $2");
    tx.query(&sql, &[Param::Text(body), Param::Int(most)])?
        .into_iter()
        .map(read)
        .collect()
}

/// Writes a new request.
pub(super) fn insert(tx: &mut dyn Tx, stored: &Stored) -> Result<(), RegistryError> {
    tx.execute(
        "INSERT INTO consent (person, consent, body, purpose, state, asked, granted, used, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL, 0, $7)",
        &[
            Param::Blob(stored.person.as_bytes()),
            Param::Blob(stored.id.as_bytes()),
            Param::Text(&stored.body),
            Param::Text(&stored.purpose),
            Param::Text(word(stored.consent.state())),
            Param::Text(&json(stored.consent.asked())?),
            Param::Int(stored.asked_at.as_second()),
        ],
    )?;
    Ok(())
}

/// Writes what became of a consent.
pub(super) fn update(
    tx: &mut dyn Tx,
    person: PersonId,
    id: ConsentId,
    consent: &Consent,
    at: Timestamp,
) -> Result<(), RegistryError> {
    let granted = consent.permit().map(|permit| json(&permit.terms)).transpose()?;
    let used = consent.permit().map_or(0, |permit| permit.used);
    tx.execute(
        "UPDATE consent SET state = $1, granted = $2, used = $3, changed_at = $4 WHERE person = $5 AND consent = $6",
        &[
            Param::Text(word(consent.state())),
            granted.as_deref().map_or(Param::Null, Param::Text),
            Param::Int(i64::from(used)),
            Param::Int(at.as_second()),
            Param::Blob(person.as_bytes()),
            Param::Blob(id.as_bytes()),
        ],
    )?;
    Ok(())
}

/// Counts a look under a consent that allows one today.
pub(crate) fn use_once(
    tx: &mut dyn Tx,
    person: PersonId,
    stored: Stored,
    today: Date,
) -> Result<(), RegistryError> {
    let consent = stored.consent.use_once(today);
    let consent = consent.map_err(|_| RegistryError::Stored("a consent that allows a look"))?;
    let used = consent.permit().map_or(0, |permit| permit.used);
    tx.execute(
        "UPDATE consent SET used = $1 WHERE person = $2 AND consent = $3",
        &[
            Param::Int(i64::from(used)),
            Param::Blob(person.as_bytes()),
            Param::Blob(stored.id.as_bytes()),
        ],
    )?;
    Ok(())
}

fn json(terms: &Terms) -> Result<String, RegistryError> {
    serde_json::to_string(terms).map_err(|_| RegistryError::Stored("a consent's terms"))
}

const fn word(state: &ConsentState) -> &'static str {
    match state {
        ConsentState::Asked => "asked",
        ConsentState::Refused => "refused",
        ConsentState::Granted(_) => "granted",
        ConsentState::Paused(_) => "paused",
        ConsentState::Revoked(_) => "revoked",
    }
}

fn read(mut row: Row) -> Result<Stored, RegistryError> {
    let terms =
        |text: &str| serde_json::from_str(text).map_err(|_| RegistryError::Stored("a consent's terms"));
    let person = PersonId::from_bytes(row.array()?);
    let id = ConsentId::from_bytes(row.array()?);
    let (body, purpose, state) = (row.text()?, row.text()?, row.text()?);
    let asked = terms(&row.text()?)?;
    let granted: Option<Terms> = row.opt_text()?.as_deref().map(terms).transpose()?;
    let used = u32::try_from(row.int()?).map_err(|_| StoreError::Shape("a count is expected"))?;
    let permit = granted.map(|terms| Permit { terms, used });
    let state = match (state.as_str(), permit) {
        ("asked", None) => ConsentState::Asked,
        ("refused", None) => ConsentState::Refused,
        ("granted", Some(permit)) => ConsentState::Granted(permit),
        ("paused", Some(permit)) => ConsentState::Paused(permit),
        ("revoked", Some(permit)) => ConsentState::Revoked(permit),
        _ => return Err(RegistryError::Stored("a consent's state")),
    };
    Ok(Stored {
        person,
        id,
        body,
        purpose,
        consent: Consent::stored(asked, state),
        asked_at: crate::time(row.int()?)?,
    })
}
