//! `POST /api/v1/notices/{notice}/read`: somebody of the body has read a notice. Said again, or of what is no notice of
//! theirs, it changes nothing.

use axum::{extract::State, http::StatusCode};

use crate::{
    by_staff::ByStaff,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Marks it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(notice): Path<String>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<StatusCode, Problem> {
    let notice = id(&notice, Code::NoSuchNotice)?;
    state
        .registry()
        .mark_body_notice_read(caller.authority(), notice)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
