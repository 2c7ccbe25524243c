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
use storage::{Param, Tx};

use super::outcome::{Chunk, Outcome};
use crate::{
    RegistryError,
    certificate::revoke::{self, Why},
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
    /// Name and number as JSON, for a person who is not known yet.
    pub(crate) identity: Vec<u8>,
    pub(crate) document: DocumentKey,
    pub(crate) content_mac: Mac,
    pub(crate) profession: Arc<str>,
    pub(crate) basis: Arc<str>,
    pub(crate) licence_mac: Option<Mac>,
    pub(crate) kept_until: Option<Date>,
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
    New {
        record: RecordId,
        key: DataKey,
        sealed: Vec<u8>,
        entry: Entry,
    },
    Correction {
        content: Vec<u8>,
    },
}

/// One row of a submission on its way in.
pub(crate) enum Incoming {
    Checked(Box<Prepared>),
    Rejected(Box<RejectedRow>),
}

struct PersonState {
    key: DataKey,
    name_mac: Mac,
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
struct Writes {
    people: Vec<NewPerson>,
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
            Incoming::Checked(prepared) => stored.decide(keys, randomness, common, prepared, &mut writes)?,
        };
        chunk.push(row.number(), outcome);
    }
    write(tx, common, &stored, &mut writes)?;
    revoke::because_of_filing(tx, randomness, common, &writes.ended)?;
    Ok(chunk)
}

impl Incoming {
    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Checked(prepared) => prepared.number,
            Self::Rejected(rejected) => rejected.number,
        }
    }
}

/// What is stored about the people and documents of these rows.
struct Stored {
    people: HashMap<PersonId, PersonState>,
    documents: HashMap<DocumentKey, DocumentState>,
    licences: Licences,
    /// The number of the licence that each decision names.
    decisions: HashMap<RecordId, Mac>,
}

impl Stored {
    fn load(
        tx: &mut dyn Tx,
        keys: &Keyring,
        kind: RecordKind,
        rows: &[&Prepared],
    ) -> Result<Self, RegistryError> {
        let ids: Vec<PersonId> = rows
            .iter()
            .map(|row| row.person)
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        let people = person::find(tx, keys, &ids)?
            .into_iter()
            .map(|(id, known)| {
                (
                    id,
                    PersonState {
                        key: known.key,
                        name_mac: known.name_mac,
                    },
                )
            })
            .collect();
        let wanted: HashSet<&DocumentKey> = rows.iter().map(|row| &row.document).collect();
        let wanted: Vec<&[u8]> = wanted.into_iter().map(|key| key.as_slice()).collect();
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
            .filter_map(|head| Some((head.record, head.licence_mac?)))
            .collect();
        Ok(Self {
            people,
            documents,
            licences,
            decisions,
        })
    }

