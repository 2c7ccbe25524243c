//! Alerts and their receivers as they are stored.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};
use keys::{DataKey, Keyring, Place};
use model::{AlertId, PersonId, Randomness, RecordId};
use storage::{Param, Row, StoreError, Tx};

use super::AlertContent;
use crate::{RegistryError, day, dispute_flags};

/// The source of an alert that this installation made.
pub(super) const HERE: &str = "";

/// An alert.
pub(super) struct Stored {
    pub(super) person: PersonId,
    pub(super) alert: AlertId,
    pub(super) source: String,
    pub(super) record: Option<RecordId>,
    pub(super) authority: String,
    pub(super) profession: String,
    pub(super) effect: String,
    pub(super) starts_on: Option<Date>,
    pub(super) ends_on: Option<Date>,
    pub(super) revision: i64,
    /// Its key under the installation's, and its content under that. Gone once it is closed.
    pub(super) sealed: Option<(Vec<u8>, Vec<u8>)>,
    pub(super) arrived_at: Timestamp,
    pub(super) closed_at: Option<Timestamp>,
    /// Whether its record shows as disputed.
    pub(super) disputed: bool,
    /// Whether its record was withheld when it was brought in step last.
    withheld: bool,
}

pub(super) const COLUMNS: &str = "alert.person, alert.alert, alert.source, alert.record, alert.authority, \
     alert.profession, alert.effect, alert.starts_on, alert.ends_on, alert.revision, alert.wrapped_key, \
     alert.sealed_content, alert.arrived_at, alert.closed_at, alert.disputed, alert.withheld";

pub(super) fn read(row: &mut Row) -> Result<Stored, StoreError> {
    Ok(Stored {
        person: PersonId::from_bytes(row.array()?),
        alert: AlertId::from_bytes(row.array()?),
        source: row.text()?,
        record: match row.opt_blob()? {
            Some(id) => {
                Some(RecordId::from_slice(&id).map_err(|_| StoreError::Shape("a record is expected"))?)
            }
            None => None,
        },
        authority: row.text()?,
        profession: row.text()?,
        effect: row.text()?,
        starts_on: row.opt_int()?.map(day::from_number).transpose()?,
        ends_on: row.opt_int()?.map(day::from_number).transpose()?,
        revision: row.int()?,
        sealed: row.opt_blob()?.zip(row.opt_blob()?),
        arrived_at: crate::time(row.int()?)?,
        closed_at: row.opt_int()?.map(crate::time).transpose()?,
        disputed: row.int()? == 1,
        withheld: row.int()? == 1,
    })
}

fn with_place<T>(
    person: PersonId,
    alert: AlertId,
    column: &'static str,
    use_place: impl FnOnce(&Place<'_>) -> T,
) -> T {
    let row: [&[u8]; 2] = [person.as_bytes(), alert.as_bytes()];
    use_place(&Place {
        table: "alert",
        column,
        row: &row,
    })
}

impl Stored {
    /// What events and notices of it are about: the decision, or the alert itself if that is elsewhere.
    pub(super) fn subject(&self) -> [u8; 16] {
        self.record
            .map_or(*self.alert.as_bytes(), |record| *record.as_bytes())
    }

    /// Whether it is opened to nobody today. Of a decision that is here that follows from the day alone, also before
    /// the alert is brought in step.
    pub(super) fn withheld(&self, tx: &mut dyn Tx, today: Date) -> Result<bool, StoreError> {
        match self.record {
            // What is withheld is disputed.
            Some(record) if self.disputed => {
                Ok(dispute_flags::withheld(tx, self.person, today)?.contains(&record))
            }
            _ => Ok(self.withheld),
        }
    }

    /// What it says, while it is open.
    pub(super) fn open(&self, keys: &Keyring) -> Result<Option<AlertContent>, RegistryError> {
        let Some((wrapped, sealed)) = &self.sealed else {
            return Ok(None);
        };
        let key = with_place(self.person, self.alert, "wrapped_key", |place| {
            keys.wrapping().unwrap_key(place, wrapped)
        })?;
        let plain = with_place(self.person, self.alert, "sealed_content", |place| {
            key.open(place, sealed)
        })?;
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|_| RegistryError::Stored("an alert"))
    }
}

/// Content under a new key of the alert's own: the wrapped key and the sealed content.
pub(super) fn seal(
    keys: &Keyring,
    person: PersonId,
    alert: AlertId,
    content: &AlertContent,
    randomness: &dyn Randomness,
) -> Result<(Vec<u8>, Vec<u8>), RegistryError> {
    let key = DataKey::generate(randomness)?;
    let plain = serde_json::to_vec(content).map_err(|_| RegistryError::Stored("an alert"))?;
    let wrapped = with_place(person, alert, "wrapped_key", |place| {
        keys.wrapping().wrap(place, &key, randomness)
    })?;
    let sealed = with_place(person, alert, "sealed_content", |place| {
        key.seal(place, &plain, randomness)
    })?;
    Ok((wrapped.to_vec(), sealed))
}

fn day_param(day: Option<Date>) -> Param<'static> {
    day.map_or(Param::Null, |day| Param::Int(day::to_number(day)))
}

