//! `/desk/{id}/take-back`: takes a submission back whole, after asking, and says which rows were left.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::Timestamp;
use model::SubmissionId;
use registry::{Left, TakeBackError};

use super::{desk::Row, submission::find};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    visit::ClerkVisit,
    words::Key,
};

/// How many of the rows that were left are listed.
const LISTED: usize = 1000;

#[derive(Template)]
#[template(path = "take-back.html")]
struct AskPage {
    page: Page,
    row: Row,
    until: Timestamp,
    problem: Option<Key>,
}

#[derive(Template)]
#[template(path = "taken-back.html")]
struct DonePage {
    page: Page,
    id: String,
    taken_back: u64,
    left: Vec<(u64, Key)>,
    unlisted: usize,
}

/// `GET /desk/{id}/take-back`
pub(crate) async fn ask(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let view = find(&visit, &authority, &id).await?;
    html(&AskPage {
        page: visit.page(Section::Desk),
        row: Row::new(&view),
        until: view.take_back_until,
        problem: None,
    })
}

/// `POST /desk/{id}/take-back`
pub(crate) async fn take_back(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let view = find(&visit, &authority, &id).await?;
    let registry = visit.state.registry.clone();
    let submission: SubmissionId = view.submission;
    let done = tokio::task::spawn_blocking(move || registry.take_back(&authority, submission)).await?;
    let problem = match done {
        Ok(report) => {
            let unlisted = report.left.len().saturating_sub(LISTED);
            let left = report
                .left
                .into_iter()
                .take(LISTED)
                .map(|(row, why)| (row, reason(why)))
                .collect();
            return html(&DonePage {
                page: visit.page(Section::Desk),
                id: submission.to_string(),
                taken_back: report.taken_back,
                left,
                unlisted,
            });
        }
        Err(TakeBackError::NoSuchSubmission) => return Err(Fault::NotFound),
        Err(TakeBackError::NotDone) => Key("take-back-not-done"),
        Err(TakeBackError::TakenBack) => Key("take-back-done-before"),
        Err(TakeBackError::TooLate(_)) => Key("take-back-too-late"),
        Err(TakeBackError::Registry(error)) => return Err(error.into()),
    };
    let page = AskPage {
        page: visit.page(Section::Desk),
        row: Row::new(&view),
        until: view.take_back_until,
        problem: Some(problem),
    };
    refused(StatusCode::CONFLICT, &page)
}

fn reason(why: Left) -> Key {
    match why {
        Left::ChangedSince => Key("left-changed-since"),
        Left::ProcedureOpen => Key("left-procedure-open"),
        Left::HasDecision => Key("left-has-decision"),
        Left::Erased => Key("left-erased"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, decision_csv};

    #[tokio::test]
    async fn a_submission_is_taken_back_whole_after_asking_and_only_once() {
        let portal = Portal::demo().await;
        let csv = testkit::licences_csv(20, 3);
        let id = portal.submit("law-bureau", model::RecordKind::Licence, "m.csv", &csv);
        let clerk = portal.as_clerk().await;
        let address = format!("/desk/{id}/take-back");
        assert!(clerk.get(&address).await.body.contains("m.csv"));
        let done = clerk.post(&address, &[]).await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("3 rows were taken back"), "{}", done.body);
        assert_eq!(clerk.post(&address, &[]).await.status, StatusCode::CONFLICT);
    }

    #[tokio::test]
    async fn rows_touched_since_are_left_and_said() {
        let portal = Portal::demo().await;
        let decision = portal.submit(
            "law-bureau",
            model::RecordKind::Decision,
            "d.csv",
            &decision_csv(),
        );
        let clerk = portal.as_clerk().await;
        let page = clerk.get("/desk").await.body;
        // Both came at the same moment, so either may stand first.
        let links = page.split("href=\"/desk/").skip(1);
        let id = links
            .filter_map(|link| link.split('"').next())
            .find(|id| id.len() == 32 && *id != decision.to_string())
            .unwrap();
        let done = clerk.post(&format!("/desk/{id}/take-back"), &[]).await.body;
        assert!(done.contains("A decision speaks of this licence"), "{done}");
    }
}
