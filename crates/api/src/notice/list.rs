//! `GET /api/v1/notices`: what the body has to confirm, then the latest notices to it.

use axum::{Json, extract::State};

use super::Notices;
use crate::{by_staff::ByStaff, problem::Problem, signed::Nothing, state::Shared};

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<Json<Notices>, Problem> {
    let notices = state.registry().body_notices(caller.authority()).await?;
    Ok(Json(Notices { notices }))
}
