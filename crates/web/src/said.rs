//! What the registry and the profile answer, in the words of a page.

use jiff::civil::Date;
use model::{RecordKind, RecordStatus, VersionKind};
use profile::{Citation, Field, FieldKind, Ground, Language, LegalBasis, Profile, Text2};
use registry::{EventKind, Fields, INSTALLATION, RecordView, SELF};
use serde_json::Value;

use crate::{
    time,
    words::{Key, say},
};

/// What kind of fact a record is.
pub(crate) fn kind(kind: RecordKind) -> Key {
    match kind {
        RecordKind::Licence => Key("kind-licence"),
        RecordKind::Decision => Key("kind-decision"),
        RecordKind::Training => Key("kind-training"),
        RecordKind::Commendation => Key("kind-commendation"),
    }
}

/// Whether records of this kind have force that can end. What was learned or honoured only happened.
const fn has_force(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Licence | RecordKind::Decision)
}

/// The first day of a record of this kind, as what it is named.
pub(crate) const fn first_day(kind: RecordKind) -> Key {
    match has_force(kind) {
        true => Key("records-starts-on"),
        false => Key("records-dated"),
    }
}

/// The status of a record of this kind.
pub(crate) fn status(kind: RecordKind, status: RecordStatus) -> Key {
    match status {
        RecordStatus::Pending => Key("status-pending"),
        RecordStatus::InForce if !has_force(kind) => Key("status-on-file"),
        RecordStatus::InForce => Key("status-in-force"),
        RecordStatus::Suspended => Key("status-suspended"),
        RecordStatus::Prohibited => Key("status-prohibited"),
        RecordStatus::Revoked => Key("status-revoked"),
        RecordStatus::Expired => Key("status-expired"),
        RecordStatus::Withdrawn => Key("status-withdrawn"),
        RecordStatus::Restored => Key("status-restored"),
        RecordStatus::Erased => Key("status-erased"),
    }
}

/// What a status means for a record of this kind.
pub(crate) fn status_meaning(kind: RecordKind, status: RecordStatus) -> Key {
    match status {
        RecordStatus::Pending => Key("status-pending-meaning"),
        RecordStatus::InForce if !has_force(kind) => Key("status-on-file-meaning"),
        RecordStatus::InForce => Key("status-in-force-meaning"),
        RecordStatus::Suspended => Key("status-suspended-meaning"),
        RecordStatus::Prohibited => Key("status-prohibited-meaning"),
        RecordStatus::Revoked => Key("status-revoked-meaning"),
        RecordStatus::Expired if kind == RecordKind::Licence => Key("status-expired-licence-meaning"),
        RecordStatus::Expired => Key("status-expired-meaning"),
        RecordStatus::Withdrawn => Key("status-withdrawn-meaning"),
        RecordStatus::Restored => Key("status-restored-meaning"),
        RecordStatus::Erased => Key("status-erased-meaning"),
    }
}

