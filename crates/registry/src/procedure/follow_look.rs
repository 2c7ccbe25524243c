//! What a reviewer or a body outside ordered about a look is carried out by a reviewer, who puts it down as improper; and it is
//! taken back where what a body outside decided was put down wrongly.

use jiff::Timestamp;
use model::{
    EventId, ProcedureId,
    procedure::{
        Actor, ComplaintState, Matter, Order, OutsideDecision, Procedure, Reconsideration,
        ReconsiderationState, Reconsidered, ReviewerId, Status, StepName, Words,
    },
};
use storage::{Access, Tx};

use super::{
    ProcedureError,
    beside::actor_word,
    follow::ordered,
    part,
    stored::{self, Held},
};
use crate::{
    EventKind, Registry, RegistryError,
    event::{self, Event},
    oversight::{self, Change, Overturned, TakenBack},
};

impl Registry {
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
