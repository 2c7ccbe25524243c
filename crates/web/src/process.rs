//! Procedures in the words of a page: what they are, where they stand, who did what, what comes next.

use model::procedure::{
    Actor, ComplaintState, DisputeState, FileRef, Matter, Order, OutsideDecision, Procedure, ProcedureKind,
    ReconsiderationState, Reconsidered, RestorationState, Role, Status, StepName, Words,
};
use profile::{ByDay, Deadline, Language, Profile};
use registry::ProcedureView;

use crate::{
    page::Page,
    said, time,
    words::{Key, say},
};

/// What kind of procedure it is.
pub(crate) fn kind(kind: ProcedureKind) -> Key {
    match kind {
        ProcedureKind::Dispute => Key("procedure-dispute"),
        ProcedureKind::Reconsideration => Key("procedure-reconsideration"),
        ProcedureKind::Restoration => Key("procedure-restoration"),
        ProcedureKind::Complaint => Key("procedure-complaint"),
    }
}

/// Where a procedure stands.
pub(crate) fn status(status: Status) -> Key {
    match status {
        Status::Open => Key("process-open"),
        Status::Overdue => Key("process-overdue"),
        Status::Upheld => Key("process-upheld"),
        Status::Corrected => Key("process-corrected"),
        Status::Withdrawn => Key("process-withdrawn"),
        Status::TakenBack => Key("process-taken-back"),
        Status::Assigned => Key("process-assigned"),
        Status::AssignedOverdue => Key("process-assigned-overdue"),
        Status::Confirmed => Key("process-confirmed"),
        Status::Changed => Key("process-changed"),
        Status::ChangeOverdue => Key("process-change-overdue"),
        Status::ChangeFollowed => Key("process-change-followed"),
        Status::OutsideDecision => Key("process-outside-decision"),
        Status::FollowOverdue => Key("process-follow-overdue"),
        Status::Followed => Key("process-followed"),
        Status::Applied => Key("process-applied"),
        Status::AcceptanceOverdue => Key("process-acceptance-overdue"),
        Status::Taken => Key("process-taken"),
        Status::NotTaken => Key("process-not-taken"),
        Status::AnswerOverdue => Key("process-answer-overdue"),
        Status::Granted => Key("process-granted"),
        Status::ConfirmationOverdue => Key("process-confirmation-overdue"),
        Status::Complete => Key("process-complete"),
        Status::Refused => Key("process-refused"),
        Status::Founded => Key("process-founded"),
        Status::Unfounded => Key("process-unfounded"),
        Status::RecordErased => Key("process-record-erased"),
    }
}

/// What a step did.
pub(crate) fn step(step: StepName) -> Key {
    match step {
        StepName::Open => Key("step-open"),
        StepName::Apply => Key("step-apply"),
        StepName::Uphold => Key("step-uphold"),
        StepName::Correct => Key("step-correct"),
        StepName::Withdraw => Key("step-withdraw"),
        StepName::PassDueDay => Key("step-pass-due-day"),
        StepName::TakeBack => Key("step-take-back"),
        StepName::AddStatement => Key("step-add-statement"),
        StepName::AskReconsideration => Key("step-ask-reconsideration"),
        StepName::Assign => Key("step-assign"),
        StepName::Confirm => Key("step-confirm"),
        StepName::Change => Key("step-change"),
        StepName::Follow => Key("step-follow"),
        StepName::PassFollowDay => Key("step-pass-follow-day"),
        StepName::RecordOutsideDecision => Key("step-record-outside-decision"),
        StepName::RecordOutsideStand => Key("step-record-outside-stand"),
        StepName::AmendOutsideDecision => Key("step-amend-outside-decision"),
        StepName::AmendOutsideOrder => Key("step-amend-outside-order"),
        StepName::Take => Key("step-take"),
        StepName::NotTake => Key("step-not-take"),
        StepName::PassAcceptanceDay => Key("step-pass-acceptance-day"),
        StepName::PassAnswerDay => Key("step-pass-answer-day"),
        StepName::Grant => Key("step-grant"),
        StepName::Refuse => Key("step-refuse"),
        StepName::ConfirmStopped => Key("step-confirm-stopped"),
        StepName::ShowRecipient => Key("step-show-recipient"),
        StepName::PassConfirmationDay => Key("step-pass-confirmation-day"),
        StepName::Complete => Key("step-complete"),
        StepName::FindFounded => Key("step-find-founded"),
        StepName::FindUnfounded => Key("step-find-unfounded"),
        StepName::EraseRecord => Key("step-erase-record"),
    }
}

/// The purpose that events about alerts name.
const ALERT: &str = "alert";

