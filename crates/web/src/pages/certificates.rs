//! `/certificates`: the holder's certificates, and the licences to ask one for.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use model::{RecordKind, RecordStatus};
use profile::{Field, Language, Profile};
use registry::{CertificateError, CertificateView, EventKind, PersonFile, RecordView, Why};

use super::certificate_choices::{self, Choices};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    said::{self, DecisionView},
    visit::{PersonVisit, Visit},
    words::Key,
};

/// A certificate in the list.
struct Row {
    id: String,
    licence: String,
    issued_at: Timestamp,
    expires_at: Timestamp,
    status: Key,
}

/// A licence that a certificate can be asked for, or not because of a decision.
struct Licence {
    id: String,
    name: String,
    /// Whether a certificate can be asked for.
    offered: bool,
    /// What a decision changes about that.
    note: Option<Key>,
    decided_by: Vec<DecisionView>,
    /// What the certificate can show besides.
    choices: Choices,
}

#[derive(Template)]
#[template(path = "certificates.html")]
struct CertificatesPage {
    page: Page,
    licences: Vec<Licence>,
    certificates: Vec<Row>,
    fault: Option<Key>,
}

impl CertificatesPage {
    /// Whether there is a licence to ask a certificate for.
    fn offers(&self) -> bool {
        self.licences.iter().any(|licence| licence.offered)
    }
}

/// What a certificate's status is at `now`.
pub(crate) fn status(certificate: &CertificateView, now: Timestamp) -> Key {
    match certificate.revoked {
        Some((_, Why::Holder)) => Key("certificate-revoked-holder"),
        Some((_, Why::Decision)) => Key("certificate-revoked-decision"),
        Some((_, Why::Corrected)) => Key("certificate-revoked-corrected"),
        Some((_, Why::Withdrawn)) => Key("certificate-revoked-withdrawn"),
        None if certificate.expires_at <= now => Key("certificate-expired"),
        None => Key("certificate-valid"),
    }
}

/// A licence by profession and number.
pub(crate) fn licence_name(profile: &Profile, record: &RecordView, language: Language) -> String {
    let field: Option<&Field> = profile
        .record_type(RecordKind::Licence)
        .and_then(|one| one.field_of_kind("licence-number"));
    let number = field
        .and_then(|field| record.fields.get(&field.name))
        .and_then(serde_json::Value::as_str);
    let profession = said::profession(profile, &record.profession, language);
    number.map_or(profession.clone(), |number| format!("{profession} · {number}"))
}

/// What a decision about a licence means for its certificates, where one gave it this status.
fn note(status: RecordStatus) -> Option<Key> {
    match status {
        RecordStatus::Suspended => Some(Key("certificates-suspended")),
        RecordStatus::Prohibited => Some(Key("certificates-prohibited")),
        RecordStatus::Revoked => Some(Key("certificates-revoked")),
        _ => None,
    }
}

async fn page(visit: &Visit, file: &PersonFile, fault: Option<Key>) -> Result<CertificatesPage, Fault> {
    let (registry, profile) = (&visit.state.registry, visit.state.profile());
    let person = visit.person().ok_or(Fault::Forbidden)?;
    let name = |record: &RecordView| licence_name(profile, record, visit.language);
    let shown = |view: &&RecordView| {
        view.kind == RecordKind::Licence && (view.status.can_be_certified() || note(view.status).is_some())
    };
    let now = registry.now();
    Ok(CertificatesPage {
        page: visit.page(Section::Certificates),
        licences: file
            .records
            .iter()
            .filter(shown)
            .map(|view| Licence {
                id: view.record.to_string(),
                name: name(view),
                offered: view.status.can_be_certified(),
                note: note(view.status),
                decided_by: said::decided_by(profile, view, &file.records, visit.language),
                choices: Choices::new(profile, file, &view.profession, visit.language),
            })
            .collect(),
        certificates: registry
            .certificates(person)
            .await?
            .iter()
            .map(|one| Row {
                id: one.certificate.to_string(),
                licence: file
                    .records
                    .iter()
                    .find(|view| view.record == one.record)
                    .map_or_else(String::new, name),
                issued_at: one.issued_at,
                expires_at: one.expires_at,
                status: status(one, now),
            })
            .collect(),
        fault,
    })
}

/// `GET /certificates`
pub(crate) async fn show(PersonVisit { visit, person }: PersonVisit) -> Result<Response, Fault> {
    let file = visit
        .state
        .registry
        .person_file(person, EventKind::OwnLook)
        .await?;
    html(&page(&visit, &file, None).await?)
}

