//! `/look`: one look at one person, under a law or by their consent. The look is on disk before its answer is written;
//! the answer stands on the page that the form leads to, once, and nowhere else.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::civil::Date;
use model::{ConsentId, consent::ConsentStanding};
use profile::Purpose;
use registry::{AskedConsent, InquiryError, InquiryRequest, Under};

use super::{
    Choice, Problems,
    look_answer::answered,
    nonce, once,
    purpose::{KindFields, PurposeRow, bases, by_law as is_by_law, fields, professions_by_law, usable},
    requests,
};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    portal_key,
    said::{self, BasisView},
    said_office,
    visit::{StaffVisit, Visit},
    words::Key,
};

#[derive(Template)]
#[template(path = "office-look.html")]
struct ChoosePage {
    page: Page,
    body: String,
    /// Whether the body can look under a law at all.
    authority: bool,
    purposes: Vec<PurposeRow>,
    consents: Vec<requests::Row>,
}

#[derive(Template)]
#[template(path = "office-look-form.html")]
struct LookPage {
    page: Page,
    body: String,
    /// Where the form goes.
    action: String,
    once: String,
    purpose: String,
    /// The profession, where a consent names it.
    profession: String,
    /// The professions to choose from, under a law.
    professions: Vec<Choice>,
    kinds: Vec<KindFields>,
    bases: Vec<BasisView>,
    /// Whether it is under a law: then a case and a reason are asked for.
    by_law: bool,
    /// By how many days the notice to the person may wait at most. None: it may not.
    longest_wait: Option<u64>,
    case_reference: String,
    reason: String,
    wait_days: String,
    id_number: String,
    name: String,
    problems: Problems,
}

/// `GET /look`
pub(crate) async fn show(StaffVisit { visit, body, .. }: StaffVisit) -> Result<Response, Fault> {
    let profile = visit.state.profile();
    let asked = visit.state.registry.asked_consents(&body).await?;
    let usable_now = asked
        .iter()
        .filter(|one| one.standing == ConsentStanding::Granted);
    html(&ChoosePage {
        page: visit.page(Section::Look),
        body: said::authority(profile, &body, visit.language),
        authority: profile.authorities.contains_key(&body),
        purposes: usable(&visit, |purpose| is_by_law(profile, purpose, &body)),
        consents: usable_now.map(|one| requests::Row::new(&visit, one)).collect(),
    })
}

/// The purpose, if the body may use it under a law.
fn find_purpose<'a>(visit: &'a Visit, body: &str, purpose: &str) -> Result<&'a Purpose, Fault> {
    let profile = visit.state.profile();
    let purpose = profile.purposes.get(purpose).ok_or(Fault::NotFound)?;
    if is_by_law(profile, purpose, body) {
        Ok(purpose)
    } else {
        Err(Fault::NotFound)
    }
}

fn law_page(
    visit: &Visit,
    body: &str,
    purpose: &Purpose,
    sent: Option<&Form>,
    problems: Problems,
) -> Result<LookPage, Fault> {
    let language = visit.language;
    let value = |name: &str| sent.map_or(String::new(), |form| form.one(name).to_owned());
    let (chosen, allowed) = (value("profession"), professions_by_law(visit, purpose, body));
    let only_one = allowed.len() == 1;
    let professions = allowed.into_iter().map(|(id, name)| Choice {
        chosen: only_one || id == chosen,
        value: id,
        name,
    });
    Ok(LookPage {
        page: visit.page(Section::Look),
        body: said::authority(visit.state.profile(), body, language),
        action: format!("/look/law/{}", purpose.id),
        once: once(visit)?,
        purpose: purpose.name.get(language).to_owned(),
        profession: String::new(),
        professions: professions.collect(),
        kinds: fields(visit, &purpose.fields, |_| true),
        bases: bases(visit, purpose, body),
        by_law: true,
        longest_wait: purpose
            .delay
            .as_ref()
            .map(|delay| delay.on(visit.state.registry.today()).days.into()),
        case_reference: value("case_reference"),
        reason: value("reason"),
        wait_days: value("wait_days"),
        id_number: value("id_number"),
        name: value("name"),
        problems,
    })
}

/// `GET /look/law/{purpose}`
pub(crate) async fn law_form(
    StaffVisit { visit, body, .. }: StaffVisit,
    Path(purpose): Path<String>,
) -> Result<Response, Fault> {
    let purpose = find_purpose(&visit, &body, &purpose)?;
    html(&law_page(&visit, &body, purpose, None, Problems::default())?)
}

/// For how many days the notice to the person is to wait, where a law lets it wait at all. Without a number they are
/// told at once, whatever the law would allow.
fn wait(purpose: &Purpose, today: Date, filled_in: &str) -> Result<Option<u32>, Key> {
    let Some(delay) = &purpose.delay else {
        return Ok(None);
    };
    match filled_in.parse() {
        _ if filled_in.is_empty() => Ok(Some(0)),
        Ok(days) if days > delay.on(today).days => Err(Key("office-wait-too-long")),
        Ok(days) => Ok(Some(days)),
        Err(_) => Err(Key("office-number-malformed")),
    }
}

