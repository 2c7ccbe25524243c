//! The reviewer answers a reconsideration: the outcome stands, or is changed, which is to be carried out by a day.

use model::{
    ProcedureId,
    procedure::{Order, Procedure, ReviewerId, Status, StepName, Words},
};
use storage::Access;

use super::{ProcedureError, part, readmit};
use crate::Registry;

impl Registry {
    /// Answers a reconsideration that this reviewer has. Without an order the outcome stands. An order that a withdrawn
    /// record is filed again certifies that it is right.
    ///
    /// # Errors
    /// When it is another reviewer's or answered, the reviewer has judged the same since, the order does not fit, or the reasons are blank or too long.
    pub async fn answer_reconsideration(
        &self,
        reviewer: ReviewerId,
        procedure: ProcedureId,
        order: Option<Order>,
        reasons: String,
    ) -> Result<Status, ProcedureError> {
        let reasons = Words::new(reasons)?;
        let this = self.clone();
        self.store
            .run_async("reconsideration.answer", Access::Write, move |tx| {
                let at = this.clock.now();
                let profile = &this.profile;
                let follow_by = profile
                    .procedures
                    .court_followed
                    .due_on(this.today(), &profile.calendar);
                let course = this.step(tx, procedure, &mut |tx, held| {
                    let Procedure::Reconsideration(one) = held.course.clone() else {
                        return Err(ProcedureError::OtherKind);
                    };
                    let (by, reasons) = (reviewer.clone(), reasons.clone());
                    let (one, notices) = match order {
                        None => one.confirm(by, reasons, at)?,
                        Some(order) => {
                            let follow_by = follow_by.ok_or(ProcedureError::CalendarEnds)?;
                            one.change(by, reasons, order, follow_by, at)?
                        }
                    };
                    part::still_apart(tx, &this.keys, held, &reviewer)?;
                    let Some((record, order)) = held.record.zip(order) else {
                        return Ok((one.into(), notices));
                    };
                    let about = (held.person, record);
                    readmit::fits(tx, about, (order, StepName::Change), held.course.status())?;
                    let (one, notices) = this.let_in(tx, about, &reviewer, (one, notices))?;
                    Ok((one.into(), notices))
                })?;
                Ok(course.status())
            })
            .await
    }
}