/// Whose an alert is, where it comes from and what it says.
pub(super) struct NewAlert<'a> {
    pub(super) person: PersonId,
    pub(super) alert: AlertId,
    pub(super) source: &'a str,
    /// Its identifier at its source, if that is elsewhere.
    pub(super) remote: Option<AlertId>,
    /// The decision, if that is here.
    pub(super) record: Option<RecordId>,
    pub(super) revision: i64,
    pub(super) content: &'a AlertContent,
    pub(super) sealed: (Vec<u8>, Vec<u8>),
    pub(super) at: Timestamp,
}

/// Writes a new alert, and answers it as it is stored.
pub(super) fn insert(tx: &mut dyn Tx, new: NewAlert<'_>) -> Result<Stored, StoreError> {
    tx.execute(
        "INSERT INTO alert (person, alert, source, remote, record, authority, profession, effect, starts_on, \
         ends_on, revision, wrapped_key, sealed_content, arrived_at, disputed, withheld) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &[
            Param::Blob(new.person.as_bytes()),
            Param::Blob(new.alert.as_bytes()),
            Param::Text(new.source),
            new.remote
                .as_ref()
                .map_or(Param::Null, |id| Param::Blob(id.as_bytes())),
            new.record
                .as_ref()
                .map_or(Param::Null, |id| Param::Blob(id.as_bytes())),
            Param::Text(&new.content.authority),
            Param::Text(&new.content.profession),
            Param::Text(&new.content.effect),
            day_param(new.content.starts_on),
            day_param(new.content.ends_on),
            Param::Int(new.revision),
            Param::Blob(&new.sealed.0),
            Param::Blob(&new.sealed.1),
            Param::Int(new.at.as_second()),
            Param::Int(i64::from(new.content.disputed)),
            Param::Int(i64::from(new.content.withheld)),
        ],
    )?;
    Ok(Stored {
        person: new.person,
        alert: new.alert,
        source: new.source.to_owned(),
        record: new.record,
        authority: new.content.authority.clone(),
        profession: new.content.profession.clone(),
        effect: new.content.effect.clone(),
        starts_on: new.content.starts_on,
        ends_on: new.content.ends_on,
        revision: new.revision,
        sealed: Some(new.sealed),
        arrived_at: new.at,
        closed_at: None,
        disputed: new.content.disputed,
        withheld: new.content.withheld,
    })
}

/// Gives an open alert another content.
pub(super) fn revise(
    tx: &mut dyn Tx,
    old: &Stored,
    revision: i64,
    content: &AlertContent,
    sealed: &(Vec<u8>, Vec<u8>),
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE alert SET effect = $1, starts_on = $2, ends_on = $3, revision = $4, wrapped_key = $5, \
         sealed_content = $6, disputed = $9, withheld = $10 WHERE person = $7 AND alert = $8",
        &[
            Param::Text(&content.effect),
            day_param(content.starts_on),
            day_param(content.ends_on),
            Param::Int(revision),
            Param::Blob(&sealed.0),
            Param::Blob(&sealed.1),
            Param::Blob(old.person.as_bytes()),
            Param::Blob(old.alert.as_bytes()),
            Param::Int(i64::from(content.disputed)),
            Param::Int(i64::from(content.withheld)),
        ],
    )?;
    Ok(())
}

/// Closes an alert: its key and content are destroyed, authorities hold it no longer, and peers that were told
/// of it, or may have been, are to be told.
pub(super) fn close(tx: &mut dyn Tx, old: &Stored, revision: i64, at: Timestamp) -> Result<(), StoreError> {
    let key = [
        Param::Int(at.as_second()),
        Param::Int(revision),
        Param::Blob(old.person.as_bytes()),
        Param::Blob(old.alert.as_bytes()),
    ];
    tx.execute(
        "UPDATE alert SET wrapped_key = NULL, sealed_content = NULL, closed_at = $1, revision = $2, \
         disputed = 0, withheld = 0 \
         WHERE person = $3 AND alert = $4",
        &key,
    )?;
    tx.execute(
        "UPDATE alert_receiver SET told = $2, pending = 0, closed_at = $1 \
         WHERE person = $3 AND alert = $4 AND begun = 0 AND closed_at IS NULL",
        &key,
    )?;
    remind(tx, old, at)
}

/// Has the peers that were told of an alert told its latest revision, from now on.
pub(super) fn remind(tx: &mut dyn Tx, old: &Stored, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE alert_receiver SET pending = 1, attempts = 0, next_at = $1 \
         WHERE person = $2 AND alert = $3 AND peer = 1 AND closed_at IS NULL",
        &[
            Param::Int(at.as_second()),
            Param::Blob(old.person.as_bytes()),
            Param::Blob(old.alert.as_bytes()),
        ],
    )?;
    Ok(())
}

