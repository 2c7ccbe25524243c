//! `/review/looks/{id}`: one look to look into. The case that it was taken in is opened by a form of its own, since
//! that is written down; then it is closed as proper or not, with reasons.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use model::EventId;
use registry::{Cause, ReviewCase, Verdict};

use super::queue::{Look, fault, problems};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::{certificates::see_other, office::Problems},
    visit::{ReviewerVisit, Visit},
    words::Key,
};

/// The case, once it was opened.
enum Case {
    Closed,
    Opened(ReviewCase),
    /// There is none: the look was by consent, or what is held about the person is erased.
    None,
}

#[derive(Template)]
#[template(path = "review-look.html")]
struct LookPage {
    page: Page,
    look: Look,
    case: Case,
    /// Whether the notice to the person waits, and may be let wait longer.
    waits: bool,
    verdict: String,
    reasons: String,
    days: String,
    renew_reasons: String,
    problems: Problems,
}

fn id(text: &str) -> Result<EventId, Fault> {
    text.parse().map_err(|_| Fault::NotFound)
}

async fn page(
    visit: &Visit,
    id: EventId,
    case: Case,
    problems: Problems,
    sent: Option<&Form>,
) -> Result<LookPage, Fault> {
    let queue = visit.state.registry.review_queue().await?;
    let item = queue.looks.iter().find(|item| item.look == id);
    let item = item.ok_or(Fault::NotFound)?;
    let value = |name| sent.map_or(String::new(), |form| form.one(name).to_owned());
    Ok(LookPage {
        page: visit.page(Section::Review),
        look: Look::new(visit, item),
        case,
        waits: item.causes.contains(&Cause::NoticeWaits),
        verdict: value("verdict"),
        reasons: value("reasons"),
        days: value("days"),
        renew_reasons: value("renew_reasons"),
        problems,
    })
}

/// `GET /review/looks/{id}`
pub(crate) async fn show(
    ReviewerVisit { visit, .. }: ReviewerVisit,
    Path(look): Path<String>,
) -> Result<Response, Fault> {
    html(&page(&visit, id(&look)?, Case::Closed, Problems::default(), None).await?)
}

/// `POST /review/looks/{id}/case`: opens the case. That it was opened is in the log first.
pub(crate) async fn case(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(look): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id = id(&look)?;
    let opened = visit.state.registry.review_case(reviewer.as_str(), id).await;
    let case = match opened.map_err(fault)? {
        Some(case) => Case::Opened(case),
        None => Case::None,
    };
    html(&page(&visit, id, case, Problems::default(), None).await?)
}

/// `POST /review/looks/{id}/close`: the fields `verdict` and `reasons`.
pub(crate) async fn close(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(look): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let id = id(&look)?;
    let verdict = match form.one("verdict") {
        "proper" => Some(Verdict::Proper),
        "improper" => Some(Verdict::Improper),
        _ => None,
    };
    let problem = match verdict {
        None => Problems::new(&visit, "verdict", Key("review-choose-verdict")),
        Some(verdict) => {
            let registry = &visit.state.registry;
            let reasons = form.one("reasons").trim();
            match registry
                .close_review(id, reviewer.as_str(), verdict, reasons)
                .await
            {
                Ok(()) => return Ok(see_other("/review".to_owned())),
                Err(error) => problems(&visit, error)?,
            }
        }
    };
    let page = page(&visit, id, Case::Closed, problem, Some(&form)).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST /review/looks/{id}/renew`: lets the notice wait longer. The fields `days` and `renew_reasons`.
pub(crate) async fn renew(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(look): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let id = id(&look)?;
    let problem = match form.one("days").trim().parse() {
        Err(_) => Problems::new(&visit, "days", Key("office-number-malformed")),
        Ok(days) => {
            let registry = &visit.state.registry;
            let reasons = form.one("renew_reasons").trim();
            match registry.renew_wait(id, reviewer.as_str(), days, reasons).await {
                Ok(_) => return Ok(see_other(format!("/review/looks/{look}"))),
                Err(registry::ReviewError::ReasonsMissing) => {
                    Problems::new(&visit, "renew_reasons", Key("office-reasons-missing"))
                }
                Err(registry::ReviewError::NoLonger) => {
                    Problems::new(&visit, "days", Key("review-wait-no-longer"))
                }
                Err(error) => problems(&visit, error)?,
            }
        }
    };
    let page = page(&visit, id, Case::Closed, problem, Some(&form)).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
