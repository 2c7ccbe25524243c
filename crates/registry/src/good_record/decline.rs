//! An authority does not take a proposal up. That says nothing about the person; what was proposed is destroyed some
//! days later.

use model::ProposalId;
use storage::{Access, Tx};

use super::{Happened, ProposalError, ProposalStanding, open_proposal::waiting, put_down};
use crate::{EventKind, ForBody, NoticeKind, Registry, procedure::tell_person};

impl Registry {
    /// Declines a proposal. The person is told.
    ///
    /// # Errors
    /// When the authority has no such proposal, or it does not wait any more.
    pub async fn decline_proposal(
        &self,
        by: impl Into<ForBody>,
        proposal: ProposalId,
    ) -> Result<(), ProposalError> {
        let (this, by) = (self.clone(), by.into());
        self.store
            .run_async("proposal.decline", Access::Write, move |tx| {
                this.decline(tx, &by, proposal)
            })
            .await
    }

    fn decline(
        &self,
        tx: &mut dyn Tx,
        for_body: &ForBody,
        proposal: ProposalId,
    ) -> Result<(), ProposalError> {
        let (stored, _) = waiting(tx, self, for_body.body(), proposal)?;
        let kept_until = self.words_kept_until()?;
        let at = self.clock.now();
        if !stored.answer(tx, ProposalStanding::Declined, None, Some(kept_until), at)? {
            return Err(ProposalError::NotWaiting);
        }
        let happened = Happened {
            person: stored.person,
            kind: EventKind::ProposalDeclined,
            actor: for_body.body(),
            purpose: "",
            subject: Some(*proposal.as_bytes()),
            by: for_body.by(tx)?.ok_or(ProposalError::NotAtWork)?,
        };
        put_down(tx, self, happened)?;
        let told = (stored.person, NoticeKind::ProposalDeclined, *proposal.as_bytes());
        tell_person(tx, &*self.randomness, at, told)?;
        Ok(())
    }

    /// Until when the words of a proposal are kept that is made or declined today.
    pub(super) fn words_kept_until(&self) -> Result<jiff::civil::Date, ProposalError> {
        let deadline = &self.profile.procedures.proposal_answer;
        let day = deadline.due_on(self.today(), &self.profile.calendar);
        day.ok_or(ProposalError::CalendarEnds)
    }
}
