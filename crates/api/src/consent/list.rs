//! `GET /api/v1/consents`: the latest consents that the body asked for, and where each stands.

use axum::{Json, extract::State};
use registry::AskedConsent;
use serde::Serialize;

use crate::{by_staff::ByStaff, problem::Problem, signed::Nothing, state::Shared};

/// The requests.
#[derive(Serialize)]
pub(crate) struct Consents {
    consents: Vec<AskedConsent>,
}

/// Lists them.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByStaff { caller, .. }: ByStaff<Nothing>,
) -> Result<Json<Consents>, Problem> {
    let consents = state.registry().asked_consents(caller.authority()).await?;
    Ok(Json(Consents { consents }))
}
