//! What is stored about the people and documents of a part's rows, and what that makes of each row.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasherDefault,
};

use intake::FaultCode;
use jiff::civil::Date;
use keys::{DataKey, DocumentKey, Keyring, Mac};
use model::{PersonId, Randomness, RecordId, RecordKind, VersionKind};
use storage::Tx;

use super::{
    early::Early,
    incoming::{Common, Filing, NewRecord, Prepared, entry_of},
    outcome::Outcome,
};
use crate::{
    RegistryError,
    by_mac::ByMac,
    certificate::revoke::Why,
    key_bytes::KeyBytes,
    leaf::{self, Entry},
    licence::Licences,
    person::{self, NewPerson},
    record::{self, Sealed, Version, VersionHead, VersionPlace},
    reentry,
};

pub(super) struct PersonState<'r> {
    pub(super) key: PersonKey<'r>,
    name_mac: Mac,
}

pub(super) enum PersonKey<'r> {
    /// Of a person who was there before this part.
    Known(Box<DataKey>),
    /// Of a person whom a row of this part made.
    Made(&'r KeyBytes),
}

#[derive(Clone, Copy)]
pub(super) struct DocumentState {
    pub(super) person: PersonId,
    pub(super) record: RecordId,
    pub(super) content_mac: Mac,
    pub(super) version: i64,
    /// Nothing of it is stored yet.
    pub(super) new: bool,
    pub(super) changed: bool,
}

impl DocumentState {
    /// As a row makes it that is accepted as a new record.
    pub(super) fn first(row: &Prepared, new: &NewRecord) -> Self {
        Self {
            person: row.person,
            record: new.record,
            content_mac: row.content_mac,
            version: 1,
            new: true,
            changed: false,
        }
    }

    /// Whether the same is stored of both.
    pub(super) fn same(&self, other: &Self) -> bool {
        (self.person, self.record, self.content_mac, self.version)
            == (other.person, other.record, other.content_mac, other.version)
    }
}

/// Keys in their order, each once: then each page of their index is visited once.
fn sorted<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<K> {
    let mut keys: Vec<K> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Those of these people whose every record was withdrawn.
fn nothing_stands(tx: &mut dyn Tx, people: Vec<PersonId>) -> Result<HashSet<PersonId>, RegistryError> {
    let mut nameless: HashSet<PersonId> = people.iter().copied().collect();
    if people.is_empty() {
        return Ok(nameless);
    }
    let heads = record::heads(tx, &people)?;
    for kind in RecordKind::ALL {
        for head in record::latest(&heads, *kind).filter(|head| head.change != VersionKind::Withdrawn) {
            nameless.remove(&head.person);
        }
    }
    Ok(nameless)
}

/// What the transaction has gathered, to be written at its end.
#[derive(Default)]
pub(super) struct Writes<'r> {
    pub(super) people: Vec<&'r NewPerson>,
    /// New records of known people who get their name from them.
    pub(super) renamed: Vec<&'r NewRecord>,
    pub(super) versions: Vec<Version>,
    pub(super) entries: Vec<Entry>,
    /// Licences whose certificates end, with the day and why.
    pub(super) ended: Vec<(PersonId, RecordId, Date, Why)>,
    /// Documents whose records had ended and that came in again, as these records.
    pub(super) again: Vec<(PersonId, DocumentKey, RecordId)>,
}

/// What is stored about the people and documents of these rows.
pub(super) struct Stored<'r> {
    pub(super) people: ByMac<PersonId, PersonState<'r>>,
    pub(super) documents: ByMac<DocumentKey, DocumentState>,
    licences: Licences,
    /// People of other names than the rows say, of whom nothing stands.
    nameless: HashSet<PersonId>,
    /// The latest version of each decision.
    decisions: HashMap<RecordId, VersionHead>,
    /// Documents whose records have ended, and whether they may come in again.
    ended: HashMap<(PersonId, DocumentKey), bool>,
}

