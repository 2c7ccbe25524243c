//! `POST /api/v1/review/procedures/{procedure}/reconsideration-answer`: the outcome stands, or is changed by an order,
//! which is to be carried out by a day.

use axum::{Json, extract::State};
use model::procedure::Order;
use serde::Deserialize;

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    procedure::Stands,
    signed::JsonBody,
    state::Shared,
};

/// The answer. Without an order the outcome stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    order: Option<Order>,
    reasons: String,
}

/// Answers it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<Json<Stands>, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let status = state
        .registry()
        .answer_reconsideration(reviewer, procedure, body.order, body.reasons)
        .await?;
    Ok(Json(Stands { status }))
}
