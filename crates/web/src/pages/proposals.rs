//! `/proposals`: an authority's proposed commendations that wait, and each opened, to take up or decline. An association
//! proposes here ([`propose`]).

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use intake::RowFault;
use jiff::{Timestamp, civil::Date};
use model::{ProposalId, RecordKind};
use profile::{Choice, Field, FieldKind, Language, Profile};
use registry::{ForBody, OpenedProposal, ProposalError, TakeUp};

use super::{certificates::see_other, propose};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    said::{self, FieldView},
    visit::{ClerkVisit, StaffVisit, Visit},
    words::Key,
};

/// A proposal in the list: without whom it is about.
struct Row {
    id: String,
    association: String,
    profession: String,
    proposed_at: Timestamp,
    answer_by: Option<Date>,
}

#[derive(Template)]
#[template(path = "proposals.html")]
struct ProposalsPage {
    page: Page,
    authority: String,
    rows: Vec<Row>,
}

/// A field that the authority fills in.
struct Input {
    name: String,
    label: String,
    /// How it is written.
    hint: Option<Key>,
    /// What it can be chosen from; empty: it is written.
    options: Vec<(String, String)>,
    value: String,
}

/// What is wrong with what was sent.
struct Problem {
    words: String,
    advice: String,
}

#[derive(Template)]
#[template(path = "proposal.html")]
struct ProposalPage {
    page: Page,
    id: String,
    association: String,
    profession: String,
    proposed_at: Timestamp,
    answer_by: Option<Date>,
    name: String,
    licences: String,
    fields: Vec<FieldView>,
    inputs: Vec<Input>,
    problem: Option<Problem>,
}

/// `GET /proposals`
pub(crate) async fn show(
    StaffVisit {
        visit,
        body: authority,
        ..
    }: StaffVisit,
) -> Result<Response, Fault> {
    let (profile, language) = (visit.state.profile(), visit.language);
    if profile.associations.contains_key(&authority) {
        return propose::show(&visit, &authority).await;
    }
    if !profile.authorities.contains_key(&authority) {
        return Err(Fault::Forbidden);
    }
    let waiting = visit.state.registry.proposals_for(&authority).await?;
    html(&ProposalsPage {
        page: visit.page(Section::Proposals),
        authority: said::authority(profile, &authority, language),
        rows: waiting
            .into_iter()
            .map(|one| Row {
                id: one.proposal.to_string(),
                association: said::authority(profile, &one.association, language),
                profession: said::profession(profile, &one.profession, language),
                proposed_at: one.proposed_at,
                answer_by: one.answer_by,
            })
            .collect(),
    })
}

/// The fields of a commendation that are neither proposed nor known, as inputs.
fn inputs(visit: &Visit, authority: &str, profession: &str, sent: &BTreeMap<String, String>) -> Vec<Input> {
    let (profile, language) = (visit.state.profile(), visit.language);
    let record_type = profile.record_type(RecordKind::Commendation);
    let fields = record_type.into_iter().flat_map(|one| &one.fields);
    fields
        .filter(|field| fills_in(field))
        .map(|field| Input {
            name: field.name.clone(),
            label: field.label.get(language).to_owned(),
            hint: matches!(field.kind, FieldKind::Date { .. } | FieldKind::BirthDate)
                .then_some(Key("proposal-date-hint")),
            options: options(profile, field, (authority, profession), language),
            value: sent.get(&field.name).cloned().unwrap_or_default(),
        })
        .collect()
}

fn fills_in(field: &Field) -> bool {
    !matches!(
        field.kind,
        FieldKind::Name { .. }
            | FieldKind::IdNumber
            | FieldKind::Authority
            | FieldKind::Text { .. }
            | FieldKind::Correction { .. }
    )
}

