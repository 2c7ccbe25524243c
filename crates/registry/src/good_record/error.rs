//! Why nothing was done about a proposal, a publication or a pledge. None of it is personal.

use intake::RowFault;
use storage::StoreError;

use crate::{MandateError, RegistryError};

/// Why a proposal was not made, opened or answered.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// The association may not propose to this authority in this profession.
    #[error("the association does not propose to this authority in this profession")]
    NotYours,
    /// The words are not those that a commendation has: one is missing, too long, or not asked for.
    #[error("the words of a commendation are expected, and each within its length: {field}")]
    Words {
        /// The field, by its name in the profile.
        field: String,
    },
    /// Nobody with this number and name practises this profession, as far as is known here.
    #[error("nobody with this number and name is known in this profession")]
    NobodyKnown,
    /// One of the association's own about the same person waits already.
    #[error("a proposal of the association about the same person waits already")]
    Waits,
    /// The association has proposed as many today as the profile allows.
    #[error("the association has reached the most proposals of a day")]
    CeilingReached,
    /// The signed request came before.
    #[error("this signed request was received before")]
    Replayed,
    /// The account of the member of staff is not there, is stopped or was ended.
    #[error("the account of the member of staff may not be used")]
    NotAtWork,
    /// The authority has no such proposal.
    #[error("there is no such proposal")]
    NoSuchProposal,
    /// It was answered, or has lapsed.
    #[error("the proposal does not wait for an answer any more")]
    NotWaiting,
    /// What the authority files does not pass the checks that every filed row passes.
    #[error("the commendation is not taken: {}", .0.code)]
    Row(RowFault),
    /// The authority has filed this very document before.
    #[error("the document is there already")]
    DocumentThere,
    /// The legal basis speaks of another profession than the proposal.
    #[error("the legal basis speaks of another profession")]
    OtherProfession,
    /// The calendar ends before the deadline does.
    #[error("the calendar does not reach to the deadline")]
    CalendarEnds,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ProposalError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotYours => "proposal-not-yours",
            Self::Words { .. } => "proposal-words",
            Self::NobodyKnown => "nobody-known",
            Self::Waits => "proposal-waits",
            Self::CeilingReached => "proposal-ceiling-reached",
            Self::Replayed => "replayed",
            Self::NotAtWork => "staff-stopped",
            Self::NoSuchProposal => "proposal-unknown",
            Self::NotWaiting => "proposal-answered",
            Self::Row(fault) => fault.code.as_str(),
            Self::DocumentThere => "proposal-document-there",
            Self::OtherProfession => "proposal-other-profession",
            Self::CalendarEnds => "calendar-ends",
            Self::Registry(_) => "failed",
        }
    }
}

impl From<StoreError> for ProposalError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// Why a commendation was not published, or is so still.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    /// The person has no such commendation.
    #[error("there is no such commendation")]
    NoSuchCommendation,
    /// It does not stand: withdrawn, restored, erased or still to begin.
    #[error("the commendation does not stand today")]
    NotStanding,
    /// It is disputed.
    #[error("the commendation is disputed")]
    Disputed,
    /// The representative may not decide this for the person.
    #[error(transparent)]
    Mandate(#[from] MandateError),
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl PublicationError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchCommendation => "commendation-unknown",
            Self::NotStanding => "commendation-not-standing",
            Self::Disputed => "commendation-disputed",
            Self::Mandate(error) => error.code(),
            Self::Registry(_) => "failed",
        }
    }
}

impl From<StoreError> for PublicationError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// Why a pledge was not made or ended.
#[derive(Debug, thiserror::Error)]
pub enum PledgeError {
    /// The profile has no such pledge for this profession.
    #[error("there is no such pledge in this profession")]
    NotOffered,
    /// The person has no licence in this profession.
    #[error("the person does not practise this profession")]
    NotPractising,
    /// It is made already.
    #[error("the pledge is made already")]
    Made,
    /// The person has made no such pledge, or has ended it.
    #[error("there is no such pledge")]
    NoSuchPledge,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl PledgeError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOffered => "pledge-not-offered",
            Self::NotPractising => "pledge-not-practising",
            Self::Made => "pledge-made",
            Self::NoSuchPledge => "pledge-unknown",
            Self::Registry(_) => "failed",
        }
    }
}

impl From<StoreError> for PledgeError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}
