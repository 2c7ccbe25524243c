//! `GET /api/v1/submissions/{submission}`: how far an upload has come; or, once it is filed, what became of
//! the submission.

use axum::{
    Json,
    extract::State,
    http::HeaderName,
    response::{IntoResponse, Response},
};
use registry::UploadError;

use super::path::Named;
use crate::{
    problem::{Code, Problem},
    signed::{Nothing, Signed},
    state::Shared,
};

/// How many bytes are here.
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// How many there will be.
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// Answers how far it is.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Named(id): Named,
    Signed {
        caller,
        body: Nothing,
        ..
    }: Signed<Nothing>,
) -> Result<Response, Problem> {
    match state.registry().upload(caller.authority(), id).await {
        Ok(upload) => {
            let headers = [
                (UPLOAD_OFFSET, upload.received.to_string()),
                (UPLOAD_LENGTH, upload.length.to_string()),
            ];
            Ok((headers, Json(upload)).into_response())
        }
        Err(UploadError::NoSuchUpload) => {
            let found = state.registry().submission(caller.authority(), id).await?;
            Ok(Json(found.ok_or(Problem::new(Code::NoSuchSubmission))?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