fn options(
    profile: &Profile,
    field: &Field,
    (authority, profession): (&str, &str),
    language: Language,
) -> Vec<(String, String)> {
    let chosen = |one: &Choice| (one.value.clone(), one.label.get(language).to_owned());
    match &field.kind {
        FieldKind::Basis => {
            let covers = |id: &&String| {
                let basis = profile.filing_basis(authority, RecordKind::Commendation, id);
                basis.is_some_and(|basis| basis.profession == profession)
            };
            let ids = profile.bases.keys().filter(covers);
            ids.filter_map(|id| Some((id.clone(), profile.bases.get(id)?.name.get(language).to_owned())))
                .collect()
        }
        FieldKind::Choice { values } | FieldKind::IdType { values } => values.iter().map(chosen).collect(),
        _ => Vec::new(),
    }
}

fn proposal_page(
    visit: &Visit,
    authority: &str,
    opened: &OpenedProposal,
    sent: &BTreeMap<String, String>,
    problem: Option<Problem>,
) -> ProposalPage {
    let (profile, language) = (visit.state.profile(), visit.language);
    let item = &opened.item;
    ProposalPage {
        page: visit.page(Section::Proposals),
        id: item.proposal.to_string(),
        association: said::authority(profile, &item.association, language),
        profession: said::profession(profile, &item.profession, language),
        proposed_at: item.proposed_at,
        answer_by: item.answer_by,
        name: opened.name.clone(),
        licences: opened.licences.join(" · "),
        fields: said::fields(profile, RecordKind::Commendation, &opened.words, language),
        inputs: inputs(visit, authority, &item.profession, sent),
        problem,
    }
}

async fn opened(visit: &Visit, by: ForBody, id: ProposalId) -> Result<OpenedProposal, Fault> {
    let opened = visit.state.registry.open_proposal(by, id).await;
    opened.map_err(|error| match error {
        ProposalError::Registry(error) => error.into(),
        _ => Fault::NotFound,
    })
}

/// `GET /proposals/{id}`: opens it, which the person sees.
pub(crate) async fn open(asked: ClerkVisit, Path(id): Path<String>) -> Result<Response, Fault> {
    let (by, ClerkVisit { visit, authority, .. }) = (asked.for_body(), asked);
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let opened = opened(&visit, by, id).await?;
    html(&proposal_page(
        &visit,
        &authority,
        &opened,
        &BTreeMap::new(),
        None,
    ))
}

