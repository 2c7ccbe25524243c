//! `/my-looks`: the looks that one took oneself, each with its receipt. Nobody is named; each person stands under the
//! identifier that they have for this body alone.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use jiff::Timestamp;
use model::EventId;
use registry::OwnLook;

use super::{inbox::Part, requests};
use crate::{
    fault::Fault,
    page::{Page, Pages, Section, html},
    pages::receipt as receipts,
    said, said_office,
    visit::{StaffVisit, Visit},
    words::Key,
};

/// How many looks stand on a page.
const A_PAGE: usize = 50;

/// A look.
struct Row {
    at: Timestamp,
    purpose: String,
    under: Key,
    person: String,
    outcome: Key,
    /// Where its receipt is, if it was answered.
    receipt: Option<String>,
}

#[derive(Template)]
#[template(path = "office-looks.html")]
struct LooksPage {
    page: Page,
    body: String,
    rows: Vec<Row>,
    pages: Pages,
}

fn row(visit: &Visit, look: &OwnLook) -> Row {
    Row {
        at: look.at,
        purpose: requests::purpose(visit, &look.purpose),
        under: if look.consent.is_some() {
            Key("office-under-consent")
        } else {
            Key("office-under-law")
        },
        person: look.person.clone(),
        outcome: said_office::outcome(&look.outcome),
        receipt: (look.outcome == "seen").then(|| format!("/my-looks/{}/receipt", look.look)),
    }
}

/// `GET /my-looks`
pub(crate) async fn show(
    StaffVisit { visit, body, staff }: StaffVisit,
    Query(part): Query<Part>,
) -> Result<Response, Fault> {
    let mut looks = visit.state.registry.looks_of(&body).await?;
    looks.retain(|look| look.staff.as_ref() == Some(&staff));
    let pages = Pages::new("/my-looks?page=", part.page.unwrap_or(1), looks.len(), A_PAGE);
    let shown = looks.iter().skip(pages.skipped()).take(A_PAGE);
    html(&LooksPage {
        page: visit.page(Section::MyLooks),
        body: said::authority(visit.state.profile(), &body, visit.language),
        rows: shown.map(|look| row(&visit, look)).collect(),
        pages,
    })
}

/// `GET /my-looks/{look}/receipt`
pub(crate) async fn receipt(
    StaffVisit { visit, body, .. }: StaffVisit,
    Path(look): Path<String>,
) -> Result<Response, Fault> {
    let look: EventId = look.parse().map_err(|_| Fault::NotFound)?;
    receipts::file(visit.state.registry.look_receipt(&body, look).await?)
}
