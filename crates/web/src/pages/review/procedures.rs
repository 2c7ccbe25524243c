//! `/review/procedures`: reconsiderations and complaints that wait for this reviewer or for any, the first due first.

use askama::Template;
use axum::response::Response;

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    pages::office::procedures::{List, Row},
    visit::ReviewerVisit,
    words::Key,
};

#[derive(Template)]
#[template(path = "review-procedures.html")]
struct ProceduresPage {
    page: Page,
    lists: Vec<List>,
}

/// `GET /review/procedures`
pub(crate) async fn show(ReviewerVisit { visit, reviewer }: ReviewerVisit) -> Result<Response, Fault> {
    let all = visit.state.registry.reviewer_procedures(&reviewer).await?;
    let mine = format!("reviewer:{reviewer}");
    let list = |heading, none, own: bool| List {
        heading,
        none,
        rows: all
            .iter()
            .filter(|one| (one.waits_for.as_deref() == Some(&mine)) == own)
            .map(|one| Row::new(&visit, one, "/review/procedures"))
            .collect(),
    };
    let lists = vec![
        list(Key("review-list-mine"), Key("review-list-mine-none"), true),
        list(Key("review-list-anyones"), Key("review-list-anyones-none"), false),
    ];
    html(&ProceduresPage {
        page: visit.page(Section::ReviewProcedures),
        lists,
    })
}
