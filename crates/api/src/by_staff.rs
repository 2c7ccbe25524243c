//! Requests of a body by a named member of its staff. What shows or changes something about a person, beyond what the
//! body files itself, is asked for so: the account behind the key is named, and may be used.

use axum::extract::{FromRequest, Request};
use registry::{ForBody, Reader};

use crate::{
    problem::{Code, Problem},
    signed::{Caller, Signed, SignedBody},
    state::Shared,
};

/// A request that a named member of a body's staff signed, and that was never received before.
pub(crate) struct ByStaff<B> {
    /// For whom, and by which key.
    pub(crate) caller: Caller,
    /// Who asks, by the id of their account.
    pub(crate) staff: String,
    /// What they sent.
    pub(crate) body: B,
}

impl<B> ByStaff<B> {
    /// The same as who acts for the body.
    pub(crate) fn for_body(&self) -> ForBody {
        ForBody::staff(self.caller.authority(), &*self.staff)
    }

    /// The same as who reads a procedure.
    pub(crate) fn reader(self) -> Reader {
        Reader::Staff {
            body: self.caller.authority().to_owned(),
            staff: self.staff,
        }
    }
}

impl<B: SignedBody> FromRequest<Shared> for ByStaff<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Problem> {
        let Signed { caller, staff, body } = Signed::from_request(request, state).await?;
        let staff = staff.ok_or(Problem::new(Code::StaffUnknown))?;
        Ok(Self { caller, staff, body })
    }
}
