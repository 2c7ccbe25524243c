//! An authority opens a proposal. The opening is on disk before anything is shown, and the person sees it.

use model::{EventId, ProposalId, RecordKind};
use serde_json::Value;
use storage::{Access, Tx};

use super::{
    Happened, ProposalError, ProposalItem,
    proposal::{self, Stored},
    put_down,
};
use crate::{EventKind, Fields, ForBody, Registry, RegistryError, person, person::Known, record, view};

/// A proposal as the authority reads it: no more of the person than tells who is meant.
#[derive(Clone, serde::Serialize)]
pub struct OpenedProposal {
    /// What its list says of it.
    pub item: ProposalItem,
    /// The person's name.
    pub name: String,
    /// The numbers of their licences in the profession.
    pub licences: Vec<String>,
    /// What is proposed, under the names of a commendation's fields.
    pub words: Fields,
    /// The event that the person sees.
    pub look: EventId,
}

/// A proposal that waits for this authority, with the person whom it is about.
pub(super) fn waiting(
    tx: &mut dyn Tx,
    this: &Registry,
    authority: &str,
    proposal: ProposalId,
) -> Result<(Stored, Known), ProposalError> {
    let stored = proposal::of_authority(tx, authority, proposal)?.ok_or(ProposalError::NoSuchProposal)?;
    if !stored.waits(this.today()) {
        return Err(ProposalError::NotWaiting);
    }
    let known = person::find_one(tx, &this.keys, stored.person)?;
    Ok((stored, known.ok_or(ProposalError::NotWaiting)?))
}

impl Registry {
    /// Opens one of an authority's proposals. That it did is on disk when this answers.
    ///
    /// # Errors
    /// When the authority has no such proposal, or it does not wait any more.
    pub async fn open_proposal(
        &self,
        by: impl Into<ForBody>,
        proposal: ProposalId,
    ) -> Result<OpenedProposal, ProposalError> {
        let (this, by) = (self.clone(), by.into());
        // What the transaction answers leaves it only once it is durable.
        self.store
            .run_async("proposal.open", Access::Write, move |tx| {
                this.open_logged(tx, &by, proposal)
            })
            .await
    }

    fn open_logged(
        &self,
        tx: &mut dyn Tx,
        for_body: &ForBody,
        proposal: ProposalId,
    ) -> Result<OpenedProposal, ProposalError> {
        let (stored, known) = waiting(tx, self, for_body.body(), proposal)?;
        let happened = Happened {
            person: stored.person,
            kind: EventKind::ProposalSeen,
            actor: for_body.body(),
            purpose: "",
            subject: Some(*proposal.as_bytes()),
            by: for_body.by(tx)?.ok_or(ProposalError::NotAtWork)?,
        };
        let look = put_down(tx, self, happened)?;
        let words = stored.words(&known.key, self.today())?;
        Ok(OpenedProposal {
            item: stored.item(),
            name: known.identity(stored.person)?.name,
            licences: self.licence_numbers(tx, &stored, &known)?,
            words: words.ok_or(ProposalError::NotWaiting)?,
            look,
        })
    }

    /// The numbers of a person's licences in the profession of a proposal.
    fn licence_numbers(
        &self,
        tx: &mut dyn Tx,
        stored: &Stored,
        known: &Known,
    ) -> Result<Vec<String>, RegistryError> {
        let mut versions = record::of_person(tx, stored.person)?;
        versions
            .retain(|one| one.head.kind == RecordKind::Licence && *one.head.profession == *stored.profession);
        let views = view::records(&self.profile, self.today(), &known.key, &versions)?;
        let record_type = self.profile.record_type(RecordKind::Licence);
        let field = record_type.and_then(|one| one.field_of_kind("licence-number"));
        let number = |view: &crate::RecordView| {
            let number = view.fields.get(&field?.name)?;
            number.as_str().map(str::to_owned)
        };
        let mut numbers: Vec<String> = views.iter().filter_map(number).collect();
        numbers.sort();
        numbers.dedup();
        Ok(numbers)
    }
}

/// The text of a value that was proposed.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
