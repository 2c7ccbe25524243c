//! `POST /api/v1/submissions/{submission}/take-back`: takes a submission back whole, but for rows touched
//! since.

use axum::{Json, extract::State};
use registry::{TakeBack, TakeBackError};

use super::path::Named;
use crate::{
    problem::{Code, Problem},
    signed::{Nothing, Signed},
    state::Shared,
};

/// Takes it back.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Named(id): Named,
    Signed {
        caller,
        body: Nothing,
        ..
    }: Signed<Nothing>,
) -> Result<Json<TakeBack>, Problem> {
    let registry = state.registry().clone();
    let done = tokio::task::spawn_blocking(move || registry.take_back(caller.authority(), id)).await??;
    Ok(Json(done))
}

impl From<TakeBackError> for Problem {
    fn from(error: TakeBackError) -> Self {
        match error {
            TakeBackError::NoSuchSubmission => Self::new(Code::NoSuchSubmission),
            TakeBackError::NotDone => Self::new(Code::NotDone),
            TakeBackError::TakenBack => Self::new(Code::TakenBack),
            TakeBackError::TooLate(ended) => Self::new(Code::TooLate).with("ended_at", ended.to_string()),
            TakeBackError::Registry(error) => error.into(),
        }
    }
}
