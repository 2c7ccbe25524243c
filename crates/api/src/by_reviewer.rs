//! Requests that a reviewer signed. Their keys are apart from those of bodies: neither opens what is the other's.

use axum::extract::{FromRequest, Request};
use model::procedure::ReviewerId;

use crate::{
    problem::{Code, Problem},
    signed::{self, SignedBody},
    state::Shared,
};

/// A request that a reviewer signed, and that was never received before.
pub(crate) struct ByReviewer<B> {
    /// Who asks.
    pub(crate) reviewer: ReviewerId,
    /// What they sent.
    pub(crate) body: B,
}

impl<B: SignedBody> FromRequest<Shared> for ByReviewer<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let key_id = signed::names(&parts, state)?;
        let unknown = || Problem::new(Code::KeyUnknown);
        let key = state.registry().reviewer_key(&key_id).await?;
        let key = key.ok_or_else(unknown)?;
        let body = signed::by_key(&parts, body, state, (&key_id, key.public_key)).await?;
        let reviewer = ReviewerId::new(key.reviewer).map_err(|_| unknown())?;
        Ok(Self { reviewer, body })
    }
}
