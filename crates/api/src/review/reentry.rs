//! `POST /api/v1/review/reentries`: certifies that a record that was withdrawn or erased is right, so that its document
//! may be filed again, once.

use axum::{extract::State, http::StatusCode};
use model::RecordId;
use serde::Deserialize;

use crate::{by_reviewer::ByReviewer, person, problem::Problem, signed::JsonBody, state::Shared};

/// Which record, and whose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    id_number: String,
    record: RecordId,
}

/// Certifies it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    let person = person::of_number(&state, &body.id_number)?;
    state
        .registry()
        .certify_reentry(reviewer, person, body.record)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