/// `POST /look/law/{purpose}`
pub(crate) async fn by_law(
    StaffVisit { visit, body, staff }: StaffVisit,
    Path(purpose): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let purpose = find_purpose(&visit, &body, &purpose)?;
    let wait_days = match wait(
        purpose,
        visit.state.registry.today(),
        form.one("wait_days").trim(),
    ) {
        Ok(days) => days,
        Err(words) => {
            let problems = Problems::new(&visit, "wait_days", words);
            return again(&law_page(&visit, &body, purpose, Some(&form), problems)?);
        }
    };
    let request = InquiryRequest {
        authority: body.clone(),
        asker: portal_key(&staff),
        purpose: purpose.id.clone(),
        profession: form.one("profession").to_owned(),
        under: Under::Law {
            case_reference: form.one("case_reference").trim().to_owned(),
            reason: form.one("reason").trim().to_owned(),
            wait_days,
        },
        id_number: form.one("id_number").to_owned(),
        name: form.one("name").to_owned(),
        nonce: nonce(&visit, form.one("once"))?,
    };
    let profession = request.profession.clone();
    match visit.state.registry.inquire(request).await {
        Ok(answer) => html(&answered(
            &visit,
            &body,
            (&purpose.id, &profession),
            &answer,
            None,
        )),
        Err(error) => {
            let problems = problem(&visit, error)?;
            again(&law_page(&visit, &body, purpose, Some(&form), problems)?)
        }
    }
}

/// The consent with this id, if the body asked for it.
async fn find_consent(visit: &Visit, body: &str, id: &str) -> Result<AskedConsent, Fault> {
    let id: ConsentId = id.parse().map_err(|_| Fault::NotFound)?;
    let asked = visit.state.registry.asked_consents(body).await?;
    asked
        .into_iter()
        .find(|one| one.consent == id)
        .ok_or(Fault::NotFound)
}

fn consent_page(
    visit: &Visit,
    body: &str,
    consent: &AskedConsent,
    sent: Option<&Form>,
    problems: Problems,
) -> Result<LookPage, Fault> {
    let (profile, language) = (visit.state.profile(), visit.language);
    let value = |name: &str| sent.map_or(String::new(), |form| form.one(name).to_owned());
    let terms = consent.granted.as_ref().unwrap_or(&consent.asked);
    Ok(LookPage {
        page: visit.page(Section::Look),
        body: said::authority(profile, body, language),
        action: format!("/look/consent/{}", consent.consent),
        once: once(visit)?,
        purpose: requests::purpose(visit, &consent.purpose),
        profession: said::profession(profile, &terms.profession, language),
        professions: Vec::new(),
        kinds: fields(visit, &terms.fields, |_| true),
        bases: Vec::new(),
        by_law: false,
        longest_wait: None,
        case_reference: String::new(),
        reason: String::new(),
        wait_days: String::new(),
        id_number: value("id_number"),
        name: value("name"),
        problems,
    })
}

/// `GET /look/consent/{id}`
pub(crate) async fn consent_form(
    StaffVisit { visit, body, .. }: StaffVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let consent = find_consent(&visit, &body, &id).await?;
    html(&consent_page(&visit, &body, &consent, None, Problems::default())?)
}

/// `POST /look/consent/{id}`
pub(crate) async fn by_consent(
    StaffVisit { visit, body, staff }: StaffVisit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let consent = find_consent(&visit, &body, &id).await?;
    let terms = consent.granted.as_ref().unwrap_or(&consent.asked);
    let request = InquiryRequest {
        authority: body.clone(),
        asker: portal_key(&staff),
        purpose: consent.purpose.clone(),
        profession: terms.profession.clone(),
        under: Under::Consent(consent.consent),
        id_number: form.one("id_number").to_owned(),
        name: form.one("name").to_owned(),
        nonce: nonce(&visit, form.one("once"))?,
    };
    match visit.state.registry.inquire(request).await {
        Ok(answer) => {
            let about = (consent.purpose.as_str(), terms.profession.as_str());
            html(&answered(
                &visit,
                &body,
                about,
                &answer,
                Some(terms.keep_answer_days),
            ))
        }
        Err(error) => {
            let problems = problem(&visit, error)?;
            again(&consent_page(&visit, &body, &consent, Some(&form), problems)?)
        }
    }
}

/// Why there is no answer, at the field that it is about.
fn problem(visit: &Visit, error: InquiryError) -> Result<Problems, Fault> {
    let (field, words) = match error {
        InquiryError::Refused(refusal) => said_office::refusal(refusal.code()),
        InquiryError::NobodyKnown => ("id_number", Key("office-nobody-known")),
        InquiryError::TooLong => ("reason", Key("office-case-too-long")),
        InquiryError::Replayed => ("", Key("office-look-replayed")),
        InquiryError::Registry(error) => return Err(error.into()),
    };
    Ok(Problems::new(visit, field, words))
}

