//! `GET /trust.json`: what a verifier needs to check certificates without a network.

use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use tokio::sync::Mutex;

use crate::{
    problem::{Code, Problem},
    state::Shared,
};

/// For how long it is kept, since every status list in it is signed anew.
const KEPT_SECONDS: i64 = 10;

/// The file, kept for a few seconds.
#[derive(Default)]
pub(crate) struct TrustCache(Mutex<Option<(Bytes, i64)>>);

/// The trust file.
pub(crate) async fn handle(State(state): State<Shared>) -> Result<Response, Problem> {
    let file = fetch(&state).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=10"),
    ];
    Ok((headers, file).into_response())
}

async fn fetch(state: &Shared) -> Result<Bytes, Problem> {
    // Held while it is made: those who ask meanwhile wait for the one that is being made.
    let mut kept = state.trust().0.lock().await;
    let now = state.registry().now().as_second();
    if let Some((file, _)) = kept.as_ref().filter(|(_, until)| now < *until) {
        return Ok(file.clone());
    }
    let trust = state.registry().trust().await?;
    let file = serde_json::to_vec(&trust).map_err(|_| Problem::new(Code::Internal))?;
    let file = Bytes::from(file);
    *kept = Some((file.clone(), now + KEPT_SECONDS));
    Ok(file)
}
