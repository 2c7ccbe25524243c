//! `POST /api/v1/review/procedures/{procedure}/open`: what is in a procedure that comes before the reviewers. That it
//! was opened is on disk before this answers, and the person sees it.

use axum::{
    Json,
    extract::{Path, State},
};
use registry::{ProcedureView, Reader};

use crate::{
    by_reviewer::ByReviewer,
    path::id,
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Opens it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<ProcedureView>, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let reader = Reader::Reviewer(reviewer);
    Ok(Json(state.registry().read_procedure(reader, procedure).await?))
}
