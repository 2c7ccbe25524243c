//! The authority answers a dispute: it upholds, corrects or withdraws the record.

use model::{
    ProcedureId,
    procedure::{AuthorityId, Procedure, Status, Words},
};
use storage::Access;

use super::{CarryOut, ProcedureError, carry_out::Prepared};
use crate::{ForBody, Registry};

/// How an authority answers a dispute.
#[derive(Clone)]
pub enum Answer {
    /// The record stands.
    Uphold,
    /// The record is put right or taken back.
    Change(CarryOut),
}

impl Registry {
    /// Answers a dispute about a record that this authority filed. What it does to the record is done in the same
    /// transaction.
    ///
    /// # Errors
    /// When the dispute is not the authority's or is answered, or the correction does not pass the checks.
    pub async fn answer_dispute(
        &self,
        by: impl Into<ForBody>,
        procedure: ProcedureId,
        answer: Answer,
        reasons: String,
    ) -> Result<Status, ProcedureError> {
        let for_body = by.into();
        let (by, reasons) = (AuthorityId::new(for_body.body())?, Words::new(reasons)?);
        let what = match answer {
            Answer::Uphold => None,
            Answer::Change(what) => Some(self.prepare(for_body.body(), procedure, what).await?),
        };
        let this = self.clone();
        self.store
            .run_async("dispute.answer", Access::Write, move |tx| {
                let course = this.step_for(tx, procedure, &for_body, &mut |tx, held| {
                    let Procedure::Dispute(dispute) = held.course.clone() else {
                        return Err(ProcedureError::OtherKind);
                    };
                    let (by, reasons, at) = (by.clone(), reasons.clone(), this.clock.now());
                    let Some(what) = &what else {
                        let (dispute, notices) = dispute.uphold(by, reasons, at)?;
                        return Ok((dispute.into(), notices));
                    };
                    // Whether it may be answered at all is asked first: then the record is touched.
                    dispute.clone().uphold(by.clone(), reasons.clone(), at)?;
                    let version = this.carry_out(tx, held, dispute.opening().record, what)?;
                    let (dispute, notices) = match what {
                        Prepared::Correct(_) => dispute.correct(by, reasons, version, at)?,
                        Prepared::Withdraw => dispute.withdraw(by, reasons, version, at)?,
                    };
                    Ok((dispute.into(), notices))
                })?;
                Ok(course.status())
            })
            .await
    }
}
