//! People: found by pseudonym, their identity sealed under their own key. The row is gone once nothing is held
//! about somebody any more (`retention`); their pseudonym still follows from their number.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use keys::{DataKey, Keyring, Mac, Place, WrappedKey};
use model::{PersonId, Randomness};
use storage::{Param, StoreError, Tx};

use crate::RegistryError;

/// A person's name and identity number, in clear. Never logged; shown to the person, and to a body that
/// gave both itself.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The canonical identity number.
    pub number: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(personal)")
    }
}

/// A person as stored.
pub(crate) struct Closed {
    person: PersonId,
    wrapped_key: Vec<u8>,
    pub(crate) name_mac: Mac,
    sealed_identity: Vec<u8>,
}

/// A person as stored, their key open.
pub(crate) struct Known {
    pub(crate) key: DataKey,
    pub(crate) name_mac: Mac,
    pub(crate) sealed_identity: Vec<u8>,
}

fn key_place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "person",
        column: "wrapped_key",
        row,
    }
}

fn identity_place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "person",
        column: "sealed_identity",
        row,
    }
}

/// A person to be added.
pub(crate) struct NewPerson {
    pub(crate) person: PersonId,
    pub(crate) wrapped_key: WrappedKey,
    pub(crate) name_mac: Mac,
    pub(crate) sealed_identity: Vec<u8>,
}

impl NewPerson {
    /// A person with this key; seals their identity under it.
    pub(crate) fn make(
        keys: &Keyring,
        person: PersonId,
        name_mac: Mac,
        identity: &Identity,
        key: &DataKey,
        randomness: &dyn Randomness,
    ) -> Result<Self, RegistryError> {
        let row: [&[u8]; 1] = [person.as_bytes()];
        let wrapped_key = keys.wrapping().wrap(&key_place(&row), key, randomness)?;
        let plain = serde_json::to_vec(identity).map_err(|_| RegistryError::Stored("an identity"))?;
        let sealed_identity = key.seal(&identity_place(&row), &plain, randomness)?;
        Ok(Self {
            person,
            wrapped_key,
            name_mac,
            sealed_identity,
        })
    }
}

/// Gives a known person the name of a new row, sealed under their own key. Only for somebody of whom nothing
/// stands: what was taken back need not have been theirs.
pub(crate) fn rename(
    tx: &mut dyn Tx,
    person: &DataKey,
    new: &NewPerson,
    new_key: &DataKey,
    randomness: &dyn Randomness,
) -> Result<(), RegistryError> {
    let row: [&[u8]; 1] = [new.person.as_bytes()];
    let plain = new_key.open(&identity_place(&row), &new.sealed_identity)?;
    let sealed = person.seal(&identity_place(&row), &plain, randomness)?;
    tx.execute(
        "UPDATE person SET name_mac = $1, sealed_identity = $2 WHERE person = $3",
        &[
            Param::Blob(&new.name_mac),
            Param::Blob(&sealed),
            Param::Blob(new.person.as_bytes()),
        ],
    )?;
    Ok(())
}

const COLUMNS: &[&str] = &[
    "person",
    "wrapped_key",
    "name_mac",
    "sealed_identity",
    "created_at",
];

fn values<'a>(people: &[&'a NewPerson], at: Timestamp) -> Vec<Param<'a>> {
    let mut values = Vec::with_capacity(people.len() * COLUMNS.len());
    for one in people {
        values.extend([
            Param::Blob(one.person.as_bytes()),
            Param::Blob(&one.wrapped_key),
            Param::Blob(&one.name_mac),
            Param::Blob(&one.sealed_identity),
            Param::Int(at.as_second()),
        ]);
    }
    values
}

/// Adds people.
pub(crate) fn insert(tx: &mut dyn Tx, people: &[&NewPerson], at: Timestamp) -> Result<(), StoreError> {
    for part in people.chunks(crate::sql::AT_ONCE) {
        tx.insert_many("person", COLUMNS, &values(part, at))?;
    }
    Ok(())
}

/// Adds those of these people who are not known yet. Answers the places of the others, in their order.
pub(crate) fn insert_new(
    tx: &mut dyn Tx,
    people: &[&NewPerson],
    at: Timestamp,
) -> Result<Vec<usize>, StoreError> {
    let mut known = Vec::new();
    for (part, people) in people.chunks(crate::sql::AT_ONCE).enumerate() {
        let first = part * crate::sql::AT_ONCE;
        let places = tx.insert_new("person", COLUMNS, &values(people, at))?;
        known.extend(places.into_iter().map(|place| first + place));
    }
    Ok(known)
}

/// The known ones among `people`, their keys open.
pub(crate) fn find(
    tx: &mut dyn Tx,
    keys: &Keyring,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Known>, RegistryError> {
    let mut known = HashMap::with_capacity(people.len());
    for closed in find_all_closed(tx, people)? {
        known.insert(closed.person, closed.open(keys)?);
    }
    Ok(known)
}

/// One person, if known, their key left closed.
pub(crate) fn find_closed(tx: &mut dyn Tx, person: PersonId) -> Result<Option<Closed>, StoreError> {
    Ok(find_all_closed(tx, &[person])?.pop())
}

fn find_all_closed(tx: &mut dyn Tx, people: &[PersonId]) -> Result<Vec<Closed>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let select = "SELECT person, wrapped_key, name_mac, sealed_identity FROM person WHERE person IN ";
    crate::sql::select_in(tx, select, &ids)?
        .into_iter()
        .map(|mut row| {
            Ok(Closed {
                person: PersonId::from_bytes(row.array()?),
                wrapped_key: row.blob()?,
                name_mac: row.array()?,
                sealed_identity: row.blob()?,
            })
        })
        .collect()
}

/// The known ones among `people`, their keys left closed.
pub(crate) fn known(tx: &mut dyn Tx, people: &[PersonId]) -> Result<HashSet<PersonId>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    crate::sql::select_in(tx, "SELECT person FROM person WHERE person IN ", &ids)?
        .into_iter()
        .map(|mut row| Ok(PersonId::from_bytes(row.array()?)))
        .collect()
}

/// One person, if known.
pub(crate) fn find_one(
    tx: &mut dyn Tx,
    keys: &Keyring,
    person: PersonId,
) -> Result<Option<Known>, RegistryError> {
    Ok(find(tx, keys, &[person])?.remove(&person))
}

impl Closed {
    /// Opens the key.
    pub(crate) fn open(self, keys: &Keyring) -> Result<Known, RegistryError> {
        let row: [&[u8]; 1] = [self.person.as_bytes()];
        Ok(Known {
            key: keys.wrapping().unwrap_key(&key_place(&row), &self.wrapped_key)?,
            name_mac: self.name_mac,
            sealed_identity: self.sealed_identity,
        })
    }
}

impl Known {
    /// Opens the identity.
    pub(crate) fn identity(&self, person: PersonId) -> Result<Identity, RegistryError> {
        let plain = self
            .key
            .open(&identity_place(&[person.as_bytes()]), &self.sealed_identity)?;
        serde_json::from_slice(&plain).map_err(|_| RegistryError::Stored("an identity"))
    }
}
