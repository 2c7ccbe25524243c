//! `/procedures`: the person's procedures, those under way first.

use askama::Template;
use axum::response::Response;
use jiff::{Timestamp, civil::Date};
use registry::{MandateScope, ProcedureView};

use crate::{
    acting::{self, ForPerson, Procedures},
    fault::Fault,
    page::{Page, Section, html},
    process, said,
    visit::Visit,
    words::Key,
};

/// A procedure in the list.
struct Row {
    id: String,
    kind: Key,
    body: String,
    status: Key,
    opened_at: Timestamp,
    /// The day by which an answer is, or was, due.
    due_on: Option<Date>,
    late: bool,
    under_way: bool,
}

#[derive(Template)]
#[template(path = "procedures.html")]
struct ProceduresPage {
    page: Page,
    rows: Vec<Row>,
    /// Where the records are that a new one can be about.
    records: (String, Key),
    /// Whether looks may be read here.
    looks: bool,
}

fn row(visit: &Visit, view: &ProcedureView) -> Row {
    let summary = &view.summary;
    let body = summary.body.as_deref();
    Row {
        id: summary.procedure.to_string(),
        kind: process::kind(summary.kind),
        body: body.map_or(String::new(), |body| {
            said::authority(visit.state.profile(), body, visit.language)
        }),
        status: process::status(summary.status),
        opened_at: summary.opened_at,
        due_on: summary.due_on.filter(|_| summary.waits_for.is_some()),
        late: summary.late,
        under_way: summary.waits_for.is_some(),
    }
}

/// `GET /procedures`
pub(crate) async fn show(ForPerson { visit, person, .. }: ForPerson<Procedures>) -> Result<Response, Fault> {
    let procedures = visit.state.registry.procedures_of(person).await?;
    let mut rows: Vec<Row> = procedures.iter().map(|one| row(&visit, one)).collect();
    // They come the latest first, and stay so within each.
    rows.sort_by_key(|row| !row.under_way);
    let page = visit.page(Section::Procedures);
    html(&ProceduresPage {
        records: acting::records_place(&page),
        looks: page.covers(MandateScope::Records),
        page,
        rows,
    })
}
