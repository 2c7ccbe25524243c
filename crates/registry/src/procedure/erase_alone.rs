//! What somebody about whom nothing is held any more complained of, or had reconsidered, is kept without a key of theirs,
//! and no longer than its own period: so many months after its last step, as the profile says. Then what was said is
//! destroyed, written apart first like a record. That there was one stays, with its steps.

use model::{PersonId, ProcedureId};
use storage::{Access, Param, StoreError, Tx};

use crate::{
    Registry, RegistryError,
    erasure::{Planned, What},
    log,
};

/// How many are looked at in one transaction.
const SLICE: i64 = 1_000;

/// One that is kept alone, has been answered, and when its last step was done.
type Alone = (PersonId, ProcedureId, i64);

impl Registry {
    /// Destroys those whose period is over. Blocks.
    pub(crate) fn erase_alone(&self) -> Result<(), RegistryError> {
        let mut after = (i64::MIN, Vec::new());
        loop {
            let (this, from) = (self.clone(), after.clone());
            let (planned, last) = self.store.run("due.plan-procedures", Access::Read, move |tx| {
                let head = log::head(tx)? as u64;
                let found = alone(tx, &from)?;
                let last = found.last().map(|(_, id, at)| (*at, id.as_bytes().to_vec()));
                let mut erasures = Vec::new();
                for (person, procedure, at) in found {
                    if this.is_over(at)? {
                        erasures.push((person, What::Procedure { procedure }));
                    }
                }
                Ok::<_, RegistryError>((Planned { erasures, head }, last))
            })?;
            self.destroy("due.erase-procedures", planned)?;
            let Some(last) = last else { return Ok(()) };
            after = last;
        }
    }

    /// Whether the period of one whose last step was done then is over.
    fn is_over(&self, changed_at: i64) -> Result<bool, RegistryError> {
        let ended_on = self.day_of(crate::time(changed_at)?);
        let months = self.profile.procedures.complaint_kept_months.on(ended_on).number;
        // Later than the calendar reaches: never.
        let kept_until = jiff::Span::new()
            .try_months(i64::from(months))
            .and_then(|span| ended_on.checked_add(span));
        Ok(kept_until.is_ok_and(|day| day < self.today()))
    }
}

fn alone(tx: &mut dyn Tx, (at, last): &(i64, Vec<u8>)) -> Result<Vec<Alone>, StoreError> {
    let rows = tx.query(
        "SELECT person, procedure, changed_at FROM procedure WHERE kept_alone = 1 AND wrapped_key IS NOT NULL \
         AND waits_for IS NULL AND (changed_at, procedure) > ($1, $2) ORDER BY changed_at, procedure LIMIT $3",
        &[Param::Int(*at), Param::Blob(last), Param::Int(SLICE)],
    )?;
    rows.into_iter()
        .map(|mut row| {
            let (person, procedure) = (row.array()?, row.array()?);
            Ok((
                PersonId::from_bytes(person),
                ProcedureId::from_bytes(procedure),
                row.int()?,
            ))
        })
        .collect()
}

/// Destroys what was said in one that is kept alone, unless it waits for somebody again, or `whatever` it waits for.
/// Answers whether there was anything.
pub(crate) fn forget_alone(
    tx: &mut dyn Tx,
    (person, procedure): (PersonId, ProcedureId),
    whatever: bool,
) -> Result<bool, StoreError> {
    let key = [Param::Blob(person.as_bytes()), Param::Blob(procedure.as_bytes())];
    let answered = if whatever { "" } else { "AND waits_for IS NULL" };
    let sql = format!(
        "UPDATE procedure SET wrapped_key = NULL, sealed_state = NULL, due_on = NULL, wakes_on = NULL, \
         waits_for = NULL WHERE person = $1 AND procedure = $2 AND kept_alone = 1 AND wrapped_key IS NOT NULL {answered}"
    );
    let gone = tx.execute(&sql, &key)?;
    if gone > 0 {
        tx.execute(
            "DELETE FROM procedure_file WHERE person = $1 AND procedure = $2",
            &key,
        )?;
    }
    Ok(gone > 0)
}
