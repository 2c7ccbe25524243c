//! `POST /api/v1/procedures/{procedure}/dispute-answer`: the authority upholds, corrects or withdraws the record. What
//! it does to the record is done with the answer.

use axum::{Json, extract::State};
use registry::{CarryOut, DisputeAnswer};
use serde::Deserialize;

use super::Stands;
use crate::{
    by_staff::ByStaff,
    path::{Path, id},
    problem::{Code, Problem},
    row::Row,
    signed::JsonBody,
    state::Shared,
};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Uphold,
    Correct,
    Withdraw,
}

/// The answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    answer: Answer,
    reasons: String,
    row: Option<Row>,
}

impl Body {
    fn take(self) -> Result<(DisputeAnswer, String), Problem> {
        let answer = match (self.answer, self.row) {
            (Answer::Correct, Some(row)) => DisputeAnswer::Change(CarryOut::Correct(row.into_text())),
            (Answer::Correct, None) => return Err(Problem::new(Code::FieldMissing).with("field", "row")),
            (_, Some(_)) => return Err(Problem::new(Code::FieldUnknown).with("field", "row")),
            (Answer::Uphold, None) => DisputeAnswer::Uphold,
            (Answer::Withdraw, None) => DisputeAnswer::Change(CarryOut::Withdraw),
        };
        Ok((answer, self.reasons))
    }
}

/// Answers it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    asked: ByStaff<JsonBody<Body>>,
) -> Result<Json<Stands>, Problem> {
    let (by, procedure) = (asked.for_body(), id(&procedure, Code::ProcedureUnknown)?);
    let (answer, reasons) = asked.body.0.take()?;
    let status = state
        .registry()
        .answer_dispute(by, procedure, answer, reasons)
        .await?;
    Ok(Json(Stands { status }))
}
