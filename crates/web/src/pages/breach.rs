//! `/breaches/{id}`: what somebody whom a breach of data affects is told of it.

use askama::Template;
use axum::{extract::Path, response::Response};
use model::BreachId;
use registry::BreachTold;

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    said,
    visit::PersonVisit,
};

#[derive(Template)]
#[template(path = "breach.html")]
struct BreachPage {
    page: Page,
    body: String,
    told: BreachTold,
}

/// `GET /breaches/{id}`
pub(crate) async fn show(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id: BreachId = id.parse().map_err(|_| Fault::NotFound)?;
    let told = visit.state.registry.breach_told_to(person, id).await?;
    let told = told.ok_or(Fault::NotFound)?;
    html(&BreachPage {
        page: visit.page(Section::Inbox),
        body: said::actor(visit.state.profile(), &told.report.body, visit.language),
        told,
    })
}
