//! `/api/v1/review/breaches`: a reviewer reports a breach, and whom it affects is told at once; the reports so far. The
//! answer says of nobody whether they are known.

use axum::{Json, extract::State};
use jiff::civil::Date;
use registry::{BreachReported, ReportBreach};
use serde::{Deserialize, Serialize};

use crate::{
    by_reviewer::ByReviewer,
    problem::Problem,
    signed::{LongJson, Nothing},
    state::Shared,
};

/// What is reported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    body: String,
    noticed_on: Date,
    happened: String,
    measures: String,
    affected: Vec<String>,
}

impl From<Body> for ReportBreach {
    fn from(body: Body) -> Self {
        Self {
            body: body.body,
            noticed_on: body.noticed_on,
            happened: body.happened,
            measures: body.measures,
            affected: body.affected,
        }
    }
}

/// The reports.
#[derive(Serialize)]
pub(crate) struct Reports {
    breaches: Vec<BreachReported>,
}

/// Reports it.
pub(crate) async fn report(
    State(state): State<Shared>,
    ByReviewer {
        reviewer,
        body: LongJson(body),
    }: ByReviewer<LongJson<Body>>,
) -> Result<Json<BreachReported>, Problem> {
    let done = state
        .registry()
        .report_breach(Some(reviewer), body.into())
        .await?;
    Ok(Json(done))
}

/// Lists them.
pub(crate) async fn list(
    State(state): State<Shared>,
    _: ByReviewer<Nothing>,
) -> Result<Json<Reports>, Problem> {
    let breaches = state.registry().breach_reports().await?;
    Ok(Json(Reports { breaches }))
}
