//! `/ask`: asks a person for consent. The page shows what the purpose allows at most; the person grants all of it,
//! less, or nothing. It is answered the same whether or not anybody is known under the number.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::{Span, civil::Date};
use model::{RecordKind, consent::FieldsByKind};
use profile::{ConsentTerms, Purpose};
use registry::{ConsentAsk, ConsentError};

use super::{
    Choice, Problems, nonce, once,
    purpose::{Ceilings, KindFields, PurposeRow, fields, usable},
};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::certificates::see_other,
    portal_key, said, said_office,
    visit::{StaffVisit, Visit},
    words::Key,
};

/// For how many days consent is asked where nothing else is filled in.
const USUAL_DAYS: u32 = 30;

#[derive(Template)]
#[template(path = "office-ask.html")]
struct ChoosePage {
    page: Page,
    body: String,
    purposes: Vec<PurposeRow>,
}

#[derive(Template)]
#[template(path = "office-ask-form.html")]
struct AskPage {
    page: Page,
    body: String,
    purpose: PurposeRow,
    ceilings: Ceilings,
    once: String,
    professions: Vec<Choice>,
    kinds: Vec<KindFields>,
    from: String,
    until: String,
    looks: String,
    keep: String,
    id_number: String,
    name: String,
    problems: Problems,
}

/// `GET /ask`: the purposes for which the body may ask.
pub(crate) async fn show(StaffVisit { visit, body, .. }: StaffVisit) -> Result<Response, Fault> {
    let purposes = usable(&visit, |purpose| {
        purpose.consent.is_some() && purpose.who.contains(&body)
    });
    html(&ChoosePage {
        page: visit.page(Section::Ask),
        body: said::authority(visit.state.profile(), &body, visit.language),
        purposes,
    })
}

/// The purpose with its ceilings, if the body may ask for it.
fn find<'a>(visit: &'a Visit, body: &str, purpose: &str) -> Result<(&'a Purpose, &'a ConsentTerms), Fault> {
    let profile = visit.state.profile();
    let terms = profile.consent_terms(purpose, body).ok_or(Fault::NotFound)?;
    let purpose = profile.purposes.get(purpose).ok_or(Fault::NotFound)?;
    Ok((purpose, terms.on(visit.state.registry.today())))
}

fn page(
    visit: &Visit,
    body: &str,
    (purpose, terms): (&Purpose, &ConsentTerms),
    sent: Option<&Form>,
    problems: Problems,
) -> Result<AskPage, Fault> {
    let (profile, language) = (visit.state.profile(), visit.language);
    let value = |name: &str, usual: String| sent.map_or(usual, |form| form.one(name).to_owned());
    let chosen = value("profession", String::new());
    let professions = profile.professions.keys().map(|id| Choice {
        value: id.clone(),
        name: said::profession(profile, id, language),
        chosen: *id == chosen,
    });
    // The last day counts, and so does today.
    let days = USUAL_DAYS.min(terms.longest_days.saturating_sub(1));
    let until = visit
        .state
        .registry
        .today()
        .saturating_add(Span::new().days(i64::from(days)));
    Ok(AskPage {
        page: visit.page(Section::Ask),
        body: said::authority(profile, body, language),
        purpose: PurposeRow {
            id: purpose.id.clone(),
            name: purpose.name.get(language).to_owned(),
        },
        ceilings: Ceilings::new(visit, terms),
        once: once(visit)?,
        professions: professions.collect(),
        kinds: fields(visit, &purpose.fields, |field| {
            sent.is_none_or(|form| form.all("fields").any(|one| one == field))
        }),
        from: value("from", String::new()),
        until: value("until", until.to_string()),
        looks: value("looks", "1".to_owned()),
        keep: value("keep", terms.keep_answer_days.min(USUAL_DAYS).to_string()),
        id_number: value("id_number", String::new()),
        name: value("name", String::new()),
        problems,
    })
}

/// `GET /ask/{purpose}`
pub(crate) async fn form(
    StaffVisit { visit, body, .. }: StaffVisit,
    Path(purpose): Path<String>,
) -> Result<Response, Fault> {
    let found = find(&visit, &body, &purpose)?;
    html(&page(&visit, &body, found, None, Problems::default())?)
}

/// The fields that were ticked, by kind of record.
fn ticked(form: &Form) -> FieldsByKind {
    let mut fields = FieldsByKind::new();
    for value in form.all("fields") {
        let parts = value.split_once('.');
        let Some((kind, name)) =
            parts.and_then(|(kind, name)| Some((kind.parse::<RecordKind>().ok()?, name)))
        else {
            continue;
        };
        let names: &mut BTreeSet<String> = fields.entry(kind).or_default();
        names.insert(name.to_owned());
    }
    fields
}

