//! `/oversight`: how many looks of each body were found improper in a year. Public: it is the bodies' record. Neither
//! staff nor people stand here.

use askama::Template;
use axum::{extract::Query, response::Response};

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    said,
    visit::Visit,
};

/// For how many years back the figures are shown.
const YEARS: i16 = 5;

/// What a body has.
pub(super) struct Figure {
    pub(super) body: String,
    pub(super) name: String,
    pub(super) improper: u64,
}

impl Figure {
    /// Every body that may look for a registered purpose, in the profile's order, with its figure.
    pub(super) async fn of_year(visit: &Visit, year: i16) -> Result<Vec<Self>, Fault> {
        let profile = visit.state.profile();
        let found = visit.state.registry.improper_looks(year).await?;
        let bodies = profile.authorities.keys().chain(profile.inquirers.keys());
        // An association looks for nothing, and may have sought somebody where it should not have.
        let bodies = bodies.chain(profile.associations.keys());
        let looks = |body: &String| {
            profile
                .purposes
                .values()
                .any(|purpose| purpose.who.contains(body))
        };
        let figures = bodies.filter(|body| looks(body) || found.contains_key(*body));
        Ok(figures
            .map(|body| Self {
                name: said::authority(profile, body, visit.language),
                improper: found.get(body).copied().unwrap_or(0),
                body: body.clone(),
            })
            .collect())
    }
}

#[derive(Template)]
#[template(path = "oversight.html")]
struct OversightPage {
    page: Page,
    year: String,
    years: Vec<i16>,
    figures: Vec<Figure>,
    /// Of a hundred looks under a law, how many reviewers look into by chance.
    share: u64,
}

/// Which year to show.
#[derive(serde::Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    year: Option<i16>,
}

/// `GET /oversight?year=2026`
pub(crate) async fn show(visit: Visit, Query(part): Query<Part>) -> Result<Response, Fault> {
    let this_year = visit.state.registry.today().year();
    let years: Vec<i16> = (0..YEARS).map(|back| this_year - back).collect();
    let year = part.year.unwrap_or(this_year);
    if !years.contains(&year) {
        return Err(Fault::NotFound);
    }
    let oversight = visit.state.profile().oversight.on(visit.state.registry.today());
    html(&OversightPage {
        page: visit.page(Section::Oversight),
        year: year.to_string(),
        years,
        figures: Figure::of_year(&visit, year).await?,
        share: oversight.random_share_percent.into(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn the_figures_are_there_for_everybody_also_outside_a_demonstration() {
        let portal = Portal::plain().await;
        let page = portal.get("/oversight").await;
        assert_eq!(page.status, StatusCode::OK);
        let bureau = &portal.profile().authorities["law-bureau"].name.en;
        assert!(page.body.contains(bureau.as_str()));
        assert!(page.body.contains("href=\"/oversight?year=2025\""));
        assert_eq!(
            portal.get("/oversight?year=1999").await.status,
            StatusCode::NOT_FOUND
        );
    }
}