/// What an event says that it was for, where that is no registered purpose: an alert, or a procedure of some kind,
/// with the step where it names one.
pub(crate) fn event_purpose(purpose: &str, language: Language) -> Option<String> {
    if purpose == ALERT {
        return Some(say(language, Key("looks-alert")).to_string());
    }
    let (kind_word, step_word) = purpose.split_once(':').unwrap_or((purpose, ""));
    let kind_said = say(language, kind(kind_word.parse().ok()?)).to_string();
    Some(match step_word.parse() {
        Ok(name) => format!("{kind_said} · {}", say(language, step(name))),
        Err(_) => kind_said,
    })
}

/// What a complaint is about.
pub(crate) fn matter(matter: Matter) -> Key {
    match matter {
        Matter::Leak => Key("matter-leak"),
        Matter::Alteration => Key("matter-alteration"),
        Matter::Sale => Key("matter-sale"),
        Matter::ImproperLook => Key("matter-improper-look"),
        Matter::Other => Key("matter-other"),
    }
}

/// What is ordered to be done.
pub(crate) fn order(order: Order) -> Key {
    match order {
        Order::Correct => Key("order-correct"),
        Order::Withdraw => Key("order-withdraw"),
        Order::Readmit => Key("order-readmit"),
        Order::LookImproper => Key("order-look-improper"),
        Order::Stand => Key("order-stand"),
    }
}

/// Who did a step.
pub(crate) fn actor(profile: &Profile, actor: &Actor, language: Language) -> String {
    let key = match actor {
        Actor::Authority(id) => return said::authority(profile, id.as_str(), language),
        Actor::Person => Key("actor-self"),
        Actor::Representative(_) => Key("actor-representative"),
        Actor::Reviewer(_) => Key("actor-reviewer"),
        Actor::Installation => Key("actor-installation"),
    };
    say(language, key).to_string()
}

/// The outcome of a look: what was shown, or that nothing was.
pub(crate) fn outcome(outcome: &str) -> Key {
    match outcome {
        "seen" => Key("outcome-seen"),
        "nothing" => Key("outcome-nothing"),
        "consent-not-given" => Key("outcome-consent-not-given"),
        "consent-not-yet" => Key("outcome-consent-not-yet"),
        "consent-paused" => Key("outcome-consent-paused"),
        "consent-revoked" | "consent-refused" => Key("outcome-consent-revoked"),
        "consent-expired" => Key("outcome-consent-expired"),
        "consent-used-up" => Key("outcome-consent-used-up"),
        _ => Key("outcome-refused"),
    }
}

/// Whether it is about what a court or another body outside decided about a record.
pub(crate) fn of_court(view: &ProcedureView) -> bool {
    let Some(Procedure::Reconsideration(one)) = &view.course else {
        return false;
    };
    matches!(one.opening().of, Reconsidered::Record(_))
}

/// Whether the record is shown to others on while reviewers are late with what was decided about it: they answered before
/// that no court decided so.
fn in_vain(view: &ProcedureView) -> bool {
    let Some(Procedure::Reconsideration(one)) = &view.course else {
        return false;
    };
    one.opening().told_in_vain
}

/// Whether reviewers who are late with what was decided about a record keep it back.
pub(crate) fn keeps_back(view: &ProcedureView) -> bool {
    of_court(view) && !in_vain(view)
}

/// What comes next by itself, on which day, and what happens if nobody answers.
pub(crate) fn next(page: &Page, profile: &Profile, view: &ProcedureView) -> String {
    let summary = &view.summary;
    let body = summary.body.as_deref().unwrap_or_default();
    let body = said::authority(profile, body, page.language);
    if let Some((day, step)) = &view.next {
        let key = match (summary.kind, step) {
            (ProcedureKind::Dispute, _) => Key("next-dispute"),
            (ProcedureKind::Restoration, StepName::PassAcceptanceDay) => Key("next-acceptance"),
            (ProcedureKind::Restoration, StepName::PassConfirmationDay) => Key("next-confirmation"),
            (ProcedureKind::Restoration, _) => Key("next-restoration"),
            (ProcedureKind::Reconsideration, StepName::PassFollowDay) if summary.record.is_some() => {
                Key("next-follow")
            }
            (ProcedureKind::Reconsideration, StepName::PassFollowDay) => Key("next-follow-look"),
            (ProcedureKind::Reconsideration, _) if keeps_back(view) => Key("next-court"),
            (ProcedureKind::Reconsideration, _) if of_court(view) => Key("next-court-again"),
            (ProcedureKind::Reconsideration | ProcedureKind::Complaint, _) => Key("next-reviewer"),
        };
        let day = page.day(day);
        return page.say(key).with("body", body).with("day", day).to_string();
    }
    let key = match summary.status {
        Status::Overdue if summary.kind == ProcedureKind::Dispute => Key("late-dispute"),
        Status::Overdue | Status::AssignedOverdue if keeps_back(view) => Key("late-court"),
        Status::Overdue | Status::AssignedOverdue => Key("late-reviewer"),
        Status::ChangeOverdue | Status::FollowOverdue => Key("late-follow"),
        Status::AnswerOverdue => Key("late-restoration"),
        Status::Granted => Key("next-granted"),
        Status::ConfirmationOverdue => Key("late-confirmation"),
        _ => Key("next-nothing"),
    };
    let day = summary.due_on.map(|day| page.day(&day)).unwrap_or_default();
    page.say(key).with("body", body).with("day", day).to_string()
}

