//! What a reviewer or a body outside ordered about a record is carried out by its authority.

use model::{
    PersonId, ProcedureId, RecordId, VersionKind,
    procedure::{
        Actor, AuthorityId, Order, Procedure, Reconsideration, ReconsiderationState, Reconsidered, Status,
    },
};
use storage::{Access, StoreError, Tx};

use super::{
    CarryOut, ProcedureError, readmit,
    stored::{self, Held},
};
use crate::{
    ForBody, Registry, RegistryError, person,
    record::{self, VersionHead},
    view,
};

impl Registry {
    /// The authority does to its record what was ordered.
    ///
    /// # Errors
    /// When nothing or something else was ordered, it is another authority's, or the correction does not pass or leaves a
    /// field as it was that is to be put right.
    pub async fn follow_order(
        &self,
        by: impl Into<ForBody>,
        procedure: ProcedureId,
        what: CarryOut,
    ) -> Result<Status, ProcedureError> {
        let for_body = by.into();
        let by = Actor::Authority(AuthorityId::new(for_body.body())?);
        let order = what.order();
        let what = self.prepare(for_body.body(), procedure, what).await?;
        let this = self.clone();
        self.store
            .run_async("reconsideration.follow", Access::Write, move |tx| {
                let at = this.clock.now();
                let course = this.step_for(tx, procedure, &for_body, &mut |tx, held| {
                    let one = ordered(held, order)?;
                    let record = held.record.ok_or(ProcedureError::NoSuchRecord)?;
                    let (one, notices) = one.follow(by.clone(), at)?;
                    // What has ended needs no correction any more; else nobody could follow the order.
                    if order != Order::Correct || stands(tx, held.person, record)? {
                        match this.carry_out(tx, held, record, &what) {
                            // It was put right already, as by an answer to a dispute: there is nothing left to do.
                            Err(ProcedureError::NothingChanged) if this.put_right(tx, held, record)? => {}
                            done => {
                                done?;
                                let names_fields = !named_fields(held).is_empty();
                                if names_fields
                                    && order == Order::Correct
                                    && !this.put_right(tx, held, record)?
                                {
                                    return Err(ProcedureError::FieldsLeft);
                                }
                            }
                        }
                    }
                    Ok((one.into(), notices))
                })?;
                Ok(course.status())
            })
            .await
    }

    /// Whether the record was put right since what is to be followed was decided: in each field that is named, or that was
    /// disputed. Of what a body outside decided about the record as a whole, no earlier correction tells that it was meant
    /// by that: the authority files one in answer, or a reviewer names the fields.
    fn put_right(&self, tx: &mut dyn Tx, held: &Held, record: RecordId) -> Result<bool, RegistryError> {
        let Procedure::Reconsideration(one) = &held.course else {
            return Ok(false);
        };
        let (since, fields) = match one.state() {
            ReconsiderationState::OutsideDecision { decision }
            | ReconsiderationState::FollowOverdue { decision } => {
                if decision.fields.is_empty() {
                    return Ok(false);
                }
                (decision.decided_on, decision.fields.clone())
            }
            _ => {
                let disputed = self.disputed_field(tx, one.opening().of)?;
                (
                    self.day_of(one.opening().opened_at),
                    disputed.into_iter().collect(),
                )
            }
        };
        let versions = record::versions(tx, held.person, record)?;
        let corrected =
            |head: &VersionHead| head.change == VersionKind::Corrected && self.day_of(head.filed_at) >= since;
        if !versions.last().is_some_and(|latest| corrected(&latest.head)) {
            return Ok(false);
        }
        let known = person::find_one(tx, &self.keys, held.person)?;
        let (mut before, mut now) = (None, None);
        for version in &versions {
            let opened = view::open(version, known.as_ref().map(|known| &known.key))?;
            let Some(opened) = opened.filter(|_| view::carries_fields(version.head.change)) else {
                continue;
            };
            match corrected(&version.head) {
                true => now = Some(opened.fields),
                false => before = Some(opened.fields),
            }
        }
        let (Some(before), Some(now)) = (before, now) else {
            return Ok(false);
        };
        Ok(fields.iter().all(|field| before.get(field) != now.get(field)))
    }

    /// The field that was disputed, where what is looked at again is the outcome of a dispute of one.
    pub(super) fn disputed_field(
        &self,
        tx: &mut dyn Tx,
        of: Reconsidered,
    ) -> Result<Option<String>, RegistryError> {
        let Reconsidered::Dispute(dispute) = of else {
            return Ok(None);
        };
        let held = stored::load(tx, self, dispute)?;
        Ok(held.and_then(|held| match held.course {
            Procedure::Dispute(one) => one.opening().field.as_ref().map(ToString::to_string),
            _ => None,
        }))
    }
}

/// Whether a record was neither withdrawn nor restored.
fn stands(tx: &mut dyn Tx, person: PersonId, record: RecordId) -> Result<bool, StoreError> {
    let versions = record::versions(tx, person, record)?;
    let latest = versions.last().map(|latest| latest.head.change);
    Ok(!matches!(
        latest,
        Some(VersionKind::Withdrawn | VersionKind::Restored)
    ))
}

/// The fields that a body outside ordered to be put right.
fn named_fields(held: &Held) -> &[String] {
    match &held.course {
        Procedure::Reconsideration(one) => match one.state() {
            ReconsiderationState::OutsideDecision { decision }
            | ReconsiderationState::FollowOverdue { decision } => &decision.fields,
            _ => &[],
        },
        _ => &[],
    }
}

/// The reconsideration, if this is what was ordered in it.
pub(super) fn ordered(held: &Held, order: Order) -> Result<Reconsideration, ProcedureError> {
    let Procedure::Reconsideration(one) = held.course.clone() else {
        return Err(ProcedureError::OtherKind);
    };
    // Where nothing is to be done, the machine says so.
    let wanted = readmit::ordered(one.state());
    if wanted.is_some_and(|wanted| wanted != order) {
        return Err(ProcedureError::OrderedOtherwise);
    }
    Ok(one)
}
