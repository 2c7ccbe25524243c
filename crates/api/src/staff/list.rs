//! `GET /api/v1/staff`: the body's own named members of staff.

use axum::{Json, extract::State};
use registry::StaffMember;
use serde::Serialize;

use crate::{by_staff::ByStaff, problem::Problem, signed::Nothing, state::Shared};

/// The members of staff.
#[derive(Serialize)]
pub(crate) struct Staff {
    staff: Vec<StaffMember>,
}

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<Json<Staff>, Problem> {
    let staff = state.registry().staff(caller.authority()).await?;
    Ok(Json(Staff { staff }))
}
