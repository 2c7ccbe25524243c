//! `GET /api/v1/review/overdue`: whatever waits for an authority or a reviewer past its day.

use axum::{Json, extract::State};

use crate::{
    by_reviewer::ByReviewer, problem::Problem, procedure::Procedures, signed::Nothing, state::Shared,
};

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    _: ByReviewer<Nothing>,
) -> Result<Json<Procedures>, Problem> {
    let procedures = state.registry().overdue().await?;
    Ok(Json(Procedures { procedures }))
}
