//! Which records a person has, by what tells one from another and without what is in them. To open a procedure about a
//! record one has to know that much, and a representative whose mandate covers procedures alone sees no more.

use jiff::civil::Date;
use model::{
    EventId, PersonId, RecordId, RecordKind, RecordStatus,
    procedure::{Actor, Speaker},
};
use storage::{Access, Tx};

use super::{ProcedureError, beside, who};
use crate::{
    EventKind, Registry, RegistryError,
    event::{self, Event},
    person, record, view,
};

/// A record without what is in it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NamedRecord {
    /// Its identifier.
    pub record: RecordId,
    /// Its kind.
    pub kind: RecordKind,
    /// The authority that filed it.
    pub authority: String,
    /// The profession that it is about.
    pub profession: String,
    /// The day on which its first version was filed.
    pub filed_on: Date,
    /// The names of the fields that it has, in the profile. No values.
    pub fields: Vec<String>,
    /// Whether it stands. What was withdrawn or restored is there for what a court decides about it alone.
    pub stands: bool,
}

impl Registry {
    /// The records of a person that a procedure can be about, the latest filed first, for them or for who represents
    /// them in procedures. That they were named, to whom, is on disk when this answers.
    ///
    /// # Errors
    /// When the representative has no mandate for procedures that holds today, or the store fails.
    pub async fn named_records(
        &self,
        person: PersonId,
        by: Speaker,
    ) -> Result<Vec<NamedRecord>, ProcedureError> {
        let this = self.clone();
        self.store
            .run_async("procedure.records", Access::Write, move |tx| {
                this.put_down_naming(tx, person, by)?;
                this.name_records(tx, person)
            })
            .await
    }

    fn put_down_naming(&self, tx: &mut dyn Tx, person: PersonId, by: Speaker) -> Result<(), ProcedureError> {
        let actor = Actor::from(by);
        let by = who::may_act(tx, person, (&actor, None), self.today())?;
        let at = self.clock.now();
        let event = Event {
            id: EventId::new(at, &*self.randomness)?,
            person,
            kind: EventKind::RecordsNamed,
            actor: beside::actor_word(&actor),
            purpose: String::new(),
            subject: None,
            at,
        };
        event::record_by(tx, &event, &by, &*self.randomness)?;
        Ok(())
    }

    fn name_records(&self, tx: &mut dyn Tx, person: PersonId) -> Result<Vec<NamedRecord>, ProcedureError> {
        let Some(known) = person::find_one(tx, &self.keys, person)? else {
            return Ok(Vec::new());
        };
        let versions = record::of_person(tx, person)?;
        let views = view::records(&self.profile, self.today(), &known.key, &versions)?;
        let mut named = Vec::with_capacity(views.len());
        for view in views {
            if view.status == RecordStatus::Erased {
                continue;
            }
            let first = view.versions.first().ok_or(RegistryError::Stored("a record"))?;
            named.push(NamedRecord {
                record: view.record,
                kind: view.kind,
                stands: !matches!(view.status, RecordStatus::Withdrawn | RecordStatus::Restored),
                filed_on: self.day_of(first.filed_at),
                fields: view.fields.keys().cloned().collect(),
                authority: view.authority,
                profession: view.profession,
            });
        }
        Ok(named)
    }
}
