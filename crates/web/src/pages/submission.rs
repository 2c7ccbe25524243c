//! `/desk/{id}`: one submission, what became of each of its rows, and the rejected ones to mend.
//!
//! The page shows numbers of rows, outcomes and faults, and nothing out of the sender's cells. The file of rejected
//! rows holds these cells: the registry writes down a look at each known person in it before it is given.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use intake::MessageLanguage;
use jiff::Timestamp;
use model::SubmissionId;
use profile::Language;
use registry::{RowFilter, RowOutcome, RowView, SubmissionState, SubmissionView};

use super::desk::Row;
use crate::{
    fault::Fault,
    page::{Page, Pages, Section, html},
    said,
    visit::{ClerkVisit, Visit},
    words::Key,
};

/// How many rows stand on a page.
const A_PAGE: usize = 100;

/// One row of the file.
struct FileRow {
    number: u64,
    outcome: Key,
    code: &'static str,
    column: String,
    message: String,
    expected: String,
}

#[derive(Template)]
#[template(path = "submission.html")]
struct SubmissionPage {
    page: Page,
    row: Row,
    file_sha256: String,
    finished: bool,
    has_rejected_file: bool,
    take_back_until: Option<Timestamp>,
    taken_back_at: Option<Timestamp>,
    rejected_only: bool,
    rows: Vec<FileRow>,
    pages: Pages,
}

/// Which rows to show.
#[derive(serde::Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    rows: Option<String>,
    #[serde(default)]
    page: Option<usize>,
}

/// The submission with this id, if it is the authority's.
pub(crate) async fn find(visit: &Visit, authority: &str, id: &str) -> Result<SubmissionView, Fault> {
    let id: SubmissionId = id.parse().map_err(|_| Fault::NotFound)?;
    visit
        .state
        .registry
        .submission(authority, id)
        .await?
        .ok_or(Fault::NotFound)
}

/// `GET /desk/{id}?rows=all&page=2`
pub(crate) async fn show(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    Path(id): Path<String>,
    Query(part): Query<Part>,
) -> Result<Response, Fault> {
    let view = find(&visit, &authority, &id).await?;
    let rejected_only = view.counts.rejected > 0 && part.rows.as_deref() != Some("all");
    let counts = view.counts;
    let rows = if rejected_only {
        counts.rejected
    } else {
        counts.accepted + counts.unchanged + counts.rejected
    };
    let base = if rejected_only {
        "?rows=rejected&page="
    } else {
        "?rows=all&page="
    };
    let pages = Pages::new(base, part.page.unwrap_or(1), rows as usize, A_PAGE);
    let filter = if rejected_only {
        RowFilter::Rejected
    } else {
        RowFilter::All
    };
    let rows = visit
        .state
        .registry
        .submission_page(
            &authority,
            view.submission,
            filter,
            pages.skipped() as u64,
            A_PAGE,
        )
        .await?
        .ok_or(Fault::NotFound)?;
    let rows = rows.iter().map(|row| file_row(row, visit.language)).collect();
    let now = visit.state.registry.now();
    // Rows that were left may follow once what kept them is gone.
    let done = matches!(view.state, SubmissionState::Done | SubmissionState::TakenBack);
    html(&SubmissionPage {
        page: visit.page(Section::Desk),
        row: Row::new(&view),
        file_sha256: view.file_sha256.clone(),
        finished: view.finished_at.is_some(),
        has_rejected_file: counts.rejected > 0,
        take_back_until: Some(view.take_back_until).filter(|until| done && now <= *until),
        taken_back_at: view.taken_back_at,
        rejected_only,
        rows,
        pages,
    })
}

fn file_row(row: &RowView, language: Language) -> FileRow {
    let outcome = match row.outcome {
        RowOutcome::Accepted => Key("outcome-accepted"),
        RowOutcome::Unchanged => Key("outcome-unchanged"),
        RowOutcome::Rejected => Key("outcome-rejected"),
    };
    let mut shown = FileRow {
        number: row.row,
        outcome,
        code: "",
        column: String::new(),
        message: String::new(),
        expected: String::new(),
    };
    if let Some(fault) = &row.fault {
        let text = |text: &intake::Text2| match language {
            Language::Zh => text.zh.to_string(),
            Language::En => text.en.to_string(),
        };
        shown.code = fault.code.as_str();
        shown.column = fault.column.clone().unwrap_or_default();
        shown.message = said::sentence(&text(&fault.message));
        shown.expected = said::sentence(&text(&fault.expected));
    }
    shown
}

