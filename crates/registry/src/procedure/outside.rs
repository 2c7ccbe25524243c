//! A reviewer puts down what a court or another body outside decided: in a reconsideration, or about a record where there
//! is none. It is followed within the days that the profile sets.

use jiff::civil::Date;
use keys::{DataKey, Keyring};
use model::{
    PersonId, ProcedureId, RecordId,
    procedure::{
        Files, Order, OutsideDecision, Procedure, Reconsideration, ReconsiderationOpening,
        ReconsiderationState, Reconsidered, ReviewerId, Speaker, Status, StepName, Words,
    },
};
use storage::{Access, Tx};

use super::{
    ProcedureError, part, readmit,
    stored::{self, Held, New},
};
use crate::{Registry, RegistryError, person, record};

/// What a body outside decided.
pub struct OutsideOrder {
    /// The court or other body, by its id in the profile.
    pub court: String,
    /// The decision's number there.
    pub reference: String,
    /// When it decided.
    pub decided_on: Date,
    /// What is to be done.
    pub order: Order,
    /// Of a correction, the fields that are to be put right; the record as a whole, where there is none. Where nothing is
    /// said, it is the field that was disputed, or the whole; of a decision that was put down before, what was said then.
    pub fields: Option<Vec<String>>,
}

/// A decision as it is to be put down.
#[derive(Clone)]
struct Noted {
    decision: OutsideDecision,
    /// Whether it was said which fields are to be put right.
    says_fields: bool,
}

impl Noted {
    /// The decision, in the place of what this procedure knows of it.
    fn after(&self, before: Option<&OutsideDecision>, disputed: Option<String>) -> OutsideDecision {
        let mut decision = self.decision.clone();
        if !self.says_fields && decision.order == Order::Correct {
            let known = before.filter(|one| one.is_same_paper(&decision) && one.order == decision.order);
            decision.fields = match known {
                Some(before) => before.fields.clone(),
                None => disputed.into_iter().collect(),
            };
        }
        decision
    }
}

impl Registry {
    /// Puts down what a body outside decided on what is reconsidered. The same decision again, with another day or order,
    /// amends what was put down wrongly, also where that was followed.
    ///
    /// # Errors
    /// When the profile has no such court, the day lies in the future, another decision from outside was followed already, a
    /// later one is noted, another reconsideration about the record waits, or the order does not fit, or the record has no such field.
    pub async fn record_outside_decision(
        &self,
        reviewer: ReviewerId,
        procedure: ProcedureId,
        decision: OutsideOrder,
    ) -> Result<(), ProcedureError> {
        let decision = self.outside_decision(decision)?;
        let this = self.clone();
        self.store
            .run_async("reconsideration.outside", Access::Write, move |tx| {
                this.note_outside(tx, &reviewer, procedure, &decision)
            })
            .await
    }

    /// Puts down what a body outside decided about a record: in its reconsideration that waits, or in one that is opened
    /// for it, of which everybody is told as though the person had asked. `text` says how it became known. That a withdrawn
    /// record is filed again comes with a certificate that it is right. The same decision again, with another day or order,
    /// amends the one that was put down, in its own reconsideration.
    ///
    /// # Errors
    /// When the profile has no such court, the day lies in the future, there is no such record, it was erased, a later decision
    /// is noted, another reconsideration waits where one that was followed is amended into another order or where two wait,
    /// the order does not fit, the record has no such field, or the text is blank or too long.
    pub async fn record_outside_decision_about(
        &self,
        reviewer: ReviewerId,
        (person, record): (PersonId, RecordId),
        decision: OutsideOrder,
        text: String,
    ) -> Result<ProcedureId, ProcedureError> {
        let (decision, text) = (self.outside_decision(decision)?, Words::new(text)?);
        let this = self.clone();
        self.store
            .run_async("reconsideration.outside", Access::Write, move |tx| {
                // The same decision, followed already: it is not followed twice, and amended where it was put down wrongly.
                let mut wrong = None;
                for (id, of, course) in stored::all_of(tx, &this.keys, person)? {
                    match followed(&course).filter(|_| of == Some(record)) {
                        Some(one) if same(one, &decision.after(Some(one), None)) => return Ok(id),
                        Some(one) if one.is_same_paper(&decision.decision) => wrong = Some(id),
                        _ => {}
                    }
                }
                if let Some(wrong) = wrong {
                    this.note_outside(tx, &reviewer, wrong, &decision)?;
                    return Ok(wrong);
                }
                if let Some(waits) = readmit::waiting(tx, person, record)?.first().copied() {
                    this.note_outside(tx, &reviewer, waits, &decision)?;
                    return Ok(waits);
                }
                this.open_outside(tx, &reviewer, (person, record), &decision, &text)
            })
            .await
    }

