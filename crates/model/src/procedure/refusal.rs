//! Why a step is refused. Whatever was given comes back unchanged, so that nothing is lost by trying.

use std::fmt;

use jiff::civil::Date;

use super::{ProcedureKind, Status, StepName, rule};

/// Why, with what would be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The step does not lead on from this status.
    NotNow,
    /// The step is another's to do: of another role, another authority, another reviewer.
    NotYours,
    /// The reviewer had a part in what is to be looked at.
    TookPart,
    /// The person has added a statement already.
    StatementGiven,
    /// A reconsideration was opened already.
    ReconsiderationAsked,
    /// The version that answers a dispute is no later than the one disputed.
    VersionNotLater,
    /// What is ordered does not fit what is reconsidered: a record is corrected or withdrawn, one that was
    /// withdrawn is filed again, a look is improper.
    OrderUnfit,
    /// The body was not given the record.
    NotARecipient,
    /// The body has confirmed already.
    AlreadyConfirmed,
    /// The record must be disclosed for some time before a restoration may be applied for.
    TooEarly {
        /// The first day on which it may.
        may_apply_from: Date,
    },
    /// The decision prohibits to practise, and the prohibition was not lifted.
    ProhibitionInForce,
    /// It is not said how the duties from the decision were fulfilled.
    DutiesNotStated,
    /// There is no pledge.
    PledgeMissing,
}

impl Why {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNow => "step-not-now",
            Self::NotYours => "step-not-yours",
            Self::TookPart => "reviewer-took-part",
            Self::StatementGiven => "statement-given",
            Self::ReconsiderationAsked => "reconsideration-asked",
            Self::VersionNotLater => "version-not-later",
            Self::OrderUnfit => "order-unfit",
            Self::NotARecipient => "not-a-recipient",
            Self::AlreadyConfirmed => "already-confirmed",
            Self::TooEarly { .. } => "restoration-too-early",
            Self::ProhibitionInForce => "prohibition-in-force",
            Self::DutiesNotStated => "duties-not-stated",
            Self::PledgeMissing => "pledge-missing",
        }
    }
}

/// A step that is refused: of what, in which status, why. None of it is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of procedure.
    pub kind: ProcedureKind,
    /// Where it stands, and goes on standing. None: it was not begun.
    pub status: Option<Status>,
    /// The step.
    pub step: StepName,
    /// Why not.
    pub why: Why,
}

impl Refusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.why.code()
    }

    /// The steps that are possible where it stands, in the order of the table. None once it has ended.
    pub fn possible(&self) -> Vec<StepName> {
        let status = self.status.into_iter();
        let rules = status.flat_map(|status| rule::possible(self.kind.rules(), status));
        rules.map(|rule| rule.step).collect()
    }

    /// What would be right, for the log and for those who write a client.
    pub fn right(&self) -> String {
        match self.why {
            Why::NotNow => {
                let possible: Vec<_> = self.possible().into_iter().map(StepName::as_str).collect();
                match possible.as_slice() {
                    [] => "it has ended, and nothing leads on".to_owned(),
                    steps => format!("possible now: {}", steps.join(", ")),
                }
            }
            Why::NotYours => format!("possible for: {}", self.roles().join(", ")),
            Why::TookPart => "a reviewer who had no part in it takes it".to_owned(),
            Why::StatementGiven => "one statement is added to a record".to_owned(),
            Why::ReconsiderationAsked => "one reconsideration is opened for an outcome".to_owned(),
            Why::VersionNotLater => "the version that answers is later than the one disputed".to_owned(),
            Why::OrderUnfit => {
                "a record is corrected or withdrawn, one that was withdrawn is filed again, a look is improper".to_owned()
            }
            Why::NotARecipient => "a body that was given the record confirms".to_owned(),
            Why::AlreadyConfirmed => "a body confirms once".to_owned(),
            Why::TooEarly { may_apply_from } => format!("possible from {may_apply_from}"),
            Why::ProhibitionInForce => "possible once the prohibition is lifted".to_owned(),
            Why::DutiesNotStated => "the person says how the duties were fulfilled".to_owned(),
            Why::PledgeMissing => "the person gives a pledge".to_owned(),
        }
    }

    /// Who may do the step, with the words that narrow the role down.
    fn roles(&self) -> Vec<String> {
        let rule = rule::find(self.kind.rules(), self.status, self.step);
        let roles = rule.into_iter().flat_map(|rule| rule.by);
        roles.map(|role| format!("the {role} whose it is")).collect()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map_or("not begun", Status::as_str);
        let (kind, step, code) = (self.kind, self.step, self.code());
        write!(
            f,
            "{kind}, {status}: `{step}` is refused ({code}); {}",
            self.right()
        )
    }
}

