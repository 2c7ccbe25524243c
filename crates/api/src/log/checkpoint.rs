//! `GET /log/checkpoint`: the latest signed tree head (c2sp.org/tlog-checkpoint).

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{problem::Problem, state::Shared};

/// The latest checkpoint, for everybody.
pub(crate) async fn handle(State(state): State<Shared>) -> Result<Response, Problem> {
    let log = state.registry().log_summary().await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, log.checkpoint).into_response())
}