/// The deadline that runs, whose ground a page shows.
pub(crate) fn deadline<'p>(profile: &'p Profile, view: &ProcedureView) -> Option<&'p Deadline> {
    let all = &profile.procedures;
    let (_, step) = view.next.as_ref()?;
    // It runs from the opening, or from what set it going on the way.
    let begins = match step {
        StepName::PassFollowDay => &[
            StepName::Change,
            StepName::RecordOutsideDecision,
            StepName::AmendOutsideOrder,
        ][..],
        StepName::PassConfirmationDay => &[StepName::Grant][..],
        _ => &[][..],
    };
    let set_going = view.timeline.iter().rev().find(|one| begins.contains(&one.name));
    let from = set_going.map_or(view.summary.opened_at, |one| one.at);
    let deadline: &ByDay<Deadline> = match (view.summary.kind, step) {
        (_, StepName::PassFollowDay) => &all.court_followed,
        (ProcedureKind::Dispute, _) => &all.dispute_answer,
        (ProcedureKind::Reconsideration, _) if of_court(view) => &all.court_followed,
        (ProcedureKind::Reconsideration, _) => &all.reconsideration_answer,
        (ProcedureKind::Complaint, _) => &all.complaint_answer,
        (ProcedureKind::Restoration, StepName::PassAcceptanceDay) => &all.restoration_acceptance,
        (ProcedureKind::Restoration, StepName::PassConfirmationDay) => &all.stop_confirmed,
        (ProcedureKind::Restoration, _) => &all.restoration_answer,
    };
    Some(deadline.on(profile.day_of(from)))
}

/// The files that the person put to it.
pub(crate) fn files(course: &Procedure) -> &[FileRef] {
    match course {
        Procedure::Dispute(one) => one.opening().files.as_slice(),
        Procedure::Reconsideration(one) => one.opening().files.as_slice(),
        Procedure::Complaint(one) => one.opening().files.as_slice(),
        Procedure::Restoration(_) => &[],
    }
}

/// The label of a body outside, which stands under its id in the profile.
pub(crate) const OUTSIDE_BODY: Key = Key("said-outside-body");

/// What was said with a step, each with its label.
pub(crate) fn said_with(course: &Procedure, name: StepName) -> Vec<(Key, &str)> {
    let mut said: Vec<(Key, &Words)> = Vec::new();
    match course {
        Procedure::Dispute(one) => match (name, one.state()) {
            (StepName::Open, _) => said.push((Key("said-text"), &one.opening().text)),
            (StepName::Uphold, DisputeState::Upheld { reasons, .. })
            | (StepName::Correct, DisputeState::Corrected { reasons, .. })
            | (StepName::Withdraw, DisputeState::Withdrawn { reasons, .. }) => {
                said.push((Key("said-reasons"), reasons));
            }
            (StepName::AddStatement, DisputeState::Upheld { statement, .. }) => {
                said.extend(statement.iter().map(|one| (Key("said-statement"), &one.text)));
            }
            _ => {}
        },
        Procedure::Reconsideration(one) => match (name, one.state()) {
            (StepName::Open, _) => {
                // A reviewer opens one to put down what a court decided.
                let by_reviewer = one
                    .history()
                    .first()
                    .is_some_and(|step| step.actor.role() == Role::Reviewer);
                let key = if by_reviewer {
                    Key("said-by-reviewer")
                } else {
                    Key("said-text")
                };
                said.push((key, &one.opening().text));
            }
            (StepName::Confirm, ReconsiderationState::Confirmed { reasons })
            | (
                StepName::Change,
                ReconsiderationState::Changed { reasons, .. }
                | ReconsiderationState::ChangeOverdue { reasons, .. }
                | ReconsiderationState::ChangeFollowed { reasons, .. },
            ) => said.push((Key("said-reasons"), reasons)),
            (
                StepName::RecordOutsideDecision
                | StepName::RecordOutsideStand
                | StepName::AmendOutsideDecision
                | StepName::AmendOutsideOrder,
                ReconsiderationState::OutsideDecision { decision }
                | ReconsiderationState::FollowOverdue { decision }
                | ReconsiderationState::Followed { decision },
            ) => {
                said.push((OUTSIDE_BODY, &decision.body));
                said.push((Key("said-outside-reference"), &decision.reference));
            }
            _ => {}
        },
        Procedure::Restoration(one) => match (name, one.state()) {
            (StepName::Apply, _) => {
                said.push((Key("said-duties"), &one.opening().duties));
                said.push((Key("said-pledge"), &one.opening().pledge));
            }
            (StepName::NotTake, RestorationState::NotTaken { reasons })
            | (StepName::Refuse, RestorationState::Refused { reasons })
            | (
                StepName::Grant,
                RestorationState::Granted { reasons, .. }
                | RestorationState::ConfirmationOverdue { reasons, .. }
                | RestorationState::Complete { reasons, .. },
            ) => said.push((Key("said-reasons"), reasons)),
            _ => {}
        },
        Procedure::Complaint(one) => match (name, one.state()) {
            (StepName::Open, _) => said.push((Key("said-text"), &one.opening().text)),
            (
                StepName::FindFounded,
                ComplaintState::Founded {
                    reasons, measures, ..
                },
            ) => {
                said.push((Key("said-reasons"), reasons));
                said.push((Key("said-measures"), measures));
            }
            (StepName::FindUnfounded, ComplaintState::Unfounded { reasons }) => {
                said.push((Key("said-reasons"), reasons));
            }
            _ => {}
        },
    }
    said.into_iter()
        .map(|(key, words)| (key, words.as_str()))
        .collect()
}

