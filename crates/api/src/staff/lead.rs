//! `POST /api/v1/staff/lead`: a member of staff who leads lets a colleague lead too, or no longer.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;

use crate::{by_staff::ByStaff, problem::Problem, signed::JsonBody, state::Shared};

/// Whether the lead is given or taken.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Lead {
    Give,
    Take,
}

/// Whose it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    staff: String,
    lead: Lead,
}

/// Gives or takes it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff {
        caller,
        staff: by,
        body: JsonBody(body),
    }: ByStaff<JsonBody<Body>>,
) -> Result<StatusCode, Problem> {
    let registry = state.registry().clone();
    let leads = body.lead == Lead::Give;
    let set = move || registry.set_lead(&by, caller.authority(), &body.staff, leads);
    tokio::task::spawn_blocking(set).await??;
    Ok(StatusCode::NO_CONTENT)
}