impl<'r> Stored<'r> {
    pub(super) fn load(
        tx: &mut dyn Tx,
        keys: &Keyring,
        kind: RecordKind,
        rows: &[&'r Prepared],
        early: &Early<'r>,
    ) -> Result<Self, RegistryError> {
        let ids = sorted(rows.iter().map(|row| row.person).filter(|id| !early.made(*id)));
        let mut people = ByMac::with_capacity_and_hasher(rows.len(), BuildHasherDefault::default());
        for (id, known) in person::find(tx, keys, &ids)? {
            let key = PersonKey::Known(Box::new(known.key));
            let name_mac = known.name_mac;
            people.insert(id, PersonState { key, name_mac });
        }
        let other_name = |row: &&&Prepared| {
            people
                .get(&row.person)
                .is_some_and(|known: &PersonState<'_>| known.name_mac != row.name_mac)
        };
        let other = sorted(rows.iter().filter(other_name).map(|row| row.person));
        let nameless = nothing_stands(tx, other)?;
        let there = rows.iter().filter(|row| !early.filed(&row.document));
        let wanted = sorted(there.map(|row| row.document.as_slice()));
        let mut documents = ByMac::with_capacity_and_hasher(rows.len(), BuildHasherDefault::default());
        let select = "SELECT document, person, record, content_mac, version FROM document WHERE document IN ";
        for mut row in crate::sql::select_in(tx, select, &wanted)? {
            let state = |row: &mut storage::Row| -> Result<DocumentState, storage::StoreError> {
                Ok(DocumentState {
                    person: PersonId::from_bytes(row.array()?),
                    record: RecordId::from_bytes(row.array()?),
                    content_mac: row.array()?,
                    version: row.int()?,
                    new: false,
                    changed: false,
                })
            };
            documents.insert(row.array()?, state(&mut row)?);
        }
        let heads = match kind {
            RecordKind::Decision => record::heads(tx, &ids)?,
            RecordKind::Licence | RecordKind::Training | RecordKind::Commendation => Vec::new(),
        };
        let licences = Licences::of(&heads);
        let decisions = record::latest(&heads, RecordKind::Decision)
            .map(|head| (head.record, head.clone()))
            .collect();
        Ok(Self {
            people,
            documents,
            licences,
            nameless,
            decisions,
            // Of those too who are not known any more: everything of theirs may be erased.
            ended: reentry::ended(tx, &sorted(rows.iter().map(|row| row.person)))?,
        })
    }

    pub(super) fn decide(
        &mut self,
        randomness: &dyn Randomness,
        common: &Common,
        row: &'r Prepared,
        writes: &mut Writes<'r>,
    ) -> Result<Outcome, RegistryError> {
        let reject = |code: FaultCode| Ok(Outcome::Rejected(Box::new(row.kept.rejected(code))));
        let known = self.documents.get(&row.document).copied();
        // What the authority cannot know is said before what it could find out by guessing names: a row about
        // an unknown document or licence is answered the same whatever the name.
        if common.kind == RecordKind::Decision
            && self.licences_of(row.person, row.licence_mac).is_empty()
            && !self.names_the_same_licence(known, row)
        {
            return reject(FaultCode::LicenceUnknown);
        }
        let ended = self.ended.get(&(row.person, row.document)).copied();
        match (known, &row.filing) {
            // The same again changes nothing, and is said to be there below; but it does not come back.
            (None, _) if ended == Some(false) => return reject(FaultCode::RecordEnded),
            (None, Filing::Correction { .. }) => return reject(FaultCode::CorrectionUnknown),
            (Some(known), _) if known.person != row.person => return reject(FaultCode::DocumentConflict),
            (Some(known), Filing::New(_)) if known.content_mac != row.content_mac => {
                return reject(FaultCode::DocumentConflict);
            }
            // Erased with all else about this person: nothing is left to correct.
            (Some(known), Filing::Correction { .. })
                if known.content_mac != row.content_mac && !self.people.contains_key(&row.person) =>
            {
                return reject(FaultCode::CorrectionUnknown);
            }
            (Some(known), Filing::Correction { .. })
                if ended == Some(false) && known.content_mac != row.content_mac =>
            {
                return reject(FaultCode::RecordEnded);
            }
            _ => {}
        }
        if let Some(known) = self.people.get_mut(&row.person) {
            match (&row.filing, &known.key) {
                _ if known.name_mac == row.name_mac => {}
                (Filing::New(new), PersonKey::Known(_)) if self.nameless.contains(&row.person) => {
                    known.name_mac = row.name_mac;
                    writes.renamed.push(new);
                }
                _ => return reject(FaultCode::NameMismatch),
            }
            // Something stands from here on.
            self.nameless.remove(&row.person);
        }
        let (document, version) = match (known, &row.filing) {
            (Some(known), _) if known.content_mac == row.content_mac => return Ok(Outcome::Unchanged),
            (Some(known), Filing::Correction { content }) => {
                let version = self.correction(randomness, common, row, known, content, writes)?;
                let changed = DocumentState {
                    content_mac: row.content_mac,
                    version: known.version + 1,
                    changed: true,
                    ..known
                };
                (changed, version)
            }
            // Turned away above.
            (Some(_), Filing::New(_)) => return reject(FaultCode::DocumentConflict),
            (None, Filing::Correction { .. }) => return reject(FaultCode::CorrectionUnknown),
            (None, Filing::New(new)) => {
                let wrapped_key = self.wrapped_key(randomness, row, new, writes)?;
                writes.entries.push(new.entry);
                let document = DocumentState::first(row, new);
                let head = row.head(common, new.record, 1, VersionKind::Filed);
                (
                    document,
                    Version {
                        head,
                        sealed: Some(Sealed {
                            wrapped_key,
                            content: new.sealed.clone(),
                        }),
                    },
                )
            }
        };
        let record = version.head.record;
        if ended.is_some() && version.head.change == VersionKind::Filed {
            self.ended.remove(&(row.person, row.document));
            writes.again.push((row.person, row.document, record));
        }
        self.end_certificates(common, row, &version.head, writes);
        writes.versions.push(version);
        self.documents.insert(row.document, document);
        Ok(Outcome::Accepted {
            person: row.person,
            record,
        })
    }

    /// Whether this corrects a decision and names the licence that it named before. That one may have been withdrawn
    /// since: the decision can be put right all the same.
    fn names_the_same_licence(&self, known: Option<DocumentState>, row: &Prepared) -> bool {
        let before = known
            .filter(|known| known.person == row.person && matches!(row.filing, Filing::Correction { .. }))
            .and_then(|known| self.decisions.get(&known.record));
        before.is_some_and(|before| before.licence_mac.is_some() && before.licence_mac == row.licence_mac)
    }

    fn licences_of(&self, person: PersonId, number: Option<Mac>) -> &[RecordId] {
        number.map_or(&[], |number| self.licences.named(person, number))
    }

    /// Notes the licences whose certificates end with this version. A correction ends them at once, whatever
    /// its days: it may have changed what they say.
    fn end_certificates(
        &mut self,
        common: &Common,
        row: &Prepared,
        head: &VersionHead,
        writes: &mut Writes<'_>,
    ) {
        let corrected = head.change == VersionKind::Corrected;
        let mut end = |licences: &[RecordId], on, why| {
            writes
                .ended
                .extend(licences.iter().map(|licence| (row.person, *licence, on, why)));
        };
        match common.kind {
            // Of a training: those that show it.
            RecordKind::Licence | RecordKind::Training if corrected => {
                end(&[head.record], common.today, Why::Corrected);
            }
            RecordKind::Decision if corrected => {
                // The licences that it reached before may be others.
                for version in self.decisions.get(&head.record).into_iter().chain([head]) {
                    end(&self.licences.spoken_of(version), common.today, Why::Corrected);
                }
            }
            RecordKind::Decision => {
                let on = row.in_force_on.max(common.today);
                end(&self.licences.spoken_of(head), on, Why::Decision);
            }
            RecordKind::Licence | RecordKind::Training | RecordKind::Commendation => {}
        }
        if common.kind == RecordKind::Decision {
            self.decisions.insert(head.record, head.clone());
        }
    }

    /// A new record's key under that of its person, who is added if not known.
    fn wrapped_key(
        &mut self,
        randomness: &dyn Randomness,
        row: &'r Prepared,
        new: &'r NewRecord,
        writes: &mut Writes<'r>,
    ) -> Result<Vec<u8>, RegistryError> {
        if self.people.contains_key(&row.person) {
            let place = VersionPlace::new(row.person, new.record, 1);
            return self.wrap(row.person, &place, &new.key.ready(), randomness);
        }
        writes.people.push(&new.person);
        let made = PersonState {
            key: PersonKey::Made(&new.person_key),
            name_mac: row.name_mac,
        };
        self.people.insert(row.person, made);
        Ok(new.wrapped_key.clone())
    }

    /// Wraps a record's key under the person's; they are known, or were made in this part.
    fn wrap(
        &self,
        person: PersonId,
        place: &VersionPlace,
        key: &DataKey,
        randomness: &dyn Randomness,
    ) -> Result<Vec<u8>, RegistryError> {
        match &self
            .people
            .get(&person)
            .ok_or(RegistryError::Stored("a person"))?
            .key
        {
            PersonKey::Known(person) => place.wrap(person, key, randomness),
            PersonKey::Made(person) => place.wrap(&person.ready(), key, randomness),
        }
    }

    fn correction(
        &self,
        randomness: &dyn Randomness,
        common: &Common,
        row: &Prepared,
        known: DocumentState,
        content: &[u8],
        writes: &mut Writes<'_>,
    ) -> Result<Version, RegistryError> {
        let number = known.version + 1;
        let head = row.head(common, known.record, number, VersionKind::Corrected);
        let key = DataKey::generate(randomness)?;
        let salt = leaf::salt(randomness)?;
        let place = VersionPlace::new(row.person, known.record, number);
        let sealed = place.seal(&key, &salt, content, randomness)?;
        let wrapped_key = self.wrap(row.person, &place, &key, randomness)?;
        writes.entries.push(entry_of(&salt, &head, content));
        Ok(Version {
            head,
            sealed: Some(Sealed {
                wrapped_key,
                content: sealed.into(),
            }),
        })
    }
}
