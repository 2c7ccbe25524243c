//! `POST /api/v1/procedures/{procedure}/open`: what is in one procedure. That it was opened is on disk before this
//! answers, and the person sees it.

use axum::{
    Json,
    extract::{Path, State},
};
use registry::{ProcedureView, Reader};

use crate::{
    by_staff::ByStaff,
    path::id,
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Opens it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<Json<ProcedureView>, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let reader = Reader::Body(caller.authority().to_owned());
    Ok(Json(state.registry().read_procedure(reader, procedure).await?))
}
