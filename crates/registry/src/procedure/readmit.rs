//! An order that a record which was withdrawn comes in again. It certifies by itself that the record is right, so that its
//! authority can file it, and is followed once that is filed.

use keys::DocumentKey;
use model::{
    PersonId, ProcedureId, RecordId, VersionKind,
    procedure::{
        Actor, Notice, Order, Procedure, ProcedureKind, Reconsideration, ReconsiderationState, Refusal,
        ReviewerId, Status, StepName, Why,
    },
};
use storage::{Param, StoreError, Tx};

use super::{
    ProcedureError,
    stored::{self, Held},
};
use crate::{
    Registry, RegistryError, record,
    reentry::{self, Judged},
};

/// What is ordered in a reconsideration, and not done yet.
pub(super) const fn ordered(state: &ReconsiderationState) -> Option<Order> {
    match state {
        ReconsiderationState::Changed { order, .. } | ReconsiderationState::ChangeOverdue { order, .. } => {
            Some(*order)
        }
        ReconsiderationState::OutsideDecision { decision }
        | ReconsiderationState::FollowOverdue { decision } => Some(decision.order),
        _ => None,
    }
}

/// Refuses an order that does not fit the record as it stands. One that was withdrawn can come in again; one that stands,
/// or stood until it was restored, can be put right or taken back. What was restored before it was withdrawn counts no
/// more, and does not come in again.
pub(super) fn fits(
    tx: &mut dyn Tx,
    (person, record): (PersonId, RecordId),
    (order, step): (Order, StepName),
    status: Status,
) -> Result<(), ProcedureError> {
    let versions = record::versions(tx, person, record)?;
    let withdrawn = versions
        .last()
        .is_some_and(|latest| latest.head.change == VersionKind::Withdrawn);
    let fits = match order {
        Order::Correct | Order::Withdraw => !withdrawn,
        Order::Readmit => {
            withdrawn
                && !versions
                    .iter()
                    .any(|one| one.head.change == VersionKind::Restored)
        }
        Order::LookImproper => false,
        Order::Stand => true,
    };
    if fits {
        return Ok(());
    }
    Err(ProcedureError::Step(Refusal {
        kind: ProcedureKind::Reconsideration,
        status: Some(status),
        step,
        why: Why::OrderUnfit,
    }))
}

/// The reconsiderations about this record that wait for somebody.
pub(super) fn waiting(
    tx: &mut dyn Tx,
    person: PersonId,
    record: RecordId,
) -> Result<Vec<ProcedureId>, StoreError> {
    let rows = tx.query(
        "SELECT procedure FROM procedure WHERE person = $1 AND record = $2 AND kind = $3 \
         AND waits_for IS NOT NULL ORDER BY procedure",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(record.as_bytes()),
            Param::Text(ProcedureKind::Reconsideration.as_str()),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| row.array().map(ProcedureId::from_bytes))
        .collect()
}

impl Registry {
    /// What an order to file a record again brings with it, as this reviewer gave it or put it down: a certificate that
    /// the record is right. Where it was filed again already, the order is followed.
    pub(super) fn let_in(
        &self,
        tx: &mut dyn Tx,
        (person, record): (PersonId, RecordId),
        reviewer: &ReviewerId,
        (one, mut notices): (Reconsideration, Vec<Notice>),
    ) -> Result<(Reconsideration, Vec<Notice>), ProcedureError> {
        if ordered(one.state()) != Some(Order::Readmit) {
            return Ok((one, notices));
        }
        let head = record::versions(tx, person, record)?.pop();
        let head = head.ok_or(ProcedureError::NoSuchRecord)?.head;
        let judged = match one.state().decided_outside() {
            Some(_) => Judged::Outside,
            None => Judged::ByReviewer,
        };
        if !self.certify_by_order(tx, &head, reviewer, judged)? {
            return Ok((one, notices));
        }
        let (one, more) = one.follow(Actor::Installation, self.clock.now())?;
        notices.extend(more);
        Ok((one, notices))
    }

    /// Takes back the certificate of an order that no longer holds, unless another one like it took its place, or still
    /// waits about an earlier or later record of the same document.
    pub(super) fn keep_out(
        &self,
        tx: &mut dyn Tx,
        held: &Held,
        now: &Reconsideration,
    ) -> Result<(), ProcedureError> {
        let Procedure::Reconsideration(before) = &held.course else {
            return Ok(());
        };
        let Some(record) = held.record else {
            return Ok(());
        };
        let readmits = |one: &Reconsideration| ordered(one.state()) == Some(Order::Readmit);
        if readmits(before) && !readmits(now) {
            let head = record::versions(tx, held.person, record)?.pop();
            let head = head.ok_or(ProcedureError::NoSuchRecord)?.head;
            for procedure in waiting_for(tx, held.person, &head.document)? {
                let other = stored::load(tx, self, procedure)?.filter(|other| other.id != held.id);
                if let Some(Procedure::Reconsideration(other)) = other.map(|other| other.course)
                    && readmits(&other)
                {
                    return Ok(());
                }
            }
            reentry::uncertify(tx, held.person, &head.document)?;
        }
        Ok(())
    }
}

/// The reconsiderations that wait for somebody about the records of this document, which may have come in more than once.
fn waiting_for(
    tx: &mut dyn Tx,
    person: PersonId,
    document: &DocumentKey,
) -> Result<Vec<ProcedureId>, RegistryError> {
    let mut records: Vec<RecordId> = record::heads(tx, &[person])?
        .into_iter()
        .filter(|head| head.document == *document)
        .map(|head| head.record)
        .collect();
    records.dedup();
    let mut found = Vec::new();
    for record in records {
        found.extend(waiting(tx, person, record)?);
    }
    Ok(found)
}

/// These documents of records that had ended came in again: the orders that they do are followed.
pub(crate) fn in_step(
    tx: &mut dyn Tx,
    this: &Registry,
    again: &[(PersonId, DocumentKey)],
) -> Result<(), RegistryError> {
    for (person, document) in again {
        for procedure in waiting_for(tx, *person, document)? {
            follow(tx, this, procedure)?;
        }
    }
    Ok(())
}

fn follow(tx: &mut dyn Tx, this: &Registry, procedure: ProcedureId) -> Result<(), RegistryError> {
    let at = this.clock.now();
    let done = this.step(tx, procedure, &mut |_, held| {
        let Procedure::Reconsideration(one) = held.course.clone() else {
            return Err(ProcedureError::OtherKind);
        };
        if ordered(one.state()) != Some(Order::Readmit) {
            return Ok((one.into(), Vec::new()));
        }
        // Its document is this authority's: nobody else could have filed it.
        let by = Actor::Authority(one.opening().authority.clone());
        let (one, notices) = one.follow(by, at)?;
        Ok((one.into(), notices))
    });
    match done {
        // What was said went with the record when that was erased.
        Ok(_) | Err(ProcedureError::NoSuchProcedure) => Ok(()),
        Err(ProcedureError::Registry(error)) => Err(error),
        Err(_) => Err(RegistryError::Stored("a procedure")),
    }
}
