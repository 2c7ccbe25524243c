//! Who acts for a body: a named member of its staff, whom the person sees in what was done about them.

use storage::{Param, StoreError, Tx};

use crate::event::By;

/// Who acts for a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForBody {
    body: String,
    staff: Option<String>,
}

impl ForBody {
    /// A named member of the body's staff, by the id of their account.
    pub fn staff(body: impl Into<String>, staff: impl Into<String>) -> Self {
        Self {
            body: body.into(),
            staff: Some(staff.into()),
        }
    }

    /// Somebody whom the body has not named: the holder of one of its keys.
    pub fn unnamed(body: impl Into<String>) -> Self {
        Self {
            body: body.into(),
            staff: None,
        }
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Who it is, for an event. None: the account is not there, is stopped or was ended.
    pub(crate) fn by(&self, tx: &mut dyn Tx) -> Result<Option<By>, StoreError> {
        let Some(staff) = &self.staff else {
            return Ok(Some(By::default()));
        };
        let at_work = tx.query(
            "SELECT staff FROM staff WHERE body = $1 AND staff = $2 AND stopped_at IS NULL AND ended_at IS NULL",
            &[Param::Text(&self.body), Param::Text(staff)],
        )?;
        Ok((!at_work.is_empty()).then(|| self.named()))
    }

    /// Who it is, for an event, whether or not they are still at work.
    pub(crate) fn named(&self) -> By {
        By {
            staff: self.staff.clone(),
            mandate: None,
        }
    }
}

/// A body whose staff a test has not named. Whoever serves people says who acts.
#[cfg(feature = "test-support")]
impl From<&str> for ForBody {
    fn from(body: &str) -> Self {
        Self::unnamed(body)
    }
}

#[cfg(feature = "test-support")]
impl From<&String> for ForBody {
    fn from(body: &String) -> Self {
        Self::unnamed(body)
    }
}
