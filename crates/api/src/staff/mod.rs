//! The body's own named members of staff: listed by any of them, added, ended and let lead by one who leads.

pub(crate) mod add;
pub(crate) mod end;
pub(crate) mod lead;
pub(crate) mod list;

use registry::StaffError;

use crate::problem::{Code, Problem};

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Registry(error) => error.into(),
            refused => Self::new(Code::find(refused.code()).unwrap_or(Code::Internal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_code() {
        for refusal in [
            StaffError::Id,
            StaffError::NameMissing,
            StaffError::Number,
            StaffError::Taken,
            StaffError::Unknown,
            StaffError::NoSuchKey,
            StaffError::NotLead,
            StaffError::LastLead,
        ] {
            assert!(Code::find(refusal.code()).is_some(), "{}", refusal.code());
        }
    }
}