    fn outside_decision(&self, decision: OutsideOrder) -> Result<Noted, ProcedureError> {
        if decision.decided_on > self.today() {
            return Err(ProcedureError::DayToCome);
        }
        let profile = &self.profile;
        let court = profile
            .courts
            .get(&decision.court)
            .ok_or(ProcedureError::NoSuchBody)?;
        let follow_by = profile
            .procedures
            .court_followed
            .due_on(self.today(), &profile.calendar);
        let says_fields = decision.fields.is_some();
        let mut fields = decision.fields.unwrap_or_default();
        fields.sort();
        fields.dedup();
        let decision = OutsideDecision {
            body: Words::new(court.id.clone())?,
            reference: Words::new(decision.reference)?,
            decided_on: decision.decided_on,
            order: decision.order,
            fields,
            follow_by: follow_by.ok_or(ProcedureError::CalendarEnds)?,
            earlier: Vec::new(),
        };
        Ok(Noted {
            decision,
            says_fields,
        })
    }

    /// Refuses fields that this record does not have, or that no correction changes.
    fn has_fields(
        &self,
        tx: &mut dyn Tx,
        about: (PersonId, RecordId),
        fields: &[String],
    ) -> Result<(), ProcedureError> {
        let known = self.correctable(tx, about)?;
        match fields.iter().all(|field| known.contains(&field.as_str())) {
            true => Ok(()),
            false => Err(ProcedureError::NoSuchField),
        }
    }

    /// The fields of this record that a correction can put right.
    fn correctable(
        &self,
        tx: &mut dyn Tx,
        (person, record): (PersonId, RecordId),
    ) -> Result<Vec<&str>, ProcedureError> {
        let latest = record::versions(tx, person, record)?.pop();
        let kind = latest.ok_or(ProcedureError::NoSuchRecord)?.head.kind;
        let known = self.profile.record_types.get(&kind);
        let fields = known.into_iter().flat_map(|one| one.correctable());
        Ok(fields.map(|field| field.name.as_str()).collect())
    }

    fn note_outside(
        &self,
        tx: &mut dyn Tx,
        reviewer: &ReviewerId,
        procedure: ProcedureId,
        decision: &Noted,
    ) -> Result<(), ProcedureError> {
        let at = self.clock.now();
        self.step(tx, procedure, &mut |tx, held| {
            let Procedure::Reconsideration(one) = held.course.clone() else {
                return Err(ProcedureError::OtherKind);
            };
            // Asked for again, as when the answer was lost on its way.
            let before = one.state().decided_outside();
            let mut disputed = self.disputed_field(tx, one.opening().of)?;
            if let (Some(field), Some(record)) = (&disputed, held.record)
                && !self
                    .correctable(tx, (held.person, record))?
                    .contains(&field.as_str())
            {
                // As a name is: what puts it right is said of the record as a whole.
                disputed = None;
            }
            let decision = &decision.after(before, disputed);
            if before.is_some_and(|before| same(before, decision)) {
                return Ok((one.into(), Vec::new()));
            }
            // Nothing more is to be done: it was followed, and the day or the order was put down wrongly.
            let settled = followed(&held.course).is_some_and(|before| {
                let no_more = decision.order == Order::Stand || decision.asks_the_same(before);
                before.is_same_paper(decision) && no_more
            });
            if settled {
                if before.is_some_and(|before| before.order == Order::LookImproper) {
                    self.amend_improper(tx, held, &one, (reviewer, decision))?;
                }
                let (one, notices) = one.record_outside(reviewer.clone(), decision.clone(), at)?;
                return Ok((one.into(), notices));
            }
            none_later(tx, &self.keys, held.person, Matter::Held(held), decision)?;
            let (one, notices) = one.record_outside(reviewer.clone(), decision.clone(), at)?;
            let Some(record) = held.record else {
                return Ok((one.into(), notices));
            };
            let about = (held.person, record);
            let step = (decision.order, StepName::RecordOutsideDecision);
            readmit::fits(tx, about, step, held.course.status())?;
            self.has_fields(tx, about, &decision.fields)?;
            // Two that wait could ask for two things of one record.
            if readmit::waiting(tx, held.person, record)?
                .iter()
                .any(|id| *id != held.id)
            {
                return Err(ProcedureError::UnderWay);
            }
            self.keep_out(tx, held, &one)?;
            let (one, notices) = self.let_in(tx, about, reviewer, (one, notices))?;
            Ok((one.into(), notices))
        })?;
        Ok(())
    }

