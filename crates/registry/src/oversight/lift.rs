//! A reviewer lets a member of staff, or a body, ask again, with reasons.

use storage::{Access, Param};

use super::{Change, ReviewError, only_reviewers, reasons, step::Step};
use crate::{Registry, staff::is_on_staff};

impl Registry {
    /// Lifts the stop of a member of staff, or of the body where none is named. A reviewer lifts none of their own account,
    /// nor of a body whose staff they are on.
    ///
    /// # Errors
    /// [`ReviewError`]: no such reviewer, their own stop, nothing stopped, no reasons.
    pub async fn lift_stop(
        &self,
        reviewer: &str,
        body: &str,
        staff: Option<&str>,
        why: &str,
    ) -> Result<(), ReviewError> {
        let why = reasons(why)?;
        let (this, reviewer, body) = (self.clone(), reviewer.to_owned(), body.to_owned());
        let staff = staff.map(str::to_owned);
        self.store
            .run_async("review.lift", Access::Write, move |tx| {
                only_reviewers(tx, &reviewer)?;
                if is_on_staff(tx, &reviewer, &body, staff.as_deref())? {
                    return Err(ReviewError::Concerned);
                }
                let lifted = match &staff {
                    Some(staff) => tx.execute(
                        "UPDATE staff SET stopped_at = NULL \
                         WHERE body = $1 AND staff = $2 AND stopped_at IS NOT NULL",
                        &[Param::Text(&body), Param::Text(staff)],
                    )?,
                    None => tx.execute("DELETE FROM member_stop WHERE body = $1", &[Param::Text(&body)])?,
                };
                if lifted == 0 {
                    return Err(ReviewError::NotStopped);
                }
                let change = if staff.is_some() {
                    Change::StaffLifted
                } else {
                    Change::MemberLifted
                };
                this.put_step(
                    tx,
                    &Step {
                        change,
                        body: &body,
                        staff: staff.as_deref(),
                        reviewer: Some(&reviewer),
                        by_staff: None,
                        subject: None,
                        reasons: Some(why.as_str()),
                        at: this.clock.now(),
                    },
                )?;
                Ok(())
            })
            .await
    }
}
