//! Procedures, for the body whose turn it is or whom they concern. A list says nothing personal; whoever opens one is
//! put down first, and the person sees it.

pub(crate) mod answer_dispute;
pub(crate) mod answer_restoration;
pub(crate) mod carry_out;
pub(crate) mod confirm_stopped;
pub(crate) mod file;
pub(crate) mod list;
pub(crate) mod open;

use intake::RowFault;
use model::procedure::Status;
use registry::{DeskProcedure, ProcedureError};
use serde::Serialize;

use crate::problem::{Code, Problem};

/// A list of procedures.
#[derive(Serialize)]
pub(crate) struct Procedures {
    pub(crate) procedures: Vec<DeskProcedure>,
}

/// Where a procedure stands after a step.
#[derive(Serialize)]
pub(crate) struct Stands {
    pub(crate) status: Status,
}

impl From<ProcedureError> for Problem {
    fn from(error: ProcedureError) -> Self {
        match error {
            ProcedureError::Registry(error) => error.into(),
            ProcedureError::Row(fault) => row(fault),
            ProcedureError::NumberMalformed { place } => {
                Self::new(Code::NumberMalformed).with("place", place)
            }
            ProcedureError::TextTooLong { most } => Self::new(Code::WordsTooLong).with("limit", most),
            refused => match Code::find(refused.code()) {
                Some(code) => Self::new(code),
                None => {
                    tracing::error!(code = refused.code(), "a refusal has no code of the interface");
                    Self::new(Code::Internal)
                }
            },
        }
    }
}

/// Why a corrected row is not taken, as a rejected row of a file says it.
fn row(fault: RowFault) -> Problem {
    Problem::new(Code::CorrectionRejected)
        .with("fault", fault.code.as_str())
        .with("column", fault.column)
        .saying("message", fault.message)
        .saying("expected", fault.expected)
}

#[cfg(test)]
mod tests {
    use model::procedure::{ProcedureKind, Refusal, StepName, Why};

    use super::*;

    #[test]
    fn every_refusal_that_can_come_back_has_its_code() {
        use ProcedureError as E;
        let refusals = [
            E::NoSuchProcedure,
            E::NoSuchRecord,
            E::NoSuchBody,
            E::NoSuchFile,
            E::RecordEnded,
            E::OtherKind,
            E::OrderedOtherwise,
            E::Words(model::procedure::WordsError::Empty),
            E::Words(model::procedure::WordsError::TooLong { characters: 4_001 }),
            E::OtherRecord,
            E::NothingChanged,
            E::FieldsLeft,
            E::NoSuchField,
            E::NobodyAffected,
            E::NumberMalformed { place: 1 },
            E::LaterDecisionNoted,
            E::DayToCome,
            E::CalendarEnds,
            E::ChangedMeanwhile,
            E::TookPart,
            E::Concerned,
        ];
        let steps = [
            Why::NotNow,
            Why::NotYours,
            Why::TookPart,
            Why::VersionNotLater,
            Why::OrderUnfit,
            Why::NotARecipient,
            Why::AlreadyConfirmed,
        ];
        let steps = steps.map(|why| {
            E::Step(Refusal {
                kind: ProcedureKind::Dispute,
                status: None,
                step: StepName::Uphold,
                why,
            })
        });
        for refused in refusals.into_iter().chain(steps) {
            let code = refused.code();
            assert_eq!(Problem::from(refused).code.as_str(), code);
        }
    }
}
