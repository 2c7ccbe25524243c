//! `/review/overdue`: whatever waits for an authority or a reviewer past its day, the longest late first.

use askama::Template;
use axum::response::Response;
use model::procedure::{ProcedureKind, Status};

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    pages::office::procedures::{List, Row},
    visit::ReviewerVisit,
    words::Key,
};

#[derive(Template)]
#[template(path = "review-overdue.html")]
struct OverduePage {
    page: Page,
    lists: Vec<List>,
}

/// Whether a reviewer may open it already: a dispute or an application is theirs to read once that it is late was
/// put down.
const fn opens(kind: ProcedureKind, status: Status) -> bool {
    match kind {
        ProcedureKind::Reconsideration | ProcedureKind::Complaint => true,
        ProcedureKind::Dispute => matches!(status, Status::Overdue),
        ProcedureKind::Restoration => matches!(status, Status::AcceptanceOverdue | Status::AnswerOverdue),
    }
}

/// `GET /review/overdue`
pub(crate) async fn show(ReviewerVisit { visit, .. }: ReviewerVisit) -> Result<Response, Fault> {
    let all = visit.state.registry.overdue().await?;
    let rows = all.iter().map(|one| {
        let mut row = Row::new(&visit, one, "/review/procedures");
        row.address = row.address.filter(|_| opens(one.kind, one.status));
        row
    });
    let lists = vec![List {
        heading: Key("review-overdue-title"),
        none: Key("review-overdue-none"),
        rows: rows.collect(),
    }];
    html(&OverduePage {
        page: visit.page(Section::Overdue),
        lists,
    })
}
