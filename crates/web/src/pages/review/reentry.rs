//! `/review/reentry`: certifies that a record that was withdrawn or erased is right, so that its authority may file it
//! again, once. The authority names the person and the record; neither stands in an address, and the page tells
//! nothing about a person but whether this one record may come in again.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use model::RecordId;
use registry::ReentryError;

use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::{certificates::see_other, office::Problems},
    visit::{ReviewerVisit, Visit},
    words::Key,
};

#[derive(Template)]
#[template(path = "review-reentry.html")]
struct ReentryPage {
    page: Page,
    done: bool,
    id_number: String,
    record: String,
    problems: Problems,
}

/// Whether one was certified just now.
#[derive(serde::Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: Option<u8>,
}

/// `GET /review/reentry`
pub(crate) async fn show(
    ReviewerVisit { visit, .. }: ReviewerVisit,
    Query(done): Query<Done>,
) -> Result<Response, Fault> {
    html(&ReentryPage {
        page: visit.page(Section::ReviewProcedures),
        done: done.done.is_some(),
        id_number: String::new(),
        record: String::new(),
        problems: Problems::default(),
    })
}

/// `POST /review/reentry`: the fields `id_number` and `record`.
pub(crate) async fn certify(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    form: Form,
) -> Result<Response, Fault> {
    let number = visit.state.profile().identity.check(form.one("id_number"));
    let record = form.one("record").trim().parse::<RecordId>();
    let (field, words) = match (number, record) {
        (Err(_), _) => ("id_number", Key("review-number-malformed")),
        (_, Err(_)) => ("record", Key("review-record-malformed")),
        (Ok(number), Ok(record)) => {
            let registry = &visit.state.registry;
            let person = registry.keys().person(&number.canonical);
            match registry.certify_reentry(reviewer, person, record).await {
                Ok(()) => return Ok(see_other("/review/reentry?done=1".to_owned())),
                Err(ReentryError::NotEnded) => ("record", Key("review-reentry-not-ended")),
                Err(ReentryError::Restored) => ("record", Key("review-reentry-restored")),
                Err(ReentryError::Certified) => ("record", Key("review-reentry-certified")),
                Err(ReentryError::Concerned) => return Err(Fault::Concerned),
                Err(ReentryError::ReviewerUnknown) => return Err(Fault::Stopped),
                Err(ReentryError::Registry(error)) => return Err(error.into()),
            }
        }
    };
    let page = again(&visit, &form, Problems::new(&visit, field, words));
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn again(visit: &Visit, form: &Form, problems: Problems) -> ReentryPage {
    ReentryPage {
        page: visit.page(Section::ReviewProcedures),
        done: false,
        id_number: form.one("id_number").to_owned(),
        record: form.one("record").to_owned(),
        problems,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use model::procedure::Speaker;
    use registry::{CarryOut, DisputeAnswer, OpenDispute};

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_record_that_has_not_ended_is_not_certified_and_one_that_has_once() {
        let portal = Portal::demo().await;
        let reviewer = portal.as_reviewer(0).await;
        let record = portal.file().await.records[0].record.to_string();
        let one = testkit::made_up(0);
        let fields = [("id_number", one.number.as_str()), ("record", record.as_str())];
        let early = reviewer.post("/review/reentry", &fields).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.body.contains("href=\"#record\""));
        let malformed = [("id_number", "1"), ("record", record.as_str())];
        let malformed = reviewer.post("/review/reentry", &malformed).await;
        assert!(malformed.body.contains("href=\"#id_number\""));

        let dispute = OpenDispute {
            by: Speaker::Person,
            record: portal.file().await.records[0].record,
            field: None,
            text: "never mine".to_owned(),
            files: Vec::new(),
        };
        let (person, registry) = (portal.person(0).await, portal.registry());
        let dispute = registry.open_dispute(person, dispute).await.unwrap();
        let withdraw = DisputeAnswer::Change(CarryOut::Withdraw);
        let answered = registry.answer_dispute("law-bureau", dispute, withdraw, "so it is".to_owned());
        answered.await.unwrap();
        let done = reviewer.post("/review/reentry", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let again = reviewer.post("/review/reentry", &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
