//! What an answer or an order does to the record: a correction goes through the same checks as a filed one, and is
//! filed the same way; a withdrawal ends it.

use std::sync::Arc;

use model::{ProcedureId, RecordId, VersionKind, procedure::Order};
use storage::{Access, Tx};

use super::{
    ProcedureError,
    end::{End, end},
    stored::{self, Held},
};
use crate::{
    Registry, RegistryError, record,
    submission::one_row::{Filed, OneRow},
};

/// What is done to a record.
#[derive(Clone)]
pub enum CarryOut {
    /// It is put right: the whole row as it should be, a JSON object under the names of its fields.
    Correct(String),
    /// It is taken back.
    Withdraw,
}

impl CarryOut {
    /// The order that it carries out.
    pub(super) const fn order(&self) -> Order {
        match self {
            Self::Correct(_) => Order::Correct,
            Self::Withdraw => Order::Withdraw,
        }
    }
}

/// The same, checked and prepared as far as that goes without the store's transaction.
#[derive(Clone)]
pub(super) enum Prepared {
    Correct(Arc<OneRow>),
    Withdraw,
}

impl Registry {
    /// Checks what is to be done to the record of a procedure of this authority.
    pub(super) async fn prepare(
        &self,
        authority: &str,
        id: ProcedureId,
        what: CarryOut,
    ) -> Result<Prepared, ProcedureError> {
        let CarryOut::Correct(row) = what else {
            return Ok(Prepared::Withdraw);
        };
        let this = self.clone();
        let found = self
            .store
            .run_async("procedure.prepare", Access::Read, move |tx| {
                let Some(held) = stored::load(tx, &this, id)? else {
                    return Ok(None);
                };
                let Some(record) = held.record else {
                    return Ok(None);
                };
                let versions = record::versions(tx, held.person, record)?;
                Ok::<_, RegistryError>(versions.last().map(|latest| latest.head.clone()))
            })
            .await?;
        let head = found
            .filter(|head| *head.authority == *authority)
            .ok_or(ProcedureError::NoSuchProcedure)?;
        let row = self
            .prepare_row(authority, head.kind, &row, *id.as_bytes())?
            .map_err(ProcedureError::Row)?;
        Ok(Prepared::Correct(Arc::new(row)))
    }

    /// Does it in this transaction, and answers the version that it made.
    pub(super) fn carry_out(
        &self,
        tx: &mut dyn Tx,
        held: &Held,
        record: RecordId,
        what: &Prepared,
    ) -> Result<i64, ProcedureError> {
        match what {
            Prepared::Withdraw => {
                let how = End {
                    person: held.person,
                    record,
                    by: held.id,
                    change: VersionKind::Withdrawn,
                    at: self.clock.now(),
                };
                end(tx, self, held.of_person()?, &how)?.ok_or(ProcedureError::RecordEnded)
            }
            Prepared::Correct(row) => match row.file(tx, self)? {
                Filed::Rejected(fault) => Err(ProcedureError::Row(fault)),
                Filed::Unchanged => Err(ProcedureError::NothingChanged),
                // Given up, all that was written here is undone.
                Filed::As {
                    person,
                    record: other,
                } if (person, other) != (held.person, record) => Err(ProcedureError::OtherRecord),
                Filed::As { .. } => {
                    let versions = record::versions(tx, held.person, record)?;
                    let latest = versions.last().ok_or(ProcedureError::NoSuchRecord)?;
                    Ok(latest.head.version)
                }
            },
        }
    }
}
