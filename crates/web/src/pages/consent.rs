//! `/consents/{id}`: one consent. The person grants it, all or less, or refuses; pauses it, resumes it, takes it back;
//! and reads what was looked at under it.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::{Timestamp, civil::Date};
use model::{
    ConsentId, PersonId,
    consent::{ConsentAnswer, ConsentFault, ConsentStanding, FieldsByKind, Terms},
    procedure::Speaker,
};
use registry::{ConsentError, ConsentView};

use super::{certificates::see_other, confirm::ConfirmPage, consents::ConsentCard};
use crate::{
    acting::{Consents, ForPerson},
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    process,
    visit::Visit,
    words::Key,
};

/// What is wrong, and at which field.
struct Problem {
    field: &'static str,
    words: Key,
}

/// What the person chose so far.
struct Chosen {
    /// `kind.field` for each field.
    fields: BTreeSet<String>,
    until: String,
    looks: u64,
}

/// A look under the consent.
struct Taken {
    id: String,
    at: Timestamp,
    outcome: Key,
    staff: Option<String>,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    page: Page,
    card: ConsentCard,
    chosen: Chosen,
    today: Date,
    /// Whether less was granted than asked for.
    less: bool,
    taken: Vec<Taken>,
    problem: Option<Problem>,
}

impl ConsentPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.problem.as_ref().is_some_and(|one| one.field == field)
    }

    fn is_chosen(&self, kind: &str, field: &str) -> bool {
        self.chosen.fields.contains(&format!("{kind}.{field}"))
    }
}

impl From<ConsentError> for Fault {
    fn from(error: ConsentError) -> Self {
        match error {
            ConsentError::Mandate(error) => error.into(),
            ConsentError::Registry(error) => error.into(),
            // The page that led here is an old one.
            ConsentError::Unknown | ConsentError::Fault(_) => Self::NotFound,
            ConsentError::Refused(_) | ConsentError::Identity | ConsentError::Replayed => Self::Internal,
        }
    }
}

async fn find(visit: &Visit, person: PersonId, id: &str) -> Result<ConsentView, Fault> {
    let id: ConsentId = id.parse().map_err(|_| Fault::NotFound)?;
    let consents = visit.state.registry.consents_of(person).await?;
    consents
        .into_iter()
        .find(|one| one.consent == id)
        .ok_or(Fault::NotFound)
}

/// Every field of these terms, as the form names it.
fn form_fields(terms: &Terms) -> BTreeSet<String> {
    let kinds = terms.fields.iter();
    kinds
        .flat_map(|(kind, fields)| fields.iter().map(move |field| format!("{kind}.{field}")))
        .collect()
}

async fn page(
    visit: &Visit,
    person: PersonId,
    view: &ConsentView,
    sent: Option<(Chosen, Problem)>,
) -> Result<ConsentPage, Fault> {
    let (registry, profile) = (&visit.state.registry, visit.state.profile());
    let all = || Chosen {
        fields: form_fields(&view.asked),
        until: view.asked.until.to_string(),
        looks: view.asked.looks.into(),
    };
    let (chosen, problem) = match sent {
        Some((chosen, problem)) => (chosen, Some(problem)),
        None => (all(), None),
    };
    let looks = registry.looks_under(person, view.consent).await?;
    Ok(ConsentPage {
        page: visit.page(Section::Consents),
        card: ConsentCard::new(profile, view, registry.today(), visit.language),
        chosen,
        today: registry.today(),
        less: view
            .granted
            .as_ref()
            .is_some_and(|granted| *granted != view.asked),
        taken: looks
            .into_iter()
            .map(|look| Taken {
                id: look.look.to_string(),
                at: look.at,
                outcome: process::outcome(&look.outcome),
                staff: look.staff,
            })
            .collect(),
        problem,
    })
}

/// `GET /consents/{id}`
pub(crate) async fn show(
    ForPerson { visit, person, .. }: ForPerson<Consents>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let view = find(&visit, person, &id).await?;
    html(&page(&visit, person, &view, None).await?)
}

