//! `POST /api/v1/review/procedures/{procedure}/improper-look`: puts a look down as improper, as was ordered.

use axum::{Json, extract::State};

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    procedure::Stands,
    signed::Nothing,
    state::Shared,
};

/// Puts it down.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<Stands>, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let status = state.registry().put_down_improper(reviewer, procedure).await?;
    Ok(Json(Stands { status }))
}
