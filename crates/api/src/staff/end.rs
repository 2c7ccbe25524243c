//! `POST /api/v1/staff/end`: a member of staff who leads ends an account for good.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;

use crate::{by_staff::ByStaff, problem::Problem, signed::JsonBody, state::Shared};

/// Whose account is ended.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    staff: String,
}

/// Ends it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff {
        caller,
        staff: lead,
        body: JsonBody(body),
    }: ByStaff<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    let registry = state.registry().clone();
    let end = move || registry.end_colleague(&lead, caller.authority(), &body.staff);
    tokio::task::spawn_blocking(end).await??;
    Ok(StatusCode::NO_CONTENT)
}