/// A decision that gave a licence its status, as a page names it and links to it.
#[derive(Debug, Clone)]
pub(crate) struct DecisionView {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The decisions that gave this record its status, out of all of its person's records.
pub(crate) fn decided_by(
    profile: &Profile,
    record: &RecordView,
    records: &[RecordView],
    language: Language,
) -> Vec<DecisionView> {
    let decisions = records
        .iter()
        .filter(|one| record.decided_by.contains(&one.record));
    decisions
        .map(|decision| DecisionView {
            id: decision.record.to_string(),
            name: decision_name(profile, decision, language),
        })
        .collect()
}

/// A decision by its number. One whose content is destroyed has none any more.
fn decision_name(profile: &Profile, decision: &RecordView, language: Language) -> String {
    let kind = say(language, kind(decision.kind)).to_string();
    profile
        .record_type(decision.kind)
        .and_then(|one| one.field_of_kind("document-number"))
        .and_then(|field| decision.fields.get(&field.name)?.as_str())
        .map_or(kind.clone(), |number| format!("{kind} · {number}"))
}

/// What a version of a record did.
pub(crate) fn change(change: VersionKind) -> Key {
    match change {
        VersionKind::Filed => Key("change-filed"),
        VersionKind::Corrected => Key("change-corrected"),
        VersionKind::Withdrawn => Key("change-withdrawn"),
        VersionKind::Restored => Key("change-restored"),
    }
}

/// What an event was.
pub(crate) fn event(kind: EventKind) -> Key {
    match kind {
        EventKind::OwnLook => Key("event-own-look"),
        EventKind::Download => Key("event-download"),
        EventKind::RecordsNamed => Key("event-records-named"),
        EventKind::Look => Key("event-look"),
        EventKind::DeskLook => Key("event-desk-look"),
        EventKind::OtherNameFiled => Key("event-other-name-filed"),
        EventKind::CertificateIssued => Key("event-certificate-issued"),
        EventKind::CertificateRevoked => Key("event-certificate-revoked"),
        EventKind::Erased => Key("event-erased"),
        EventKind::IdentityErased => Key("event-identity-erased"),
        EventKind::EmailErased => Key("event-email-erased"),
        EventKind::ProcedureErased => Key("event-procedure-erased"),
        EventKind::AlertSent => Key("event-alert-sent"),
        EventKind::AlertSeen => Key("event-alert-seen"),
        EventKind::LookRefused => Key("event-look-refused"),
        EventKind::LookFoundNothing => Key("event-look-found-nothing"),
        EventKind::LookImproper => Key("event-look-improper"),
        EventKind::ImproperTakenBack => Key("event-improper-taken-back"),
        EventKind::ConsentAsked => Key("event-consent-asked"),
        EventKind::ConsentAskRefused => Key("event-consent-ask-refused"),
        EventKind::ConsentGranted => Key("event-consent-granted"),
        EventKind::ConsentRefused => Key("event-consent-refused"),
        EventKind::ConsentPaused => Key("event-consent-paused"),
        EventKind::ConsentResumed => Key("event-consent-resumed"),
        EventKind::ConsentRevoked => Key("event-consent-revoked"),
        EventKind::MandateRegistered => Key("event-mandate-registered"),
        EventKind::MandateEnded => Key("event-mandate-ended"),
        EventKind::ProcedureStep => Key("event-procedure-step"),
        EventKind::ProcedureRead => Key("event-procedure-read"),
        EventKind::ReentryCertified => Key("event-reentry-certified"),
        EventKind::RecordCameAgain => Key("event-record-came-again"),
        EventKind::CommendationProposed => Key("event-commendation-proposed"),
        EventKind::ProposalSeen => Key("event-proposal-seen"),
        EventKind::ProposalTakenUp => Key("event-proposal-taken-up"),
        EventKind::ProposalDeclined => Key("event-proposal-declined"),
        EventKind::ProposalLapsed => Key("event-proposal-lapsed"),
        EventKind::PublicationGiven => Key("event-publication-given"),
        EventKind::PublicationWithdrawn => Key("event-publication-withdrawn"),
        EventKind::PledgeMade => Key("event-pledge-made"),
        EventKind::PledgeEnded => Key("event-pledge-ended"),
        EventKind::BreachReported => Key("event-breach-reported"),
    }
}

/// Who did something: an authority's name, the person, or the installation itself.
pub(crate) fn actor(profile: &Profile, actor: &str, language: Language) -> String {
    match actor {
        SELF => say(language, Key("actor-self")).to_string(),
        INSTALLATION => say(language, Key("actor-installation")).to_string(),
        reviewer if reviewer.starts_with("reviewer:") => say(language, Key("actor-reviewer")).to_string(),
        other if other.starts_with("mandate:") => say(language, Key("actor-representative")).to_string(),
        other => authority(profile, other, language),
    }
}

/// Who did something for a body, with the account of the member of staff where that is known.
pub(crate) fn with_account(who: String, account: Option<&str>, language: Language) -> String {
    let Some(account) = account else { return who };
    say(language, Key("actor-account"))
        .with("who", who)
        .with("account", account.to_owned())
        .to_string()
}

/// The name of an authority, or of another body that the profile names.
pub(crate) fn authority(profile: &Profile, id: &str, language: Language) -> String {
    profile
        .body_name(id)
        .map_or(id, |name| name.get(language))
        .to_owned()
}

/// The name of a profession.
pub(crate) fn profession(profile: &Profile, id: &str, language: Language) -> String {
    profile
        .professions
        .get(id)
        .map_or(id, |one| one.name.get(language))
        .to_owned()
}

/// A message that stands by itself, with a capital at its beginning where it has Latin letters.
pub(crate) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

/// A field with its label, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldView {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// A record's fields in the profile's order. The legal basis is shown apart, with its enactment.
pub(crate) fn fields(
    profile: &Profile,
    kind: RecordKind,
    fields: &Fields,
    language: Language,
) -> Vec<FieldView> {
    let Some(record_type) = profile.record_type(kind) else {
        return Vec::new();
    };
    let shown = record_type
        .fields
        .iter()
        .filter(|field| !matches!(field.kind, FieldKind::Basis));
    shown
        .filter_map(|field| {
            let value = value(profile, field, fields.get(&field.name)?, language);
            Some(FieldView {
                label: field.label.get(language).to_owned(),
                value,
            })
            .filter(|field| !field.value.is_empty())
        })
        .collect()
}

fn value(profile: &Profile, field: &Field, value: &Value, language: Language) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let labelled = |label: Option<&Text2>| {
        label
            .map_or(text.as_str(), |label| label.get(language))
            .to_owned()
    };
    match &field.kind {
        FieldKind::Choice { values } | FieldKind::IdType { values } => {
            labelled(values.iter().find(|one| one.value == text).map(|one| &one.label))
        }
        FieldKind::Penalty { values } => labelled(
            values
                .iter()
                .find(|one| one.choice.value == text)
                .map(|one| &one.choice.label),
        ),
        FieldKind::Authority => authority(profile, &text, language),
        FieldKind::Date { .. } | FieldKind::BirthDate => text
            .parse::<Date>()
            .map_or(text, |date| time::day(language, date)),
        FieldKind::Amount { unit, .. } | FieldKind::Number { unit, .. } if !text.is_empty() => {
            // A unit such as 10,000 yuan is a number itself.
            let unit = unit.get(language);
            let times = if unit.starts_with(|first: char| first.is_ascii_digit()) {
                "× "
            } else {
                ""
            };
            format!("{text} {times}{unit}")
        }
        _ => text,
    }
}

