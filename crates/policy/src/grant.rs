//! What a granted inquiry may see.

use std::collections::BTreeSet;

use model::{RecordKind, RecordStatus, consent::FieldsByKind};

/// What stands for a legal basis where the person's consent allows the look.
pub const BY_CONSENT: &str = "consent";

/// What a granted inquiry may see: records in one profession, of certain kinds, and certain fields of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub(crate) profession: String,
    pub(crate) basis: String,
    pub(crate) fields: FieldsByKind,
    pub(crate) shows_after_days: u32,
}

impl Grant {
    /// The legal basis of the grant, or [`BY_CONSENT`].
    pub fn basis(&self) -> &str {
        &self.basis
    }

    /// After how many days at the latest the look shows to the person. 0: at once.
    pub fn shows_after_days(&self) -> u32 {
        self.shows_after_days
    }

    /// The fields that may be seen of a record of this kind, in this profession, with this status. Only
    /// what is in force is seen: what has ended, was withdrawn or restored is the person's own affair. A
    /// licence is seen whether or not it may be used today, which its status answers.
    pub fn sees(
        &self,
        kind: RecordKind,
        profession: &str,
        status: RecordStatus,
    ) -> Option<&BTreeSet<String>> {
        if profession != self.profession {
            return None;
        }
        match (kind, status) {
            // One that is over, suspended or revoked is the answer to whether somebody may practise.
            (
                RecordKind::Licence,
                RecordStatus::Pending
                | RecordStatus::Suspended
                | RecordStatus::Prohibited
                | RecordStatus::Revoked
                | RecordStatus::Expired,
            )
            | (_, RecordStatus::InForce) => self.fields.get(&kind),
            _ => None,
        }
    }
}
