//! Consents, for the body that asks for them. The person answers on the portal.

pub(crate) mod ask;
pub(crate) mod list;

use registry::ConsentError;

use crate::problem::{Code, Problem};

impl From<ConsentError> for Problem {
    fn from(error: ConsentError) -> Self {
        match error {
            ConsentError::Refused(refusal) => {
                Self::new(Code::find(refusal.code()).unwrap_or(Code::PurposeNotYours))
            }
            ConsentError::Identity => Self::new(Code::IdentityMalformed),
            ConsentError::Replayed => Self::new(Code::Replayed),
            ConsentError::Registry(error) => error.into(),
            // The person's own steps, none of which is taken here.
            ConsentError::Unknown | ConsentError::Fault(_) | ConsentError::Mandate(_) => {
                Self::new(Code::ConsentUnknown)
            }
        }
    }
}
