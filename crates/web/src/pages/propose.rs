//! What an association does at `/proposals`: propose that somebody is commended, and see its own proposals, without whom
//! they are about.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use model::RecordKind;
use profile::FieldKind;
use registry::{OwnProposal, ProposalError, Propose};

use super::{certificates::see_other, good_record::proposal_standing};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    said,
    visit::{StaffVisit, Visit},
    words::Key,
};

/// Where a proposal can go.
struct Target {
    value: String,
    name: String,
    chosen: bool,
}

/// A text that the association words.
struct Wording {
    name: String,
    label: String,
    most: usize,
    required: bool,
    value: String,
}

/// A proposal of the association's own.
struct Own {
    authority: String,
    profession: String,
    proposed_at: Timestamp,
    standing: Key,
}

#[derive(Template)]
#[template(path = "propose.html")]
struct ProposePage {
    page: Page,
    association: String,
    number_name: String,
    targets: Vec<Target>,
    wordings: Vec<Wording>,
    name: String,
    own: Vec<Own>,
    problem: Option<Key>,
}

fn own(visit: &Visit, one: &OwnProposal) -> Own {
    let (profile, language) = (visit.state.profile(), visit.language);
    Own {
        authority: said::authority(profile, &one.authority, language),
        profession: said::profession(profile, &one.profession, language),
        proposed_at: one.proposed_at,
        standing: proposal_standing(one.standing),
    }
}

/// What was sent before, to be shown again. The number is not: it is written anew.
#[derive(Default)]
struct Sent {
    to: String,
    name: String,
    words: BTreeMap<String, String>,
}

async fn page(
    visit: &Visit,
    association: &str,
    sent: Sent,
    problem: Option<Key>,
) -> Result<ProposePage, Fault> {
    let (profile, language) = (visit.state.profile(), visit.language);
    let professions = profile.associations.get(association).map(|one| &one.professions);
    let mut targets = Vec::new();
    for profession in professions.into_iter().flatten() {
        for authority in profile.commending(profession) {
            let value = format!("{profession}/{authority}");
            let name = said::profession(profile, profession, language);
            targets.push(Target {
                name: format!("{name} · {}", said::authority(profile, authority, language)),
                chosen: value == sent.to,
                value,
            });
        }
    }
    if let [only] = targets.as_mut_slice() {
        only.chosen = true;
    }
    let record_type = profile.record_type(RecordKind::Commendation);
    let fields = record_type.into_iter().flat_map(|one| &one.fields);
    let wordings = fields.filter_map(|field| match field.kind {
        FieldKind::Text { max_chars } => Some(Wording {
            name: field.name.clone(),
            label: field.label.get(language).to_owned(),
            most: max_chars,
            required: field.required,
            value: sent.words.get(&field.name).cloned().unwrap_or_default(),
        }),
        _ => None,
    });
    let proposals = visit.state.registry.proposals_of(association).await?;
    Ok(ProposePage {
        page: visit.page(Section::Proposals),
        association: said::authority(profile, association, language),
        number_name: profile.identity.name.get(language).to_owned(),
        targets,
        wordings: wordings.collect(),
        name: sent.name,
        own: proposals.iter().map(|one| own(visit, one)).collect(),
        problem,
    })
}

/// The association's page.
pub(super) async fn show(visit: &Visit, association: &str) -> Result<Response, Fault> {
    html(&page(visit, association, Sent::default(), None).await?)
}

/// `POST /proposals`: the fields `to` (a profession and an authority with a slash between), `name`, `id_number`, and the
/// texts of a commendation under their names.
pub(crate) async fn propose(
    StaffVisit {
        visit,
        body: authority,
        staff,
    }: StaffVisit,
    form: Form,
) -> Result<Response, Fault> {
    let profile = visit.state.profile();
    if !profile.associations.contains_key(&authority) {
        return Err(Fault::Forbidden);
    }
    let record_type = profile.record_type(RecordKind::Commendation);
    let fields = record_type.into_iter().flat_map(|one| &one.fields);
    let texts = fields.filter(|field| matches!(field.kind, FieldKind::Text { .. }));
    let words: BTreeMap<String, String> = texts
        .map(|field| (field.name.clone(), form.one(&field.name).to_owned()))
        .collect();
    let sent = Sent {
        to: form.one("to").to_owned(),
        name: form.one("name").to_owned(),
        words: words.clone(),
    };
    let (profession, to) = sent.to.split_once('/').unwrap_or_default();
    let propose = Propose {
        association: authority.clone(),
        staff: Some(staff),
        authority: to.to_owned(),
        profession: profession.to_owned(),
        id_number: form.one("id_number").to_owned(),
        name: sent.name.clone(),
        words,
        nonce: None,
    };
    let problem = match visit.state.registry.propose_commendation(propose).await {
        Ok(_) => return Ok(see_other("/proposals".to_owned())),
        Err(ProposalError::NotYours) => Key("propose-choose-to"),
        Err(ProposalError::Words { .. }) => Key("propose-words"),
        Err(ProposalError::NobodyKnown) => Key("propose-nobody-known"),
        Err(ProposalError::Waits) => Key("propose-waits"),
        Err(ProposalError::CeilingReached) => Key("propose-ceiling"),
        Err(ProposalError::Registry(error)) => return Err(error.into()),
        Err(_) => return Err(Fault::Internal),
    };
    let page = page(&visit, &authority, sent, Some(problem)).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn an_association_proposes_and_sees_its_own_without_whom_they_are_about() {
        let portal = Portal::demo().await;
        let association = portal.as_clerk_number(3).await;
        assert_eq!(
            association.get("/desk").await.location.as_deref(),
            Some("/proposals")
        );
        let person = testkit::made_up(0);
        let with = |number: &'static str, title: &'static str| {
            [
                ("to", "lawyer/law-bureau"),
                ("name", "x"),
                ("id_number", number),
                ("title", title),
            ]
        };
        for (fields, words) in [
            (with("1", "推荐"), "Nobody with this number and name"),
            (with("1", ""), "Write what the commendation is for"),
        ] {
            let refused = association.post("/proposals", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains(words), "{words}: {}", refused.body);
        }
        let fields = [
            ("to", "lawyer/law-bureau"),
            ("name", person.name.as_str()),
            ("id_number", person.number.as_str()),
            ("title", "推荐"),
        ];
        assert_eq!(
            association.post("/proposals", &fields).await.status,
            StatusCode::SEE_OTHER
        );
        let page = association.get("/proposals").await.body;
        assert!(page.contains("waits for an answer"), "{page}");
        assert!(
            !page.contains(&person.name) && !page.contains(&person.number),
            "{page}"
        );
        let again = association.post("/proposals", &fields).await;
        assert!(again.body.contains("waits already"), "{}", again.body);
        assert!(!again.body.contains(&person.number), "{}", again.body);
        // An authority proposes nothing.
        let clerk = portal.as_clerk().await;
        assert_eq!(
            clerk.post("/proposals", &fields).await.status,
            StatusCode::FORBIDDEN
        );
    }
}
