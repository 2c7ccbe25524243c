//! `POST /api/v1/review/procedures/{procedure}/complaint-answer`: a complaint is founded, with measures, or it is not. A
//! breach that comes to light is reported with it, as by `POST /api/v1/review/breaches`.

use axum::{Json, extract::State};
use registry::{Finding, Found};
use serde::Deserialize;

use super::breach;
use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    procedure::Stands,
    signed::LongJson,
    state::Shared,
};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Is {
    Founded,
    Unfounded,
}

/// The answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    finding: Is,
    reasons: String,
    measures: Option<String>,
    breach: Option<breach::Body>,
}

impl Body {
    /// What was found, if what goes with it is there and nothing else.
    fn finding(self) -> Result<Finding, Problem> {
        if let Is::Unfounded = self.finding {
            let beside = [
                ("measures", self.measures.is_some()),
                ("breach", self.breach.is_some()),
            ];
            return match beside.into_iter().find(|(_, given)| *given) {
                Some((field, _)) => Err(Problem::new(Code::FieldUnknown).with("field", field)),
                None => Ok(Finding::Unfounded(self.reasons)),
            };
        }
        let missing = || Problem::new(Code::FieldMissing).with("field", "measures");
        let measures = self.measures.ok_or_else(missing)?;
        Ok(Finding::Founded(Found {
            reasons: self.reasons,
            measures,
            breach: self.breach.map(Into::into),
        }))
    }
}

/// Answers it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByReviewer {
        reviewer,
        body: LongJson(body),
    }: ByReviewer<LongJson<Body>>,
) -> Result<Json<Stands>, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let finding = body.finding()?;
    let status = state
        .registry()
        .answer_complaint(reviewer, procedure, finding)
        .await?;
    Ok(Json(Stands { status }))
}
