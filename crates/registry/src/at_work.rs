//! Who still works for a body, and who still reviews: asked at every request of a session, so that one that was begun
//! before somebody was stopped, or left, is worth nothing after.

use model::procedure::ReviewerId;
use storage::{Access, Param};

use crate::{Registry, RegistryError, StaffMember, staff};

impl Registry {
    /// One member of a body's staff, stopped or not. None: the body has no such account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn staff_member(
        &self,
        body: &str,
        account: &str,
    ) -> Result<Option<StaffMember>, RegistryError> {
        let (this, body, account) = (self.clone(), body.to_owned(), account.to_owned());
        self.store
            .run_async("staff.one", Access::Read, move |tx| {
                let rows = tx.query(
                    "SELECT sealed_name, lead, own_person, stopped_at, ended_at FROM staff \
                     WHERE body = $1 AND staff = $2",
                    &[Param::Text(&body), Param::Text(&account)],
                )?;
                let row = rows.into_iter().next();
                row.map(|row| this.member(&body, account.clone(), row))
                    .transpose()
            })
            .await
    }

    /// Whether this reviewer is registered and has not left.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviews(&self, reviewer: &ReviewerId) -> Result<bool, RegistryError> {
        let reviewer = reviewer.clone();
        self.store
            .run_async("reviewer.one", Access::Read, move |tx| {
                Ok::<_, RegistryError>(staff::is_reviewer(tx, reviewer.as_str())?)
            })
            .await
    }
}
