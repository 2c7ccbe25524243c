//! What stands beside the sealed state of a procedure, for lists and jobs to find it by: worked out from the state when
//! that is written.

use jiff::civil::Date;
use model::{
    MandateId,
    procedure::{
        Actor, AuthorityId, ComplaintState, Course, DisputeState, Due, Machine, Party, Procedure,
        ReconsiderationState, RestorationState, ReviewerId,
    },
};
use storage::Param;

use crate::{day, event};

/// A day as the store keeps it.
pub(super) fn number(day: Option<Date>) -> Param<'static> {
    day.map_or(Param::Null, |day| Param::Int(day::to_number(day)))
}

/// What lists are found by, worked out from the state.
pub(super) struct Beside {
    pub(super) body: Option<String>,
    pub(super) due_on: Option<Date>,
    pub(super) waits_for: Option<String>,
}

impl Beside {
    pub(super) fn of(course: &Procedure) -> Self {
        let body = match course {
            Procedure::Dispute(one) => Some(one.opening().authority.as_str()),
            Procedure::Reconsideration(one) => Some(one.opening().authority.as_str()),
            Procedure::Restoration(one) => Some(one.opening().authority.as_str()),
            Procedure::Complaint(one) => one.opening().authority.as_ref().map(|id| id.as_str()),
        };
        Self {
            body: body.map(str::to_owned),
            due_on: deadline(course),
            waits_for: course.waits_for().map(|party| party_word(&party)),
        }
    }
}

/// The last day on which an answer is, or would have been, in time. The machines forget a day once it is over
/// ([`Procedure::due_on`]); those who are late must still see it.
fn deadline(course: &Procedure) -> Option<Date> {
    let late = match course {
        Procedure::Dispute(one) => match one.state() {
            DisputeState::Overdue { due_on } => Some(*due_on),
            _ => None,
        },
        Procedure::Reconsideration(one) => match one.state() {
            ReconsiderationState::Overdue { due_on }
            | ReconsiderationState::AssignedOverdue { due_on, .. } => Some(*due_on),
            ReconsiderationState::ChangeOverdue { follow_by, .. } => Some(*follow_by),
            ReconsiderationState::FollowOverdue { decision } => Some(decision.follow_by),
            _ => None,
        },
        Procedure::Restoration(one) => match one.state() {
            RestorationState::AnswerOverdue { answer_by } => Some(*answer_by),
            RestorationState::ConfirmationOverdue { confirm_by, .. } => Some(*confirm_by),
            _ => None,
        },
        Procedure::Complaint(one) => match one.state() {
            ComplaintState::Overdue { due_on } | ComplaintState::AssignedOverdue { due_on, .. } => {
                Some(*due_on)
            }
            _ => None,
        },
    };
    late.or_else(|| course.due_on())
}

/// What comes next by itself, and on which day.
pub(super) fn next(course: &Procedure) -> Option<Due> {
    fn due<M: Machine>(course: &Course<M>) -> Option<Due> {
        course.state().due()
    }
    match course {
        Procedure::Dispute(one) => due(one),
        Procedure::Reconsideration(one) => due(one),
        Procedure::Restoration(one) => due(one),
        Procedure::Complaint(one) => due(one),
    }
}

/// The name of who did a step, as events have it.
pub(super) fn actor_word(actor: &Actor) -> String {
    match actor {
        // Under which mandate somebody acts for the person stands beside the event.
        Actor::Person | Actor::Representative(_) => event::SELF.to_owned(),
        Actor::Authority(id) => id.to_string(),
        Actor::Reviewer(id) => format!("reviewer:{id}"),
        Actor::Installation => event::INSTALLATION.to_owned(),
    }
}

/// Who did a step, from that name.
pub(super) fn actor_of(word: &str, mandate: Option<MandateId>) -> Option<Actor> {
    Some(match (word, word.strip_prefix("reviewer:")) {
        (event::SELF, _) => mandate.map_or(Actor::Person, Actor::Representative),
        (event::INSTALLATION, _) => Actor::Installation,
        (_, Some(reviewer)) => Actor::Reviewer(ReviewerId::new(reviewer).ok()?),
        (authority, None) => Actor::Authority(AuthorityId::new(authority).ok()?),
    })
}

/// The name of somebody whose turn it is, or of their inbox. Ids of bodies hold no colon, so that none is another's.
pub(crate) fn party_word(party: &Party) -> String {
    match party {
        Party::Person => ":person".to_owned(),
        Party::Representative(mandate) => format!("mandate:{mandate}"),
        Party::Authority(id) => id.to_string(),
        Party::Reviewer(id) => format!("reviewer:{id}"),
        Party::Reviewers => REVIEWERS.to_owned(),
        Party::Recipients => RECIPIENTS.to_owned(),
    }
}

/// All reviewers, as the inbox that each of them reads and as those whose turn it is.
pub(crate) const REVIEWERS: &str = ":reviewers";
/// Every body that was given the record, as those whose turn it is.
pub(crate) const RECIPIENTS: &str = ":recipients";
