//! `GET /api/v1/procedures`: what waits for the body, those with the earliest day first; then what else concerns it.

use axum::{Json, extract::State};

use super::Procedures;
use crate::{by_staff::ByStaff, problem::Problem, signed::Nothing, state::Shared};

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<Json<Procedures>, Problem> {
    let procedures = state.registry().desk_procedures(caller.authority()).await?;
    Ok(Json(Procedures { procedures }))
}
