//! What a body wishes, and what it is answered.

use model::{ConsentId, EventId, RecordId, RecordKind, RecordStatus};
use policy::Refusal;

use crate::{RegistryError, view::Fields};

/// A body's wish to look at one person. It must know the person's number and name already.
#[derive(Clone)]
pub struct InquiryRequest {
    /// The body: an authority, or an inquirer.
    pub authority: String,
    /// The name of the key that the request was signed with, which is one of a member of staff.
    pub asker: String,
    /// The registered purpose.
    pub purpose: String,
    /// The profession.
    pub profession: String,
    /// What allows the look.
    pub under: Under,
    /// The identity number, as written.
    pub id_number: String,
    /// The name, as written.
    pub name: String,
    /// The nonce of the signed request and until when its signature counts, in seconds after 1970. The same key, nonce
    /// and end about the same person are the same request, which is answered once.
    pub nonce: Option<(String, i64)>,
}

/// What allows a look.
#[derive(Clone)]
pub enum Under {
    /// A law.
    Law {
        /// Which case, as the body calls it.
        case_reference: String,
        /// Why, in words.
        reason: String,
        /// How many days the notice to the person should wait, where a law lets it wait. None: as long as the law
        /// lets it.
        wait_days: Option<u32>,
    },
    /// The person's consent.
    Consent(ConsentId),
}

impl Under {
    /// How many days the notice to the person waits, where a law lets it wait so many at most.
    pub(super) fn waits(&self, most: u32) -> u32 {
        match self {
            Self::Law {
                wait_days: Some(days),
                ..
            } => most.min(*days),
            Self::Law { wait_days: None, .. } => most,
            Self::Consent(_) => 0,
        }
    }
}

/// A record as an inquiry sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SeenRecord {
    /// Its identifier: for the authority that filed it the record's own, for every other body one that no other has.
    pub record: RecordId,
    /// What kind of fact it is.
    pub kind: RecordKind,
    /// Its status today.
    pub status: RecordStatus,
    /// Whether the person disputes it.
    pub disputed: bool,
    /// What the person says to it.
    pub statements: Vec<String>,
    /// The authority that filed it.
    pub authority: String,
    /// The legal basis under which it was filed.
    pub basis: String,
    /// The fields that the grant lets be seen.
    pub fields: Fields,
}

/// What the body can hold against the log: with the proof of the leaf's place it is a receipt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LookReceipt {
    /// The place in the log.
    pub leaf: u64,
    /// The salt of the commitment, in hexadecimal.
    pub salt: String,
    /// What was said: one line of JSON, under the person's identifier for this body.
    pub statement: String,
}

/// What an inquiry is answered.
#[derive(Debug, Clone, serde::Serialize)]
pub struct InquiryAnswer {
    /// The person's identifier for this body alone.
    pub person: String,
    /// The look's own identifier, which the person sees too.
    pub look: EventId,
    /// The legal basis of the look, or `consent`.
    pub basis: String,
    /// The records in the profession that the grant lets be seen.
    pub records: Vec<SeenRecord>,
    /// The receipt; its proof comes with [`crate::Registry::look_receipt`].
    pub receipt: LookReceipt,
}

/// Why an inquiry got no records.
#[derive(Debug, thiserror::Error)]
pub enum InquiryError {
    /// The rules refuse it. That is logged.
    #[error("the inquiry is refused: {}", .0.code())]
    Refused(Refusal),
    /// Nobody with this number and name is known. One answer for an unknown number and another name. That is logged
    /// too.
    #[error("nobody with this number and name is known")]
    NobodyKnown,
    /// The case reference or the reason is too long. It is turned away whole, as what can't be read is, before it is
    /// about anybody: nothing is decided, counted or written.
    #[error("the case reference or the reason is too long")]
    TooLong,
    /// The signed request came before.
    #[error("this signed request was received before")]
    Replayed,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<storage::StoreError> for InquiryError {
    fn from(error: storage::StoreError) -> Self {
        Self::Registry(error.into())
    }
}
