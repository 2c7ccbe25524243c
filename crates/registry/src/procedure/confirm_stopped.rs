//! A body that was given a decision confirms that it stopped using it, after its restoration.

use model::{
    ProcedureId,
    procedure::{AuthorityId, Procedure, Status},
};
use storage::Access;

use super::{ProcedureError, who};
use crate::{ForBody, Registry, inbox};

impl Registry {
    /// Confirms that this body stopped using a decision that was restored. It knows the procedure by the identifier in the
    /// notice that asked it to, which no other body has.
    ///
    /// # Errors
    /// When the body was not given it or confirmed already, or the restoration is not granted.
    pub async fn confirm_stopped_use(
        &self,
        by: impl Into<ForBody>,
        known: ProcedureId,
    ) -> Result<Status, ProcedureError> {
        let for_body = by.into();
        let body = AuthorityId::new(for_body.body())?;
        let this = self.clone();
        self.store
            .run_async("restoration.confirm", Access::Write, move |tx| {
                let at = this.clock.now();
                let procedure = inbox::told_as(tx, body.as_str(), known)?;
                let procedure = procedure.ok_or(ProcedureError::NoSuchProcedure)?;
                let course = this.step_for(tx, procedure, &for_body, &mut |tx, held| {
                    let Procedure::Restoration(one) = held.course.clone() else {
                        return Err(ProcedureError::OtherKind);
                    };
                    let mut apart = one.state().apart().iter();
                    let (one, notices) = match apart.any(|other| other.authority == body) {
                        true => {
                            let by = who::at_work(tx, &for_body)?;
                            one.confirm_apart(&body, by.staff, at)?
                        }
                        false => one.confirm(body.clone(), at)?,
                    };
                    inbox::mark_all_read(tx, (held.person, held.id), body.as_str(), at)?;
                    Ok((one.into(), notices))
                })?;
                Ok(course.status())
            })
            .await
    }
}
