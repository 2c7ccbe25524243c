//! `GET /api/v1/looks/{look}/receipt`: the receipt of one of the body's own looks, with the proof of its place in the
//! log.

use axum::{Json, extract::State};
use registry::Receipt;

use crate::{
    by_staff::ByStaff,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Answers the receipt.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(look): Path<String>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<Json<Receipt>, Problem> {
    let look = id(&look, Code::NoSuchLook)?;
    let found = state.registry().look_receipt(caller.authority(), look).await?;
    found.map(Json).ok_or(Problem::new(Code::NoSuchLook))
}
