//! `POST /api/v1/review/notices/{notice}/read`: this reviewer has read a notice, or one to all reviewers. Said again, or
//! of what is no notice of theirs, it changes nothing.

use axum::{extract::State, http::StatusCode};

use super::actor;
use crate::{
    by_reviewer::ByReviewer,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Where notices to all reviewers go.
const ALL: &str = ":reviewers";

/// Marks it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(notice): Path<String>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<StatusCode, Problem> {
    let notice = id(&notice, Code::NoSuchNotice)?;
    for inbox in [actor(&reviewer).as_str(), ALL] {
        state.registry().mark_body_notice_read(inbox, notice).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
