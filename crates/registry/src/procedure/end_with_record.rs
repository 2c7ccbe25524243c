//! A record reaches the end of its retention while a procedure about it waits for somebody. It ends with the record:
//! a last step says so, whoever takes part or had something to do is told, and nothing of it is due any more. What was
//! said in it goes with the record, in the same transaction.

use jiff::Timestamp;
use model::{PersonId, ProcedureId, RecordId, procedure::Status};
use storage::{Param, Tx};

use super::ProcedureError;
use crate::{Registry, RegistryError, inbox};

/// Ends the procedures about this record that are under way. One that has ended is left as it is.
pub(crate) fn end_with_record(
    tx: &mut dyn Tx,
    this: &Registry,
    (person, record): (PersonId, RecordId),
    at: Timestamp,
) -> Result<(), RegistryError> {
    let rows = tx.query(
        "SELECT procedure FROM procedure WHERE person = $1 AND record = $2 AND wrapped_key IS NOT NULL \
         AND (waits_for IS NOT NULL OR status = $3) ORDER BY procedure",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(record.as_bytes()),
            // A body that stands apart may be asked something still.
            Param::Text(Status::Complete.as_str()),
        ],
    )?;
    for mut row in rows {
        let id = ProcedureId::from_bytes(row.array()?);
        // What anybody was asked to do in it is no longer to be done.
        inbox::nothing_to_do(tx, (person, id), at)?;
        let ended = this.step(tx, id, &mut |_, held| {
            // What a day asked for meanwhile may have ended it.
            let course = held.course.clone();
            Ok(course
                .clone()
                .end_with_record(at)
                .unwrap_or_else(|| (course, Vec::new())))
        });
        match ended {
            // Without the person's key nobody can say whose turn it was; what is there goes all the same.
            Ok(_) | Err(ProcedureError::NoSuchProcedure) => {}
            Err(ProcedureError::Registry(error)) => return Err(error),
            Err(_) => return Err(RegistryError::Stored("a procedure")),
        }
    }
    Ok(())
}
