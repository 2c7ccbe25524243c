//! `POST /api/v1/review/looks/{look}/wait`: lets the notice of a look wait longer, with reasons; in all never longer
//! than the law says.

use axum::{Json, extract::State};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    signed::JsonBody,
    state::Shared,
};

/// How much longer, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    days: u32,
    reasons: String,
}

/// On which day the person is told.
#[derive(Serialize)]
pub(crate) struct Waits {
    shows_on: Date,
}

/// Renews the wait.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(look): Path<String>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<Json<Waits>, Problem> {
    let look = id(&look, Code::ItemUnknown)?;
    let shows_on = state
        .registry()
        .renew_wait(look, reviewer.as_str(), body.days, &body.reasons)
        .await?;
    Ok(Json(Waits { shows_on }))
}
