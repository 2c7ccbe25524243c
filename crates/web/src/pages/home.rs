//! `/`: what this is, and the way in for each visitor.

use askama::Template;
use axum::response::Response;

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
}

/// `GET /`
pub(crate) async fn show(visit: Visit) -> Result<Response, Fault> {
    html(&HomePage {
        page: visit.page(Section::None),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn the_home_page_is_there_in_both_languages_and_says_that_all_are_made_up() {
        let portal = Portal::demo().await;
        let english = portal.get("/").await;
        assert_eq!(english.status, StatusCode::OK);
        assert!(english.body.contains("lang=\"en\""));
        assert!(english.body.contains("All people are made up"));
        let chinese = portal.in_chinese().get("/").await;
        assert!(chinese.body.contains("lang=\"zh-Hans-CN\""));
        assert!(chinese.body.contains("所有人物均为虚构"));
    }
}