    fn decide(
        &mut self,
        keys: &Keyring,
        randomness: &dyn Randomness,
        common: &Common,
        row: &Prepared,
        writes: &mut Writes,
    ) -> Result<Outcome, RegistryError> {
        let reject = |code: FaultCode| Ok(Outcome::Rejected(Box::new(row.kept.rejected(code))));
        if self
            .people
            .get(&row.person)
            .is_some_and(|known| known.name_mac != row.name_mac)
        {
            return reject(FaultCode::NameMismatch);
        }
        if common.kind == RecordKind::Decision && self.licences_of(row.person, row.licence_mac).is_empty() {
            return reject(FaultCode::LicenceUnknown);
        }
        let known = self.documents.get(&row.document).copied();
        let (document, version) = match (known, &row.filing) {
            (Some(known), _) if known.content_mac == row.content_mac && known.person == row.person => {
                return Ok(Outcome::Unchanged);
            }
            (Some(known), Filing::Correction { content }) if known.person == row.person => {
                let version = self.correction(keys, randomness, common, row, known, content, writes)?;
                let changed = DocumentState {
                    content_mac: row.content_mac,
                    version: known.version + 1,
                    changed: true,
                    ..known
                };
                (changed, version)
            }
            (Some(_), _) => return reject(FaultCode::DocumentConflict),
            (None, Filing::Correction { .. }) => return reject(FaultCode::CorrectionUnknown),
            (
                None,
                Filing::New {
                    record,
                    key,
                    sealed,
                    entry,
                },
            ) => {
                let person = self.key_of(keys, randomness, row, writes)?;
                let place = VersionPlace::new(row.person, *record, 1);
                let wrapped_key = place.wrap(person, key, randomness)?;
                writes.entries.push(*entry);
                let document = DocumentState {
                    person: row.person,
                    record: *record,
                    content_mac: row.content_mac,
                    version: 1,
                    new: true,
                    changed: false,
                };
                let head = row.head(common, *record, 1, VersionKind::Filed);
                (
                    document,
                    Version {
                        head,
                        sealed: Some(Sealed {
                            wrapped_key,
                            content: sealed.clone(),
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
    fn end_certificates(&mut self, common: &Common, row: &Prepared, head: &VersionHead, writes: &mut Writes) {
        let corrected = head.change == VersionKind::Corrected;
        let mut end = |licences: &[RecordId], on, why| {
            writes
                .ended
                .extend(licences.iter().map(|licence| (row.person, *licence, on, why)));
        };
        match common.kind {
            RecordKind::Licence if corrected => end(&[head.record], common.today, Why::Corrected),
            RecordKind::Decision if corrected => {
                // The licence that it named before may be another one.
                for number in [self.decisions.get(&head.record).copied(), row.licence_mac] {
                    end(self.licences_of(row.person, number), common.today, Why::Corrected);
                }
            }
            RecordKind::Decision => {
                let on = row.in_force_on.max(common.today);
                end(self.licences_of(row.person, row.licence_mac), on, Why::Decision);
            }
            RecordKind::Licence | RecordKind::Training | RecordKind::Commendation => {}
        }
        if let (RecordKind::Decision, Some(number)) = (common.kind, row.licence_mac) {
            self.decisions.insert(head.record, number);
        }
    }

    /// The key of the row's person, who is made if not known.
    fn key_of(
        &mut self,
        keys: &Keyring,
        randomness: &dyn Randomness,
        row: &Prepared,
        writes: &mut Writes,
    ) -> Result<&DataKey, RegistryError> {
        use std::collections::hash_map::Entry as Slot;
        match self.people.entry(row.person) {
            Slot::Occupied(known) => Ok(&known.into_mut().key),
            Slot::Vacant(slot) => {
                let (new, key) = NewPerson::make(keys, row.person, row.name_mac, &row.identity, randomness)?;
                writes.people.push(new);
                Ok(&slot
                    .insert(PersonState {
                        key,
                        name_mac: row.name_mac,
                    })
                    .key)
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call; a struct for it would say no more"
    )]
    fn correction(
        &mut self,
        keys: &Keyring,
        randomness: &dyn Randomness,
        common: &Common,
        row: &Prepared,
        known: DocumentState,
        content: &[u8],
        writes: &mut Writes,
    ) -> Result<Version, RegistryError> {
        let number = known.version + 1;
        let head = row.head(common, known.record, number, VersionKind::Corrected);
        let key = DataKey::generate(randomness)?;
        let salt = leaf::salt(randomness)?;
        let place = VersionPlace::new(row.person, known.record, number);
        let sealed = place.seal(&key, &salt, content, randomness)?;
        let wrapped_key = place.wrap(self.key_of(keys, randomness, row, writes)?, &key, randomness)?;
        writes.entries.push(entry_of(&salt, &head, content));
        Ok(Version {
            head,
            sealed: Some(Sealed {
                wrapped_key,
                content: sealed,
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
    stored: &Stored,
    writes: &mut Writes,
) -> Result<(), RegistryError> {
    let first = log::append(tx, &writes.entries)?;
    for (version, leaf) in writes.versions.iter_mut().zip(first..) {
        version.head.leaf = leaf;
    }
    person::insert(tx, &writes.people, common.at)?;
    let mut values = Vec::new();
    for (key, state) in &stored.documents {
        if state.new {
            values.extend([
                Param::Blob(key),
                Param::Blob(state.person.as_bytes()),
                Param::Blob(state.record.as_bytes()),
                Param::Blob(&state.content_mac),
                Param::Int(state.version),
            ]);
        } else if state.changed {
            tx.execute(
                "UPDATE document SET content_mac = $1, version = $2 WHERE document = $3",
                &[
                    Param::Blob(&state.content_mac),
                    Param::Int(state.version),
                    Param::Blob(key),
                ],
            )?;
        }
    }
    tx.insert_many(
        "document",
        &["document", "person", "record", "content_mac", "version"],
        &values,
    )?;
    record::insert(tx, &writes.versions)?;
    Ok(())
}
