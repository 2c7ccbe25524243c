//! The person is told of a look that gave a body a record which was restored since: from that moment they may know that
//! the body was asked to stop using it, and whether it did.

use model::{
    PersonId, ProcedureId,
    procedure::{AuthorityId, Procedure, ProcedureKind},
};
use storage::{Param, Tx};

use super::{
    ProcedureError,
    stored::{self, By},
};
use crate::{ForBody, Registry, RegistryError, look::recipients_told_of};

/// Puts down in the restorations of this person which bodies they may know of by now. In the transaction that tells them
/// of a look.
pub(crate) fn show_recipients(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
) -> Result<(), RegistryError> {
    let rows = tx.query(
        "SELECT procedure FROM procedure WHERE person = $1 AND kind = $2 AND wrapped_key IS NOT NULL ORDER BY procedure",
        &[
            Param::Blob(person.as_bytes()),
            Param::Text(ProcedureKind::Restoration.as_str()),
        ],
    )?;
    for mut row in rows {
        let id = ProcedureId::from_bytes(row.array()?);
        show_in(tx, this, person, id).map_err(|error| match error {
            ProcedureError::Registry(error) => error,
            // Nothing is asked of anybody's leave here.
            _ => RegistryError::Stored("a restoration"),
        })?;
    }
    Ok(())
}

fn show_in(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    id: ProcedureId,
) -> Result<(), ProcedureError> {
    let Some(Procedure::Restoration(one)) = stored::load(tx, this, id)?.map(|held| held.course) else {
        return Ok(());
    };
    if one.state().apart().is_empty() {
        return Ok(());
    }
    // By what they were told apart when it was granted: an older look, told long ago, shows nothing of a newer one.
    let (told_of, _) = recipients_told_of(tx, person, one.opening().decision, this.recipients_since())?;
    let shown = one.state().apart().iter();
    let shown = shown.filter(|apart| told_of.iter().any(|body| body == apart.authority.as_str()));
    for apart in shown {
        let (body, at) = (&apart.authority, this.clock.now());
        // It did so before, and was at work then: whether they still are is not asked.
        let confirmed = apart.confirmed_by.as_deref();
        let confirmed = confirmed.map(|staff| ForBody::staff(body.as_str(), staff));
        this.step_of(tx, id, By::earlier(confirmed.as_ref()), &mut |_, held| {
            show(&held.course, body, at)
        })?;
    }
    Ok(())
}

fn show(course: &Procedure, body: &AuthorityId, at: jiff::Timestamp) -> stored::Stepped {
    let Procedure::Restoration(one) = course.clone() else {
        return Err(ProcedureError::OtherKind);
    };
    let (one, notices) = one.show_recipient(body, at)?;
    Ok((one.into(), notices))
}
