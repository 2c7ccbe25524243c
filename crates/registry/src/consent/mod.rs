//! Consents: a body asks, the person grants all or less or refuses, pauses, resumes and takes back. What is taken
//! back is of no use to the next look. Each step is an event that the person sees, and a leaf.

mod answer;
mod ask;
mod store;
mod view;

use model::consent::ConsentFault;
use policy::Refusal;

use crate::{MandateError, RegistryError};

pub use ask::ConsentAsk;
pub use view::{AskedConsent, ConsentView};

pub(crate) use answer::again;
pub(crate) use store::{Stored, find, use_once};

/// Why a step with a consent was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// The rules refuse to ask so.
    #[error("the request for consent is refused: {}", .0.code())]
    Refused(Refusal),
    /// What was given is no identity number, or the name is blank. It says nothing of whether anybody is known.
    #[error("an identity number and a name are expected")]
    Identity,
    /// The person has no such consent.
    #[error("there is no such consent")]
    Unknown,
    /// The step does not lead on from where the consent stands, or would widen it.
    #[error(transparent)]
    Fault(#[from] ConsentFault),
    /// The representative may not do this for the person.
    #[error(transparent)]
    Mandate(#[from] MandateError),
    /// The signed request came before.
    #[error("this signed request was received before")]
    Replayed,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ConsentError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Identity => "identity-malformed",
            Self::Unknown => "no-such-consent",
            Self::Fault(fault) => fault.code(),
            Self::Mandate(error) => error.code(),
            Self::Replayed => "replayed",
            Self::Registry(_) => "internal",
        }
    }
}

impl From<storage::StoreError> for ConsentError {
    fn from(error: storage::StoreError) -> Self {
        Self::Registry(error.into())
    }
}
