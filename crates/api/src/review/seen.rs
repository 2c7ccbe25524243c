//! `POST /api/v1/review/steps/{step}/seen`: takes a step that the reviewer has seen out of the queue.

use axum::{extract::State, http::StatusCode};

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Takes it out.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(step): Path<String>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<StatusCode, Problem> {
    let step = id(&step, Code::ItemUnknown)?;
    state.registry().close_step(step, reviewer.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
