//! `/log`: the log's latest checkpoint, its key, and how anybody can verify it.

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    page: Page,
    origin: String,
    size: u64,
    signed_at: Option<Timestamp>,
    checkpoint: String,
    verifier_key: String,
    url: String,
}

/// `GET /log`
pub(crate) async fn show(visit: Visit) -> Result<Response, Fault> {
    let log = visit.state.registry.log_summary().await?;
    html(&LogPage {
        page: visit.page(Section::Log),
        origin: log.origin,
        size: log.size,
        signed_at: log.signed_at.and_then(|at| Timestamp::from_second(at).ok()),
        checkpoint: log.checkpoint,
        verifier_key: log.verifier_key,
        url: format!("{}/log", visit.state.registry.public_url()),
    })
}

#[cfg(test)]
mod tests {
    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn anybody_sees_the_checkpoint_and_how_to_verify_it() {
        let page = Portal::demo().await.get("/log").await.body;
        for words in [
            "standing log verify",
            "standing log receipt receipt.json",
            "https://standing.example/log",
            "— standing.example",
            "--vkey",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
}
