//! An authority takes a proposal up: it files a commendation, through the checks of every filed row, and the proposal
//! ends in the same transaction.

use std::{collections::BTreeMap, sync::Arc};

use model::{ProposalId, RecordId, RecordKind};
use profile::FieldKind;
use serde_json::{Map, Value};
use storage::{Access, Tx};

use super::{
    Happened, ProposalError, ProposalStanding,
    open_proposal::{text, waiting},
    put_down,
};
use crate::{
    EventKind, ForBody, NoticeKind, Registry, RegistryError,
    procedure::tell_person,
    record,
    submission::one_row::{Filed, OneRow},
};

/// What an authority adds to a proposal to make a commendation of it.
#[derive(Clone)]
pub struct TakeUp {
    /// The proposal.
    pub proposal: ProposalId,
    /// The fields that it has to fill in: the number of its document, the day, the legal basis. What was proposed, and
    /// whom it is about, is filled in from the proposal, whatever stands here.
    pub fields: BTreeMap<String, String>,
}

impl Registry {
    /// Takes a proposal up. The person is told, and decides whether it is published.
    ///
    /// # Errors
    /// When the authority has no such proposal, it does not wait any more, or the row does not pass its checks.
    pub async fn take_up_proposal(
        &self,
        by: impl Into<ForBody>,
        take_up: TakeUp,
    ) -> Result<RecordId, ProposalError> {
        let by = by.into();
        let (this, asked, proposal) = (self.clone(), by.body().to_owned(), take_up.proposal);
        let row = self
            .store
            .run_async("proposal.prepare", Access::Read, move |tx| {
                this.row_of(tx, &asked, &take_up)
            })
            .await?;
        let row = self
            .prepare_fields(by.body(), RecordKind::Commendation, row, *proposal.as_bytes())?
            .map_err(ProposalError::Row)?;
        let (this, row) = (self.clone(), Arc::new(row));
        let record = self
            .store
            .run_async("proposal.take-up", Access::Write, move |tx| {
                this.take_up(tx, &by, proposal, &row)
            })
            .await?;
        Ok(record)
    }

    /// The row that a proposal and what the authority adds make together.
    fn row_of(
        &self,
        tx: &mut dyn Tx,
        authority: &str,
        take_up: &TakeUp,
    ) -> Result<Map<String, Value>, ProposalError> {
        let (stored, known) = waiting(tx, self, authority, take_up.proposal)?;
        let words = stored.words(&known.key, self.today())?;
        let words = words.ok_or(ProposalError::NotWaiting)?;
        let identity = known.identity(stored.person)?;
        let record_type = self.profile.record_type(RecordKind::Commendation);
        let mut row = Map::new();
        for field in record_type.into_iter().flat_map(|one| &one.fields) {
            let value = match field.kind {
                FieldKind::Name { .. } => identity.name.as_str(),
                FieldKind::IdNumber => identity.number.as_str(),
                FieldKind::Authority => authority,
                FieldKind::Text { .. } => words.get(&field.name).map_or("", text),
                FieldKind::Correction { .. } => "",
                _ => take_up.fields.get(&field.name).map_or("", |value| value.trim()),
            };
            if !value.is_empty() {
                row.insert(field.name.clone(), value.into());
            }
        }
        Ok(row)
    }

    fn take_up(
        &self,
        tx: &mut dyn Tx,
        for_body: &ForBody,
        proposal: ProposalId,
        row: &OneRow,
    ) -> Result<RecordId, ProposalError> {
        let (stored, _) = waiting(tx, self, for_body.body(), proposal)?;
        // Given up, all that was written here is undone.
        let record = match row.file(tx, self)? {
            Filed::Rejected(fault) => return Err(ProposalError::Row(fault)),
            Filed::Unchanged => return Err(ProposalError::DocumentThere),
            Filed::As { person, .. } if person != stored.person => return Err(ProposalError::NotWaiting),
            Filed::As { record, .. } => record,
        };
        let versions = record::versions(tx, stored.person, record)?;
        let latest = versions.last().ok_or(RegistryError::Stored("a record"))?;
        if *latest.head.profession != *stored.profession {
            return Err(ProposalError::OtherProfession);
        }
        let at = self.clock.now();
        if !stored.answer(tx, ProposalStanding::TakenUp, Some(record), None, at)? {
            return Err(ProposalError::NotWaiting);
        }
        let happened = Happened {
            person: stored.person,
            kind: EventKind::ProposalTakenUp,
            actor: for_body.body(),
            purpose: "",
            subject: Some(*proposal.as_bytes()),
            by: for_body.by(tx)?.ok_or(ProposalError::NotAtWork)?,
        };
        put_down(tx, self, happened)?;
        let told = (stored.person, NoticeKind::ProposalTakenUp, *record.as_bytes());
        tell_person(tx, &*self.randomness, at, told)?;
        Ok(record)
    }
}
