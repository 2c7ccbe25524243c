//! `POST /api/v1/review/procedures/{procedure}/open`: what is in a procedure that comes before the reviewers, with the
//! record that it is about but for whom that is about. That it was opened is on disk before this answers, and the person
//! sees it.

use axum::{Json, extract::State};
use registry::Reader;

use crate::{
    by_reviewer::ByReviewer,
    path::Path,
    problem::Problem,
    procedure::open::{Opened, read},
    signed::Nothing,
    state::Shared,
};

/// Opens it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<Opened>, Problem> {
    read(&state, Reader::Reviewer(reviewer), &procedure)
        .await
        .map(Json)
}
