//! What the oversight did: to one body and its staff, for that body; and whom it has stopped, for the reviewers.

use jiff::Timestamp;
use storage::{Access, Param, StoreError};

use super::{OversightStep, step};
use crate::{Registry, RegistryError};

/// How many of the steps that were done to it a body is shown.
const SHOWN: i64 = 200;

/// A body, or a member of a body's staff, that may not ask until a reviewer lifts that.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Stop {
    /// The body.
    pub body: String,
    /// The member of its staff. None: the body as a whole.
    pub staff: Option<String>,
    /// Since when.
    pub stopped_at: Timestamp,
}

/// An account that is registered without its holder's own identity number, and is not ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unnumbered {
    /// The body. None: it is a reviewer's.
    pub body: Option<String>,
    /// The id of the account.
    pub account: String,
}

/// The accounts in use without an own number, those of reviewers last.
const UNNUMBERED: &str = "SELECT body, staff FROM staff WHERE own_person IS NULL AND ended_at IS NULL \
     UNION ALL SELECT NULL, reviewer FROM reviewer WHERE own_person IS NULL AND ended_at IS NULL";

impl Registry {
    /// The accounts of staff, and of reviewers, that are registered without an own number. Looks at such a member of
    /// staff by colleagues or by themselves are not queued for review as such; such a reviewer is not kept from judging
    /// what is about themselves.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn without_own_number(&self) -> Result<Vec<Unnumbered>, RegistryError> {
        self.store
            .run_async("oversight.unnumbered", Access::Read, |tx| {
                let rows = tx.query(UNNUMBERED, &[] as &[Param<'_>])?;
                let mut all = rows
                    .into_iter()
                    .map(|mut row| {
                        Ok(Unnumbered {
                            body: row.opt_text()?,
                            account: row.text()?,
                        })
                    })
                    .collect::<Result<Vec<_>, StoreError>>()?;
                all.sort_by(|one, other| {
                    let place =
                        |one: &Unnumbered| (one.body.is_none(), one.body.clone(), one.account.clone());
                    place(one).cmp(&place(other))
                });
                Ok::<_, RegistryError>(all)
            })
            .await
    }

    /// The latest steps that were done to a body or to its staff, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn steps_of(&self, body: &str) -> Result<Vec<OversightStep>, RegistryError> {
        let body = body.to_owned();
        self.store
            .run_async("oversight.body", Access::Read, move |tx| {
                Ok::<_, RegistryError>(step::of_body(tx, &body, SHOWN)?)
            })
            .await
    }

    /// The bodies and the members of their staff that are stopped, by the names of the bodies.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn stops(&self) -> Result<Vec<Stop>, RegistryError> {
        self.store
            .run_async("oversight.stops", Access::Read, |tx| {
                let mut stops = Vec::new();
                for mut row in tx.query("SELECT body, stopped_at FROM member_stop ORDER BY body", &[])? {
                    stops.push(Stop {
                        body: row.text()?,
                        staff: None,
                        stopped_at: crate::time(row.int()?)?,
                    });
                }
                let rows = tx.query(
                    "SELECT body, staff, stopped_at FROM staff \
                     WHERE stopped_at IS NOT NULL ORDER BY body, staff",
                    &[] as &[Param<'_>],
                )?;
                for mut row in rows {
                    stops.push(Stop {
                        body: row.text()?,
                        staff: Some(row.text()?),
                        stopped_at: crate::time(row.int()?)?,
                    });
                }
                stops.sort_by(|one, other| one.body.cmp(&other.body));
                Ok::<_, RegistryError>(stops)
            })
            .await
    }
}
