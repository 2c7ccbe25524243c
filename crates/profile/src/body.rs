//! The bodies that a profile names: authorities, those who ask by consent alone, and those whose decisions are
//! followed.

use std::collections::BTreeSet;

use model::RecordKind;

use crate::Text2;

/// A public body that files records, decides procedures or inquires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its id, as senders write it in their files.
    pub id: String,
    /// Its name.
    pub name: Text2,
    /// The professions that it licenses.
    pub professions: BTreeSet<String>,
    /// The kinds of record that it may file.
    pub record_kinds: BTreeSet<RecordKind>,
}

/// A body, private or public, that is not an authority: an employer, a hospital, an insurer. It asks the person
/// for consent, under the purposes that name it, and sees nothing otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquirer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text2,
}

/// A court or an administrative-reconsideration body: what it decides about a record is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Court {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text2,
}
