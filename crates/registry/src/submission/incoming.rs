//! A row on its way in: checked and prepared, or rejected, and what all rows of a submission share.

use std::sync::Arc;

use intake::{KeptRow, RejectedRow};
use jiff::{Timestamp, civil::Date};
use keys::{DocumentKey, Mac};
use model::{PersonId, RecordId, RecordKind, SubmissionId, VersionKind};
use profile::LicenceEffect;

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
