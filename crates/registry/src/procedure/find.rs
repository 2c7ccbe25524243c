//! The reviewer finds a complaint founded, with measures, or not. A breach that comes to light is reported with it,
//! and whoever it affects is told in the same transaction.

use std::num::NonZeroU32;

use model::{
    ProcedureId,
    procedure::{BreachReport, Matter, Procedure, ReviewerId, Status, Words},
};
use storage::Access;

use super::{ProcedureError, part};
use crate::{Registry, ReportBreach};

/// What a reviewer found.
pub enum Finding {
    /// The complaint is founded.
    Founded(Found),
    /// The complaint is not founded, for these reasons.
    Unfounded(String),
}

/// What a founded complaint comes to.
pub struct Found {
    /// Why.
    pub reasons: String,
    /// What is done about it.
    pub measures: String,
    /// The breach that came to light, which is reported with it. None: there was none.
    pub breach: Option<ReportBreach>,
}

impl Registry {
    /// Answers a complaint that this reviewer has. A breach that came to light is reported in the same transaction, as
    /// by [`Registry::report_breach`]. A look that was improper is put down so.
    ///
    /// # Errors
    /// When it is another reviewer's or answered, something of the breach is wrong, or a text is blank or
    /// too long.
    pub async fn answer_complaint(
        &self,
        reviewer: ReviewerId,
        procedure: ProcedureId,
        finding: Finding,
    ) -> Result<Status, ProcedureError> {
        let mut report = None;
        let (reasons, founded) = match finding {
            Finding::Unfounded(reasons) => (Words::new(reasons)?, None),
            Finding::Founded(found) => {
                let breach = match found.breach {
                    None => None,
                    Some(breach) => {
                        let ready = report.insert(self.ready(Some(reviewer.clone()), breach)?);
                        let count = u32::try_from(ready.affected()).ok().and_then(NonZeroU32::new);
                        let affected = count.ok_or(ProcedureError::NobodyAffected)?;
                        Some(BreachReport { affected })
                    }
                };
                (
                    Words::new(found.reasons)?,
                    Some((Words::new(found.measures)?, breach)),
                )
            }
        };
        let this = self.clone();
        self.store
            .run_async("complaint.answer", Access::Write, move |tx| {
                let at = this.clock.now();
                let course = this.step(tx, procedure, &mut |tx, held| {
                    let Procedure::Complaint(one) = held.course.clone() else {
                        return Err(ProcedureError::OtherKind);
                    };
                    let (by, why) = (reviewer.clone(), reasons.clone());
                    let (one, notices) = match founded.clone() {
                        None => one.find_unfounded(by, why, at)?,
                        Some((measures, breach)) => one.find_founded(by, why, measures, breach, at)?,
                    };
                    part::still_apart(tx, &this.keys, held, &reviewer)?;
                    if let (true, Matter::ImproperLook, Some(look)) =
                        (founded.is_some(), one.opening().about, one.opening().look)
                    {
                        this.improper(tx, held, (look, Some(&reasons)), &reviewer, at)?;
                    }
                    Ok((one.into(), notices))
                })?;
                // Only now that the complaint is known to be this reviewer's.
                if let Some(ready) = &report {
                    this.put_breach(tx, ready)?;
                }
                Ok(course.status())
            })
            .await
    }
}
