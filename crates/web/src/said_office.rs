//! What the registry answers to bodies and reviewers, in the words of a page: procedures, consents, looks, what the
//! oversight did, and why something was not done.

use model::{
    consent::ConsentStanding,
    procedure::{Actor, AuthorityId, Matter, NoticeKind, Order, ProcedureKind, Status, StepName},
};
use profile::{Language, Profile};
use registry::{Cause, Change, ProcedureError, ProcedureView, ReviewError, StaffError};

use crate::{
    process, said,
    words::{Key, say},
};

/// What kind of procedure it is.
pub(crate) fn procedure_kind(kind: ProcedureKind) -> Key {
    match kind {
        ProcedureKind::Dispute => Key("office-kind-dispute"),
        ProcedureKind::Reconsideration => Key("office-kind-reconsideration"),
        ProcedureKind::Restoration => Key("office-kind-restoration"),
        ProcedureKind::Complaint => Key("office-kind-complaint"),
    }
}

/// Where a procedure stands.
pub(crate) fn procedure_status(status: Status) -> Key {
    match status {
        Status::Open => Key("office-status-open"),
        Status::Overdue => Key("office-status-overdue"),
        Status::Upheld => Key("office-status-upheld"),
        Status::Corrected => Key("office-status-corrected"),
        Status::Withdrawn => Key("office-status-withdrawn"),
        Status::TakenBack => Key("office-status-taken-back"),
        Status::Assigned => Key("office-status-assigned"),
        Status::AssignedOverdue => Key("office-status-assigned-overdue"),
        Status::Confirmed => Key("office-status-confirmed"),
        Status::Changed => Key("office-status-changed"),
        Status::ChangeOverdue => Key("office-status-change-overdue"),
        Status::ChangeFollowed => Key("office-status-change-followed"),
        Status::OutsideDecision => Key("office-status-outside-decision"),
        Status::FollowOverdue => Key("office-status-follow-overdue"),
        Status::Followed => Key("office-status-followed"),
        Status::Applied => Key("office-status-applied"),
        Status::AcceptanceOverdue => Key("office-status-acceptance-overdue"),
        Status::Taken => Key("office-status-taken"),
        Status::NotTaken => Key("office-status-not-taken"),
        Status::AnswerOverdue => Key("office-status-answer-overdue"),
        Status::Granted => Key("office-status-granted"),
        Status::ConfirmationOverdue => Key("office-status-confirmation-overdue"),
        Status::Complete => Key("office-status-complete"),
        Status::Refused => Key("office-status-refused"),
        Status::Founded => Key("office-status-founded"),
        Status::Unfounded => Key("office-status-unfounded"),
        Status::RecordErased => Key("office-status-record-erased"),
    }
}

/// A step of a procedure that was done, or comes by itself.
pub(crate) fn procedure_step(step: StepName) -> Key {
    match step {
        StepName::Open => Key("office-step-open"),
        StepName::Apply => Key("office-step-apply"),
        StepName::Uphold => Key("office-step-uphold"),
        StepName::Correct => Key("office-step-correct"),
        StepName::Withdraw => Key("office-step-withdraw"),
        StepName::PassDueDay => Key("office-step-pass-due-day"),
        StepName::TakeBack => Key("office-step-take-back"),
        StepName::AddStatement => Key("office-step-add-statement"),
        StepName::AskReconsideration => Key("office-step-ask-reconsideration"),
        StepName::Assign => Key("office-step-assign"),
        StepName::Confirm => Key("office-step-confirm"),
        StepName::Change => Key("office-step-change"),
        StepName::Follow => Key("office-step-follow"),
        StepName::PassFollowDay => Key("office-step-pass-follow-day"),
        StepName::RecordOutsideDecision => Key("office-step-record-outside-decision"),
        StepName::RecordOutsideStand => Key("office-step-record-outside-stand"),
        StepName::AmendOutsideDecision => Key("office-step-amend-outside-decision"),
        StepName::AmendOutsideOrder => Key("office-step-amend-outside-order"),
        StepName::Take => Key("office-step-take"),
        StepName::NotTake => Key("office-step-not-take"),
        StepName::PassAcceptanceDay => Key("office-step-pass-acceptance-day"),
        StepName::PassAnswerDay => Key("office-step-pass-answer-day"),
        StepName::Grant => Key("office-step-grant"),
        StepName::Refuse => Key("office-step-refuse"),
        StepName::ConfirmStopped => Key("office-step-confirm-stopped"),
        StepName::ShowRecipient => Key("office-step-show-recipient"),
        StepName::PassConfirmationDay => Key("office-step-pass-confirmation-day"),
        StepName::Complete => Key("office-step-complete"),
        StepName::FindFounded => Key("office-step-find-founded"),
        StepName::FindUnfounded => Key("office-step-find-unfounded"),
        StepName::EraseRecord => Key("office-step-erase-record"),
    }
}

