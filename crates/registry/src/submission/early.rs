//! People and documents put in before anything is decided about their rows. Nearly all of them are new, and looking
//! whether a key is taken costs as much as putting it in. What the decisions then leave out is taken away again,
//! in the same transaction.

use jiff::Timestamp;
use keys::DocumentKey;
use model::{PersonId, RecordKind};
use storage::{Param, StoreError, Tx};

use super::{
    incoming::{Filing, NewRecord, Prepared},
    stored::DocumentState,
};
use crate::{
    by_mac::ByMac,
    person::{self, NewPerson},
};

const DOCUMENT: &[&str] = &["document", "person", "record", "content_mac", "version"];

/// What was put in early, as it was put in.
#[derive(Default)]
pub(super) struct Early<'r> {
    people: ByMac<PersonId, &'r NewPerson>,
    documents: ByMac<DocumentKey, DocumentState>,
}

impl<'r> Early<'r> {
    /// Puts in the people and documents of these rows that are new. A decision is only about somebody known,
    /// and of few documents: for those, looking first costs less.
    pub(super) fn put(
        tx: &mut dyn Tx,
        kind: RecordKind,
        rows: &[&'r Prepared],
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        if kind == RecordKind::Decision {
            return Ok(Self::default());
        }
        let new: Vec<(&'r Prepared, &'r NewRecord)> = rows
            .iter()
            .filter_map(|row| match &row.filing {
                Filing::New(new) => Some((*row, new)),
                Filing::Correction { .. } => None,
            })
            .collect();
        let mut people: Vec<&'r NewPerson> = new.iter().map(|(_, new)| &new.person).collect();
        // Stable: of several rows about somebody the first one makes them.
        people.sort_by_key(|new| new.person);
        people.dedup_by_key(|new| new.person);
        let taken = person::insert_new(tx, &people, at)?;
        let people = without(people, &taken).map(|new| (new.person, new)).collect();

        let mut documents: Vec<(DocumentKey, DocumentState)> = new
            .iter()
            .map(|(row, new)| (row.document, DocumentState::first(row, new)))
            .collect();
        documents.sort_by_key(|(key, _)| *key);
        documents.dedup_by_key(|(key, _)| *key);
        let taken = insert_documents(tx, &documents, true)?;
        let documents = without(documents, &taken).collect();
        Ok(Self { people, documents })
    }

    /// Whether this person was put in, and so was not known before.
    pub(super) fn made(&self, person: PersonId) -> bool {
        self.people.contains_key(&person)
    }

    /// Whether this document was put in, and so was not known before.
    pub(super) fn filed(&self, document: &DocumentKey) -> bool {
        self.documents.contains_key(document)
    }

    /// Brings what was put in to what was decided: takes away what is not wanted, adds what is missing.
    pub(super) fn settle(
        mut self,
        tx: &mut dyn Tx,
        people: &[&'r NewPerson],
        documents: &ByMac<DocumentKey, DocumentState>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut missing: Vec<&NewPerson> = Vec::new();
        for new in people {
            match self.people.get(&new.person) {
                Some(early) if std::ptr::eq(*early, *new) => drop(self.people.remove(&new.person)),
                _ => missing.push(new),
            }
        }
        for unwanted in self.people.keys() {
            let key = [Param::Blob(unwanted.as_bytes())];
            tx.execute("DELETE FROM person WHERE person = $1", &key)?;
        }
        // In the order of their keys each page of their index is visited once.
        missing.sort_unstable_by_key(|new| new.person);
        person::insert(tx, &missing, at)?;

        let mut missing: Vec<(DocumentKey, DocumentState)> = Vec::new();
        for (key, state) in documents.iter().filter(|(_, state)| state.new) {
            match self.documents.get(key) {
                Some(early) if early.same(state) => drop(self.documents.remove(key)),
                _ => missing.push((*key, *state)),
            }
        }
        for unwanted in self.documents.keys() {
            let key = [Param::Blob(unwanted)];
            tx.execute("DELETE FROM document WHERE document = $1", &key)?;
        }
        missing.sort_unstable_by_key(|(key, _)| *key);
        insert_documents(tx, &missing, false)?;
        Ok(())
    }
}

/// Those whose places are not among `taken`, which are in order.
fn without<T>(all: Vec<T>, taken: &[usize]) -> impl Iterator<Item = T> {
    let mut taken = taken.iter().copied().peekable();
    all.into_iter()
        .enumerate()
        .filter_map(move |(place, one)| match taken.next_if_eq(&place) {
            Some(_) => None,
            None => Some(one),
        })
}

/// Puts documents in. Where some may be there already, answers the places of those.
fn insert_documents(
    tx: &mut dyn Tx,
    documents: &[(DocumentKey, DocumentState)],
    some_are_there: bool,
) -> Result<Vec<usize>, StoreError> {
    let mut taken = Vec::new();
    for (part, documents) in documents.chunks(crate::sql::AT_ONCE).enumerate() {
        let values: Vec<Param<'_>> = documents
            .iter()
            .flat_map(|(key, state)| {
                [
                    Param::Blob(key),
                    Param::Blob(state.person.as_bytes()),
                    Param::Blob(state.record.as_bytes()),
                    Param::Blob(&state.content_mac),
                    Param::Int(state.version),
                ]
            })
            .collect();
        if some_are_there {
            let first = part * crate::sql::AT_ONCE;
            let places = tx.insert_new("document", DOCUMENT, &values)?;
            taken.extend(places.into_iter().map(|place| first + place));
        } else {
            tx.insert_many("document", DOCUMENT, &values)?;
        }
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_left_out() {
        let left = |taken: &[usize]| without(vec!['a', 'b', 'c'], taken).collect::<String>();
        assert_eq!(left(&[]), "abc");
        assert_eq!(left(&[0, 2]), "b");
        assert_eq!(left(&[0, 1, 2]), "");
    }
}