    fn open_outside(
        &self,
        tx: &mut dyn Tx,
        reviewer: &ReviewerId,
        (person, record): (PersonId, RecordId),
        decision: &Noted,
        text: &Words,
    ) -> Result<ProcedureId, ProcedureError> {
        let decision = &decision.after(None, None);
        let known = person::find_one(tx, &self.keys, person)?.ok_or(ProcedureError::NoSuchRecord)?;
        none_later(tx, &self.keys, person, Matter::Record(record), decision)?;
        let at = self.clock.now();
        let opening = ReconsiderationOpening {
            by: Speaker::Person,
            of: Reconsidered::Record(record),
            authority: self.decided_about(tx, person, record)?,
            text: text.clone(),
            files: Files::default(),
            opened_at: at,
            told_in_vain: false,
        };
        let due_on = self.reconsidered_by(opening.of)?;
        let (course, mut notices) = Reconsideration::open_by_reviewer(opening, reviewer.clone(), due_on);
        let (course, more) = course.record_outside(reviewer.clone(), decision.clone(), at)?;
        notices.extend(more);
        let about = (person, record);
        let step = (decision.order, StepName::RecordOutsideDecision);
        readmit::fits(tx, about, step, Status::Open)?;
        self.has_fields(tx, about, &decision.fields)?;
        let (course, notices) = self.let_in(tx, about, reviewer, (course, notices))?;
        let id = ProcedureId::new(at, &*self.randomness)?;
        let key = DataKey::generate(&*self.randomness).map_err(RegistryError::from)?;
        let new = New {
            id,
            person,
            of_person: Some(&known.key),
            key: &key,
            record: Some(record),
        };
        self.put_new(tx, &new, &course.into(), &notices)?;
        Ok(id)
    }
}

/// What a decision is about.
#[derive(Clone, Copy)]
enum Matter<'a> {
    /// What this procedure is about.
    Held(&'a Held),
    /// This record.
    Record(RecordId),
}

/// Refuses a decision where a later one about the same is noted already, whether or not it was followed: it would take the
/// place of that. The one that this procedure waits for, or that was followed in it, may be put down anew, as after a slip of the pen in its
/// day.
fn none_later(
    tx: &mut dyn Tx,
    keys: &Keyring,
    person: PersonId,
    matter: Matter<'_>,
    decision: &OutsideDecision,
) -> Result<(), ProcedureError> {
    for (id, record, course) in stored::all_of(tx, keys, person)? {
        let Procedure::Reconsideration(one) = &course else {
            continue;
        };
        let (same_matter, own) = match matter {
            Matter::Record(about) => (record == Some(about), false),
            Matter::Held(held) => {
                let look = part::look_of(&held.course);
                let about = record.is_some() && record == held.record;
                let own = id == held.id;
                (
                    own || about || look.is_some() && look == part::look_of(&course),
                    own,
                )
            }
        };
        let noted = one.state().decided_outside();
        let mended = own && noted.is_some_and(|noted| noted.is_same_paper(decision));
        let later = noted.is_some_and(|noted| noted.decided_on > decision.decided_on);
        if same_matter && later && !mended {
            return Err(ProcedureError::LaterDecisionNoted);
        }
    }
    Ok(())
}

/// The decision that was followed.
const fn followed(course: &Procedure) -> Option<&OutsideDecision> {
    match course {
        Procedure::Reconsideration(one) => match one.state() {
            ReconsiderationState::Followed { decision } => Some(decision),
            _ => None,
        },
        _ => None,
    }
}

/// Whether they are one decision. By when it is followed is counted from when it was put down first.
fn same(one: &OutsideDecision, other: &OutsideDecision) -> bool {
    one.is_same_paper(other) && one.decided_on == other.decided_on && one.asks_the_same(other)
}