/// `POST /proposals/{id}`: the field `answer`, `take-up` or `decline`, and the fields to fill in.
pub(crate) async fn answer(asked: ClerkVisit, Path(id): Path<String>, form: Form) -> Result<Response, Fault> {
    let (by, ClerkVisit { visit, authority, .. }) = (asked.for_body(), asked);
    let id: ProposalId = id.parse().map_err(|_| Fault::NotFound)?;
    let registry = &visit.state.registry;
    let record_type = visit.state.profile().record_type(RecordKind::Commendation);
    let fields = record_type.into_iter().flat_map(|one| &one.fields);
    let sent: BTreeMap<String, String> = fields
        .filter(|field| fills_in(field))
        .map(|field| (field.name.clone(), form.one(&field.name).to_owned()))
        .collect();
    let answered = match form.one("answer") {
        "take-up" => {
            let fields = sent.clone();
            let take_up = TakeUp { proposal: id, fields };
            registry.take_up_proposal(by.clone(), take_up).await.map(|_| ())
        }
        "decline" => registry.decline_proposal(by.clone(), id).await,
        _ => return Err(Fault::Malformed),
    };
    let problem = match answered {
        Ok(()) => return Ok(see_other("/proposals".to_owned())),
        Err(ProposalError::Row(fault)) => row_problem(&visit, &fault),
        Err(ProposalError::DocumentThere | ProposalError::OtherProfession) => Problem {
            words: visit
                .page(Section::Proposals)
                .say(Key("proposal-document-there"))
                .to_string(),
            advice: String::new(),
        },
        Err(ProposalError::Registry(error)) => return Err(error.into()),
        Err(_) => return Err(Fault::NotFound),
    };
    let opened = opened(&visit, by, id).await?;
    let page = proposal_page(&visit, &authority, &opened, &sent, Some(problem));
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn row_problem(visit: &Visit, fault: &RowFault) -> Problem {
    let (message, expected) = (fault.code.message(), fault.code.expected());
    let (message, expected) = match visit.language {
        Language::Zh => (message.zh, expected.zh),
        Language::En => (message.en, expected.en),
    };
    Problem {
        words: said::sentence(&message),
        advice: expected.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    /// A proposal about the first person, and the portal.
    async fn proposed() -> Portal {
        let portal = Portal::demo().await;
        let association = portal.as_clerk_number(3).await;
        let person = testkit::made_up(0);
        let fields = [
            ("to", "lawyer/law-bureau"),
            ("name", person.name.as_str()),
            ("id_number", person.number.as_str()),
            ("title", "推荐的表彰"),
        ];
        let done = association.post("/proposals", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        portal
    }

    fn address(page: &str) -> String {
        let id = page.split("href=\"/proposals/").nth(1).unwrap();
        format!("/proposals/{}", id.split('"').next().unwrap())
    }

    #[tokio::test]
    async fn an_authority_opens_a_proposal_and_takes_it_up_and_the_person_sees_each_step() {
        let portal = proposed().await;
        let name = testkit::made_up(0).name;
        let clerk = portal.as_clerk().await;
        let list = clerk.get("/proposals").await.body;
        assert!(
            list.contains("Lawyers&#39; association") || list.contains("Lawyers' association"),
            "{list}"
        );
        assert!(!list.split("<main").nth(1).unwrap().contains(&name), "{list}");
        let address = address(&list);
        let page = clerk.get(&address).await.body;
        assert!(
            page.contains(&name) && page.contains("LAW-00000000") && page.contains("推荐的表彰"),
            "{page}"
        );
        assert!(!page.contains(&testkit::made_up(0).number), "{page}");
        let incomplete = [
            ("answer", "take-up"),
            ("document_number", "甘律奖1号"),
            ("granted_on", "2026-11-20"),
        ];
        let refused = clerk.post(&address, &incomplete).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("The legal basis is missing"),
            "{}",
            refused.body
        );
        assert!(refused.body.contains("value=\"甘律奖1号\""), "{}", refused.body);
        let fields = [incomplete.as_slice(), &[("legal_basis", "lawyer-commendation")]].concat();
        assert_eq!(
            clerk.post(&address, &fields).await.location.as_deref(),
            Some("/proposals")
        );
        assert_eq!(clerk.get(&address).await.status, StatusCode::NOT_FOUND);
        let person = portal.as_person().await;
        let good = person.get("/good-record").await.body;
        assert!(good.contains("taken up") && good.contains("甘律奖1号"), "{good}");
        let looks = person.get("/looks").await.body;
        for words in [
            "Proposed that you be commended",
            "Opened the proposal",
            "Took the proposal up",
        ] {
            assert!(looks.contains(words), "{words}: {looks}");
        }
        for body in ["association, account clerk-1", "Law bureau, account clerk-1"] {
            assert!(looks.contains(body), "{body}: {looks}");
        }
    }

    #[tokio::test]
    async fn an_authority_declines_and_another_one_never_sees_it() {
        let portal = proposed().await;
        let clerk = portal.as_clerk().await;
        let address = address(&clerk.get("/proposals").await.body);
        let other = portal.as_clerk_number(1).await;
        assert!(!other.get("/proposals").await.body.contains("href=\"/proposals/"));
        assert_eq!(other.get(&address).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            other.post(&address, &[("answer", "decline")]).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            clerk.post(&address, &[("answer", "maybe")]).await.status,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            clerk.post_raw(&address, &[("answer", "decline")]).await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            clerk.post(&address, &[("answer", "decline")]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(!clerk.get("/proposals").await.body.contains("href=\"/proposals/"));
        let good = portal.as_person().await.get("/good-record").await.body;
        assert!(good.contains("not taken up"), "{good}");
        assert_eq!(
            portal.as_person().await.get("/proposals").await.status,
            StatusCode::FORBIDDEN
        );
    }
}
