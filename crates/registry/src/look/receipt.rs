//! What a body holds of its own looks: their list, and a receipt for each, under the person's identifier for this
//! body alone.

use jiff::Timestamp;
use model::{ConsentId, EventId, PersonId};
use storage::{Access, Param, Row, StoreError, Tx};

use super::store;
use crate::{
    Receipt, Registry, RegistryError,
    event::{Event, EventKind},
    leaf::Salt,
};

/// How many of its own looks a body is shown.
const SHOWN: i64 = 200;

/// By how many seconds the time that a look is called after may lie off the one at which it was taken (see
/// [`crate::InquiryRequest::nonce`]): some minutes, where that is the end of a signature, or hours, where it is the end of
/// a session.
const CALLED_AFTER: [i64; 2] = [30 * 60, 24 * 60 * 60];

/// A look as the body that took it reads it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OwnLook {
    /// Its identifier.
    pub look: EventId,
    /// The member of staff.
    pub staff: Option<String>,
    /// The registered purpose.
    pub purpose: String,
    /// The consent that allowed it, if one did.
    pub consent: Option<ConsentId>,
    /// `seen`, `nothing`, or the code of the refusal.
    pub outcome: String,
    /// The person's identifier for this body alone.
    pub person: String,
    /// When.
    pub at: Timestamp,
}

impl Registry {
    /// The latest looks of a body itself, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn looks_of(&self, body: &str) -> Result<Vec<OwnLook>, RegistryError> {
        let (keys, body) = (self.keys.clone(), body.to_owned());
        self.store
            .run_async("look.list", Access::Read, move |tx| {
                let rows = tx.query(
                    "SELECT event, staff, purpose, subject, outcome, person, at FROM event \
                     WHERE actor = $1 AND outcome IS NOT NULL AND kind <> $3 ORDER BY at DESC, leaf DESC LIMIT $2",
                    &[
                        Param::Text(&body),
                        Param::Int(SHOWN),
                        Param::Text(EventKind::ConsentAskRefused.as_str()),
                    ],
                )?;
                let looks = rows.into_iter().map(|mut row| {
                    Ok(OwnLook {
                        look: EventId::from_bytes(row.array()?),
                        staff: row.opt_text()?,
                        purpose: row.text()?,
                        consent: opt_consent(&mut row)?,
                        outcome: row.text()?,
                        person: keys.person_for_authority(PersonId::from_bytes(row.array()?), &body),
                        at: crate::time(row.int()?)?,
                    })
                });
                looks.collect::<Result<_, RegistryError>>()
            })
            .await
    }

    /// The receipt of a look for the body that took it. None: it took no such look, or nothing was answered to it.
    ///
    /// # Errors
    /// When the store or the log fails.
    pub async fn look_receipt(&self, body: &str, look: EventId) -> Result<Option<Receipt>, RegistryError> {
        let body = body.to_owned();
        let this = self.clone();
        let found = self
            .store
            .run_async("look.receipt", Access::Read, move |tx| {
                let Some(mut row) = own_look(tx, &body, look)? else {
                    return Ok(None);
                };
                let event = Event {
                    id: look,
                    person: PersonId::from_bytes(row.array()?),
                    kind: EventKind::Look,
                    actor: body.clone(),
                    purpose: row.text()?,
                    subject: opt_consent(&mut row)?.map(|id| *id.as_bytes()),
                    at: Timestamp::UNIX_EPOCH,
                };
                let staff = row.opt_text()?;
                let event = Event {
                    at: crate::time(row.int()?)?,
                    ..event
                };
                let salt: Salt = row.array()?;
                let leaf = row.int()? as u64;
                Ok::<_, RegistryError>(Some((leaf, salt, this.body_statement(&event, staff.as_deref()))))
            })
            .await?;
        match found {
            Some((leaf, salt, statement)) => self.receipt(leaf, salt, statement).await.map(Some),
            None => Ok(None),
        }
    }

    /// What the log says to the body of its own look.
    pub(super) fn body_statement(&self, event: &Event, staff: Option<&str>) -> String {
        serde_json::json!({
            "what": "look-answered",
            "event": event.id.to_string(),
            "person": self.keys.person_for_authority(event.person, &event.actor),
            "actor": event.actor,
            "staff": staff,
            "purpose": event.purpose,
            "subject": event.subject.map(hex::encode),
            "at": event.at.as_second(),
        })
        .to_string()
    }
}

/// An answered look of this body. Looks of a body are found by when they were taken, which a look's name tells nearly.
fn own_look(tx: &mut dyn Tx, body: &str, look: EventId) -> Result<Option<Row>, StoreError> {
    let Some(called) = look.time() else {
        return Ok(None);
    };
    for off in CALLED_AFTER {
        let rows = tx.query(
            "SELECT person, purpose, subject, staff, at, body_salt, body_leaf FROM event \
             WHERE actor = $1 AND at BETWEEN $2 AND $3 AND event = $4 AND outcome IS NOT NULL AND outcome = $5",
            &[
                Param::Text(body),
                Param::Int(called.as_second() - off),
                Param::Int(called.as_second() + off),
                Param::Blob(look.as_bytes()),
                Param::Text(store::SEEN),
            ],
        )?;
        if let Some(row) = rows.into_iter().next() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

pub(super) fn opt_consent(row: &mut Row) -> Result<Option<ConsentId>, StoreError> {
    let id = row.opt_blob()?.map(|id| ConsentId::from_slice(&id)).transpose();
    id.map_err(|_| StoreError::Shape("an identifier is expected"))
}
