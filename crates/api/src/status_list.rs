//! `GET /status-lists/{list}`: a list of certificates' states as a signed token (Token Status List,
//! draft-ietf-oauth-status-list, section 8.1).

use std::collections::HashMap;

use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use tokio::sync::Mutex;

use crate::{
    path::Path,
    problem::{Code, Problem},
    state::Shared,
};

/// For how long a signed list is kept: a revocation shows this much later at most.
const KEPT_SECONDS: i64 = 10;

/// The lists that were signed of late, with the moment when each is signed anew. Only lists that there are
/// come in.
#[derive(Default)]
pub(crate) struct ListCache(Mutex<HashMap<i64, (Bytes, i64)>>);

/// One list.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(list): Path<String>,
) -> Result<Response, Problem> {
    let number = list
        .parse::<i64>()
        .ok()
        .filter(|number| *number >= 0 && number.to_string() == list);
    let token = match number {
        Some(number) => fetch(&state, number).await?,
        None => None,
    };
    let token = token.ok_or(Problem::new(Code::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, "application/statuslist+jwt"),
        (header::CACHE_CONTROL, "public, max-age=10"),
    ];
    Ok((headers, token).into_response())
}

async fn fetch(state: &Shared, list: i64) -> Result<Option<Bytes>, Problem> {
    // Held while a list is signed: those who ask meanwhile wait for it and do not sign another.
    let mut kept = state.lists().0.lock().await;
    let now = state.registry().now().as_second();
    if let Some((token, _)) = kept.get(&list).filter(|(_, until)| now < *until) {
        return Ok(Some(token.clone()));
    }
    let Some(token) = state.registry().status_list(list).await? else {
        return Ok(None);
    };
    let token = Bytes::from(token);
    kept.insert(list, (token.clone(), now + KEPT_SECONDS));
    Ok(Some(token))
}
