//! `POST /api/v1/review/procedures/{procedure}/assign`: gives a reconsideration or a complaint to a reviewer who had no
//! part in what it is about.

use axum::{extract::State, http::StatusCode};
use model::procedure::ReviewerId;
use serde::Deserialize;

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    signed::JsonBody,
    state::Shared,
};

/// To whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    reviewer: String,
}

/// Gives it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByReviewer {
        reviewer: by,
        body: JsonBody(body),
    }: ByReviewer<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    let procedure = id(&procedure, Code::ProcedureUnknown)?;
    let unknown = || Problem::new(Code::ReviewerUnknown);
    let registry = state.registry();
    let known = registry.reviewers().await?;
    let known = known
        .into_iter()
        .find(|one| one.reviewer == body.reviewer && one.ended_at.is_none());
    let reviewer = ReviewerId::new(known.ok_or_else(unknown)?.reviewer).map_err(|_| unknown())?;
    registry.assign_procedure(procedure, reviewer, by).await?;
    Ok(StatusCode::NO_CONTENT)
}
