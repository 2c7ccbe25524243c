//! A person applies that a decision no longer counts: after its minimum disclosure, with its duties fulfilled and a
//! pledge, and where it prohibits to practise, once that is lifted.

use keys::DataKey;
use model::{
    PersonId, ProcedureId, RecordId, RecordKind, RecordStatus,
    procedure::{Application, AuthorityId, ProcedureKind, Prohibition, Restoration, Speaker, Terms, Words},
};
use profile::{ByDay, Deadline, DecisionKind};
use storage::{Access, Tx};

use super::{ProcedureError, open_dispute::under_way, stored::New};
use crate::{RecordView, Registry, RegistryError};

/// What a person applies with.
pub struct Apply {
    /// Who speaks.
    pub by: Speaker,
    /// The decision.
    pub decision: RecordId,
    /// What they pledge.
    pub pledge: Option<String>,
    /// How the duties from the decision were fulfilled.
    pub duties: Option<String>,
}

impl Registry {
    /// Applies for the restoration of a decision. Its authority and the person are told.
    ///
    /// # Errors
    /// When there is no such decision, it has ended, it is too early, a prohibition is in force, pledge or duties
    /// are missing, or an application is under way.
    pub async fn apply_restoration(
        &self,
        person: PersonId,
        apply: Apply,
    ) -> Result<ProcedureId, ProcedureError> {
        let words = |text: Option<String>| {
            let text = text.filter(|text| !text.trim().is_empty());
            text.map(|text| self.words(text)).transpose()
        };
        let (pledge, duties) = (words(apply.pledge)?, words(apply.duties)?);
        let this = self.clone();
        self.store
            .run_async("restoration.apply", Access::Write, move |tx| {
                let given = (pledge.clone(), duties.clone());
                this.apply(tx, person, apply.by, apply.decision, given)
            })
            .await
    }

    fn apply(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        by: Speaker,
        decision: RecordId,
        (pledge, duties): (Option<Words>, Option<Words>),
    ) -> Result<ProcedureId, ProcedureError> {
        let (of_person, view) = self.record_of(tx, person, decision)?;
        let terms = self.terms(&view)?;
        if under_way(tx, person, ProcedureKind::Restoration, decision)? {
            return Err(ProcedureError::UnderWay);
        }
        let at = self.clock.now();
        let application = Application {
            by,
            decision,
            authority: AuthorityId::new(view.authority)?,
            pledge,
            duties,
            applied_at: at,
        };
        let (course, notices) = Restoration::apply(application, terms)?;
        let id = ProcedureId::new(at, &*self.randomness)?;
        let key = DataKey::generate(&*self.randomness).map_err(RegistryError::from)?;
        let new = New {
            id,
            person,
            of_person: Some(&of_person),
            key: &key,
            record: Some(decision),
        };
        self.put_new(tx, &new, &course.into(), &notices)?;
        Ok(id)
    }

    /// What the law says of an application about this decision today.
    fn terms(&self, view: &RecordView) -> Result<Terms, ProcedureError> {
        if view.kind != RecordKind::Decision {
            return Err(ProcedureError::NoDecision);
        }
        let (profile, today) = (&self.profile, self.today());
        let record_type = profile.record_type(RecordKind::Decision);
        let category = record_type
            .and_then(|record_type| record_type.field_of_kind("penalty"))
            .and_then(|field| view.fields.get(&field.name))
            .and_then(serde_json::Value::as_str);
        let kind = category
            .and_then(|category| profile.penalty(category))
            .map(|penalty| penalty.kind);
        let prohibits = kind == Some(DecisionKind::Prohibition);
        match view.status {
            RecordStatus::Withdrawn | RecordStatus::Restored | RecordStatus::Erased => {
                return Err(ProcedureError::RecordEnded);
            }
            // Others end by themselves; a prohibition that was lifted is still to be restored.
            RecordStatus::Expired if !prohibits => return Err(ProcedureError::RecordEnded),
            _ => {}
        }
        let lifted = view.days.lasts_until().is_some_and(|last| last < today);
        let by_day = |deadline: &ByDay<Deadline>| {
            deadline
                .due_on(today, &profile.calendar)
                .ok_or(ProcedureError::CalendarEnds)
        };
        let days = view.days.restorable_from.max(view.days.starts_on);
        Ok(Terms {
            today,
            may_apply_from: days.ok_or(RegistryError::Stored("a decision's fields"))?,
            prohibition: match (prohibits, lifted) {
                (false, _) => Prohibition::None,
                (true, false) => Prohibition::InForce,
                (true, true) => Prohibition::Lifted,
            },
            accept_by: by_day(&profile.procedures.restoration_acceptance)?,
            answer_by: by_day(&profile.procedures.restoration_answer)?,
        })
    }
}
