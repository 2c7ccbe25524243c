//! `POST /api/v1/review/looks/{look}/open`: the case that a look in the queue was taken in. That it was opened is on
//! disk before this answers.

use axum::{Json, extract::State};
use registry::ReviewCase;
use serde::Serialize;

use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// The case.
#[derive(Serialize)]
pub(crate) struct Opened {
    case: Option<ReviewCase>,
}

/// Opens it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(look): Path<String>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<Opened>, Problem> {
    let look = id(&look, Code::ItemUnknown)?;
    let case = state.registry().review_case(reviewer.as_str(), look).await?;
    Ok(Json(Opened { case }))
}
