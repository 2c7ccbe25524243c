//! `POST /api/v1/submissions`: announces a file. The answer names the submission that it will be.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use model::RecordKind;
use registry::UploadRequest;
use serde::Deserialize;

use crate::{
    problem::{Code, Problem},
    signed::{JsonBody, Signed},
    state::Shared,
};

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    kind: RecordKind,
    file_name: String,
    length: u64,
    #[serde(with = "hex::serde")]
    sha256: [u8; 32],
}

/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 255;

/// Announces.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Signed {
        caller,
        body: JsonBody(body),
    }: Signed<JsonBody<Body>>,
) -> Result<Response, Problem> {
    let authority = state.registry().profile().authorities.get(caller.authority());
    if !authority.is_some_and(|authority| authority.record_kinds.contains(&body.kind)) {
        return Err(Problem::new(Code::NotYours));
    }
    if body.file_name.is_empty() || body.file_name.len() > LONGEST_NAME {
        return Err(Problem::new(Code::BodyMalformed).with("field", "file_name"));
    }
    let request = UploadRequest {
        authority: caller.authority().to_owned(),
        kind: body.kind,
        name: body.file_name,
        length: body.length,
        sha256: body.sha256,
    };
    let upload = state.registry().announce(request).await?;
    let location = format!("/api/v1/submissions/{}", upload.submission);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(upload)).into_response())
}