/// What was ordered, where something was.
pub(crate) fn ordered(course: &Procedure) -> Option<Key> {
    let Procedure::Reconsideration(one) = course else {
        return None;
    };
    match one.state() {
        ReconsiderationState::Changed { order: what, .. }
        | ReconsiderationState::ChangeOverdue { order: what, .. }
        | ReconsiderationState::ChangeFollowed { order: what, .. } => Some(order(*what)),
        ReconsiderationState::OutsideDecision { decision }
        | ReconsiderationState::FollowOverdue { decision }
        | ReconsiderationState::Followed { decision } => Some(order(decision.order)),
        _ => None,
    }
}

/// What a body outside decided, where it did.
pub(crate) fn decided_outside(course: &Procedure) -> Option<&OutsideDecision> {
    match course {
        Procedure::Reconsideration(one) => one.state().decided_outside(),
        _ => None,
    }
}

/// What a body outside ordered to be put right: its fields, or the record as a whole. None: it ordered no correction.
pub(crate) fn ordered_fields(
    profile: &Profile,
    decision: &OutsideDecision,
    language: Language,
) -> Option<String> {
    if decision.order != Order::Correct {
        return None;
    }
    Some(field_labels(profile, &decision.fields, language))
}

/// What was put down as decided outside before something else took its place: whose decision, its number, its day, what was
/// to be done.
pub(crate) fn decided_before(
    profile: &Profile,
    decision: &OutsideDecision,
    order: fn(Order) -> Key,
    language: Language,
) -> Vec<String> {
    let earlier = decision.earlier.iter().map(|one| {
        let court = said::authority(profile, one.body.as_str(), language);
        let (number, day) = (one.reference.as_str(), time::day(language, one.decided_on));
        let order_said = say(language, order(one.order));
        let mut said = format!("{court} · {number} · {day} · {order_said}");
        if one.order == Order::Correct {
            said.push_str(" · ");
            said.push_str(&field_labels(profile, &one.fields, language));
        }
        said
    });
    earlier.collect()
}

/// The labels of these fields; of none, that it is the record as a whole.
pub(crate) fn field_labels(profile: &Profile, fields: &[String], language: Language) -> String {
    if fields.is_empty() {
        return say(language, Key("ordered-whole")).to_string();
    }
    let label = |name: &String| field_label(profile, name, language).unwrap_or_else(|| name.clone());
    let labels: Vec<String> = fields.iter().map(label).collect();
    labels.join(&say(language, Key("office-comma")).to_string())
}

/// The label of a field by its name, of whichever kind of record.
pub(crate) fn field_label(profile: &Profile, name: &str, language: Language) -> Option<String> {
    let mut fields = profile.record_types.values().flat_map(|one| &one.fields);
    let field = fields.find(|field| field.name == name)?;
    Some(field.label.get(language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_about_a_procedure_says_which_and_what_was_done() {
        let said = |purpose| event_purpose(purpose, Language::En);
        assert_eq!(said("dispute:open").as_deref(), Some("Dispute · Opened"));
        assert_eq!(said("complaint").as_deref(), Some("Complaint"));
        assert_eq!(said("licensing-renewal"), None);
    }
}