/// A field of the form that is no day or no number.
fn malformed(form: &Form) -> Option<(&'static str, Key)> {
    let day = |name| form.one(name).is_empty() || form.one(name).parse::<Date>().is_ok();
    let number = |name| form.one(name).trim().parse::<u32>().is_ok();
    if !day("from") {
        return Some(("from", Key("office-day-malformed")));
    }
    if !day("until") {
        return Some(("until", Key("office-day-malformed")));
    }
    if !number("looks") {
        return Some(("looks", Key("office-number-malformed")));
    }
    if !number("keep") {
        return Some(("keep", Key("office-number-malformed")));
    }
    None
}

/// `POST /ask/{purpose}`
pub(crate) async fn ask(
    StaffVisit { visit, body, staff }: StaffVisit,
    Path(purpose): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let found = find(&visit, &body, &purpose)?;
    if let Some((field, words)) = malformed(&form) {
        let problems = Problems::new(&visit, field, words);
        return again(&page(&visit, &body, found, Some(&form), problems)?);
    }
    let ask = ConsentAsk {
        body: body.clone(),
        asker: portal_key(&staff),
        purpose,
        profession: form.one("profession").to_owned(),
        fields: ticked(&form),
        from: form.one("from").parse().ok(),
        until: form.one("until").parse().ok(),
        looks: form.one("looks").trim().parse().ok(),
        keep_answer_days: form.one("keep").trim().parse().unwrap_or(u32::MAX),
        id_number: form.one("id_number").to_owned(),
        name: form.one("name").to_owned(),
        nonce: nonce(&visit, form.one("once"))?,
    };
    let (field, words) = match visit.state.registry.ask_consent(ask).await {
        Ok(_) => return Ok(see_other("/my-requests?sent=1".to_owned())),
        // The same form came before: what it asked for was asked for then.
        Err(ConsentError::Replayed) => return Ok(see_other("/my-requests".to_owned())),
        Err(ConsentError::Identity) => ("id_number", Key("office-identity-malformed")),
        Err(ConsentError::Refused(refusal)) => said_office::refusal(refusal.code()),
        Err(ConsentError::Registry(error)) => return Err(error.into()),
        Err(_) => return Err(Fault::Malformed),
    };
    let problems = Problems::new(&visit, field, words);
    again(&page(&visit, &body, found, Some(&form), problems)?)
}

fn again(page: &AskPage) -> Result<Response, Fault> {
    refused(StatusCode::UNPROCESSABLE_ENTITY, page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, hidden};

    #[tokio::test]
    async fn a_request_is_sent_once_and_shows_without_whom() {
        let portal = Portal::demo().await;
        portal.consent().await;
        let hospital = portal.as_hospital().await;
        let page = hospital.get("/my-requests").await.body;
        assert!(
            page.contains("Granted") && page.contains("/look/consent/"),
            "{page}"
        );
        let one = testkit::made_up(0);
        assert!(!page.contains(&one.name) && !page.contains(&one.number));
        assert!(
            !portal
                .as_clerk()
                .await
                .get("/my-requests")
                .await
                .body
                .contains("/look/consent/")
        );
    }

    #[tokio::test]
    async fn what_is_wider_than_the_purpose_allows_is_said_at_its_field() {
        let portal = Portal::demo().await;
        let hospital = portal.as_hospital().await;
        let one = testkit::made_up(0);
        let good = [
            ("profession", "lawyer"),
            ("fields", "licence.name"),
            ("until", "2026-12-31"),
            ("looks", "1"),
            ("keep", "30"),
            ("id_number", one.number.as_str()),
            ("name", one.name.as_str()),
        ];
        for (field, value) in [
            ("until", "2027-12-31"),
            ("until", "no day"),
            ("until", ""),
            ("looks", "4"),
            ("looks", "many"),
            ("keep", "181"),
            ("profession", ""),
            ("id_number", "123"),
            ("fields", "licence.document_number"),
        ] {
            let form = hospital.get("/ask/employment-check").await.body;
            let once = hidden(&form, "once");
            let mut fields: Vec<_> = good
                .iter()
                .map(|(name, right)| (*name, if *name == field { value } else { *right }))
                .collect();
            fields.push(("once", &once));
            let page = hospital.post("/ask/employment-check", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {value}");
            assert!(
                page.body.contains(&format!("href=\"#{field}\"")),
                "{field}: {value}: {}",
                page.body
            );
        }
    }

    #[tokio::test]
    async fn nobody_asks_for_a_purpose_that_is_not_theirs() {
        let portal = Portal::demo().await;
        let clerk = portal.as_clerk().await;
        assert_eq!(
            clerk.get("/ask/employment-check").await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(clerk.get("/ask").await.status, StatusCode::OK);
        let hospital = portal.as_hospital().await;
        assert_eq!(
            hospital.get("/ask/licensing-renewal").await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            portal.as_person().await.get("/ask").await.status,
            StatusCode::FORBIDDEN
        );
    }
}
