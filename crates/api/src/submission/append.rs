//! `PATCH /api/v1/submissions/{submission}`: the next piece of a file, which is on disk when this answers.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    path::Named,
    progress::{UPLOAD_LENGTH, UPLOAD_OFFSET},
};
use crate::{
    problem::{Code, Problem},
    signed::{Signed, SignedBody},
    state::Shared,
};

/// The most bytes of one piece.
pub const PIECE_BYTES: usize = 8 * 1024 * 1024;

/// A piece of a file.
pub(crate) struct Piece {
    offset: u64,
    bytes: Vec<u8>,
}

impl SignedBody for Piece {
    const CONTENT_TYPE: Option<&'static str> = Some("application/octet-stream");
    const LIMIT: usize = PIECE_BYTES;
    const FIELDS: &'static [&'static str] = &["upload-offset"];

    fn read(headers: &HeaderMap, bytes: Vec<u8>) -> Result<Self, Problem> {
        let offset = headers
            .get(UPLOAD_OFFSET)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let missing = || Problem::new(Code::HeaderMissing).with("field", UPLOAD_OFFSET.as_str());
        Ok(Self {
            offset: offset.ok_or_else(missing)?,
            bytes,
        })
    }
}

/// Takes the piece.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Named(id): Named,
    Signed {
        caller, body: piece, ..
    }: Signed<Piece>,
) -> Result<Response, Problem> {
    let registry = state.registry().clone();
    let append = move || registry.append(caller.authority(), id, piece.offset, &piece.bytes);
    let upload = tokio::task::spawn_blocking(append).await??;
    let headers = [
        (UPLOAD_OFFSET, upload.received.to_string()),
        (UPLOAD_LENGTH, upload.length.to_string()),
    ];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}
