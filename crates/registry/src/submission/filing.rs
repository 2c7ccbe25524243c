//! Filing a part of a submission: one transaction that decides each row against what is stored, and writes
//! records, documents, people, leaves and the rows' outcomes together.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use intake::{FaultCode, KeptRow, RejectedRow};
use jiff::{Timestamp, civil::Date};
use keys::{DataKey, DocumentKey, Keyring, Mac};
use model::{PersonId, Randomness, RecordId, RecordKind, SubmissionId, VersionKind};
use profile::LicenceEffect;
use storage::{Param, Tx};

use super::outcome::{Chunk, Outcome};
use crate::{
    RegistryError,
    certificate::revoke::{self, Why},
    key_bytes::KeyBytes,
    leaf::{self, Entry, Salt, VersionStatement},
    licence::Licences,
    log,
    person::{self, NewPerson},
    record::{self, Sealed, Version, VersionHead, VersionPlace},
};

/// What all rows of a submission share.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    pub(crate) submission: SubmissionId,
    pub(crate) authority: Arc<str>,
    pub(crate) kind: RecordKind,
    pub(crate) at: Timestamp,
    pub(crate) today: Date,
}

/// A checked row, with all that could be worked out and sealed before the transaction.
pub(crate) struct Prepared {
    pub(crate) number: u64,
    pub(crate) person: PersonId,
    pub(crate) name_mac: Mac,
    pub(crate) document: DocumentKey,
    pub(crate) content_mac: Mac,
    pub(crate) profession: Arc<str>,
    pub(crate) basis: Arc<str>,
    pub(crate) licence_mac: Option<Mac>,
    pub(crate) kept_until: Option<Date>,
    pub(crate) effect: LicenceEffect,
    /// The day on which a decision begins to count: certificates of its licence end with it.
    pub(crate) in_force_on: Date,
    pub(crate) filing: Filing,
    /// What is given back to the sender if the row is refused after all.
    pub(crate) kept: KeptRow,
}

#[expect(
    clippy::large_enum_variant,
    reason = "nearly every row is new; a box for each would only cost"
)]
/// A new record is sealed before the transaction; a correction only there, where its version is known.
pub(crate) enum Filing {
    New(NewRecord),
    Correction { content: Vec<u8> },
}

/// A new record, and a new person in case they are not known yet.
pub(crate) struct NewRecord {
    pub(crate) record: RecordId,
    pub(crate) key: KeyBytes,
    /// Its key under that of the new person.
    pub(crate) wrapped_key: Vec<u8>,
    pub(crate) sealed: Arc<[u8]>,
    pub(crate) entry: Entry,
    pub(crate) person: NewPerson,
    pub(crate) person_key: KeyBytes,
}

/// One row of a submission on its way in.
pub(crate) enum Incoming {
    Checked(Box<Prepared>),
    Rejected(Box<RejectedRow>),
}

struct PersonState<'r> {
    key: PersonKey<'r>,
    name_mac: Mac,
}

enum PersonKey<'r> {
    /// Of a person who was there before this part.
    Known(Box<DataKey>),
    /// Of a person whom a row of this part made.
    Made(&'r KeyBytes),
}

#[derive(Clone, Copy)]
struct DocumentState {
    person: PersonId,
    record: RecordId,
    content_mac: Mac,
    version: i64,
    /// Nothing of it is stored yet.
    new: bool,
    changed: bool,
}

/// What the transaction has gathered, to be written at its end.
#[derive(Default)]
struct Writes<'r> {
    people: Vec<&'r NewPerson>,
    /// New records of known people who get their name from them.
    renamed: Vec<&'r NewRecord>,
    versions: Vec<Version>,
    entries: Vec<Entry>,
    /// Licences whose certificates end, with the day and why.
    ended: Vec<(PersonId, RecordId, Date, Why)>,
}

/// Files one part of a submission. Everything that it decides is in the answer.
pub(crate) fn file(
    tx: &mut dyn Tx,
    keys: &Keyring,
    randomness: &dyn Randomness,
    common: &Common,
    rows: &[Incoming],
) -> Result<Chunk, RegistryError> {
    let checked: Vec<&Prepared> = rows
        .iter()
        .filter_map(|row| match row {
            Incoming::Checked(prepared) => Some(&**prepared),
            Incoming::Rejected(_) => None,
        })
        .collect();
    let mut stored = Stored::load(tx, keys, common.kind, &checked)?;
    let mut writes = Writes::default();
    let mut chunk = Chunk::new(rows.first().map_or(1, Incoming::number));
    for row in rows {
        let outcome = match row {
            Incoming::Rejected(rejected) => Outcome::Rejected(rejected.clone()),
            Incoming::Checked(prepared) => stored.decide(randomness, common, prepared, &mut writes)?,
        };
        chunk.push(row.number(), outcome);
    }
    for new in &writes.renamed {
        if let Some(PersonKey::Known(key)) = stored.people.get(&new.person.person).map(|known| &known.key) {
            person::rename(tx, key, &new.person, &new.person_key.ready(), randomness)?;
        }
    }
    write(tx, common, &stored, &mut writes)?;
    revoke::because_of_filing(tx, randomness, common, &writes.ended)?;
    Ok(chunk)
}

impl Incoming {
    /// About how many bytes it holds in memory.
    pub(crate) fn held(&self) -> usize {
        /// The short texts and seals that every row has.
        const SHORT: usize = 400;
        match self {
            Self::Checked(prepared) => {
                let content = match &prepared.filing {
                    Filing::New(new) => new.sealed.len(),
                    Filing::Correction { content } => content.len(),
                };
                size_of::<Prepared>() + SHORT + content + prepared.kept.held()
            }
            Self::Rejected(row) => {
                let cells: usize = row
                    .cells
                    .iter()
                    .map(|cell| cell.len() + size_of::<String>())
                    .sum();
                size_of::<RejectedRow>() + SHORT + cells + row.raw.as_ref().map_or(0, String::len)
            }
        }
    }

    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Checked(prepared) => prepared.number,
            Self::Rejected(rejected) => rejected.number,
        }
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

