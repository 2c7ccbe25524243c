//! `GET /api/v1/looks`: the latest looks of the body itself.

use axum::{Json, extract::State};
use registry::OwnLook;
use serde::Serialize;

use crate::{by_staff::ByStaff, problem::Problem, signed::Nothing, state::Shared};

/// The looks.
#[derive(Serialize)]
pub(crate) struct Looks {
    looks: Vec<OwnLook>,
}

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<Json<Looks>, Problem> {
    let looks = state.registry().looks_of(caller.authority()).await?;
    Ok(Json(Looks { looks }))
}