/// The terms that were chosen, or what is wrong with them.
fn terms(chosen: &Chosen, asked: &Terms, today: Date) -> Result<Terms, Problem> {
    let wrong = |field, words| Err(Problem { field, words });
    let mut fields = FieldsByKind::new();
    for (kind, of_kind) in &asked.fields {
        let kept = of_kind
            .iter()
            .filter(|name| chosen.fields.contains(&format!("{kind}.{name}")));
        let kept: BTreeSet<String> = kept.cloned().collect();
        if !kept.is_empty() {
            fields.insert(*kind, kept);
        }
    }
    if fields.is_empty() {
        return wrong("fields", Key("consent-choose-field"));
    }
    let Ok(until) = chosen.until.trim().parse::<Date>() else {
        return wrong("until", Key("consent-until-malformed"));
    };
    if until < asked.from.max(today) || until > asked.until {
        return wrong("until", Key("consent-until-outside"));
    }
    let looks = u32::try_from(chosen.looks).unwrap_or_default();
    if looks == 0 || looks > asked.looks {
        return wrong("looks", Key("consent-looks-outside"));
    }
    Ok(Terms {
        fields,
        until,
        looks,
        ..asked.clone()
    })
}

/// `POST /consents/{id}/grant`: all of it, or less.
pub(crate) async fn grant(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Consents>,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let view = find(&visit, person, &id).await?;
    if view.standing != ConsentStanding::Asked {
        return Err(Fault::NotFound);
    }
    let chosen = Chosen {
        until: form.one("until").to_owned(),
        looks: form.one("looks").parse().unwrap_or_default(),
        fields: form
            .into_fields()
            .into_iter()
            .filter(|(name, _)| name == "field")
            .map(|(_, value)| value)
            .collect(),
    };
    let registry = &visit.state.registry;
    let problem = match terms(&chosen, &view.asked, registry.today()) {
        Ok(terms) => {
            let answer = ConsentAnswer::Granted(terms);
            match registry.decide_consent(person, view.consent, answer, by).await {
                Ok(()) => return Ok(see_other(format!("/consents/{}", view.consent))),
                Err(ConsentError::Fault(ConsentFault::Empty | ConsentFault::Wider)) => Problem {
                    field: "fields",
                    words: Key("consent-choose-field"),
                },
                Err(error) => return Err(error.into()),
            }
        }
        Err(problem) => problem,
    };
    let page = page(&visit, person, &view, Some((chosen, problem))).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST /consents/{id}/pause`
pub(crate) async fn pause(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Consents>,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id: ConsentId = id.parse().map_err(|_| Fault::NotFound)?;
    visit.state.registry.pause_consent(person, id, by).await?;
    Ok(see_other(format!("/consents/{id}")))
}

/// `POST /consents/{id}/resume`
pub(crate) async fn resume(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Consents>,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id: ConsentId = id.parse().map_err(|_| Fault::NotFound)?;
    visit.state.registry.resume_consent(person, id, by).await?;
    Ok(see_other(format!("/consents/{id}")))
}

/// An end of a consent that cannot be undone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Refuse,
    Revoke,
}

async fn ask(visit: &Visit, person: PersonId, id: &str, end: End) -> Result<Response, Fault> {
    let view = find(visit, person, id).await?;
    let card = ConsentCard::new(
        visit.state.profile(),
        &view,
        visit.state.registry.today(),
        visit.language,
    );
    let (may, title, words, button, way) = match end {
        End::Refuse => (
            card.waits(),
            Key("consent-refuse-title"),
            Key("consent-refuse-words"),
            Key("consent-refuse-button"),
            "refuse",
        ),
        End::Revoke => (
            card.runs(),
            Key("consent-revoke-title"),
            Key("consent-revoke-words"),
            Key("consent-revoke-button"),
            "revoke",
        ),
    };
    if !may {
        return Err(Fault::NotFound);
    }
    let page = visit.page(Section::Consents);
    ConfirmPage {
        title,
        words: vec![page.say(words).with("body", &card.body).to_string()],
        action: format!("/consents/{}/{way}", card.id),
        button,
        back: (format!("/consents/{}", card.id), Key("consent-title")),
        page,
    }
    .answer()
}

async fn end(
    visit: &Visit,
    (person, by): (PersonId, Speaker),
    id: &str,
    end: End,
) -> Result<Response, Fault> {
    let (registry, id): (_, ConsentId) = (&visit.state.registry, id.parse().map_err(|_| Fault::NotFound)?);
    match end {
        End::Refuse => {
            registry
                .decide_consent(person, id, ConsentAnswer::Refused, by)
                .await?
        }
        End::Revoke => registry.revoke_consent(person, id, by).await?,
    }
    Ok(see_other("/consents".to_owned()))
}

/// `GET /consents/{id}/refuse`: asks whether the person is sure.
pub(crate) async fn ask_to_refuse(
    ForPerson { visit, person, .. }: ForPerson<Consents>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    ask(&visit, person, &id, End::Refuse).await
}

/// `POST /consents/{id}/refuse`
pub(crate) async fn refuse(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Consents>,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    end(&visit, (person, by), &id, End::Refuse).await
}

/// `GET /consents/{id}/revoke`: asks whether the person is sure.
pub(crate) async fn ask_to_revoke(
    ForPerson { visit, person, .. }: ForPerson<Consents>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    ask(&visit, person, &id, End::Revoke).await
}

/// `POST /consents/{id}/revoke`
pub(crate) async fn revoke(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Consents>,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    end(&visit, (person, by), &id, End::Revoke).await
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_consent_of_which_the_rules_allow_less_now_says_so() {
        // From 1 December at most one look.
        let mut profile = testkit::gansu();
        let purpose = profile.purposes.get_mut("employment-check").unwrap();
        let high = purpose
            .consent
            .as_ref()
            .unwrap()
            .on("2026-11-23".parse().unwrap())
            .clone();
        let mut low = high.clone();
        low.most_looks = 1;
        purpose.consent = Some(profile::ByDay::always(high).then("2026-12-01".parse().unwrap(), low));
        let portal = Portal::of(profile).await;
        let consent = portal.ask_consent().await;
        let path = format!("/consents/{consent}");
        let says = async || {
            let person = portal.as_person().await;
            let english = person.get(&path).await.body;
            let chinese = person.in_chinese().get(&path).await.body;
            let words = [
                "The rules now allow less than when this was asked for",
                "允许的范围比对方请求时小",
            ];
            [
                english.contains(words[0]),
                chinese.contains(words[1]),
                english.contains("2 times"),
            ]
        };
        assert_eq!(says().await, [false, false, true]);
        portal.when_due("2026-12-01T02:00:00Z").await;
        assert_eq!(says().await, [true, true, false], "and shows what holds today");
    }

    #[tokio::test]
    async fn a_person_grants_less_and_reads_what_was_looked_at_under_it() {
        let portal = Portal::demo().await;
        let consent = portal.ask_consent().await;
        let person = portal.as_person().await;
        let address = format!("/consents/{consent}");
        let fields = [
            ("field", "licence.scope"),
            ("field", "decision.facts"),
            ("until", "2026-12-01"),
            ("looks", "1"),
        ];
        let granted = person.post(&format!("{address}/grant"), &fields).await;
        assert_eq!(
            granted.location.as_deref(),
            Some(address.as_str()),
            "{}",
            granted.body
        );
        let page = person.get(&address).await.body;
        assert!(
            page.contains("1 December 2026") && page.contains("granted less"),
            "{page}"
        );
        assert!(
            !page.contains("Facts found"),
            "nothing that was not asked for is granted: {page}"
        );
        assert!(page.contains("Nobody has looked under it"), "{page}");
        portal.look_by_consent(consent).await;
        let page = person.get(&address).await.body;
        assert!(page.contains("Shown what was allowed"), "{page}");
        assert!(page.contains("Used up"), "{page}");
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_at_the_field_and_what_was_chosen_is_kept() {
        let portal = Portal::demo().await;
        let consent = portal.ask_consent().await;
        let person = portal.as_person().await;
        let address = format!("/consents/{consent}/grant");
        for (fields, field, words) in [
            (
                &[("until", "2026-12-01"), ("looks", "1")][..],
                "fields",
                "Choose at least one",
            ),
            (
                &[("field", "licence.scope"), ("until", "soon"), ("looks", "1")][..],
                "until",
                "Write the last day",
            ),
            (
                &[
                    ("field", "licence.scope"),
                    ("until", "2027-12-01"),
                    ("looks", "1"),
                ][..],
                "until",
                "not later than",
            ),
            (
                &[
                    ("field", "licence.scope"),
                    ("until", "2026-12-01"),
                    ("looks", "9"),
                ][..],
                "looks",
                "not more",
            ),
        ] {
            let again = person.post(&address, fields).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(again.body.contains(words), "{words}: {}", again.body);
            assert!(again.body.contains(&format!("id=\"{field}-error\"")), "{field}");
            let until = fields.iter().find(|(name, _)| *name == "until").unwrap().1;
            assert!(
                again.body.contains(&format!("value=\"{until}\"")),
                "{}",
                again.body
            );
        }
        let again = person
            .post(&address, &[("field", "licence.scope"), ("until", "x")])
            .await
            .body;
        assert_eq!(again.matches(" checked>").count(), 1, "{again}");
    }

    #[tokio::test]
    async fn a_consent_is_paused_resumed_and_taken_back_and_each_holds_at_the_next_look() {
        let portal = Portal::demo().await;
        let consent = portal.ask_consent().await;
        let (person, address) = (portal.as_person().await, format!("/consents/{consent}"));
        let all = [
            ("field", "licence.scope"),
            ("until", "2026-12-31"),
            ("looks", "2"),
        ];
        person.post(&format!("{address}/grant"), &all).await;
        person.post(&format!("{address}/pause"), &[]).await;
        assert_eq!(portal.look_by_consent(consent).await, "consent-paused");
        let page = person.get(&address).await.body;
        assert!(page.contains("Refused: you had paused it"), "{page}");
        person.post(&format!("{address}/resume"), &[]).await;
        assert_eq!(portal.look_by_consent(consent).await, "answered");
        let sure = person.get(&format!("{address}/revoke")).await.body;
        assert!(sure.contains("cannot be undone"), "{sure}");
        let revoked = person.post(&format!("{address}/revoke"), &[]).await;
        assert_eq!(revoked.location.as_deref(), Some("/consents"));
        assert_eq!(portal.look_by_consent(consent).await, "consent-revoked");
        let again = person.post(&format!("{address}/resume"), &[]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_refusal_is_asked_about_first_and_nobody_else_reaches_a_consent() {
        let portal = Portal::demo().await;
        let consent = portal.ask_consent().await;
        let (person, address) = (portal.as_person().await, format!("/consents/{consent}"));
        let other = portal.as_person_number(1).await;
        for path in ["", "/refuse", "/revoke"] {
            let path = format!("{address}{path}");
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["grant", "refuse", "revoke", "pause", "resume"] {
            let path = format!("{address}/{path}");
            assert_eq!(
                other.post(&path, &[]).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
            assert_eq!(
                person.post_raw(&path, &[]).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        assert!(
            person
                .get(&format!("{address}/refuse"))
                .await
                .body
                .contains("cannot be undone")
        );
        person.post(&format!("{address}/refuse"), &[]).await;
        assert!(person.get("/consents").await.body.contains("You refused"));
        assert_eq!(
            person.get(&format!("{address}/refuse")).await.status,
            StatusCode::NOT_FOUND
        );
    }
}
