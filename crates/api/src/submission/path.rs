//! The submission in an address.

use axum::{extract::FromRequestParts, http::request::Parts};
use model::SubmissionId;

use crate::{
    path::Path,
    problem::{Code, Problem},
    state::Shared,
};

/// The submission that a request is about. What is not an identifier names none.
pub(crate) struct Named(pub(crate) SubmissionId);

impl FromRequestParts<Shared> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Problem> {
        let none = || Problem::new(Code::NoSuchSubmission);
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| none())?;
        text.parse().map(Self).map_err(|_| none())
    }
}
