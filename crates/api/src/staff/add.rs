//! `POST /api/v1/staff`: a member of staff who leads adds a colleague, who signs with keys of the body that are nobody
//! else's.

use axum::{extract::State, http::StatusCode};
use registry::NewStaff;
use serde::Deserialize;

use crate::{by_staff::ByStaff, problem::Problem, signed::JsonBody, state::Shared};

/// Who is added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    staff: String,
    name: String,
    /// Their own identity number, so that looks at colleagues can be told.
    own_number: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
}

/// Adds them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff {
        caller,
        staff: lead,
        body: JsonBody(body),
    }: ByStaff<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    let new = NewStaff {
        body: caller.authority().to_owned(),
        staff: body.staff,
        name: body.name,
        own_number: body.own_number,
        keys: body.keys,
        lead: false,
    };
    let registry = state.registry().clone();
    tokio::task::spawn_blocking(move || registry.add_colleague(&lead, new)).await??;
    Ok(StatusCode::NO_CONTENT)
}
