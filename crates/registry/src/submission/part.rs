//! A part of a submission: rows that are filed together, and which of them are about the same people and documents.

use keys::DocumentKey;
use model::PersonId;

use super::incoming::{Incoming, Prepared};

/// Rows that are filed together. Which are about the same person or document is worked out once, before anything
/// waits for it: to the transaction people and documents are places in lists.
pub(crate) struct Part {
    rows: Vec<Incoming>,
    /// The people of the checked rows in the order of their keys, each once.
    people: Vec<PersonId>,
    /// The documents of the checked rows likewise.
    documents: Vec<DocumentKey>,
    /// Of each checked row, in their order, which of the people and of the documents.
    places: Vec<(u32, u32)>,
}

/// A checked row, and which of a part's people and documents it is about.
#[derive(Clone, Copy)]
pub(super) struct Checked<'r> {
    pub(super) row: &'r Prepared,
    pub(super) person: usize,
    pub(super) document: usize,
}

impl Part {
    /// The part that these rows make.
    pub(super) fn of(rows: Vec<Incoming>) -> Self {
        let checked = || rows.iter().filter_map(Incoming::checked);
        let (people, person_of) = numbered(checked().map(|row| row.head.person));
        let (documents, document_of) = numbered(checked().map(|row| row.head.document));
        let places = person_of.into_iter().zip(document_of).collect();
        Self {
            rows,
            people,
            documents,
            places,
        }
    }

    /// All rows in the order of the file.
    pub(super) fn rows(&self) -> &[Incoming] {
        &self.rows
    }

    /// The people of the checked rows in the order of their keys, each once.
    pub(super) fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// The documents of the checked rows in their order, each once.
    pub(super) fn documents(&self) -> &[DocumentKey] {
        &self.documents
    }

    /// The checked rows in the order of the file.
    pub(super) fn checked(&self) -> impl Iterator<Item = Checked<'_>> {
        let rows = self.rows.iter().filter_map(Incoming::checked);
        rows.zip(&self.places).map(|(row, (person, document))| Checked {
            row,
            person: *person as usize,
            document: *document as usize,
        })
    }
}

/// Keys in their order, each once, and for each of those given which one it is. There are fewer than 2^32.
fn numbered<K: Ord + Copy>(keys: impl Iterator<Item = K>) -> (Vec<K>, Vec<u32>) {
    let mut sorted: Vec<(K, u32)> = keys.zip(0..).collect();
    sorted.sort_unstable();
    let (mut distinct, mut which) = (Vec::with_capacity(sorted.len()), vec![0; sorted.len()]);
    for (key, place) in sorted {
        if distinct.last() != Some(&key) {
            distinct.push(key);
        }
        which[place as usize] = distinct.len() as u32 - 1;
    }
    (distinct, which)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_stands_once_in_its_order_and_every_row_knows_which_is_its_own() {
        assert_eq!(
            numbered([30, 10, 30, 20].into_iter()),
            (vec![10, 20, 30], vec![2, 0, 2, 1])
        );
        assert_eq!(numbered(std::iter::empty::<u8>()), (Vec::new(), Vec::new()));
    }
}
