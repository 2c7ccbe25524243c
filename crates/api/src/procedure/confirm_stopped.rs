//! `POST /api/v1/procedures/{procedure}/stopped-use`: a body that was given a decision confirms that it stopped using
//! it, after its restoration.

use axum::{Json, extract::State};

use super::Stands;
use crate::{
    by_staff::ByStaff,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Confirms it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    asked: ByStaff<Nothing>,
) -> Result<Json<Stands>, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let status = state
        .registry()
        .confirm_stopped_use(asked.for_body(), procedure)
        .await?;
    Ok(Json(Stands { status }))
}
