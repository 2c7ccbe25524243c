//! People and documents put in before anything is decided about their rows. Nearly all of them are new, and looking
//! whether a key is taken costs as much as putting it in. What the decisions then leave out is taken away again,
//! in the same transaction.

use jiff::Timestamp;
use keys::DocumentKey;
use model::RecordKind;
use storage::{Param, StoreError, Tx};

use super::{
    incoming::Filing,
    part::Part,
    stored::{DocumentState, PersonState, Stored},
};
use crate::person::{self, NewPerson};

const DOCUMENT: &[&str] = &["document", "person", "record", "content_mac", "version"];

/// What was put in early, as it was put in: of each of the part's people and documents, if anything.
#[derive(Default)]
pub(super) struct Early<'r> {
    people: Vec<Option<&'r NewPerson>>,
    documents: Vec<Option<DocumentState>>,
}

impl<'r> Early<'r> {
    /// Puts in the people and documents of a part that are new. A decision is only about somebody known, and of few
    /// documents: for those, looking first costs less.
    pub(super) fn put(
        tx: &mut dyn Tx,
        kind: RecordKind,
        part: &'r Part,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut early = Self {
            people: vec![None; part.people().len()],
            documents: vec![None; part.documents().len()],
        };
        if kind == RecordKind::Decision {
            return Ok(early);
        }
        for checked in part.checked() {
            if let Filing::New(new) = &checked.row.filing {
                // Of several rows about somebody the first one makes them.
                early.people[checked.person].get_or_insert(&new.person);
                early.documents[checked.document].get_or_insert(DocumentState::first(checked.row));
            }
        }
        let people: Vec<&NewPerson> = early.people.iter().copied().flatten().collect();
        leave_out(&mut early.people, &person::insert_new(tx, &people, at)?);
        let documents: Vec<_> = there(part, &early.documents).collect();
        leave_out(&mut early.documents, &insert_documents(tx, &documents, true)?);
        Ok(early)
    }

    /// Whether this one of the part's people was put in, and so was not known before.
    pub(super) fn made(&self, person: usize) -> bool {
        self.people[person].is_some()
    }

    /// Whether this one of the part's documents was put in, and so was not known before.
    pub(super) fn filed(&self, document: usize) -> bool {
        self.documents[document].is_some()
    }

    /// Brings what was put in to what was decided: takes away what is not wanted, adds what is missing.
    pub(super) fn settle(
        &self,
        tx: &mut dyn Tx,
        part: &'r Part,
        stored: &Stored<'r>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // Both in the order of their keys: then each page of their index is visited once.
        let mut missing: Vec<&NewPerson> = Vec::new();
        for ((early, person), key) in self.people.iter().zip(&stored.people).zip(part.people()) {
            let wanted = person.as_ref().and_then(PersonState::made);
            match (early, wanted) {
                (Some(early), Some(wanted)) if std::ptr::eq(*early, wanted) => continue,
                (Some(_), _) => {
                    tx.execute(
                        "DELETE FROM person WHERE person = $1",
                        &[Param::Blob(key.as_bytes())],
                    )?;
                }
                (None, _) => {}
            }
            missing.extend(wanted);
        }
        person::insert(tx, &missing, at)?;

        let mut missing: Vec<(DocumentKey, DocumentState)> = Vec::new();
        for ((early, state), key) in self.documents.iter().zip(&stored.documents).zip(part.documents()) {
            let wanted = state.filter(|state| state.new);
            match (early, &wanted) {
                (Some(early), Some(wanted)) if early.same(wanted) => continue,
                (Some(_), _) => {
                    tx.execute("DELETE FROM document WHERE document = $1", &[Param::Blob(key)])?;
                }
                (None, _) => {}
            }
            missing.extend(wanted.map(|state| (*key, state)));
        }
        insert_documents(tx, &missing, false)?;
        Ok(())
    }
}

/// The documents of a part of which there is a state, with it.
pub(super) fn there<'s>(
    part: &'s Part,
    states: &'s [Option<DocumentState>],
) -> impl Iterator<Item = (DocumentKey, DocumentState)> {
    let both = part.documents().iter().zip(states);
    both.filter_map(|(key, state)| state.map(|state| (*key, state)))
}

/// Leaves out those that were taken: of all that are there the ones with these places, which are in order.
fn leave_out<T>(all: &mut [Option<T>], taken: &[usize]) {
    let mut taken = taken.iter().copied().peekable();
    let there = all.iter_mut().filter(|one| one.is_some());
    for (place, one) in there.enumerate() {
        if taken.next_if_eq(&place).is_some() {
            *one = None;
        }
    }
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
        let left = |taken: &[usize]| {
            let mut all = [Some('a'), None, Some('b'), Some('c')];
            leave_out(&mut all, taken);
            all.into_iter().flatten().collect::<String>()
        };
        assert_eq!(left(&[]), "abc");
        assert_eq!(left(&[0, 2]), "b");
        assert_eq!(left(&[0, 1, 2]), "");
    }
}
