//! `GET /api/v1/review/notices`: the latest notices to this reviewer and to all reviewers.

use axum::{Json, extract::State};

use crate::{by_reviewer::ByReviewer, notice::Notices, problem::Problem, signed::Nothing, state::Shared};

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<Notices>, Problem> {
    let notices = state.registry().reviewer_notices(&reviewer).await?;
    Ok(Json(Notices { notices }))
}
