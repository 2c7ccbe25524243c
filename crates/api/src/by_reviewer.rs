//! Requests that a reviewer signed. Their keys are apart from those of bodies: neither opens what is the other's.

use axum::extract::{FromRequest, Request};
use http_signatures::{VerifyingKey, verify};
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
        let registry = state.registry();
        let described = signed::describe(&parts, state);
        let now = registry.now().as_second();
        // Read once for the name of the key, which lets nothing through, and once more with the key.
        let mut asked = None;
        let first = verify(&described, &signed::POLICY, now, |key_id| {
            asked = Some(key_id.to_owned());
            None
        });
        let key_id = match (first, asked) {
            (_, Some(key_id)) => key_id,
            (Err(fault), None) => return Err(signed::refused(&fault, state)),
            (Ok(_), None) => return Err(Problem::new(Code::KeyUnknown)),
        };
        let unknown = || Problem::new(Code::KeyUnknown);
        let key = registry.reviewer_key(&key_id).await?.ok_or_else(unknown)?;
        let verified = verify(&described, &signed::POLICY, now, |_| {
            Some(VerifyingKey::ed25519(key.public_key))
        });
        let verified = verified.map_err(|fault| signed::refused(&fault, state))?;
        let (body, nonce) = signed::whole(&parts, body, verified).await?;
        if !registry.first_time(&key_id, &nonce.text, nonce.until).await? {
            return Err(Problem::new(Code::Replayed));
        }
        let reviewer = ReviewerId::new(key.reviewer).map_err(|_| unknown())?;
        Ok(Self { reviewer, body })
    }
}
