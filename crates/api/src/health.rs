//! `GET /healthz`: whether the service and its store answer.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{problem::Problem, state::Shared};

/// Reads the latest checkpoint, which every working store can.
pub(crate) async fn handle(State(state): State<Shared>) -> Result<Json<Value>, Problem> {
    state.registry().log_summary().await?;
    Ok(Json(json!({"status": "ok"})))
}
