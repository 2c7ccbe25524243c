//! `POST /api/v1/review/procedures/{procedure}/files/{file}/open`: a file that was put to a procedure that comes before
//! the reviewers. That it was opened is on disk before this answers, and the person sees it.

use axum::{extract::State, response::Response};
use registry::Reader;

use crate::{
    by_reviewer::ByReviewer, path::Path, problem::Problem, procedure::file::content, signed::Nothing,
    state::Shared,
};

/// Opens it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path((procedure, file)): Path<(String, String)>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Response, Problem> {
    content(&state, Reader::Reviewer(reviewer), &procedure, &file).await
}
