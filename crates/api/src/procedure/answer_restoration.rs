//! `POST /api/v1/procedures/{procedure}/restoration-answer`: the authority takes an application or does not, grants the
//! restoration or refuses it.

use axum::{Json, extract::State};
use registry::RestorationAnswer;
use serde::Deserialize;

use super::Stands;
use crate::{
    by_staff::ByStaff,
    path::{Path, id},
    problem::{Code, Problem},
    signed::JsonBody,
    state::Shared,
};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Take,
    NotTake,
    Grant,
    Refuse,
}

/// The answer. To take an application needs no reasons, everything else does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    answer: Answer,
    reasons: Option<String>,
}

impl Body {
    fn take(self) -> Result<RestorationAnswer, Problem> {
        match (self.answer, self.reasons) {
            (Answer::Take, None) => Ok(RestorationAnswer::Take),
            (Answer::Take, Some(_)) => Err(Problem::new(Code::FieldUnknown).with("field", "reasons")),
            (_, None) => Err(Problem::new(Code::FieldMissing).with("field", "reasons")),
            (Answer::NotTake, Some(reasons)) => Ok(RestorationAnswer::NotTake(reasons)),
            (Answer::Grant, Some(reasons)) => Ok(RestorationAnswer::Grant(reasons)),
            (Answer::Refuse, Some(reasons)) => Ok(RestorationAnswer::Refuse(reasons)),
        }
    }
}

/// Answers it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    asked: ByStaff<JsonBody<Body>>,
) -> Result<Json<Stands>, Problem> {
    let (by, procedure) = (asked.for_body(), id(&procedure, Code::ProcedureUnknown)?);
    let answer = asked.body.0.take()?;
    let status = state.registry().answer_restoration(by, procedure, answer).await?;
    Ok(Json(Stands { status }))
}