/// `GET /desk/{id}/rejected.csv`
pub(crate) async fn rejected(clerk: ClerkVisit, Path(id): Path<String>) -> Result<Response, Fault> {
    let sent = find(&clerk.visit, &clerk.authority, &id).await?.file_name;
    let id: SubmissionId = id.parse().map_err(|_| Fault::NotFound)?;
    let (for_body, visit) = (clerk.for_body(), clerk.visit);
    let language = match visit.language {
        Language::Zh => MessageLanguage::Zh,
        Language::En => MessageLanguage::En,
    };
    let registry = visit.state.registry.clone();
    let _turn = visit
        .state
        .heavy
        .clone()
        .acquire_owned()
        .await
        .map_err(|_| Fault::Internal)?;
    let csv = tokio::task::spawn_blocking(move || {
        let mut csv = Vec::new();
        registry
            .rejected_csv(&for_body, id, language, &mut csv)
            .map(|found| found.then_some(csv))
    })
    .await??
    .ok_or(Fault::NotFound)?;
    let name = (sent.as_str(), "rejected.csv");
    Ok(super::download::attached_after("text/csv", name, csv))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    /// A file of two rows that get in and one that does not.
    fn mixed() -> String {
        testkit::licences_csv(20, 3).replacen("甘许〔2020〕0000021号", "", 1)
    }

    #[tokio::test]
    async fn a_clerk_sees_each_row_and_downloads_the_rejected_ones() {
        let portal = Portal::demo().await;
        let id = portal.submit("law-bureau", model::RecordKind::Licence, "m.csv", &mixed());
        let clerk = portal.as_clerk().await;
        let page = clerk.get(&format!("/desk/{id}")).await.body;
        for words in [
            "Rejected",
            "行政许可决定文书号",
            "document-missing",
            "rejected.csv",
            "Take the submission back",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let all = clerk.get(&format!("/desk/{id}?rows=all")).await.body;
        assert!(all.contains("Accepted"));
        let csv = clerk.get(&format!("/desk/{id}/rejected.csv")).await;
        assert_eq!(csv.status, StatusCode::OK);
        assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
        assert_eq!(
            csv.headers["content-disposition"],
            "attachment; filename=\"rejected.csv\"; filename*=UTF-8''m.csv.rejected.csv"
        );
        assert_eq!(
            clerk.get(&format!("/desk/{id}/receipt")).await.status,
            StatusCode::OK
        );
    }

    #[tokio::test]
    async fn who_is_in_the_rejected_rows_sees_that_they_were_downloaded_and_pages_are_no_looks() {
        let portal = Portal::demo().await;
        let csv = testkit::licences_csv(0, 1).replacen("甘许〔2020〕0000000号", "", 1);
        let id = portal.submit("law-bureau", model::RecordKind::Licence, "m.csv", &csv);
        let (clerk, person) = (portal.as_clerk().await, portal.as_person().await);
        let words = "Downloaded rows with your identity number";
        clerk.get(&format!("/desk/{id}")).await;
        assert!(!person.get("/looks").await.body.contains(words));
        clerk.get(&format!("/desk/{id}/rejected.csv")).await;
        clerk.get(&format!("/desk/{id}/rejected.csv")).await;
        let page = person.get("/looks").await.body;
        assert_eq!(page.matches(words).count(), 1, "{page}");
        assert!(page.contains(&portal.bureau_and_purpose().0));
        let chinese = person.in_chinese().get("/looks").await.body;
        assert!(chinese.contains("其中有您的证件号码"), "{chinese}");
    }

    #[tokio::test]
    async fn limit_7_a_body_sees_its_own_submissions_alone() {
        let portal = Portal::demo().await;
        let id = portal.submit("law-bureau", model::RecordKind::Licence, "m.csv", &mixed());
        let other = portal.as_clerk_number(1).await;
        for part in ["", "/rejected.csv", "/receipt", "/take-back"] {
            let answer = other.get(&format!("/desk/{id}{part}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{part}");
        }
        assert_eq!(
            other.post(&format!("/desk/{id}/take-back"), &[]).await.status,
            StatusCode::NOT_FOUND
        );
        assert!(!other.get("/desk").await.body.contains("m.csv"));
    }

    #[tokio::test]
    async fn many_rows_have_pages() {
        let portal = Portal::demo().await;
        let csv = testkit::licences_csv(1000, 250);
        let id = portal.submit("law-bureau", model::RecordKind::Licence, "m.csv", &csv);
        let clerk = portal.as_clerk().await;
        let page = clerk.get(&format!("/desk/{id}?page=3")).await.body;
        assert!(page.contains(">250<"), "{page}");
        assert!(!page.contains(">200<"));
        assert!(page.contains("?rows=all&#38;page=2"), "{page}");
    }
}
