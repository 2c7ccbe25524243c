//! `/review/members`: the bodies and the members of their staff that are stopped, the accounts without an own number, and
//! the figures of improper looks. A stop is lifted with reasons.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use registry::{Stop, Unnumbered};

use super::{oversight::Figure, queue::problems};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::{certificates::see_other, office::Problems},
    said,
    visit::{ReviewerVisit, Visit},
};

/// A stop.
struct Row {
    body: String,
    name: String,
    staff: String,
    stopped_at: Timestamp,
}

/// An account without an own number.
struct Bare {
    /// The body's name; empty: it is a reviewer's.
    name: String,
    account: String,
}

#[derive(Template)]
#[template(path = "review-members.html")]
struct MembersPage {
    page: Page,
    stops: Vec<Row>,
    unnumbered: Vec<Bare>,
    year: String,
    figures: Vec<Figure>,
    problems: Problems,
}

async fn page(visit: &Visit, problems: Problems) -> Result<MembersPage, Fault> {
    let stops = visit.state.registry.stops().await?;
    let row = |stop: Stop| Row {
        name: said::authority(visit.state.profile(), &stop.body, visit.language),
        body: stop.body,
        staff: stop.staff.unwrap_or_default(),
        stopped_at: stop.stopped_at,
    };
    let unnumbered = visit.state.registry.without_own_number().await?;
    let bare = |one: Unnumbered| Bare {
        name: one.body.map_or_else(String::new, |body| {
            said::authority(visit.state.profile(), &body, visit.language)
        }),
        account: one.account,
    };
    let year = visit.state.registry.today().year();
    Ok(MembersPage {
        page: visit.page(Section::Members),
        stops: stops.into_iter().map(row).collect(),
        unnumbered: unnumbered.into_iter().map(bare).collect(),
        year: year.to_string(),
        figures: Figure::of_year(visit, year).await?,
        problems,
    })
}

/// `GET /review/members`
pub(crate) async fn show(ReviewerVisit { visit, .. }: ReviewerVisit) -> Result<Response, Fault> {
    html(&page(&visit, Problems::default()).await?)
}

/// `POST /review/members/lift`: the fields `body`, `staff` and `reasons`.
pub(crate) async fn lift(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    form: Form,
) -> Result<Response, Fault> {
    let (body, reasons) = (form.one("body"), form.one("reasons").trim());
    let staff = Some(form.one("staff")).filter(|staff| !staff.is_empty());
    let registry = &visit.state.registry;
    match registry.lift_stop(reviewer.as_str(), body, staff, reasons).await {
        Ok(()) => Ok(see_other("/review/members".to_owned())),
        Err(error) => {
            let problems = problems(&visit, error)?;
            refused(StatusCode::UNPROCESSABLE_ENTITY, &page(&visit, problems).await?)
        }
    }
}
