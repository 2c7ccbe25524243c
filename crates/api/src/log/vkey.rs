//! `GET /log/vkey`: the key that verifies the log's checkpoints (c2sp.org/signed-note, verifier keys).

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{problem::Problem, state::Shared};

/// The verifier key in a line.
pub(crate) async fn handle(State(state): State<Shared>) -> Result<Response, Problem> {
    let log = state.registry().log_summary().await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    Ok((headers, format!("{}\n", log.verifier_key)).into_response())
}
