//! The table of a machine: which step leads from which status to which, who may do it, and what it tells. The
//! transitions look their legality up here and the diagrams are drawn from here, so that neither can drift.

use super::{NoticeKind, Role};

named! {
    /// The four procedures.
    ProcedureKind {
        /// A person says that a record is wrong (异议).
        Dispute = "dispute",
        /// A reviewer looks at an outcome or a look again (复核).
        Reconsideration = "reconsideration",
        /// A person asks that a decision no longer counts (修复).
        Restoration = "restoration",
        /// A person says that data was handled wrongly (投诉).
        Complaint = "complaint",
    }
}

named! {
    /// Where a procedure stands. Each kind of procedure has some of them.
    Status {
        /// It waits for an answer, or for a reviewer.
        Open = "open",
        /// It was not answered in time.
        Overdue = "overdue",
        /// The record stands.
        Upheld = "upheld",
        /// The record was put right.
        Corrected = "corrected",
        /// The record was taken back.
        Withdrawn = "withdrawn",
        /// The person took it back.
        TakenBack = "taken-back",
        /// A reviewer has it.
        Assigned = "assigned",
        /// A reviewer has it, and has not answered in time.
        AssignedOverdue = "assigned-overdue",
        /// The outcome stands.
        Confirmed = "confirmed",
        /// The outcome is changed, which is to be carried out.
        Changed = "changed",
        /// The change was not carried out in time.
        ChangeOverdue = "change-overdue",
        /// The change was carried out.
        ChangeFollowed = "change-followed",
        /// A body outside decided, which is to be followed.
        OutsideDecision = "outside-decision",
        /// The decision from outside was not followed in time.
        FollowOverdue = "follow-overdue",
        /// The decision from outside was followed.
        Followed = "followed",
        /// It waits for the authority to say whether it takes the application.
        Applied = "applied",
        /// The authority did not say so in time: the application counts as taken.
        AcceptanceOverdue = "acceptance-overdue",
        /// The authority has taken the application.
        Taken = "taken",
        /// The authority has not taken the application.
        NotTaken = "not-taken",
        /// The authority has not answered the application in time.
        AnswerOverdue = "answer-overdue",
        /// Granted, while bodies that were given the record have yet to confirm.
        Granted = "granted",
        /// Granted, and some bodies did not confirm in time, which they still can.
        ConfirmationOverdue = "confirmation-overdue",
        /// Granted, and every body confirmed.
        Complete = "complete",
        /// Refused.
        Refused = "refused",
        /// The complaint is founded.
        Founded = "founded",
        /// The complaint is not founded.
        Unfounded = "unfounded",
        /// Its record reached the end of its retention and was erased, and it ended with that, unanswered.
        RecordErased = "record-erased",
    }
}

named! {
    /// A step of a procedure.
    StepName {
        /// Open it.
        Open = "open",
        /// Apply for a restoration.
        Apply = "apply",
        /// Say that the record stands.
        Uphold = "uphold",
        /// Put the record right.
        Correct = "correct",
        /// Take the record back.
        Withdraw = "withdraw",
        /// The day by which an answer was due is over.
        PassDueDay = "pass-due-day",
        /// Take the procedure back.
        TakeBack = "take-back",
        /// Add the person's statement, which travels with the record.
        AddStatement = "add-statement",
        /// Open a reconsideration of the outcome.
        AskReconsideration = "ask-reconsideration",
        /// Give it to a reviewer.
        Assign = "assign",
        /// Say that the outcome stands.
        Confirm = "confirm",
        /// Change the outcome.
        Change = "change",
        /// Carry out a change, or a decision from outside.
        Follow = "follow",
        /// The day by which it was to be carried out is over.
        PassFollowDay = "pass-follow-day",
        /// Put down what a body outside decided.
        RecordOutsideDecision = "record-outside-decision",
        /// Put down that a body outside decided that all stays as it is.
        RecordOutsideStand = "record-outside-stand",
        /// Put a decision from outside that was followed down anew: it was decided on another day, or says that all stays
        /// as it is.
        AmendOutsideDecision = "amend-outside-decision",
        /// The same, with something else to be done.
        AmendOutsideOrder = "amend-outside-order",
        /// Take the application.
        Take = "take",
        /// Not take the application.
        NotTake = "not-take",
        /// The day by which the authority had to say whether it takes the application is over.
        PassAcceptanceDay = "pass-acceptance-day",
        /// The day by which the authority had to answer the application is over.
        PassAnswerDay = "pass-answer-day",
        /// Grant the restoration.
        Grant = "grant",
        /// Refuse the restoration.
        Refuse = "refuse",
        /// Confirm that a body stopped using the record.
        ConfirmStopped = "confirm-stopped",
        /// The person is told of a look whose notice waited, by which one more body was given the record.
        ShowRecipient = "show-recipient",
        /// The day by which bodies had to confirm that is over.
        PassConfirmationDay = "pass-confirmation-day",
        /// Every body confirmed.
        Complete = "complete",
        /// Find the complaint founded.
        FindFounded = "find-founded",
        /// Find the complaint not founded.
        FindUnfounded = "find-unfounded",
        /// The record is erased at the end of its retention.
        EraseRecord = "erase-record",
    }
}

