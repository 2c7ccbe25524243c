//! Why a procedure was not opened, or a step of it not done.

use intake::RowFault;
use model::procedure::{FilesError, PartyIdError, Refusal, Refused, WordsError};
use storage::StoreError;

use super::FileFault;
use crate::{MandateError, RegistryError};

/// Why a procedure was not opened, or a step of it not done. None of it is personal.
#[derive(Debug, thiserror::Error)]
pub enum ProcedureError {
    /// There is no such procedure, or it is none of the asker's.
    #[error("there is no such procedure")]
    NoSuchProcedure,
    /// The person has no such record.
    #[error("there is no such record")]
    NoSuchRecord,
    /// The record has no such field.
    #[error("the record has no such field")]
    NoSuchField,
    /// The person has seen no such look.
    #[error("there is no such look")]
    NoSuchLook,
    /// The profile knows no such body.
    #[error("there is no such body")]
    NoSuchBody,
    /// There is no such file.
    #[error("there is no such file")]
    NoSuchFile,
    /// The record has ended: withdrawn, restored, expired or erased.
    #[error("the record has ended")]
    RecordEnded,
    /// The same is under way already.
    #[error("the same is under way already")]
    UnderWay,
    /// The record is no decision.
    #[error("a decision is restored, and this record is none")]
    NoDecision,
    /// It is another kind of procedure.
    #[error("this kind of procedure has no such step")]
    OtherKind,
    /// What was ordered is something else.
    #[error("something else was ordered")]
    OrderedOtherwise,
    /// What a person wrote is longer than the profile allows.
    #[error("the text is too long; at most {most} characters are taken")]
    TextTooLong {
        /// The most characters.
        most: u32,
    },
    /// A text is blank or too long.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// There are too many files, or one is empty or too long.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A file is not taken.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The correction does not pass the checks that every filed row passes.
    #[error("the correction is not taken: {}", .0.code)]
    Row(RowFault),
    /// The correction is of another record.
    #[error("the correction is of another record")]
    OtherRecord,
    /// The correction changes nothing.
    #[error("the correction changes nothing")]
    NothingChanged,
    /// The correction leaves a field as it was that was ordered to be put right.
    #[error("a field that is to be put right is left as it was")]
    FieldsLeft,
    /// A breach report names nobody.
    #[error("a breach report names whom the breach affects")]
    NobodyAffected,
    /// An identity number is none.
    #[error("what stands at place {place} is no identity number")]
    NumberMalformed {
        /// Where it stands in the report, from 1.
        place: usize,
    },
    /// A later decision of a body outside about the same is noted already.
    #[error("a later decision about the same is noted already")]
    LaterDecisionNoted,
    /// A day on which something happened is yet to come.
    #[error("the day is yet to come")]
    DayToCome,
    /// An id is none.
    #[error(transparent)]
    Party(#[from] PartyIdError),
    /// The reviewer is not registered, or has left.
    #[error("there is no such reviewer")]
    ReviewerUnknown,
    /// The reviewer has judged the same elsewhere since they were given it.
    #[error("a reviewer who had no part in it answers it")]
    TookPart,
    /// It is about the reviewer themselves.
    #[error("it is about the reviewer: another one does it")]
    Concerned,
    /// The account of the member of staff is not there, is stopped or was ended.
    #[error("the account of the member of staff may not be used")]
    NotAtWork,
    /// The representative has no mandate that lets this be done today.
    #[error(transparent)]
    Mandate(MandateError),
    /// The machine refuses the step.
    #[error("{0}")]
    Step(Refusal),
    /// The calendar ends before the deadline does.
    #[error("the calendar does not reach to the deadline")]
    CalendarEnds,
    /// Somebody else did a step meanwhile. Nothing was done; it may be tried again.
    #[error("somebody else did a step meanwhile")]
    ChangedMeanwhile,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ProcedureError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchProcedure => "procedure-unknown",
            Self::NoSuchRecord => "record-unknown",
            Self::NoSuchField => "field-unknown",
            Self::NoSuchLook => "look-unknown",
            Self::NoSuchBody => "body-unknown",
            Self::NoSuchFile => "file-unknown",
            Self::RecordEnded => "record-ended",
            Self::UnderWay => "procedure-under-way",
            Self::NoDecision => "record-no-decision",
            Self::OtherKind => "procedure-other-kind",
            Self::OrderedOtherwise => "ordered-otherwise",
            Self::TextTooLong { .. } => "words-too-long",
            Self::Words(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::File(fault) => fault.code(),
            Self::Row(fault) => fault.code.as_str(),
            Self::OtherRecord => "correction-other-record",
            Self::NothingChanged => "correction-same",
            Self::FieldsLeft => "ordered-fields-left",
            Self::NobodyAffected => "breach-affects-nobody",
            Self::NumberMalformed { .. } => "number-malformed",
            Self::LaterDecisionNoted => "later-decision-noted",
            Self::DayToCome => "day-to-come",
            Self::Party(_) => "party-id",
            Self::NotAtWork => "staff-stopped",
            Self::ReviewerUnknown => "reviewer-unknown",
            Self::TookPart => "reviewer-took-part",
            Self::Concerned => "reviewer-concerned",
            Self::Mandate(error) => error.code(),
            Self::Step(refusal) => refusal.code(),
            Self::CalendarEnds => "calendar-ends",
            Self::ChangedMeanwhile => "procedure-changed",
            Self::Registry(_) => "failed",
        }
    }
}

impl From<StoreError> for ProcedureError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl From<MandateError> for ProcedureError {
    fn from(error: MandateError) -> Self {
        match error {
            MandateError::Registry(error) => Self::Registry(error),
            other => Self::Mandate(other),
        }
    }
}

impl From<model::RandomnessError> for ProcedureError {
    fn from(error: model::RandomnessError) -> Self {
        Self::Registry(error.into())
    }
}

impl<T> From<Box<Refused<T>>> for ProcedureError {
    fn from(refused: Box<Refused<T>>) -> Self {
        Self::Step(refused.refusal)
    }
}
