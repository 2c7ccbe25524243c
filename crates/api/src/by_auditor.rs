//! Requests for the log, which auditors and witnesses sign with keys of their own, and bodies with any of theirs. An
//! auditor's key opens nothing else.

use axum::extract::{FromRequest, Request};

use crate::{
    problem::Problem,
    signed::{self, Nothing, Signed},
    state::Shared,
};

/// A request that was signed by whoever may read the whole log, and that was never received before.
pub(crate) struct ByReader;

impl FromRequest<Shared> for ByReader {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let key_id = signed::names(&parts, state)?;
        // No name stands for two keys, so whose it is can be looked up by it.
        match state.registry().auditor_key(&key_id).await? {
            Some(key) => {
                signed::by_key::<Nothing>(&parts, body, state, (&key_id, key)).await?;
            }
            None => {
                Signed::<Nothing>::from_request(Request::from_parts(parts, body), state).await?;
            }
        }
        Ok(Self)
    }
}
