//! What is stored about the people and documents of a part's rows, and what that makes of each row.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use intake::FaultCode;
use jiff::civil::Date;
use keys::{DataKey, DocumentKey, Keyring, Mac, WrappedKey};
use model::{PersonId, Randomness, RecordId, RecordKind, VersionKind};
use storage::Tx;

use super::{
    early::Early,
    incoming::{Common, Filing, NewRecord, Prepared, entry_of},
    outcome::Outcome,
    part::{Checked, Part},
};
use crate::{
    RegistryError,
    certificate::revoke::Why,
    leaf::{self, Entry},
    licence::Licences,
    person::{self, NewPerson},
    record::{self, VersionHead, VersionPlace},
    reentry,
};

pub(super) struct PersonState<'r> {
    origin: Origin<'r>,
    name_mac: Mac,
}

/// Where a person comes from.
enum Origin<'r> {
    /// They were there before this part, with this key.
    Known(Box<DataKey>),
    /// A row of this part made them.
    Made(&'r NewRecord),
}

impl<'r> PersonState<'r> {
    /// The person as a row of this part made them.
    pub(super) fn made(&self) -> Option<&'r NewPerson> {
        match self.origin {
            Origin::Made(new) => Some(&new.person),
            Origin::Known(_) => None,
        }
    }

    /// The key of somebody who was there before this part.
    pub(super) fn known(&self) -> Option<&DataKey> {
        match &self.origin {
            Origin::Known(key) => Some(key),
            Origin::Made(_) => None,
        }
    }
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
    pub(super) fn first(row: &Prepared) -> Self {
        Self {
            person: row.head.person,
            record: row.head.record,
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
    /// Which of the people, known before, get their name from which new records.
    pub(super) renamed: Vec<(usize, &'r NewRecord)>,
    pub(super) versions: Vec<Filed<'r>>,
    /// Their log entries, in the same order.
    pub(super) entries: Vec<Entry>,
    /// Licences whose certificates end, with the day and why.
    pub(super) ended: Vec<(PersonId, RecordId, Date, Why)>,
    /// Documents whose records had ended and that came in again, as these records.
    pub(super) again: Vec<(PersonId, DocumentKey, RecordId)>,
}

/// A version that is filed: mostly as it was prepared.
pub(super) struct Filed<'r> {
    /// Which of the part's people it is about.
    pub(super) person: usize,
    pub(super) head: Cow<'r, VersionHead>,
    pub(super) wrapped_key: Cow<'r, [u8]>,
    pub(super) content: Cow<'r, [u8]>,
}

/// What is stored about the people and documents of a part.
pub(super) struct Stored<'r> {
    /// Of each of the part's people, if known.
    pub(super) people: Vec<Option<PersonState<'r>>>,
    /// Of each of the part's documents, if there.
    pub(super) documents: Vec<Option<DocumentState>>,
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
        part: &'r Part,
        early: &Early<'r>,
    ) -> Result<Self, RegistryError> {
        let not_made = part.people().iter().enumerate();
        let not_made = not_made.filter(|(place, _)| !early.made(*place));
        let ids: Vec<PersonId> = not_made.map(|(_, id)| *id).collect();
        let mut found = person::find(tx, keys, &ids)?;
        let people = part.people().iter().map(|id| {
            found.remove(id).map(|known| PersonState {
                origin: Origin::Known(Box::new(known.key)),
                name_mac: known.name_mac,
            })
        });
        let people: Vec<Option<PersonState<'r>>> = people.collect();
        let other_name = |checked: &Checked<'_>| {
            let known = people[checked.person].as_ref();
            known.is_some_and(|known| known.name_mac != checked.row.name_mac)
        };
        let mut other: Vec<usize> = part.checked().filter(other_name).map(|row| row.person).collect();
        other.sort_unstable();
        other.dedup();
        let nameless = nothing_stands(tx, other.iter().map(|place| part.people()[*place]).collect())?;
        let wanted = part.documents().iter().enumerate();
        let wanted = wanted.filter(|(place, _)| !early.filed(*place));
        let wanted: Vec<&[u8]> = wanted.map(|(_, key)| key.as_slice()).collect();
        let mut documents = vec![None; part.documents().len()];
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
            let key: DocumentKey = row.array()?;
            if let Ok(place) = part.documents().binary_search(&key) {
                documents[place] = Some(state(&mut row)?);
            }
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
            ended: reentry::ended(tx, part.people())?,
        })
    }

    pub(super) fn decide(
        &mut self,
        randomness: &dyn Randomness,
        common: &Common,
        checked: Checked<'r>,
        writes: &mut Writes<'r>,
    ) -> Result<Outcome, RegistryError> {
        let row = checked.row;
        let (person, document) = (row.head.person, row.head.document);
        let reject = |code: FaultCode| Ok(Outcome::Rejected(Box::new(row.kept.rejected(code))));
        let known = self.documents[checked.document];
        let ended = self.ended.get(&(person, document)).copied();
        // What is refused for the sake of the authority's own documents is said first, then what it could find out by
        // guessing numbers of licences, and names last: a row that is right so far is filed, or the person is told of
        // the wrong name.
        match (known, &row.filing) {
            (None, Filing::Correction { .. }) if ended != Some(false) => {
                return reject(FaultCode::CorrectionUnknown);
            }
            (Some(known), _) if known.person != person => return reject(FaultCode::DocumentConflict),
            _ => {}
        }
        if common.kind == RecordKind::Decision
            && self.licences_of(person, row.head.licence_mac).is_empty()
            && !self.names_the_same_licence(known, row)
            && !self.comes_again_under_its_licence(row)
        {
            return reject(FaultCode::LicenceUnknown);
        }
        match (known, &row.filing) {
            // The same again changes nothing, and is said to be there below; but it does not come back.
            (None, _) if ended == Some(false) => return reject(FaultCode::RecordEnded),
            (Some(known), Filing::New(_)) if known.content_mac != row.content_mac => {
                return reject(FaultCode::DocumentConflict);
            }
            // Erased with all else about this person: nothing is left to correct.
            (Some(known), Filing::Correction { .. })
                if known.content_mac != row.content_mac && self.people[checked.person].is_none() =>
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
        if let Some(known) = &mut self.people[checked.person] {
            match (&row.filing, &known.origin) {
                _ if known.name_mac == row.name_mac => {}
                (Filing::New(new), Origin::Known(_)) if self.nameless.contains(&person) => {
                    known.name_mac = row.name_mac;
                    writes.renamed.push((checked.person, new));
                }
                _ => return reject(FaultCode::NameMismatch),
            }
            // Something stands from here on.
            self.nameless.remove(&person);
        }
        let (state, version) = match (known, &row.filing) {
            (Some(known), _) if known.content_mac == row.content_mac => return Ok(Outcome::Unchanged),
            (Some(known), Filing::Correction { content }) => {
                let version = self.correction(randomness, checked, known, content, writes)?;
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
                let wrapped_key = self.wrapped_key(randomness, checked, new)?;
                writes.entries.push(new.entry);
                let version = Filed {
                    person: checked.person,
                    head: Cow::Borrowed(&row.head),
                    wrapped_key,
                    content: Cow::Borrowed(&new.sealed),
                };
                (DocumentState::first(row), version)
            }
        };
        let record = version.head.record;
        if ended.is_some() && version.head.change == VersionKind::Filed {
            self.ended.remove(&(person, document));
            writes.again.push((person, document, record));
        }
        self.end_certificates(common, row, &version.head, writes);
        writes.versions.push(version);
        self.documents[checked.document] = Some(state);
        Ok(Outcome::Accepted { person, record })
    }

    /// Whether this corrects a decision and names the licence that it named before. That one may have been withdrawn
    /// since: the decision can be put right all the same.
    fn names_the_same_licence(&self, known: Option<DocumentState>, row: &Prepared) -> bool {
        let before = known
            .filter(|known| {
                known.person == row.head.person && matches!(row.filing, Filing::Correction { .. })
            })
            .and_then(|known| self.decisions.get(&known.record));
        before
            .is_some_and(|before| before.licence_mac.is_some() && before.licence_mac == row.head.licence_mac)
    }

    /// Whether this decision was certified to come in again, and names the licence that it named before. That one may have
    /// been withdrawn too: what a reviewer or a court found right can be filed all the same.
    fn comes_again_under_its_licence(&self, row: &Prepared) -> bool {
        let head = &row.head;
        let certified = self.ended.get(&(head.person, head.document)) == Some(&true);
        let same = |before: &VersionHead| {
            (before.person, before.document) == (head.person, head.document)
                && before.licence_mac.is_some()
                && before.licence_mac == head.licence_mac
        };
        certified && matches!(row.filing, Filing::New(_)) && self.decisions.values().any(same)
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
                .extend(licences.iter().map(|licence| (head.person, *licence, on, why)));
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
        checked: Checked<'r>,
        new: &'r NewRecord,
    ) -> Result<Cow<'r, [u8]>, RegistryError> {
        let head = &checked.row.head;
        if self.people[checked.person].is_some() {
            let place = VersionPlace::new(head.person, head.record, head.version);
            let wrapped = self.wrap(checked.person, &place, &new.key.ready(), randomness)?;
            return Ok(Cow::Owned(wrapped.to_vec()));
        }
        self.people[checked.person] = Some(PersonState {
            origin: Origin::Made(new),
            name_mac: checked.row.name_mac,
        });
        Ok(Cow::Borrowed(&new.wrapped_key))
    }

    /// Wraps a record's key under that of a person who is known, or was made in this part.
    fn wrap(
        &self,
        person: usize,
        place: &VersionPlace,
        key: &DataKey,
        randomness: &dyn Randomness,
    ) -> Result<WrappedKey, RegistryError> {
        let person = self.people[person].as_ref();
        match &person.ok_or(RegistryError::Stored("a person"))?.origin {
            Origin::Known(person) => place.wrap(person, key, randomness),
            Origin::Made(new) => place.wrap(&new.person_key.ready(), key, randomness),
        }
    }

    fn correction(
        &self,
        randomness: &dyn Randomness,
        checked: Checked<'r>,
        known: DocumentState,
        content: &[u8],
        writes: &mut Writes<'_>,
    ) -> Result<Filed<'r>, RegistryError> {
        let head = VersionHead {
            record: known.record,
            version: known.version + 1,
            change: VersionKind::Corrected,
            ..checked.row.head.clone()
        };
        let key = DataKey::generate(randomness)?;
        let salt = leaf::salt(randomness)?;
        let place = VersionPlace::new(head.person, head.record, head.version);
        let sealed = place.seal(&key, &salt, content, randomness)?;
        let wrapped_key = self.wrap(checked.person, &place, &key, randomness)?;
        writes.entries.push(entry_of(&salt, &head, content));
        Ok(Filed {
            person: checked.person,
            head: Cow::Owned(head),
            wrapped_key: Cow::Owned(wrapped_key.to_vec()),
            content: Cow::Owned(sealed),
        })
    }
}
