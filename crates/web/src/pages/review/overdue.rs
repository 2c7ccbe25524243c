//! `/review/overdue`: whatever waits for an authority, a reviewer or a body that was given a record past its day, the
//! longest late first, and a year of the calendar that has begun without its days; then authorities that have not opened
//! alerts in time, and other instances that have not confirmed in time what they are told of them.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use model::procedure::{ProcedureKind, Status};
use registry::{LateAlerts, LatePeer};

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    pages::office::procedures::{List, Row},
    said,
    visit::ReviewerVisit,
    words::Key,
};

#[derive(Template)]
#[template(path = "review-overdue.html")]
struct OverduePage {
    page: Page,
    lists: Vec<List>,
    peers: Vec<PeerRow>,
    unopened: Vec<Unopened>,
    /// Years of the calendar that have begun and are provisional, with the reason.
    years: Vec<(String, String)>,
}

/// An authority that has not opened alerts in time.
struct Unopened {
    authority: String,
    alerts: u64,
    due_on: Option<Date>,
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
    let unopened = visit.state.registry.late_authorities().await?;
    let unopened = unopened.into_iter().map(|one| Unopened {
        authority: said::authority(visit.state.profile(), &one.authority, visit.language),
        alerts: one.alerts,
        due_on: one.due_on,
    });
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
    let today = visit.state.registry.today();
    let years = visit.state.profile().calendar.provisional_and_begun(today);
    html(&OverduePage {
        page: visit.page(Section::Overdue),
        lists,
        peers: peers.into_iter().map(PeerRow::new).collect(),
        unopened: unopened.collect(),
        years: years
            .map(|(year, why)| (year.to_string(), why.get(visit.language).to_owned()))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_year_that_has_begun_on_a_provisional_calendar_is_said_to_reviewers() {
        let portal = Portal::demo().await;
        let page = portal.as_reviewer(0).await.get("/review/overdue").await.body;
        assert!(!page.contains("is provisional"), "{page}");
        portal.when_due("2027-01-04T04:00:00Z").await;
        let reviewer = portal.as_reviewer(0).await;
        let page = reviewer.get("/review/overdue").await.body;
        assert!(page.contains("The calendar of 2027 is provisional"), "{page}");
        assert!(page.contains("Moved days not yet announced"), "{page}");
        assert!(!page.contains("calendar of 2028"), "{page}");
        let chinese = reviewer.in_chinese().get("/review/overdue").await.body;
        assert!(chinese.contains("2027年的工作日历是暂定的"), "{chinese}");
    }
}
