//! `GET /api/v1/review/procedures`: what waits for this reviewer or for any, the earliest day first.

use axum::{Json, extract::State};

use crate::{
    by_reviewer::ByReviewer, problem::Problem, procedure::Procedures, signed::Nothing, state::Shared,
};

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<Procedures>, Problem> {
    let procedures = state.registry().reviewer_procedures(&reviewer).await?;
    Ok(Json(Procedures { procedures }))
}
