//! `/commendations`: the commendations that their people want everybody to see, page by page. No account, no search,
//! and no copy in any cache: after a person's no it is gone with the next request.

use askama::Template;
use axum::{extract::Query, response::Response};
use jiff::civil::Date;
use model::RecordKind;

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    said::{self, FieldView},
    visit::Visit,
};

/// A commendation as everybody sees it.
struct Card {
    name: String,
    profession: String,
    authority: String,
    fields: Vec<FieldView>,
    granted_on: Option<Date>,
}

#[derive(Template)]
#[template(path = "commendations.html")]
struct CommendationsPage {
    page: Page,
    cards: Vec<Card>,
    previous: Option<u64>,
    next: Option<u64>,
}

/// Which part of the list to show.
#[derive(serde::Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    page: Option<u64>,
}

/// `GET /commendations?page=1`
pub(crate) async fn show(visit: Visit, Query(part): Query<Part>) -> Result<Response, Fault> {
    let number = part.page.unwrap_or(1).max(1);
    let (profile, language) = (visit.state.profile(), visit.language);
    let found = visit.state.registry.published_commendations(number).await?;
    let cards = found.commendations.into_iter().map(|one| Card {
        name: one.name,
        profession: said::profession(profile, &one.profession, language),
        authority: said::authority(profile, &one.authority, language),
        fields: said::fields(profile, RecordKind::Commendation, &one.words, language),
        granted_on: one.granted_on,
    });
    html(&CommendationsPage {
        cards: cards.collect(),
        page: visit.page(Section::Commendations),
        previous: (number > 1).then(|| number - 1),
        next: found.more.then(|| number.saturating_add(1)),
    })
}