fn again(page: &LookPage) -> Result<Response, Fault> {
    refused(StatusCode::UNPROCESSABLE_ENTITY, page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, hidden};

    #[tokio::test]
    async fn a_look_by_consent_shows_what_was_granted_once_with_a_receipt() {
        let portal = Portal::demo().await;
        let answer = portal.look_of_the_hospital().await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(answer.body.contains("LAW-00000000"), "{}", answer.body);
        assert!(
            !answer.body.contains("甘许"),
            "the document's number was not granted"
        );
        let hospital = portal.as_hospital().await;
        let looks = hospital.get("/my-looks").await.body;
        assert!(!looks.contains(&testkit::made_up(0).name));
        let receipt = looks
            .split("href=\"")
            .find(|link| link.contains("/receipt"))
            .unwrap();
        let receipt = receipt.split('"').next().unwrap();
        let file = hospital.get(receipt).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.body.contains("c2sp.org/tlog-proof@v1"));
        let elsewhere = portal.as_clerk().await.get(receipt).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_same_form_sent_again_takes_no_second_look() {
        let portal = Portal::demo().await;
        let path = format!("/look/consent/{}", portal.consent().await);
        let hospital = portal.as_hospital().await;
        let (once, one) = (
            hidden(&hospital.get(&path).await.body, "once"),
            testkit::made_up(0),
        );
        let fields = [
            ("once", &*once),
            ("id_number", &*one.number),
            ("name", &*one.name),
        ];
        assert_eq!(hospital.post(&path, &fields).await.status, StatusCode::OK);
        let again = hospital.post(&path, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("was taken before"), "{}", again.body);
        assert!(!again.body.contains("LAW-00000000"));
        // Nor later, as when the page is loaded again: what makes it one of a kind does not change with the hour.
        portal.later(1);
        let later = hospital.post(&path, &fields).await;
        assert_eq!(later.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!later.body.contains("LAW-00000000"));
        let forged = hospital.post(&path, &fields[1..]).await;
        assert_eq!(forged.status, StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn a_look_under_a_law_needs_a_case_and_a_reason_and_nobody_known_is_said_plainly() {
        let portal = Portal::demo().await;
        let clerk = portal.as_clerk().await;
        let path = "/look/law/licensing-renewal";
        let one = testkit::made_up(0);
        let stranger = testkit::made_up(77);
        let good = [
            ("profession", "lawyer"),
            ("case_reference", "CASE-1"),
            ("reason", "renewal"),
            ("id_number", one.number.as_str()),
            ("name", one.name.as_str()),
        ];
        for (field, value, place) in [
            ("case_reference", "", "case_reference"),
            ("reason", "", "reason"),
            ("profession", "doctor", "profession"),
            ("id_number", stranger.number.as_str(), "id_number"),
            ("name", "another", "id_number"),
            ("", "", ""),
        ] {
            let once = hidden(&clerk.get(path).await.body, "once");
            let mut fields: Vec<_> = good
                .iter()
                .map(|(name, right)| (*name, if *name == field { value } else { *right }))
                .collect();
            fields.push(("once", &once));
            let page = clerk.post(path, &fields).await;
            if place.is_empty() {
                assert_eq!(page.status, StatusCode::OK, "{}", page.body);
                assert!(page.body.contains("LAW-00000000"));
            } else {
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
                assert!(
                    page.body.contains(&format!("href=\"#{place}\"")),
                    "{field}: {}",
                    page.body
                );
            }
        }
    }

    #[tokio::test]
    async fn what_is_disputed_shows_as_disputed_in_an_answer() {
        let portal = Portal::demo().await;
        let records = portal.file().await.records;
        let dispute = registry::OpenDispute {
            by: model::procedure::Speaker::Person,
            record: records[0].record,
            field: None,
            text: "wrong".to_owned(),
            files: Vec::new(),
        };
        let person = portal.person(0).await;
        portal.registry().open_dispute(person, dispute).await.unwrap();
        let answer = portal.look_of_the_hospital().await;
        assert!(answer.body.contains("Disputed by the person"), "{}", answer.body);
    }

    #[tokio::test]
    async fn limit_6_no_address_on_the_pages_of_a_body_tells_whom_it_is_about() {
        let portal = Portal::demo().await;
        let answer = portal.look_of_the_hospital().await.body;
        let hospital = portal.as_hospital().await;
        let one = testkit::made_up(0);
        let mut pages = vec![answer];
        for path in [
            "/look",
            "/ask",
            "/ask/employment-check",
            "/my-looks",
            "/my-requests",
            "/desk/inbox",
        ] {
            let page = hospital.get(path).await.body;
            assert!(!page.contains(&one.name) && !page.contains(&one.number), "{path}");
            pages.push(page);
        }
        for page in pages {
            for address in page.split("href=\"").chain(page.split("action=\"")).skip(1) {
                let address = address.split('"').next().unwrap();
                for personal in [one.number.as_str(), one.name.as_str(), "LAW-"] {
                    assert!(!address.contains(personal), "{address}");
                }
            }
        }
    }
}
