//! `GET /.well-known/jwt-vc-issuer`: the issuer of certificates and its keys (SD-JWT VC, section 5).

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::state::Shared;

/// The issuer's metadata.
pub(crate) async fn handle(State(state): State<Shared>) -> Response {
    (
        [(header::CACHE_CONTROL, "public, max-age=300")],
        Json(state.registry().issuer()),
    )
        .into_response()
}
