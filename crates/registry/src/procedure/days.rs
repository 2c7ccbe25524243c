//! What days that are over ask for by themselves. Each procedure is moved on in a transaction of its own, found by
//! its day: a kill loses nothing, and what is done is no longer found.

use model::ProcedureId;
use storage::{Access, Param, Tx};

use super::ProcedureError;
use crate::{Registry, RegistryError, day};

/// How many are sought at once.
const SLICE: i64 = 256;

impl Registry {
    /// Moves every procedure on whose day is over. Answers how many. Blocks.
    pub(crate) fn pass_days(&self) -> Result<usize, RegistryError> {
        let today = day::to_number(self.today());
        let (mut passed, mut after) = (0, (i64::MIN, Vec::new()));
        loop {
            let from = after.clone();
            let due = self.store.run("procedure.seek-due", Access::Read, move |tx| {
                due(tx, today, &from)
            })?;
            let Some((wakes_on, last)) = due.last() else {
                return Ok(passed);
            };
            after = (*wakes_on, last.as_bytes().to_vec());
            for (_, id) in due {
                let this = self.clone();
                let done = self.store.run("procedure.pass-day", Access::Write, move |tx| {
                    this.step(tx, id, &mut |_, held| Ok((held.course.clone(), Vec::new())))
                });
                match done {
                    Ok(_) => passed += 1,
                    // Somebody did a step meanwhile, and the day with it; or the record was erased.
                    Err(ProcedureError::ChangedMeanwhile | ProcedureError::NoSuchProcedure) => {}
                    Err(ProcedureError::Registry(error)) => return Err(error),
                    Err(_) => return Err(RegistryError::Stored("a procedure")),
                }
            }
        }
    }
}

/// The next procedures whose day is over, in the order of their days.
fn due(
    tx: &mut dyn Tx,
    today: i64,
    (day, last): &(i64, Vec<u8>),
) -> Result<Vec<(i64, ProcedureId)>, RegistryError> {
    let rows = tx.query(
        "SELECT wakes_on, procedure FROM procedure WHERE wakes_on < $1 AND (wakes_on, procedure) > ($2, $3) \
         ORDER BY wakes_on, procedure LIMIT $4",
        &[
            Param::Int(today),
            Param::Int(*day),
            Param::Blob(last),
            Param::Int(SLICE),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.int()?, ProcedureId::from_bytes(row.array()?))))
        .collect()
}
