//! `POST /api/v1/review/outside-decisions`: puts down what a court or another body outside decided about a record that
//! nobody disputed here, or whose dispute was answered.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use jiff::civil::Date;
use model::{ProcedureId, RecordId, procedure::Order};
use registry::OutsideOrder;
use serde::{Deserialize, Serialize};

use crate::{by_reviewer::ByReviewer, person, problem::Problem, signed::JsonBody, state::Shared};

/// Which record, and whose; what was decided; and how it became known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    id_number: String,
    record: RecordId,
    court: String,
    reference: String,
    decided_on: Date,
    order: Order,
    #[serde(default)]
    fields: Option<Vec<String>>,
    text: String,
}

#[derive(Serialize)]
struct PutDown {
    procedure: ProcedureId,
}

/// Puts it down.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer {
        reviewer,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<Response, Problem> {
    let person = person::of_number(&state, &body.id_number)?;
    let decision = OutsideOrder {
        court: body.court,
        reference: body.reference,
        decided_on: body.decided_on,
        order: body.order,
        fields: body.fields,
    };
    let about = (person, body.record);
    let done = state
        .registry()
        .record_outside_decision_about(reviewer, about, decision, body.text);
    let procedure = done.await?;
    Ok((StatusCode::CREATED, Json(PutDown { procedure })).into_response())
}
