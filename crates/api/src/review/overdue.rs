//! `GET /api/v1/review/overdue`: whatever waits for an authority, a reviewer or a body that was given a record past its
//! day, and the peers that have not confirmed in time what they are told of alerts.

use axum::{Json, extract::State};
use registry::{DeskProcedure, LateAuthority, LatePeer};
use serde::Serialize;

use crate::{by_reviewer::ByReviewer, problem::Problem, signed::Nothing, state::Shared};

/// What is late.
#[derive(Serialize)]
pub(crate) struct Overdue {
    procedures: Vec<DeskProcedure>,
    peers: Vec<LatePeer>,
    /// The authorities that have not opened alerts in time.
    unopened: Vec<LateAuthority>,
    /// The years of the calendar that have begun, and whose days are not all settled.
    provisional_years: Vec<i16>,
}

/// Lists it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    ByReviewer { reviewer, .. }: ByReviewer<Nothing>,
) -> Result<Json<Overdue>, Problem> {
    let registry = state.registry();
    Ok(Json(Overdue {
        procedures: registry.overdue_for(&reviewer).await?,
        peers: registry.late_peers().await?,
        unopened: registry.late_authorities().await?,
        provisional_years: registry
            .profile()
            .calendar
            .provisional_and_begun(registry.today())
            .map(|(year, _)| year)
            .collect(),
    }))
}
