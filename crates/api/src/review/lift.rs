//! `POST /api/v1/review/stops/lift`: lets a member of staff, or a body, ask again, with reasons.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;

use crate::{by_reviewer::ByReviewer, problem::Problem, signed::JsonBody, state::Shared};

/// Whose stop, and why it is lifted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    body: String,
    /// None: the body's own.
    staff: Option<String>,
    reasons: String,
}

/// Lifts it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    state
        .registry()
        .lift_stop(
            reviewer.as_str(),
            &body.body,
            body.staff.as_deref(),
            &body.reasons,
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