/// One line of a machine's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The status that it leads from. None: it is the beginning.
    pub from: Option<Status>,
    /// The step.
    pub step: StepName,
    /// Who may do it.
    pub by: &'static [Role],
    /// The status that it leads to.
    pub to: Status,
    /// What it tells, if it tells anything of itself.
    pub tells: Option<NoticeKind>,
}

/// The table of a machine, a line for each rule: `From: Step by Who | Who => To, Notice;`. The first line says
/// how it begins.
macro_rules! rules {
    (begins: $first:ident by $($first_role:ident)|+ => $first_to:ident, $first_tells:ident;
     $($from:ident: $step:ident by $($role:ident)|+ => $to:ident $(, $tells:ident)?;)*) => {
        &[
            $crate::procedure::Rule {
                from: None,
                step: $crate::procedure::StepName::$first,
                by: &[$($crate::procedure::Role::$first_role),+],
                to: $crate::procedure::Status::$first_to,
                tells: Some($crate::procedure::NoticeKind::$first_tells),
            },
            $($crate::procedure::Rule {
                from: Some($crate::procedure::Status::$from),
                step: $crate::procedure::StepName::$step,
                by: &[$($crate::procedure::Role::$role),+],
                to: $crate::procedure::Status::$to,
                tells: rules!(@tells $($tells)?),
            },)*
        ]
    };
    (@tells) => { None };
    (@tells $tells:ident) => { Some($crate::procedure::NoticeKind::$tells) };
}

/// The rule by which a step leads on from a status.
pub(super) fn find(rules: &'static [Rule], from: Option<Status>, step: StepName) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.from == from && rule.step == step)
}

/// The steps that are possible from a status, in the order of the table.
pub(super) fn possible(rules: &'static [Rule], from: Status) -> impl Iterator<Item = &'static Rule> {
    rules.iter().filter(move |rule| rule.from == Some(from))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_are_the_same_in_files_and_interfaces() {
        for kind in ProcedureKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        for step in StepName::ALL {
            assert_eq!(serde_json::to_value(step).unwrap(), step.as_str());
        }
    }

    #[test]
    fn every_table_has_one_beginning_and_one_outcome_for_a_step() {
        for kind in ProcedureKind::ALL {
            let rules = kind.rules();
            assert_eq!(
                rules.iter().filter(|rule| rule.from.is_none()).count(),
                1,
                "{kind}"
            );
            let keys: BTreeSet<_> = rules.iter().map(|rule| (rule.from, rule.step)).collect();
            assert_eq!(
                keys.len(),
                rules.len(),
                "{kind}: a step leads from a status to two others"
            );
        }
    }

    #[test]
    fn every_status_of_a_table_can_be_reached() {
        for kind in ProcedureKind::ALL {
            let rules = kind.rules();
            let mut reached: BTreeSet<Option<Status>> = [None].into();
            while let Some(rule) = rules
                .iter()
                .find(|rule| reached.contains(&rule.from) && !reached.contains(&Some(rule.to)))
            {
                reached.insert(Some(rule.to));
            }
            for rule in rules {
                assert!(
                    reached.contains(&rule.from),
                    "{kind}: nothing leads to {:?}",
                    rule.from
                );
            }
        }
    }

    #[test]
    fn every_word_is_used_by_a_table() {
        let rules = || ProcedureKind::ALL.iter().flat_map(|kind| kind.rules());
        for status in Status::ALL {
            assert!(rules().any(|rule| rule.to == *status), "{status}");
        }
        for step in StepName::ALL {
            assert!(rules().any(|rule| rule.step == *step), "{step}");
        }
        // These go to parties of their own, beside what a step tells.
        let beside = [NoticeKind::StopUsing, NoticeKind::StopUsingAgain];
        for notice in NoticeKind::ALL {
            let told = rules().any(|rule| rule.tells == Some(*notice));
            assert_ne!(told, beside.contains(notice), "{notice}");
        }
    }

    #[test]
    fn only_the_installation_does_what_a_day_asks_for() {
        for rule in ProcedureKind::ALL.iter().flat_map(|kind| kind.rules()) {
            let by_itself = rule.step.as_str().starts_with("pass-")
                || matches!(
                    rule.step,
                    StepName::Complete | StepName::EraseRecord | StepName::ShowRecipient
                );
            assert_eq!(by_itself, rule.by == [Role::Installation], "{rule:?}");
        }
    }
}
