//! `POST /api/v1/procedures/{procedure}/carry-out`: the authority does to its record what a reviewer or a body outside
//! ordered.

use axum::{Json, extract::State};
use registry::CarryOut;
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
enum Ordered {
    Correct,
    Withdraw,
}

/// What is done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    order: Ordered,
    row: Option<Row>,
}

impl Body {
    fn take(self) -> Result<CarryOut, Problem> {
        match (self.order, self.row) {
            (Ordered::Correct, Some(row)) => Ok(CarryOut::Correct(row.into_text())),
            (Ordered::Correct, None) => Err(Problem::new(Code::FieldMissing).with("field", "row")),
            (Ordered::Withdraw, None) => Ok(CarryOut::Withdraw),
            (Ordered::Withdraw, Some(_)) => Err(Problem::new(Code::FieldUnknown).with("field", "row")),
        }
    }
}

/// Does it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    asked: ByStaff<JsonBody<Body>>,
) -> Result<Json<Stands>, Problem> {
    let (by, procedure) = (asked.for_body(), id(&procedure, Code::ProcedureUnknown)?);
    let what = asked.body.0.take()?;
    let status = state.registry().follow_order(by, procedure, what).await?;
    Ok(Json(Stands { status }))
}
