//! `POST /api/v1/submissions/{submission}/file`: files what was sent, and answers row by row. Asked again, it
//! answers the same from what is stored.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use intake::{FaultCode, FileFault};
use model::SubmissionId;
use registry::{SubmissionState, UploadError};

use super::{Submission, answer, path::Named};
use crate::{
    language::Asked,
    problem::{Code, Problem},
    signed::{Nothing, Signed},
    state::Shared,
};

/// Files.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Named(id): Named,
    language: Asked,
    Signed {
        caller,
        body: Nothing,
        ..
    }: Signed<Nothing>,
) -> Result<Response, Problem> {
    let filed = match state
        .filing()
        .finish(state.registry(), caller.authority(), id)
        .await?
    {
        Ok(filed) => filed,
        Err(UploadError::NoSuchUpload) => stored(&state, caller.authority(), id).await?,
        Err(error) => return Err(error.into()),
    };
    let body = answer::body(state, caller, filed, language.messages());
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// What was filed before.
async fn stored(state: &Shared, authority: &str, id: SubmissionId) -> Result<Submission, Problem> {
    let none = || Problem::new(Code::NoSuchSubmission);
    let view = state
        .registry()
        .submission(authority, id)
        .await?
        .ok_or_else(none)?;
    match view.state {
        SubmissionState::Done | SubmissionState::TakenBack => {}
        SubmissionState::Open => return Err(Problem::new(Code::NotDone)),
        SubmissionState::Refused => {
            let code = view
                .fault
                .and_then(|code| code.parse().ok())
                .unwrap_or(FaultCode::FileUnreadable);
            return Err(Problem::file(FileFault::new(code)));
        }
    }
    let receipt = state.registry().submission_receipt(authority, id).await?;
    Ok(Submission {
        submission: id,
        file_sha256: view.file_sha256,
        counts: view.counts,
        receipt: receipt.ok_or(Problem::new(Code::NotDone))?,
    })
}