/// `POST /certificates`: asks for a certificate about the licence in the field `licence`, and shows it.
pub(crate) async fn ask(PersonVisit { visit, person }: PersonVisit, form: Form) -> Result<Response, Fault> {
    let registry = &visit.state.registry;
    let fault = match form.one("licence").parse() {
        Ok(licence) => match registry
            .issue_certificate_with(person, licence, None, certificate_choices::chosen(&form))
            .await
        {
            Ok(issued) => return Ok(see_other(format!("/certificates/{}", issued.certificate))),
            Err(CertificateError::NoSuchLicence) => return Err(Fault::NotFound),
            Err(CertificateError::NotInForce) => Key("certificates-not-in-force"),
            Err(CertificateError::Withheld) => Key("certificates-withheld"),
            Err(CertificateError::NothingToShow) => Key("certificates-nothing-to-show"),
            Err(CertificateError::Registry(error)) => return Err(error.into()),
        },
        Err(_) => Key("certificates-choose"),
    };
    let file = registry.person_file(person, EventKind::OwnLook).await?;
    refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page(&visit, &file, Some(fault)).await?,
    )
}

/// On to another page of ours, with GET.
pub(crate) fn see_other(place: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, decision_with};

    /// The page once a decision with this penalty is filed, and what the visitor can do there.
    async fn decided(penalty: &str) -> (Portal, String) {
        let portal = Portal::demo().await;
        let csv = decision_with(penalty);
        portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &csv);
        let person = portal.as_person().await;
        let page = person.get("/certificates").await.body;
        (person, page)
    }

    #[tokio::test]
    async fn a_licence_that_cannot_be_certified_is_not_offered_and_the_page_says_which_decision_is_why() {
        for (penalty, english, chinese) in [
            (
                "吊销许可证件",
                "the licence was revoked for good",
                "已被吊销，不能申请证明",
            ),
            (
                "限制从业",
                "practising this profession is prohibited",
                "不得执业的期限内，不能就",
            ),
        ] {
            let (person, page) = decided(penalty).await;
            assert!(page.contains(english), "{page}");
            assert!(page.contains("There is no licence in force"), "{page}");
            assert!(!page.contains("name=\"licence\""), "{page}");
            assert!(page.contains("Decision · 甘罚〔2026〕00001号"), "{page}");
            let link = page.split("href=\"/records#").nth(1).unwrap();
            let place = format!("id=\"{}\"", link.split('"').next().unwrap());
            let records = person.get("/records").await.body;
            assert!(records.contains(&place), "{place}");
            let in_chinese = person.in_chinese().get("/certificates").await.body;
            assert!(in_chinese.contains(chinese), "{in_chinese}");
            // Nor is it given to whoever asks without the page.
            let file = person.file().await;
            let licences = file
                .records
                .iter()
                .filter(|one| one.kind == model::RecordKind::Licence);
            let licence = licences.map(|one| one.record.to_string()).next().unwrap();
            let refused = person.post("/certificates", &[("licence", &licence)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }

    #[tokio::test]
    async fn a_certificate_for_a_suspended_licence_is_offered_with_a_word_on_what_it_will_say() {
        let (person, page) = decided("暂扣许可证件").await;
        assert!(page.contains("will say that the licence is suspended"), "{page}");
        assert!(page.contains("href=\"/records#record-"), "{page}");
        let certificate = person.get(&person.certificate().await).await.body;
        assert!(certificate.contains("suspended"), "{certificate}");
    }

    #[tokio::test]
    async fn a_decision_that_does_nothing_to_the_licence_changes_nothing_on_the_page() {
        let (_, page) = decided("通报批评").await;
        assert!(page.contains("name=\"licence\""), "{page}");
        assert!(!page.contains("/records#"), "{page}");
    }

    #[tokio::test]
    async fn a_certificate_for_somebody_elses_licence_is_not_given() {
        let portal = Portal::demo().await;
        let other = portal.as_person_number(1).await;
        let page = portal.as_person().await.get("/certificates").await.body;
        let licence = page.split("name=\"licence\"").nth(1).unwrap();
        let licence = licence
            .split("value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert_eq!(
            other.post("/certificates", &[("licence", licence)]).await.status,
            StatusCode::NOT_FOUND
        );
        let none = other.post("/certificates", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
