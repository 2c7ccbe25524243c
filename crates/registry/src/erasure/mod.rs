//! Erasures that hold in backups.
//!
//! What is destroyed is written apart first: to a file beside the database, on disk before the transaction that
//! destroys ([`Apart`]). A copy of the database from before the erasure still holds the keys; when it is opened
//! with the file, the erasure is done again, before anything is served (`replay`). So a kill between any two
//! steps is harmless too: what was written and not done is done at the next start.
//!
//! An e-mail address goes the same way when its person takes it away or another takes its place: an older copy would
//! have letters sent there again. One that was put back under this line is told apart by its ciphertext.
//!
//! What a person, a body's lead, a reviewer or the operator took back goes the same way (`withdrawal`): a consent, a
//! publication, a mandate, an account. It would be good again in an older copy, and is taken back there again.
//!
//! A line says under pseudonyms what was destroyed and holds the event that tells so, with its salt: done again,
//! an erasure has the same event and the same log entry. It speaks of what was filed before it: what came later,
//! by its place in the log, is not destroyed by it.

mod apart;
mod apply;
mod replay;
mod verify;
mod withdrawal;

pub(crate) use apart::Apart;
pub use apart::{ReadErasures, read_erasures};
pub(crate) use apply::{Planned, destroy_now};
pub(crate) use replay::{Again, mark};
pub use verify::{ErasureCheck, ErasureProof, ErasureProofError};
pub(crate) use withdrawal::{Kind, Withdrawal, Withdrawn};

use jiff::Timestamp;
use model::{EventId, PersonId, ProcedureId, RecordId};

use crate::{
    event::{self, Event, EventKind},
    leaf::{self, Entry, Salt},
    mail::EmailTag,
};

/// What an erasure destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Key and content of every version of a record up to this one, and of the certificates about it.
    Record {
        /// The record.
        record: RecordId,
        /// Its latest version.
        version: i64,
    },
    /// The key, name and number of a person.
    Person,
    /// What was said in a procedure that is kept alone.
    Procedure {
        /// Which one.
        procedure: ProcedureId,
    },
    /// An e-mail address that the person took away or had replaced.
    Email {
        /// Which one, by its ciphertext: one that was put on file later is another.
        tag: EmailTag,
    },
}

/// One erasure, with the event that tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Erasure {
    pub(crate) person: PersonId,
    pub(crate) what: What,
    pub(crate) event: EventId,
    pub(crate) salt: Salt,
    pub(crate) at: Timestamp,
    /// How long the log was when it was decided: what has a place from here on came later.
    pub(crate) head: u64,
}

impl Erasure {
    /// The event that tells of it.
    pub(crate) fn event(&self) -> Event {
        let (kind, subject) = match self.what {
            What::Record { record, .. } => (EventKind::Erased, Some(*record.as_bytes())),
            What::Person => (EventKind::IdentityErased, None),
            What::Procedure { procedure } => (EventKind::ProcedureErased, Some(*procedure.as_bytes())),
            What::Email { tag } => (EventKind::EmailErased, Some(tag)),
        };
        Event {
            id: self.event,
            person: self.person,
            kind,
            actor: event::INSTALLATION.to_owned(),
            purpose: String::new(),
            subject,
            at: self.at,
        }
    }

    /// Its entry in the log.
    pub(crate) fn entry(&self) -> Entry {
        leaf::entry(&self.salt, &leaf::event_statement(&self.event()))
    }
}