/// What comes by itself once a day has passed and nobody did anything.
pub(crate) fn procedure_next(view: &ProcedureView, step: StepName) -> Key {
    match (view.summary.kind, step) {
        _ if process::keeps_back(view) => Key("office-next-withheld"),
        (_, StepName::PassAcceptanceDay) => Key("office-next-taken"),
        (ProcedureKind::Dispute, _) | (_, StepName::PassFollowDay) => Key("office-next-withheld"),
        _ => Key("office-next-late"),
    }
}

/// Who did a step of a procedure. A representative is not named to the other side: they act for the person.
pub(crate) fn procedure_actor(profile: &Profile, actor: &Actor, language: Language) -> String {
    match actor {
        Actor::Person => say(language, Key("office-actor-person")).to_string(),
        Actor::Representative(_) => say(language, Key("office-actor-representative")).to_string(),
        Actor::Authority(id) if *id == AuthorityId::some_recipient() => {
            say(language, Key("office-actor-recipient")).to_string()
        }
        Actor::Authority(id) => said::authority(profile, id.as_str(), language),
        Actor::Reviewer(id) => say(language, Key("office-actor-reviewer"))
            .with("id", id.as_str())
            .to_string(),
        Actor::Installation => say(language, Key("actor-installation")).to_string(),
    }
}

/// Whose turn it is, from the word by which lists are found.
pub(crate) fn turn(profile: &Profile, waits_for: Option<&str>, language: Language) -> String {
    let words = |key| say(language, key).to_string();
    match waits_for {
        None => words(Key("office-turn-nobody")),
        Some(":reviewers") => words(Key("office-turn-reviewers")),
        Some(":recipients") => words(Key("office-turn-recipients")),
        Some(other) => match other.strip_prefix("reviewer:") {
            Some(id) => say(language, Key("office-actor-reviewer"))
                .with("id", id)
                .to_string(),
            None => said::authority(profile, other, language),
        },
    }
}

/// What a complaint is about.
pub(crate) fn matter(matter: Matter) -> Key {
    match matter {
        Matter::Leak => Key("office-matter-leak"),
        Matter::Alteration => Key("office-matter-alteration"),
        Matter::Sale => Key("office-matter-sale"),
        Matter::ImproperLook => Key("office-matter-improper-look"),
        Matter::Other => Key("office-matter-other"),
    }
}

/// What is to be done.
pub(crate) fn order(order: Order) -> Key {
    match order {
        Order::Correct => Key("office-order-correct"),
        Order::Withdraw => Key("office-order-withdraw"),
        Order::Readmit => Key("office-order-readmit"),
        Order::LookImproper => Key("office-order-look-improper"),
        Order::Stand => Key("office-order-stand"),
    }
}