/// A refusal together with what it was tried on, unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct Refused<T> {
    /// What was given.
    pub unchanged: T,
    /// Why not.
    pub refusal: Refusal,
}

impl<T> Refused<T> {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.refusal.code()
    }

    /// The same refusal with what it was tried on as something else.
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Refused<U> {
        Refused {
            unchanged: to(self.unchanged),
            refusal: self.refusal,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    const EVERY: [Why; 13] = [
        Why::NotNow,
        Why::NotYours,
        Why::TookPart,
        Why::StatementGiven,
        Why::ReconsiderationAsked,
        Why::VersionNotLater,
        Why::OrderUnfit,
        Why::NotARecipient,
        Why::AlreadyConfirmed,
        Why::TooEarly {
            may_apply_from: date(2027, 1, 1),
        },
        Why::ProhibitionInForce,
        Why::DutiesNotStated,
        Why::PledgeMissing,
    ];

    fn refusal(why: Why, status: Option<Status>, step: StepName) -> Refusal {
        Refusal {
            kind: ProcedureKind::Dispute,
            status,
            step,
            why,
        }
    }

    #[test]
    fn every_reason_has_a_code_of_its_own_and_says_what_would_be_right() {
        let codes: BTreeSet<_> = EVERY.iter().map(|why| why.code()).collect();
        assert_eq!(codes.len(), EVERY.len());
        let right = EVERY.map(|why| refusal(why, Some(Status::Open), StepName::Uphold).right());
        assert_eq!(right.iter().collect::<BTreeSet<_>>().len(), EVERY.len());
        assert!(right.iter().all(|text| !text.is_empty()));
    }

    #[test]
    fn a_refusal_says_where_it_stands_and_what_is_possible() {
        let refusal = refusal(Why::NotNow, Some(Status::Upheld), StepName::Correct);
        assert_eq!(
            refusal.possible(),
            [StepName::AddStatement, StepName::AskReconsideration]
        );
        assert_eq!(
            refusal.to_string(),
            "dispute, upheld: `correct` is refused (step-not-now); possible now: add-statement, ask-reconsideration"
        );
    }

    #[test]
    fn a_refusal_after_the_end_says_that_it_has_ended() {
        let refusal = refusal(Why::NotNow, Some(Status::TakenBack), StepName::Correct);
        assert_eq!(refusal.possible(), []);
        assert_eq!(refusal.right(), "it has ended, and nothing leads on");
    }

    #[test]
    fn a_refusal_names_the_role_or_the_day_that_would_be_right() {
        let other = refusal(Why::NotYours, Some(Status::Open), StepName::Uphold);
        assert_eq!(other.right(), "possible for: the authority whose it is");
        let early = refusal(EVERY[9], None, StepName::Apply);
        assert_eq!(
            early.to_string(),
            "dispute, not begun: `apply` is refused (restoration-too-early); possible from 2027-01-01"
        );
    }

    #[test]
    fn what_was_given_comes_back() {
        let refused = Refused {
            unchanged: 7,
            refusal: refusal(Why::TookPart, Some(Status::Open), StepName::Uphold),
        };
        let refused = refused.map(|number: i32| number.to_string());
        assert_eq!(
            (refused.unchanged.as_str(), refused.code()),
            ("7", "reviewer-took-part")
        );
        assert!(refused.to_string().contains("had no part in it"));
    }
}