/// An enactment as pages show it; and whether a lawyer has confirmed it, which they always say.
#[derive(Debug, Clone)]
pub(crate) struct BasisView {
    /// What it is for, in plain words.
    pub(crate) name: String,
    pub(crate) enactment: String,
    pub(crate) article: String,
    /// Where to read it, in words.
    pub(crate) source: String,
    pub(crate) confirmed: bool,
}

impl BasisView {
    fn of(name: &str, citation: &Citation, language: Language) -> Self {
        Self {
            name: name.to_owned(),
            enactment: citation.enactment.get(language).to_owned(),
            article: citation.article.get(language).to_owned(),
            source: citation.source.get(language).to_owned(),
            confirmed: citation.is_confirmed(),
        }
    }

    /// The basis with the enactment that holds on `on`, or its last one where none does.
    pub(crate) fn new(basis: &LegalBasis, on: Date, language: Language) -> Option<Self> {
        let citation = basis.in_force_on(on).or_else(|| basis.enactments.last())?;
        Some(Self::of(basis.name.get(language), citation, language))
    }
}

/// Where a period comes from.
#[derive(Debug, Clone)]
pub(crate) enum GroundView {
    /// These enactments set it.
    Law(Vec<BasisView>),
    /// This installation set it, for this reason.
    Own(String),
}

impl GroundView {
    pub(crate) fn new(ground: &Ground, language: Language) -> Self {
        match ground {
            Ground::Enactments(citations) => Self::Law(
                citations
                    .iter()
                    .map(|one| BasisView::of("", one, language))
                    .collect(),
            ),
            Ground::Own(reason) => Self::Own(reason.get(language).to_owned()),
        }
    }
}

