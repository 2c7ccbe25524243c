//! The reviewers: what waits for them, what they find, and what they put down. Each request is signed with a key of
//! the reviewer's own.

pub(crate) mod answer_complaint;
pub(crate) mod answer_reconsideration;
pub(crate) mod assign;
pub(crate) mod breach;
pub(crate) mod close;
pub(crate) mod court;
pub(crate) mod end_mandate;
pub(crate) mod file;
pub(crate) mod improper_look;
pub(crate) mod lift;
pub(crate) mod notices;
pub(crate) mod open_case;
pub(crate) mod open_procedure;
pub(crate) mod outside;
pub(crate) mod overdue;
pub(crate) mod procedures;
pub(crate) mod queue;
pub(crate) mod read_notice;
pub(crate) mod reentry;
pub(crate) mod register_mandate;
pub(crate) mod seen;
pub(crate) mod wait;

use model::procedure::ReviewerId;
use registry::{MandateError, ReentryError, ReviewError};

use crate::problem::{Code, Problem};

/// The reviewer, as entries about people name one.
fn actor(reviewer: &ReviewerId) -> String {
    format!("reviewer:{reviewer}")
}

fn coded(code: &'static str) -> Problem {
    Problem::new(Code::find(code).unwrap_or(Code::Internal))
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Registry(error) => error.into(),
            refused => coded(refused.code()),
        }
    }
}

impl From<ReentryError> for Problem {
    fn from(error: ReentryError) -> Self {
        match error {
            ReentryError::Registry(error) => error.into(),
            refused => coded(refused.code()),
        }
    }
}

impl From<MandateError> for Problem {
    fn from(error: MandateError) -> Self {
        match error {
            MandateError::Registry(error) => error.into(),
            refused => coded(refused.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_reviewers_step_has_its_code() {
        for refused in [
            ReviewError::ReviewerUnknown,
            ReviewError::Unknown,
            ReviewError::Closed,
            ReviewError::TookPart,
            ReviewError::Concerned,
            ReviewError::ReasonsMissing,
            ReviewError::NotStopped,
            ReviewError::NoLonger,
        ] {
            let code = refused.code();
            assert_eq!(Problem::from(refused).code.as_str(), code);
        }
        for refused in [
            ReentryError::NotEnded,
            ReentryError::Restored,
            ReentryError::Concerned,
            ReentryError::Certified,
        ] {
            let code = refused.code();
            assert_eq!(Problem::from(refused).code.as_str(), code);
        }
        for refused in [
            MandateError::Unfit,
            MandateError::Unknown,
            MandateError::NotCovered,
            MandateError::Concerned,
        ] {
            let code = refused.code();
            assert_eq!(Problem::from(refused).code.as_str(), code);
        }
    }
}
