//! `/review/looks/{id}`: one look to look into. The case that it was taken in is opened by a form of its own, since
//! that is written down; then it is closed as proper or not, with reasons.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::civil::Date;
use model::{EventId, procedure::ReviewerId};
use registry::{ReviewCase, Verdict};

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
    /// The day until which the notice to the person waits, and which a reviewer may put off.
    waits_until: Option<Date>,
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
    (visit, reviewer): (&Visit, &ReviewerId),
    id: EventId,
    case: Case,
    problems: Problems,
    sent: Option<&Form>,
) -> Result<LookPage, Fault> {
    let queue = visit.state.registry.review_queue_for(reviewer).await?;
    let item = queue.looks.iter().find(|item| item.look == id);
    let item = item.ok_or(Fault::NotFound)?;
    let value = |name| sent.map_or(String::new(), |form| form.one(name).to_owned());
    Ok(LookPage {
        page: visit.page(Section::Review),
        look: Look::new(visit, item),
        case,
        waits_until: item.told_on,
        verdict: value("verdict"),
        reasons: value("reasons"),
        days: value("days"),
        renew_reasons: value("renew_reasons"),
        problems,
    })
}

/// `GET /review/looks/{id}`
pub(crate) async fn show(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(look): Path<String>,
) -> Result<Response, Fault> {
    html(
        &page(
            (&visit, &reviewer),
            id(&look)?,
            Case::Closed,
            Problems::default(),
            None,
        )
        .await?,
    )
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
    html(&page((&visit, &reviewer), id, case, Problems::default(), None).await?)
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
    let page = page((&visit, &reviewer), id, Case::Closed, problem, Some(&form)).await?;
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
    let page = page((&visit, &reviewer), id, Case::Closed, problem, Some(&form)).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, hidden};

    #[tokio::test]
    async fn a_notice_that_waits_goes_to_a_reviewer_who_alone_lets_it_wait_longer_and_never_too_long() {
        let portal = Portal::with_waits().await;
        let clerk = portal.as_clerk().await;
        let path = "/look/law/licensing-renewal";
        let (form, one) = (clerk.get(path).await.body, testkit::made_up(0));
        assert!(
            form.contains("name=\"wait_days\"") && form.contains("10 days at most"),
            "{form}"
        );
        let once = hidden(&form, "once");
        let fields = |days: &'static str| {
            vec![
                ("once", once.clone()),
                ("profession", "lawyer".to_owned()),
                ("case_reference", "CASE-1".to_owned()),
                ("reason", "renewal".to_owned()),
                ("wait_days", days.to_owned()),
                ("id_number", one.number.clone()),
                ("name", one.name.clone()),
            ]
        };
        let send = async |days| {
            let fields = fields(days);
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            clerk.post(path, &fields).await
        };
        let malformed = send("many").await;
        assert!(
            malformed.body.contains("href=\"#wait_days\""),
            "{}",
            malformed.body
        );
        let too_long = send("11").await;
        assert_eq!(too_long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(too_long.body.contains("href=\"#wait_days\""), "{}", too_long.body);
        assert_eq!(send("3").await.status, StatusCode::OK);
        let person = portal.as_person().await;
        assert!(!person.get("/looks").await.body.contains("Looked at your records"));

        let reviewer = portal.as_reviewer(0).await;
        let queue = reviewer.get("/review").await.body;
        let link = queue.split("href=\"/review/looks/").nth(1).expect("a look");
        let look = format!("/review/looks/{}", link.split('"').next().unwrap());
        assert!(
            reviewer
                .get(&look)
                .await
                .body
                .contains("Let the notice wait longer")
        );
        let renew = format!("{look}/renew");
        for (days, reasons, place) in [
            ("", "why", "days"),
            ("2", "", "renew_reasons"),
            ("8", "why", "days"),
        ] {
            let again = reviewer
                .post(&renew, &[("days", days), ("renew_reasons", reasons)])
                .await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
            assert!(
                again.body.contains(&format!("href=\"#{place}\"")),
                "{days}: {}",
                again.body
            );
        }
        let longer = reviewer
            .post(&renew, &[("days", "7"), ("renew_reasons", "why")])
            .await;
        assert_eq!(longer.status, StatusCode::SEE_OTHER, "{}", longer.body);
        // Found improper, it shows at once, whatever was to wait.
        let close = [("verdict", "improper"), ("reasons", "no+case")];
        reviewer.post(&format!("{look}/close"), &close).await;
        assert!(person.get("/looks").await.body.contains("Looked at your records"));
    }
}
