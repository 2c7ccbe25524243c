//! `/review/inbox`: what a reviewer, or all of them, are told.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use model::NoticeId;

use crate::{
    fault::Fault,
    form::Form,
    page::{Pages, Section, html},
    pages::{
        certificates::see_other,
        office::{
            Problems,
            inbox::{InboxPage, Part, Row},
        },
    },
    visit::ReviewerVisit,
};

/// How many stand on a page.
const A_PAGE: usize = 30;

/// The inbox that all reviewers share.
const EVERYBODYS: &str = ":reviewers";

/// `GET /review/inbox`
pub(crate) async fn show(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Query(part): Query<Part>,
) -> Result<Response, Fault> {
    let notices = visit.state.registry.reviewer_notices(&reviewer).await?;
    let pages = Pages::new(
        "/review/inbox?page=",
        part.page.unwrap_or(1),
        notices.len(),
        A_PAGE,
    );
    let shown = notices.iter().skip(pages.skipped()).take(A_PAGE);
    html(&InboxPage {
        page: visit.page(Section::ReviewInbox),
        caption: String::new(),
        base: "/review/inbox",
        rows: shown
            .map(|one| Row::new(one, Some("/review/procedures")))
            .collect(),
        pages,
        problems: Problems::default(),
    })
}

/// `POST /review/inbox/{id}/read`: in the reviewer's own inbox, or in the one that all share.
pub(crate) async fn mark_read(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id: NoticeId = id.parse().map_err(|_| Fault::NotFound)?;
    let registry = &visit.state.registry;
    let own = format!("reviewer:{reviewer}");
    for inbox in [own.as_str(), EVERYBODYS] {
        registry.mark_body_notice_read(inbox, id).await?;
    }
    Ok(see_other("/review/inbox".to_owned()))
}
