//! `GET /api/v1/review/queue`: looks to be looked into, without whom they were at, and steps to be seen.

use axum::{Json, extract::State};
use registry::ReviewQueue;

use crate::{by_reviewer::ByReviewer, problem::Problem, signed::Nothing, state::Shared};

/// Answers the queue.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<ReviewQueue>, Problem> {
    Ok(Json(state.registry().review_queue_for(&reviewer).await?))
}
