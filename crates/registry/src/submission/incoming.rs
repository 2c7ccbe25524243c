//! A row on its way in: checked and prepared, or rejected, and what all rows of a submission share.

use std::sync::Arc;

use intake::{KeptRow, RejectedRow};
use jiff::{Timestamp, civil::Date};
use keys::{Mac, WrappedKey};
use model::{RecordKind, SubmissionId};

use crate::{
    key_bytes::KeyBytes,
    leaf::{self, Entry, Salt, VersionStatement},
    person::NewPerson,
    record::VersionHead,
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
    /// As the first version of a new record. A correction's record, number and change are known in the transaction.
    pub(crate) head: VersionHead,
    pub(crate) name_mac: Mac,
    pub(crate) content_mac: Mac,
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
    pub(crate) key: KeyBytes,
    /// Its key under that of the new person.
    pub(crate) wrapped_key: WrappedKey,
    pub(crate) sealed: Vec<u8>,
    pub(crate) entry: Entry,
    pub(crate) person: NewPerson,
    pub(crate) person_key: KeyBytes,
}

#[expect(
    clippy::large_enum_variant,
    reason = "nearly every row is a checked one; a box for each would only cost"
)]
/// One row of a submission on its way in.
pub(crate) enum Incoming {
    Checked(Prepared),
    Rejected(Box<RejectedRow>),
}

impl Incoming {
    /// About how many bytes it holds in memory.
    pub(crate) fn held(&self) -> usize {
        /// The short texts and seals that every row has.
        const SHORT: usize = 200;
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

    /// The row, if it passed the checks.
    pub(crate) fn checked(&self) -> Option<&Prepared> {
        match self {
            Self::Checked(prepared) => Some(prepared),
            Self::Rejected(_) => None,
        }
    }

    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Checked(prepared) => prepared.head.row_number,
            Self::Rejected(rejected) => rejected.number,
        }
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
