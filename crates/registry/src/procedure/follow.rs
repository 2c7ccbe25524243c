//! What a reviewer or a body outside ordered is carried out: on a record by its authority, on a look by a reviewer,
//! who puts it down as improper.

use jiff::Timestamp;
use model::{
    EventId, PersonId, ProcedureId, RecordId, VersionKind,
    procedure::{
        Actor, AuthorityId, ComplaintState, Matter, Order, OutsideDecision, Procedure, Reconsideration,
        ReconsiderationState, Reconsidered, ReviewerId, Status, StepName, Words,
    },
};
use storage::{Access, StoreError, Tx};

use super::{
    CarryOut, ProcedureError,
    beside::actor_word,
    part, readmit,
    stored::{self, Held},
};
use crate::{
    EventKind, ForBody, Registry, RegistryError,
    event::{self, Event},
    oversight::{self, Change, Overturned, TakenBack},
    person,
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

    /// A reviewer puts a look down as improper, as was ordered.
    ///
    /// # Errors
    /// When nothing or something else was ordered.
    pub async fn put_down_improper(
        &self,
        reviewer: ReviewerId,
        procedure: ProcedureId,
    ) -> Result<Status, ProcedureError> {
        let by = Actor::Reviewer(reviewer.clone());
        let this = self.clone();
        self.store
            .run_async("reconsideration.improper", Access::Write, move |tx| {
                let at = this.clock.now();
                let course = this.step(tx, procedure, &mut |tx, held| {
                    let one = ordered(held, Order::LookImproper)?;
                    let Reconsidered::Look(look) = one.opening().of else {
                        return Err(ProcedureError::OrderedOtherwise);
                    };
                    let (one, notices) = one.follow(by.clone(), at)?;
                    let why = match &held.course {
                        Procedure::Reconsideration(one) => this.changed_for(one.state())?,
                        _ => None,
                    };
                    this.improper(tx, held, (look, why.as_ref()), &reviewer, at)?;
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

    /// Why a reviewer changed the outcome. Of what a body outside decided, its own decision says why: which that is.
    fn changed_for(&self, state: &ReconsiderationState) -> Result<Option<Words>, ProcedureError> {
        Ok(match state {
            ReconsiderationState::Changed { reasons, .. }
            | ReconsiderationState::ChangeOverdue { reasons, .. } => Some(reasons.clone()),
            ReconsiderationState::OutsideDecision { decision }
            | ReconsiderationState::FollowOverdue { decision } => Some(self.which_decision(decision)?),
            _ => None,
        })
    }

    /// Which decision of a body outside it is: whose, its number, its day.
    fn which_decision(&self, decision: &OutsideDecision) -> Result<Words, ProcedureError> {
        let id = decision.body.as_str();
        let name = self.profile.body_name(id).zip(self.profile.languages.first());
        let body = name.map_or(id, |(name, language)| name.get(*language));
        let (reference, day) = (decision.reference.as_str(), decision.decided_on);
        Ok(Words::new(format!("{body}, {reference}, {day}"))?)
    }

    /// Puts a look down as improper, with the reasons, unless it is already: it counts for the body, and shows to the person.
    /// `at` is when the procedure's own step was taken, by which this finding is known again.
    pub(super) fn improper(
        &self,
        tx: &mut dyn Tx,
        held: &Held,
        (look, reasons): (EventId, Option<&Words>),
        reviewer: &ReviewerId,
        at: Timestamp,
    ) -> Result<(), RegistryError> {
        let overturned = Overturned {
            person: held.person,
            key: held.key(),
            look,
            reviewer: reviewer.as_str(),
            reasons: reasons.map(Words::as_str),
            at,
        };
        if !oversight::count_improper(tx, &overturned, &*self.randomness)? {
            return Ok(());
        }
        let event = Event {
            id: EventId::new(at, &*self.randomness)?,
            person: held.person,
            kind: EventKind::LookImproper,
            actor: actor_word(&Actor::Reviewer(reviewer.clone())),
            purpose: String::new(),
            subject: Some(*look.as_bytes()),
            at,
        };
        event::record(tx, &[event], &*self.randomness)
    }

    /// Why another procedure found the same look improper, if one did.
    fn found_elsewhere(
        &self,
        tx: &mut dyn Tx,
        held: &Held,
        look: EventId,
    ) -> Result<Option<Words>, ProcedureError> {
        for (id, _, course) in stored::all_of(tx, &self.keys, held.person)? {
            if id == held.id || part::look_of(&course) != Some(look) {
                continue;
            }
            let why = match &course {
                Procedure::Complaint(one) => match one.state() {
                    ComplaintState::Founded { reasons, .. }
                        if one.opening().about == Matter::ImproperLook =>
                    {
                        Some(reasons.clone())
                    }
                    _ => None,
                },
                Procedure::Reconsideration(one) => match one.state() {
                    ReconsiderationState::ChangeFollowed {
                        reasons,
                        order: Order::LookImproper,
                    } => Some(reasons.clone()),
                    ReconsiderationState::Followed { decision } if decision.order == Order::LookImproper => {
                        Some(self.which_decision(decision)?)
                    }
                    _ => None,
                },
                Procedure::Dispute(_) | Procedure::Restoration(_) => None,
            };
            if why.is_some() {
                return Ok(why);
            }
        }
        Ok(None)
    }

    /// What a court found about a look, and was followed, was put down wrongly. Where it was another day, the person reads the
    /// right one. Where the court left the look as it was, the look counts no more for the body, the person reads that, and
    /// reviewers see to what was done because of it.
    pub(super) fn amend_improper(
        &self,
        tx: &mut dyn Tx,
        held: &Held,
        one: &Reconsideration,
        (reviewer, decision): (&ReviewerId, &OutsideDecision),
    ) -> Result<(), ProcedureError> {
        let Reconsidered::Look(look) = one.opening().of else {
            return Ok(());
        };
        let followed = one
            .history()
            .iter()
            .rev()
            .find(|step| step.name == StepName::Follow);
        let Some(counted_at) = followed.map(|step| step.at) else {
            return Ok(());
        };
        let at = self.clock.now();
        let reasons = match decision.order {
            // It goes on counting for what somebody else found.
            Order::Stand => self.found_elsewhere(tx, held, look)?,
            _ => Some(self.which_decision(decision)?),
        };
        let overturned = Overturned {
            person: held.person,
            key: held.key(),
            look,
            reviewer: reviewer.as_str(),
            reasons: reasons.as_ref().map(Words::as_str),
            at,
        };
        if reasons.is_some() {
            oversight::found_for(tx, &overturned, counted_at, &*self.randomness)?;
            return Ok(());
        }
        let taken_back = oversight::count_no_longer(tx, &overturned, counted_at, &*self.randomness)?;
        let Some(TakenBack { body, staff }) = taken_back else {
            return Ok(());
        };
        let event = Event {
            id: EventId::new(at, &*self.randomness)?,
            person: held.person,
            kind: EventKind::ImproperTakenBack,
            actor: actor_word(&Actor::Reviewer(reviewer.clone())),
            purpose: String::new(),
            subject: Some(*look.as_bytes()),
            at,
        };
        event::record(tx, &[event], &*self.randomness)?;
        self.put_step(
            tx,
            &oversight::Step {
                change: Change::ImproperTakenBack,
                body: &body,
                staff: staff.as_deref(),
                reviewer: Some(reviewer.as_str()),
                by_staff: None,
                subject: Some(look),
                reasons: None,
                at,
            },
        )?;
        Ok(())
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
fn ordered(held: &Held, order: Order) -> Result<Reconsideration, ProcedureError> {
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
