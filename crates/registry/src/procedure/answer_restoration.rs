//! The authority answers an application for restoration. Granted, the decision no longer counts from that moment.

use model::{
    ProcedureId, VersionKind,
    procedure::{AuthorityId, Procedure, Restoration, Status, Words},
};
use storage::{Access, Tx};

use super::{
    ProcedureError,
    end::{End, end},
    stored::{Held, Stepped},
};
use crate::{ForBody, Registry, look::recipients_told_of};

/// What an authority says to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestorationAnswer {
    /// It takes it.
    Take,
    /// It does not take it, for these reasons.
    NotTake(String),
    /// It grants the restoration, for these reasons.
    Grant(String),
    /// It refuses the restoration, for these reasons.
    Refuse(String),
}

impl Registry {
    /// Answers an application about a decision of this authority. Granted, every body that was given the decision
    /// is told to stop using it, and to confirm that.
    ///
    /// # Errors
    /// When it is another authority's, the step is not possible now, or the reasons are blank or too long.
    pub async fn answer_restoration(
        &self,
        by: impl Into<ForBody>,
        procedure: ProcedureId,
        answer: RestorationAnswer,
    ) -> Result<Status, ProcedureError> {
        let for_body = by.into();
        let by = AuthorityId::new(for_body.body())?;
        if let RestorationAnswer::NotTake(text)
        | RestorationAnswer::Grant(text)
        | RestorationAnswer::Refuse(text) = &answer
        {
            Words::new(text.clone())?;
        }
        let this = self.clone();
        self.store
            .run_async("restoration.answer", Access::Write, move |tx| {
                let at = this.clock.now();
                let course = this.step_for(tx, procedure, &for_body, &mut |tx, held| {
                    let Procedure::Restoration(one) = held.course.clone() else {
                        return Err(ProcedureError::OtherKind);
                    };
                    let by = by.clone();
                    let (one, notices) = match answer.clone() {
                        RestorationAnswer::Take => one.take(by, at)?,
                        RestorationAnswer::NotTake(why) => one.not_take(by, Words::new(why)?, at)?,
                        RestorationAnswer::Refuse(why) => one.refuse(by, Words::new(why)?, at)?,
                        RestorationAnswer::Grant(why) => {
                            return this.grant(tx, held, one, by, Words::new(why)?);
                        }
                    };
                    Ok((one.into(), notices))
                })?;
                Ok(course.status())
            })
            .await
    }

    fn grant(
        &self,
        tx: &mut dyn Tx,
        held: &Held,
        one: Restoration,
        by: AuthorityId,
        reasons: Words,
    ) -> Stepped {
        let (at, decision) = (self.clock.now(), one.opening().decision);
        let (told_of, apart) = recipients_told_of(tx, held.person, decision, self.recipients_since())?;
        let others = |bodies: Vec<String>| {
            let ids = bodies.into_iter().filter(|body| body != by.as_str());
            ids.map(AuthorityId::new).collect::<Result<Vec<_>, _>>()
        };
        let given = (others(told_of)?, others(apart)?);
        let confirmed = &self.profile.procedures.stop_confirmed;
        let confirm_by = confirmed
            .due_on(self.today(), &self.profile.calendar)
            .ok_or(ProcedureError::CalendarEnds)?;
        let (one, notices) = one.grant_with_apart(by, reasons, given, confirm_by, at)?;
        let how = End {
            person: held.person,
            record: decision,
            by: held.id,
            change: VersionKind::Restored,
            at,
        };
        end(tx, self, held.of_person()?, &how)?.ok_or(ProcedureError::RecordEnded)?;
        Ok((one.into(), notices))
    }
}
