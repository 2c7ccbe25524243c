//! `POST /api/v1/review/looks/{look}/close`: a look in the queue was proper, or it was not. The person is told of an
//! improper one.

use axum::{extract::State, http::StatusCode};
use registry::Verdict;
use serde::Deserialize;

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    signed::JsonBody,
    state::Shared,
};

/// What was found.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    verdict: Verdict,
    reasons: String,
}

/// Closes it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(look): Path<String>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    let look = id(&look, Code::ItemUnknown)?;
    state
        .registry()
        .close_review(look, reviewer.as_str(), body.verdict, &body.reasons)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
