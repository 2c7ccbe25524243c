//! `POST /api/v1/review/procedures/{procedure}/outside-decision`: puts down what a court or another body outside
//! decided, which is followed within the days that the profile sets.

use axum::{extract::State, http::StatusCode};
use jiff::civil::Date;
use model::procedure::Order;
use registry::OutsideOrder;
use serde::Deserialize;

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    signed::JsonBody,
    state::Shared,
};

/// The decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    court: String,
    reference: String,
    decided_on: Date,
    order: Order,
    #[serde(default)]
    fields: Option<Vec<String>>,
}

/// Puts it down.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let decision = OutsideOrder {
        court: body.court,
        reference: body.reference,
        decided_on: body.decided_on,
        order: body.order,
        fields: body.fields,
    };
    state
        .registry()
        .record_outside_decision(reviewer, procedure, decision)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