/// What a notice says to a body or a reviewer.
pub(crate) fn body_notice(kind: NoticeKind) -> Key {
    match kind {
        NoticeKind::DisputeOpened => Key("office-notice-dispute-opened"),
        NoticeKind::DisputeUpheld => Key("office-notice-dispute-upheld"),
        NoticeKind::DisputeCorrected => Key("office-notice-dispute-corrected"),
        NoticeKind::DisputeWithdrawn => Key("office-notice-dispute-withdrawn"),
        NoticeKind::DisputeOverdue => Key("office-notice-dispute-overdue"),
        NoticeKind::DisputeTakenBack => Key("office-notice-dispute-taken-back"),
        NoticeKind::StatementAdded => Key("office-notice-statement-added"),
        NoticeKind::ReconsiderationOpened => Key("office-notice-reconsideration-opened"),
        NoticeKind::ReconsiderationAssigned => Key("office-notice-reconsideration-assigned"),
        NoticeKind::ReconsiderationOverdue => Key("office-notice-reconsideration-overdue"),
        NoticeKind::ReconsiderationConfirmed => Key("office-notice-reconsideration-confirmed"),
        NoticeKind::ReconsiderationChanged => Key("office-notice-reconsideration-changed"),
        NoticeKind::ChangeOverdue => Key("office-notice-change-overdue"),
        NoticeKind::ChangeFollowed => Key("office-notice-change-followed"),
        NoticeKind::OutsideDecisionRecorded => Key("office-notice-outside-decision-recorded"),
        NoticeKind::OutsideStandRecorded => Key("office-notice-outside-stand-recorded"),
        NoticeKind::OutsideDecisionAmended => Key("office-notice-outside-decision-amended"),
        NoticeKind::OutsideDecisionOverdue => Key("office-notice-outside-decision-overdue"),
        NoticeKind::OutsideDecisionFollowed => Key("office-notice-outside-decision-followed"),
        NoticeKind::RestorationApplied => Key("office-notice-restoration-applied"),
        NoticeKind::RestorationTaken => Key("office-notice-restoration-taken"),
        NoticeKind::RestorationNotTaken => Key("office-notice-restoration-not-taken"),
        NoticeKind::RestorationAcceptanceOverdue => Key("office-notice-restoration-acceptance-overdue"),
        NoticeKind::RestorationGranted => Key("office-notice-restoration-granted"),
        NoticeKind::RestorationRefused => Key("office-notice-restoration-refused"),
        NoticeKind::RestorationAnswerOverdue => Key("office-notice-restoration-answer-overdue"),
        NoticeKind::StopUsing => Key("office-notice-stop-using"),
        NoticeKind::StopUsingAgain => Key("office-notice-stop-using-again"),
        NoticeKind::ConfirmationOverdue => Key("office-notice-confirmation-overdue"),
        NoticeKind::UseStopped => Key("office-notice-use-stopped"),
        NoticeKind::RecipientShown => Key("office-notice-recipient-shown"),
        NoticeKind::RestorationComplete => Key("office-notice-restoration-complete"),
        NoticeKind::ComplaintOpened => Key("office-notice-complaint-opened"),
        NoticeKind::ComplaintAssigned => Key("office-notice-complaint-assigned"),
        NoticeKind::ComplaintOverdue => Key("office-notice-complaint-overdue"),
        NoticeKind::ComplaintFounded => Key("office-notice-complaint-founded"),
        NoticeKind::ComplaintUnfounded => Key("office-notice-complaint-unfounded"),
        NoticeKind::ComplaintTakenBack => Key("office-notice-complaint-taken-back"),
        NoticeKind::RecordErased => Key("office-notice-record-erased"),
    }
}

/// Where a request for consent stands.
pub(crate) fn consent_standing(standing: ConsentStanding) -> Key {
    match standing {
        ConsentStanding::Asked => Key("office-consent-asked"),
        ConsentStanding::Lapsed => Key("office-consent-lapsed"),
        ConsentStanding::Refused => Key("office-consent-refused"),
        ConsentStanding::NotYet => Key("office-consent-not-yet"),
        ConsentStanding::Granted => Key("office-consent-granted"),
        ConsentStanding::Paused => Key("office-consent-paused"),
        ConsentStanding::Revoked => Key("office-consent-revoked"),
        ConsentStanding::Expired => Key("office-consent-expired"),
        ConsentStanding::UsedUp => Key("office-consent-used-up"),
    }
}

/// Why a look is looked into.
pub(crate) fn cause(cause: Cause) -> Key {
    match cause {
        Cause::Chance => Key("review-cause-chance"),
        Cause::Colleague => Key("review-cause-colleague"),
        Cause::SamePerson => Key("review-cause-same-person"),
        Cause::OddHours => Key("review-cause-odd-hours"),
        Cause::NoticeWaits => Key("review-cause-notice-waits"),
    }
}

/// What was done to a body or to a member of its staff.
pub(crate) fn change(change: Change) -> Key {
    match change {
        Change::CeilingRefused => Key("office-change-ceiling-refused"),
        Change::StaffStopped => Key("office-change-staff-stopped"),
        Change::MemberStopped => Key("office-change-member-stopped"),
        Change::StaffLifted => Key("office-change-staff-lifted"),
        Change::MemberLifted => Key("office-change-member-lifted"),
        Change::StaffAdded => Key("office-change-staff-added"),
        Change::LeadGiven => Key("office-change-lead-given"),
        Change::LeadTaken => Key("office-change-lead-taken"),
        Change::StaffEnded => Key("office-change-staff-ended"),
        Change::NumberMalformed => Key("office-change-number-malformed"),
        Change::AttemptsRefused => Key("office-change-attempts-refused"),
        Change::OtherNamesFiled => Key("office-change-other-names-filed"),
        Change::FoundProper => Key("office-change-found-proper"),
        Change::ImproperTakenBack => Key("office-change-improper-taken-back"),
        Change::CaseOpened => Key("office-change-case-opened"),
        Change::WaitRenewed => Key("office-change-wait-renewed"),
    }
}

/// What became of a look: `seen`, `nothing`, or the code of the refusal.
pub(crate) fn outcome(outcome: &str) -> Key {
    match outcome {
        "seen" => Key("office-outcome-seen"),
        "nothing" => Key("office-outcome-nothing"),
        _ => Key("office-outcome-refused"),
    }
}