/// Has peers told anew of every alert that is open: they may have been told since of what an older copy of the
/// database does not hold. Later than all of that, it counts.
pub(crate) fn tell_anew(tx: &mut dyn Tx, at: Timestamp) -> Result<(), StoreError> {
    let params = [Param::Int(at.as_second()), Param::Text(HERE)];
    tx.execute(
        "UPDATE alert SET revision = CASE WHEN revision < $1 THEN $1 ELSE revision + 1 END \
         WHERE source = $2 AND closed_at IS NULL",
        &params,
    )?;
    tx.execute(
        "UPDATE alert_receiver SET pending = 1, attempts = 0, next_at = $1 WHERE peer = 1 AND EXISTS \
         (SELECT 1 FROM alert WHERE alert.person = alert_receiver.person AND alert.alert = alert_receiver.alert \
         AND alert.source = $2 AND alert.closed_at IS NULL)",
        &params,
    )?;
    Ok(())
}

/// Adds an authority or a peer that is to be told of an alert, or one anew for which it was closed.
pub(super) fn add_receiver(
    tx: &mut dyn Tx,
    alert: &Stored,
    (receiver, peer): (&str, bool),
    due_on: Option<Date>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let now = Param::Int(at.as_second());
    tx.execute(
        "INSERT INTO alert_receiver (person, alert, receiver, peer, due_on, pending, told, begun, attempts, next_at, \
         told_at) VALUES ($1, $2, $3, $4, $5, $4, $6, 0, 0, $7, $8) \
         ON CONFLICT (person, alert, receiver) DO UPDATE SET due_on = $5, pending = $4, told = $6, attempts = 0, \
         next_at = $7, told_at = $8, seen_at = NULL, closed_at = NULL",
        &[
            Param::Blob(alert.person.as_bytes()),
            Param::Blob(alert.alert.as_bytes()),
            Param::Text(receiver),
            Param::Int(i64::from(peer)),
            day_param(due_on),
            Param::Int(if peer { 0 } else { alert.revision }),
            now,
            if peer { Param::Null } else { now },
        ],
    )?;
    Ok(())
}

/// Closes an alert for one authority, and for it alone.
pub(super) fn close_for(
    tx: &mut dyn Tx,
    alert: &Stored,
    authority: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE alert_receiver SET closed_at = $1 \
         WHERE person = $2 AND alert = $3 AND receiver = $4 AND peer = 0 AND closed_at IS NULL",
        &[
            Param::Int(at.as_second()),
            Param::Blob(alert.person.as_bytes()),
            Param::Blob(alert.alert.as_bytes()),
            Param::Text(authority),
        ],
    )?;
    Ok(())
}

/// Those who are told of an alert and for whom it is not closed: their names, each with whether it is a peer.
pub(super) fn receivers(tx: &mut dyn Tx, alert: &Stored) -> Result<HashMap<String, bool>, StoreError> {
    tx.query(
        "SELECT receiver, peer FROM alert_receiver WHERE person = $1 AND alert = $2 AND closed_at IS NULL",
        &[
            Param::Blob(alert.person.as_bytes()),
            Param::Blob(alert.alert.as_bytes()),
        ],
    )?
    .into_iter()
    .map(|mut row| Ok((row.text()?, row.int()? == 1)))
    .collect()
}

/// The open alerts about these people that came from elsewhere.
pub(super) fn open_from_elsewhere(tx: &mut dyn Tx, people: &[PersonId]) -> Result<Vec<Stored>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let select =
        format!("SELECT {COLUMNS} FROM alert WHERE source <> $1 AND closed_at IS NULL AND person IN ");
    crate::sql::select_in_with(tx, &select, &[Param::Text(HERE)], &ids)?
        .into_iter()
        .map(|mut row| read(&mut row))
        .collect()
}

/// The open alerts of this installation's own about these people, by the decision.
pub(super) fn own_open(
    tx: &mut dyn Tx,
    people: &[PersonId],
) -> Result<HashMap<RecordId, Stored>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let select =
        format!("SELECT {COLUMNS} FROM alert WHERE source = $1 AND closed_at IS NULL AND person IN ");
    let mut found = HashMap::new();
    for mut row in crate::sql::select_in_with(tx, &select, &[Param::Text(HERE)], &ids)? {
        let alert = read(&mut row)?;
        if let Some(record) = alert.record {
            found.insert(record, alert);
        }
    }
    Ok(found)
}

/// Whether there is or was an alert about somebody.
pub(crate) fn told_of(tx: &mut dyn Tx, person: PersonId) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT alert FROM alert WHERE person = $1 LIMIT 1",
        &[Param::Blob(person.as_bytes())],
    )?;
    Ok(!rows.is_empty())
}

/// Whether somebody of this name is known by an alert alone. Once all are closed no name is left to compare.
pub(crate) fn known_by_alert(
    tx: &mut dyn Tx,
    keys: &Keyring,
    person: PersonId,
    name: &keys::Mac,
) -> Result<bool, RegistryError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE person = $1");
    let mut closed = false;
    let mut named = None;
    for mut row in tx.query(&sql, &[Param::Blob(person.as_bytes())])? {
        match read(&mut row)?.open(keys)? {
            Some(content) => {
                let same = keys.name(person, &intake::normalise_name(&content.name)) == *name;
                named = Some(named.unwrap_or(false) || same);
            }
            None => closed = true,
        }
    }
    Ok(named.unwrap_or(closed))
}
