//! `/review/overdue`: whatever waits for an authority, a reviewer or a body that was given a record past its day, the
//! longest late first; then other instances that have not confirmed in time what they are told of alerts.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use model::procedure::{ProcedureKind, Status};
use registry::{LateAlerts, LatePeer};

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
    peers: Vec<PeerRow>,
}

/// An instance that is late.
struct PeerRow {
    peer: String,
    what: Key,
    alerts: u64,
    due_on: Option<Date>,
}

impl PeerRow {
    fn new(one: LatePeer) -> Self {
        Self {
            what: match one.what {
                LateAlerts::Untold => Key("review-peers-untold"),
                LateAlerts::Changed => Key("review-peers-changed"),
                LateAlerts::Closed => Key("review-peers-closed"),
            },
            peer: one.peer,
            alerts: one.alerts,
            due_on: one.due_on,
        }
    }
}

/// Whether a reviewer may open it already: a dispute or an application is theirs to read once that it is late was
/// put down.
const fn opens(kind: ProcedureKind, status: Status) -> bool {
    match kind {
        ProcedureKind::Reconsideration | ProcedureKind::Complaint => true,
        ProcedureKind::Dispute => matches!(status, Status::Overdue),
        ProcedureKind::Restoration => matches!(
            status,
            Status::AcceptanceOverdue | Status::AnswerOverdue | Status::ConfirmationOverdue
        ),
    }
}

/// `GET /review/overdue`
pub(crate) async fn show(ReviewerVisit { visit, reviewer }: ReviewerVisit) -> Result<Response, Fault> {
    let all = visit.state.registry.overdue_for(&reviewer).await?;
    let peers = visit.state.registry.late_peers().await?;
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
        peers: peers.into_iter().map(PeerRow::new).collect(),
    })
}
