//! `/my-requests`: what became of the body's requests for consent. Nobody is named.

use askama::Template;
use axum::{extract::Query, response::Response};
use jiff::{Timestamp, civil::Date};
use model::consent::ConsentStanding;
use registry::AskedConsent;

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    said, said_office,
    visit::{StaffVisit, Visit},
    words::Key,
};

/// A request.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) purpose: String,
    pub(crate) profession: String,
    pub(crate) person: String,
    pub(crate) standing: Key,
    /// Whether a look may be taken under it today.
    pub(crate) usable: bool,
    /// Whether the person granted less than was asked for.
    pub(crate) narrower: bool,
    pub(crate) asked_at: Timestamp,
    pub(crate) until: Date,
    pub(crate) used: u64,
    pub(crate) looks: u64,
}

/// The name of a purpose.
pub(crate) fn purpose(visit: &Visit, id: &str) -> String {
    let purpose = visit.state.profile().purposes.get(id);
    purpose.map_or(id, |one| one.name.get(visit.language)).to_owned()
}

impl Row {
    pub(crate) fn new(visit: &Visit, one: &AskedConsent) -> Self {
        let terms = one.granted.as_ref().unwrap_or(&one.asked);
        Self {
            id: one.consent.to_string(),
            purpose: purpose(visit, &one.purpose),
            profession: said::profession(visit.state.profile(), &terms.profession, visit.language),
            person: one.person.clone(),
            standing: said_office::consent_standing(one.standing),
            usable: one.standing == ConsentStanding::Granted,
            narrower: one.granted.as_ref().is_some_and(|granted| *granted != one.asked),
            asked_at: one.asked_at,
            until: terms.until,
            used: one.used.into(),
            looks: terms.looks.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "office-requests.html")]
struct RequestsPage {
    page: Page,
    body: String,
    sent: bool,
    rows: Vec<Row>,
}

/// Whether one was sent just now.
#[derive(serde::Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    sent: Option<u8>,
}

/// `GET /my-requests`
pub(crate) async fn show(
    StaffVisit { visit, body, .. }: StaffVisit,
    Query(sent): Query<Sent>,
) -> Result<Response, Fault> {
    let asked = visit.state.registry.asked_consents(&body).await?;
    html(&RequestsPage {
        page: visit.page(Section::MyRequests),
        body: said::authority(visit.state.profile(), &body, visit.language),
        sent: sent.sent.is_some(),
        rows: asked.iter().map(|one| Row::new(&visit, one)).collect(),
    })
}