/// Why a look, or a request for consent, is refused, by its code, and the field that it is about.
pub(crate) fn refusal(code: &str) -> (&'static str, Key) {
    match code {
        "other-profession" | "profession-unknown" => ("profession", Key("office-refused-profession")),
        "case-missing" => ("case_reference", Key("office-refused-case")),
        "reason-missing" => ("reason", Key("office-refused-reason")),
        "basis-not-in-force" => ("", Key("office-refused-basis")),
        "staff-unknown" => ("", Key("office-refused-staff-unknown")),
        "staff-stopped" => ("", Key("office-refused-staff-stopped")),
        "member-stopped" => ("", Key("office-refused-member-stopped")),
        "ceiling-reached" => ("", Key("office-refused-ceiling")),
        "staff-ceiling-reached" => ("", Key("office-refused-staff-ceiling")),
        "consent-unknown" => ("id_number", Key("office-refused-consent-unknown")),
        "consent-not-given" => ("", Key("office-refused-consent-not-given")),
        "consent-refused" => ("", Key("office-refused-consent-refused")),
        "consent-not-yet" => ("", Key("office-refused-consent-not-yet")),
        "consent-paused" => ("", Key("office-refused-consent-paused")),
        "consent-revoked" => ("", Key("office-refused-consent-revoked")),
        "consent-expired" => ("", Key("office-refused-consent-expired")),
        "consent-used-up" => ("", Key("office-refused-consent-used-up")),
        "consent-too-wide" | "consent-for-nothing" => ("fields", Key("office-refused-for-nothing")),
        "consent-without-end" => ("until", Key("office-refused-without-end")),
        "consent-over-before" => ("until", Key("office-refused-over-before")),
        "consent-too-long" => ("until", Key("office-refused-too-long")),
        "consent-too-often" => ("looks", Key("office-refused-too-often")),
        "consent-kept-too-long" => ("keep", Key("office-refused-kept-too-long")),
        _ => ("", Key("office-refused-purpose")),
    }
}

/// Why an account was not added or ended, and the field that it is about.
pub(crate) fn staff_error(error: &StaffError) -> (&'static str, Key) {
    match error {
        StaffError::Id => ("account", Key("office-staff-id")),
        StaffError::NameMissing => ("name", Key("office-staff-name-missing")),
        StaffError::Number => ("own_number", Key("office-staff-number")),
        StaffError::Taken => ("account", Key("office-staff-taken")),
        StaffError::LastLead => ("account", Key("office-last-lead")),
        StaffError::NotLead => ("account", Key("office-not-lead")),
        StaffError::Unknown | StaffError::UnknownBody(_) | StaffError::NoSuchKey => {
            ("account", Key("office-staff-unknown"))
        }
        StaffError::Registry(_) => ("", Key("error-internal")),
    }
}

/// Why a reviewer's step was not taken.
pub(crate) fn review_error(error: &ReviewError) -> Key {
    match error {
        ReviewError::ReviewerUnknown => Key("error-stopped"),
        ReviewError::Unknown | ReviewError::Closed => Key("review-not-there"),
        ReviewError::TookPart => Key("review-took-part"),
        ReviewError::Concerned => Key("error-concerned"),
        ReviewError::ReasonsMissing => Key("office-reasons-missing"),
        ReviewError::NotStopped => Key("review-not-stopped"),
        ReviewError::NoLonger => Key("review-wait-no-longer"),
        ReviewError::Registry(_) => Key("error-internal"),
    }
}

/// Why a step of a procedure was not done. What a correction is refused for is said by the row's own fault.
pub(crate) fn procedure_error(error: &ProcedureError) -> Key {
    match error.code() {
        "words-empty" | "words-too-long" => Key("office-reasons-missing"),
        "record-ended" => Key("office-fault-record-ended"),
        "procedure-changed" => Key("office-fault-changed-meanwhile"),
        "correction-other-record" => Key("office-fault-other-record"),
        "ordered-fields-left" => Key("office-fault-fields-left"),
        "field-unknown" => Key("review-field-unknown"),
        "correction-same" => Key("office-fault-same"),
        "breach-affects-nobody" => Key("review-breach-nobody"),
        "reviewer-took-part" => Key("review-took-part"),
        "reviewer-concerned" => Key("review-concerned"),
        "order-unfit" => Key("office-fault-order-unfit"),
        "ordered-otherwise" => Key("office-fault-order"),
        "already-confirmed" => Key("office-fault-already-confirmed"),
        "not-a-recipient" => Key("office-fault-not-a-recipient"),
        "procedure-under-way" => Key("office-fault-under-way"),
        "later-decision-noted" => Key("office-fault-later-decision"),
        "calendar-ends" => Key("office-fault-calendar"),
        "body-unknown" => Key("review-court-missing"),
        _ => Key("office-fault-not-now"),
    }
}