/// What a step of a procedure is told of with.
pub(crate) fn procedure_notice(kind: model::procedure::NoticeKind) -> Key {
    use model::procedure::NoticeKind as Kind;
    match kind {
        Kind::DisputeOpened => Key("notice-dispute-opened"),
        Kind::DisputeUpheld => Key("notice-dispute-upheld"),
        Kind::DisputeCorrected => Key("notice-dispute-corrected"),
        Kind::DisputeWithdrawn => Key("notice-dispute-withdrawn"),
        Kind::DisputeOverdue => Key("notice-dispute-overdue"),
        Kind::DisputeTakenBack => Key("notice-dispute-taken-back"),
        Kind::StatementAdded => Key("notice-statement-added"),
        Kind::ReconsiderationOpened => Key("notice-reconsideration-opened"),
        Kind::ReconsiderationAssigned => Key("notice-reconsideration-assigned"),
        Kind::ReconsiderationOverdue => Key("notice-reconsideration-overdue"),
        Kind::ReconsiderationConfirmed => Key("notice-reconsideration-confirmed"),
        Kind::ReconsiderationChanged => Key("notice-reconsideration-changed"),
        Kind::ChangeOverdue => Key("notice-change-overdue"),
        Kind::ChangeFollowed => Key("notice-change-followed"),
        Kind::OutsideDecisionRecorded => Key("notice-outside-decision-recorded"),
        Kind::OutsideStandRecorded => Key("notice-outside-stand-recorded"),
        Kind::OutsideDecisionAmended => Key("notice-outside-decision-amended"),
        Kind::OutsideDecisionOverdue => Key("notice-outside-decision-overdue"),
        Kind::OutsideDecisionFollowed => Key("notice-outside-decision-followed"),
        Kind::RestorationApplied => Key("notice-restoration-applied"),
        Kind::RestorationTaken => Key("notice-restoration-taken"),
        Kind::RestorationNotTaken => Key("notice-restoration-not-taken"),
        Kind::RestorationAcceptanceOverdue => Key("notice-restoration-acceptance-overdue"),
        Kind::RestorationGranted => Key("notice-restoration-granted"),
        Kind::RestorationRefused => Key("notice-restoration-refused"),
        Kind::RestorationAnswerOverdue => Key("notice-restoration-answer-overdue"),
        Kind::StopUsing => Key("notice-stop-using"),
        Kind::StopUsingAgain => Key("notice-stop-using-again"),
        Kind::ConfirmationOverdue => Key("notice-confirmation-overdue"),
        Kind::RecipientShown => Key("notice-recipient-shown"),
        Kind::UseStopped => Key("notice-use-stopped"),
        Kind::RestorationComplete => Key("notice-restoration-complete"),
        Kind::ComplaintOpened => Key("notice-complaint-opened"),
        Kind::ComplaintAssigned => Key("notice-complaint-assigned"),
        Kind::ComplaintOverdue => Key("notice-complaint-overdue"),
        Kind::ComplaintFounded => Key("notice-complaint-founded"),
        Kind::ComplaintUnfounded => Key("notice-complaint-unfounded"),
        Kind::ComplaintTakenBack => Key("notice-complaint-taken-back"),
        Kind::RecordErased => Key("notice-record-erased"),
    }
}

#[cfg(test)]
mod tests {
    use testkit::profiles_folder;

    use super::*;

    #[test]
    fn fields_are_in_plain_words_in_both_languages() {
        let profile = Profile::load(&profiles_folder().join("gansu")).unwrap();
        let stored: Fields = serde_json::from_str(
            r#"{"valid_from": "2026-03-01", "authority": "law-bureau", "legal_basis": "lawyer-licensing"}"#,
        )
        .unwrap();
        for (language, day) in [(Language::Zh, "2026年3月1日"), (Language::En, "1 March 2026")] {
            let shown = fields(&profile, RecordKind::Licence, &stored, language);
            let values: Vec<_> = shown.iter().map(|field| field.value.as_str()).collect();
            assert_eq!(
                values,
                [day, profile.authorities["law-bureau"].name.get(language)]
            );
        }
    }
}