/// What is stored about the people and documents of these rows.
struct Stored<'r> {
    people: HashMap<PersonId, PersonState<'r>>,
    documents: HashMap<DocumentKey, DocumentState>,
    licences: Licences,
    /// People of other names than the rows say, of whom nothing stands.
    nameless: HashSet<PersonId>,
    /// The latest version of each decision.
    decisions: HashMap<RecordId, VersionHead>,
}

impl<'r> Stored<'r> {
    fn load(
        tx: &mut dyn Tx,
        keys: &Keyring,
        kind: RecordKind,
        rows: &[&'r Prepared],
    ) -> Result<Self, RegistryError> {
        let ids = sorted(rows.iter().map(|row| row.person));
        let mut people = HashMap::with_capacity(ids.len());
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
        let wanted = sorted(rows.iter().map(|row| row.document.as_slice()));
        let mut documents = HashMap::with_capacity(wanted.len());
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
        })
    }

    fn decide(
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
        if common.kind == RecordKind::Decision && self.licences_of(row.person, row.licence_mac).is_empty() {
            return reject(FaultCode::LicenceUnknown);
        }
        match (known, &row.filing) {
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
                let document = DocumentState {
                    person: row.person,
                    record: new.record,
                    content_mac: row.content_mac,
                    version: 1,
                    new: true,
                    changed: false,
                };
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
        self.end_certificates(common, row, &version.head, writes);
        writes.versions.push(version);
        self.documents.insert(row.document, document);
        Ok(Outcome::Accepted {
            person: row.person,
            record,
        })
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
            RecordKind::Licence if corrected => end(&[head.record], common.today, Why::Corrected),
            RecordKind::Decision if corrected => {
                // The licences that it reached before may be others.
                for version in self.decisions.get(&head.record).into_iter().chain([head]) {
                    end(&self.licences.reached(version), common.today, Why::Corrected);
                }
            }
            RecordKind::Decision => {
                let on = row.in_force_on.max(common.today);
                end(&self.licences.reached(head), on, Why::Decision);
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

/// The log entry of a version.
pub(crate) fn entry_of(salt: &Salt, head: &VersionHead, content: &[u8]) -> Entry {
    leaf::entry(salt, &statement_of(head, content))
}

/// The statement that the log entry of a version commits to.
pub(crate) fn statement_of(head: &VersionHead, content: &[u8]) -> String {
    VersionStatement {
        person: head.person,
        record: head.record,
        version: head.version,
        change: head.change,
        kind: head.kind,
        authority: &head.authority,
        basis: &head.basis,
        at: head.filed_at,
        content,
    }
    .text()
}

impl Prepared {
    pub(crate) fn head(
        &self,
        common: &Common,
        record: RecordId,
        version: i64,
        change: VersionKind,
    ) -> VersionHead {
        VersionHead {
            person: self.person,
            record,
            version,
            change,
            kind: common.kind,
            authority: common.authority.clone(),
            profession: self.profession.clone(),
            basis: self.basis.clone(),
            document: self.document,
            licence_mac: self.licence_mac,
            kept_until: self.kept_until,
            effect: self.effect,
            starts_on: (common.kind == RecordKind::Decision).then_some(self.in_force_on),
            submission: common.submission,
            row_number: self.number,
            filed_at: common.at,
            leaf: 0,
        }
    }
}

fn write(
    tx: &mut dyn Tx,
    common: &Common,
    stored: &Stored<'_>,
    writes: &mut Writes<'_>,
) -> Result<(), RegistryError> {
    let first = log::append(tx, &writes.entries)?;
    for (version, leaf) in writes.versions.iter_mut().zip(first..) {
        version.head.leaf = leaf;
    }
    // Keys are scattered over their index. In their order, each of its pages is visited once.
    writes.people.sort_unstable_by_key(|new| new.person);
    writes
        .versions
        .sort_unstable_by_key(|version| (version.head.person, version.head.record, version.head.version));
    person::insert(tx, &writes.people, common.at)?;
    write_documents(tx, &stored.documents)?;
    record::insert(tx, &writes.versions)?;
    Ok(())
}

fn write_documents(
    tx: &mut dyn Tx,
    stored: &HashMap<DocumentKey, DocumentState>,
) -> Result<(), RegistryError> {
    let (mut new, mut changed): (Vec<_>, Vec<_>) = stored
        .iter()
        .filter(|(_, state)| state.new || state.changed)
        .partition(|(_, state)| state.new);
    new.sort_unstable_by_key(|(key, _)| **key);
    changed.sort_unstable_by_key(|(key, _)| **key);
    for part in new.chunks(crate::sql::AT_ONCE) {
        let values: Vec<Param<'_>> = part
            .iter()
            .flat_map(|(key, state)| {
                [
                    Param::Blob(*key),
                    Param::Blob(state.person.as_bytes()),
                    Param::Blob(state.record.as_bytes()),
                    Param::Blob(&state.content_mac),
                    Param::Int(state.version),
                ]
            })
            .collect();
        let columns = &["document", "person", "record", "content_mac", "version"];
        tx.insert_many("document", columns, &values)?;
    }
    for (key, state) in changed {
        tx.execute(
            "UPDATE document SET content_mac = $1, version = $2 WHERE document = $3",
            &[
                Param::Blob(&state.content_mac),
                Param::Int(state.version),
                Param::Blob(key),
            ],
        )?;
    }
    Ok(())
}
