//! The table of procedures: a procedure's state sealed under a key of its own, wrapped by the person's, and beside
//! it what lists and jobs are found by. Of somebody about whom nothing is held any more there is no key: what they open
//! is kept alone, its key wrapped by the installation's, until its own period is over (`erase_alone`). Loading, stepping and saving is one function ([`Registry::step`]).

use jiff::civil::Date;
use keys::{DataKey, Keyring, Place};
use model::{
    EventId, PersonId, ProcedureId, RecordId,
    procedure::{Notice, NoticeKind, Party, Procedure},
};
use storage::{Param, Row, StoreError, Tx};

use super::{
    ProcedureError,
    beside::{Beside, actor_word, number},
    end,
    tell::{self, Told},
    who,
};
use crate::{
    ForBody, Registry, RegistryError, alert,
    event::{self, Event, EventKind},
    person,
};

/// A step as an operation gives it: the procedure as it stands now, and who is told.
pub(super) type Stepped = Result<(Procedure, Vec<Notice>), ProcedureError>;

/// Who acts for a body where a step is put down.
#[derive(Clone, Copy)]
pub(super) struct By<'a> {
    who: Option<&'a ForBody>,
    /// Whether it was done before and is put down now.
    earlier: bool,
}

impl<'a> By<'a> {
    /// Somebody who does it now.
    const fn now(who: Option<&'a ForBody>) -> Self {
        Self { who, earlier: false }
    }

    /// Somebody who did it before, when they were asked whether they may.
    pub(super) const fn earlier(who: Option<&'a ForBody>) -> Self {
        Self { who, earlier: true }
    }
}

/// The sealed state of a procedure, if it is still there.
pub(crate) struct Sealed {
    person: PersonId,
    procedure: ProcedureId,
    parts: Option<(Vec<u8>, Vec<u8>)>,
    /// Whether it is kept without a key of the person's.
    alone: bool,
}

impl Sealed {
    /// Reads one about a record from the next two columns: the wrapped key and the sealed state.
    pub(crate) fn read(person: PersonId, procedure: ProcedureId, row: &mut Row) -> Result<Self, StoreError> {
        let parts = row.opt_blob()?.zip(row.opt_blob()?);
        Ok(Self {
            person,
            procedure,
            parts,
            alone: false,
        })
    }

    /// Reads any from the next three columns: as above, and whether it is kept alone.
    fn read_any(person: PersonId, procedure: ProcedureId, row: &mut Row) -> Result<Self, StoreError> {
        let mut sealed = Self::read(person, procedure, row)?;
        sealed.alone = row.int()? == 1;
        Ok(sealed)
    }

    /// Opens one about a record: the procedure's key and state. Nothing once its record is erased.
    pub(crate) fn open(&self, person: &DataKey) -> Result<Option<(DataKey, Procedure)>, RegistryError> {
        self.open_with(|place, wrapped| Ok(Some(person.unwrap_key(place, wrapped)?)))
    }

    /// Opens any. Nothing once it is erased, or the key of the person under which it is kept.
    fn open_any(
        &self,
        keys: &Keyring,
        of_person: Option<&DataKey>,
    ) -> Result<Option<(DataKey, Procedure)>, RegistryError> {
        self.open_with(|place, wrapped| {
            Ok(match (self.alone, of_person) {
                (true, _) => Some(keys.wrapping().unwrap_key(place, wrapped)?),
                (false, Some(person)) => Some(person.unwrap_key(place, wrapped)?),
                (false, None) => None,
            })
        })
    }

    fn open_with(
        &self,
        unwrap: impl FnOnce(&Place<'_>, &[u8]) -> Result<Option<DataKey>, RegistryError>,
    ) -> Result<Option<(DataKey, Procedure)>, RegistryError> {
        let Some((wrapped, sealed)) = &self.parts else {
            return Ok(None);
        };
        let row: [&[u8]; 2] = [self.person.as_bytes(), self.procedure.as_bytes()];
        let Some(key) = unwrap(&place("wrapped_key", &row), wrapped)? else {
            return Ok(None);
        };
        let plain = key.open(&place("sealed_state", &row), sealed)?;
        let state = serde_json::from_slice(&plain).map_err(|_| RegistryError::Stored("a procedure"))?;
        Ok(Some((key, state)))
    }
}

fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "procedure",
        column,
        row,
    }
}

/// A procedure with all that belongs to it, opened.
pub(super) struct Held {
    pub(super) person: PersonId,
    pub(super) id: ProcedureId,
    /// The record that it is about.
    pub(super) record: Option<RecordId>,
    /// The person's key. None: nothing is held about them, and the procedure is kept alone.
    of_person: Option<DataKey>,
    pub(super) key: DataKey,
    pub(super) course: Procedure,
}

impl Held {
    /// The person's key, if anything is held about them.
    pub(super) fn key(&self) -> Option<&DataKey> {
        self.of_person.as_ref()
    }

    /// The person's key. There is one where the procedure is about a record.
    pub(super) fn of_person(&self) -> Result<&DataKey, ProcedureError> {
        self.key().ok_or(ProcedureError::NoSuchRecord)
    }
}

/// Whose procedure it is.
pub(super) fn person_of(tx: &mut dyn Tx, id: ProcedureId) -> Result<Option<PersonId>, StoreError> {
    let rows = tx.query(
        "SELECT person FROM procedure WHERE procedure = $1",
        &[Param::Blob(id.as_bytes())],
    )?;
    let mut people = rows.into_iter();
    let row = people.next();
    row.map(|mut row| Ok(PersonId::from_bytes(row.array()?)))
        .transpose()
}

/// Whether what was said in a procedure is destroyed.
pub(super) fn is_erased(tx: &mut dyn Tx, person: PersonId, id: ProcedureId) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT procedure FROM procedure WHERE person = $1 AND procedure = $2 AND sealed_state IS NULL",
        &[Param::Blob(person.as_bytes()), Param::Blob(id.as_bytes())],
    )?;
    Ok(!rows.is_empty())
}

/// Whether a body has not done yet what a notice reminds it of: its day may be over as it does.
fn is_still_asked(course: &Procedure, notice: &Notice) -> bool {
    match (course, notice.kind, &notice.to) {
        (Procedure::Restoration(one), NoticeKind::StopUsingAgain, Party::Authority(body)) => {
            one.state().all_unconfirmed().any(|one| one == body)
        }
        _ => true,
    }
}

/// Reads a procedure. None: there is no such one, or its record is erased.
pub(super) fn load(tx: &mut dyn Tx, this: &Registry, id: ProcedureId) -> Result<Option<Held>, RegistryError> {
    let Some(person) = person_of(tx, id)? else {
        return Ok(None);
    };
    let of_person = person::find_one(tx, &this.keys, person)?.map(|known| known.key);
    let rows = tx.query(
        "SELECT record, wrapped_key, sealed_state, kept_alone FROM procedure WHERE person = $1 AND procedure = $2",
        &[Param::Blob(person.as_bytes()), Param::Blob(id.as_bytes())],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let record = match row.opt_blob()? {
        Some(bytes) => {
            Some(RecordId::from_slice(&bytes).map_err(|_| StoreError::Shape("sixteen bytes are expected"))?)
        }
        None => None,
    };
    let opened = Sealed::read_any(person, id, &mut row)?.open_any(&this.keys, of_person.as_ref())?;
    Ok(opened.map(|(key, course)| Held {
        person,
        id,
        record,
        of_person,
        key,
        course,
    }))
}

/// The opened states of all procedures of a person. Those whose record is erased are left out.
pub(super) fn all_of(
    tx: &mut dyn Tx,
    keys: &Keyring,
    person: PersonId,
) -> Result<Vec<(ProcedureId, Option<RecordId>, Procedure)>, RegistryError> {
    let of_person = person::find_one(tx, keys, person)?.map(|known| known.key);
    let rows = tx.query(
        "SELECT procedure, record, wrapped_key, sealed_state, kept_alone FROM procedure WHERE person = $1 ORDER BY procedure",
        &[Param::Blob(person.as_bytes())],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for mut row in rows {
        let id = ProcedureId::from_bytes(row.array()?);
        let record = row
            .opt_blob()?
            .and_then(|bytes| RecordId::from_slice(&bytes).ok());
        let sealed = Sealed::read_any(person, id, &mut row)?;
        if let Some((_, course)) = sealed.open_any(keys, of_person.as_ref())? {
            found.push((id, record, course));
        }
    }
    Ok(found)
}

/// A procedure that is to be opened.
pub(super) struct New<'a> {
    pub(super) id: ProcedureId,
    pub(super) person: PersonId,
    /// The person's key. None: nothing is held about them any more.
    pub(super) of_person: Option<&'a DataKey>,
    pub(super) key: &'a DataKey,
    pub(super) record: Option<RecordId>,
}

impl Registry {
    /// Writes a new procedure with its first step, and tells who is to be told.
    pub(super) fn put_new(
        &self,
        tx: &mut dyn Tx,
        new: &New<'_>,
        course: &Procedure,
        notices: &[Notice],
    ) -> Result<(), ProcedureError> {
        let randomness = &*self.randomness;
        let row: [&[u8]; 2] = [new.person.as_bytes(), new.id.as_bytes()];
        let wrapped = match new.of_person {
            Some(person) => person.wrap(&place("wrapped_key", &row), new.key, randomness),
            None => self
                .keys
                .wrapping()
                .wrap(&place("wrapped_key", &row), new.key, randomness),
        };
        let wrapped = wrapped.map_err(RegistryError::from)?;
        let sealed = self.sealed(&row, new.key, course)?;
        let leaf = self.put_down(tx, (new.person, new.id), course, 0, By::now(None))?;
        let beside = Beside::of(course);
        let at = self.clock.now().as_second();
        tx.execute(
            "INSERT INTO procedure (person, procedure, kind, status, body, record, due_on, wakes_on, waits_for, \
             opened_at, changed_at, steps, wrapped_key, sealed_state, leaf, withheld_after, kept_alone) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $16)",
            &[
                Param::Blob(new.person.as_bytes()),
                Param::Blob(new.id.as_bytes()),
                Param::Text(course.kind().as_str()),
                Param::Text(course.status_word()),
                beside.body.as_deref().map_or(Param::Null, Param::Text),
                new.record.as_ref().map_or(Param::Null, |id| Param::Blob(id.as_bytes())),
                number(beside.due_on),
                number(course.wakes_on()),
                beside.waits_for.as_deref().map_or(Param::Null, Param::Text),
                Param::Int(at),
                Param::Int(course.history().len() as i64),
                Param::Blob(&wrapped),
                Param::Blob(&sealed),
                Param::Int(leaf as i64),
                number(course.withheld_after()),
                Param::Int(i64::from(new.of_person.is_none())),
            ],
        )?;
        self.bring_alert(tx, new.person, new.record)?;
        let told = Told {
            person: new.person,
            procedure: new.id,
            record: new.record,
        };
        tell::tell(tx, self, told, notices)
    }

    /// Does a step that is nobody's of a body ([`Registry::step_for`]).
    pub(super) fn step(
        &self,
        tx: &mut dyn Tx,
        id: ProcedureId,
        act: &mut dyn FnMut(&mut dyn Tx, &Held) -> Stepped,
    ) -> Result<Procedure, ProcedureError> {
        self.step_of(tx, id, By::now(None), act)
    }

    /// Does a step for a body. The person sees which member of its staff did it.
    pub(super) fn step_for(
        &self,
        tx: &mut dyn Tx,
        id: ProcedureId,
        by: &ForBody,
        act: &mut dyn FnMut(&mut dyn Tx, &Held) -> Stepped,
    ) -> Result<Procedure, ProcedureError> {
        self.step_of(tx, id, By::now(Some(by)), act)
    }

    /// Does a step: reads the procedure, does what days that are over ask for, then `act`, and writes state,
    /// events, leaf and notices together. Where somebody else did a step meanwhile, nothing is written.
    pub(super) fn step_of(
        &self,
        tx: &mut dyn Tx,
        id: ProcedureId,
        by: By<'_>,
        act: &mut dyn FnMut(&mut dyn Tx, &Held) -> Stepped,
    ) -> Result<Procedure, ProcedureError> {
        let mut held = load(tx, self, id)?.ok_or(ProcedureError::NoSuchProcedure)?;
        let (before, loaded) = (held.course.history().len(), held.course.clone());
        let (course, mut notices) = held.course.on_day(self.today(), self.clock.now());
        held.course = course;
        let (course, more) = act(tx, &held)?;
        notices.extend(more);
        notices.retain(|notice| is_still_asked(&course, notice));
        let row: [&[u8]; 2] = [held.person.as_bytes(), id.as_bytes()];
        let told = Told {
            person: held.person,
            procedure: id,
            record: held.record,
        };
        if course.history().len() == before {
            if course != loaded {
                let sealed = self.sealed(&row, &held.key, &course)?;
                self.put_aside(tx, &row, &sealed, course.wakes_on())?;
                tell::tell(tx, self, told, &notices)?;
            }
            return Ok(course);
        }
        let sealed = self.sealed(&row, &held.key, &course)?;
        let leaf = self.put_down(tx, (held.person, id), &course, before, by)?;
        let beside = Beside::of(&course);
        let changed = tx.execute(
            "UPDATE procedure SET status = $1, body = $2, due_on = $3, wakes_on = $4, waits_for = $5, \
             changed_at = $6, steps = $7, sealed_state = $8, leaf = $9, withheld_after = $10 \
             WHERE person = $11 AND procedure = $12 AND steps = $13",
            &[
                Param::Text(course.status_word()),
                beside.body.as_deref().map_or(Param::Null, Param::Text),
                number(beside.due_on),
                number(course.wakes_on()),
                beside.waits_for.as_deref().map_or(Param::Null, Param::Text),
                Param::Int(self.clock.now().as_second()),
                Param::Int(course.history().len() as i64),
                Param::Blob(&sealed),
                Param::Int(leaf as i64),
                number(course.withheld_after()),
                Param::Blob(held.person.as_bytes()),
                Param::Blob(id.as_bytes()),
                Param::Int(before as i64),
            ],
        )?;
        if changed == 0 {
            return Err(ProcedureError::ChangedMeanwhile);
        }
        let today = self.today();
        if let Some(record) = held.record
            && held.course.blocks_disclosure(today)
            && !course.blocks_disclosure(today)
        {
            end::shown_again(tx, self, held.person, record)?;
        }
        self.bring_alert(tx, held.person, held.record)?;
        tell::tell(tx, self, told, &notices)?;
        Ok(course)
    }

    /// Writes what is no step, and so shows in nothing that stands beside the state but the day on which the installation
    /// goes on with it: what the person is not to know of yet.
    fn put_aside(
        &self,
        tx: &mut dyn Tx,
        row: &[&[u8]; 2],
        sealed: &[u8],
        wakes_on: Option<Date>,
    ) -> Result<(), StoreError> {
        tx.execute(
            "UPDATE procedure SET sealed_state = $1, wakes_on = $2 WHERE person = $3 AND procedure = $4",
            &[
                Param::Blob(sealed),
                number(wakes_on),
                Param::Blob(row[0]),
                Param::Blob(row[1]),
            ],
        )?;
        Ok(())
    }

    /// Brings the alert about a record in step with what became of that, and with whether it shows as disputed.
    fn bring_alert(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        record: Option<RecordId>,
    ) -> Result<(), RegistryError> {
        alert::in_step(tx, self, record.map(|record| (person, record)).into_iter())
    }

    fn sealed(&self, row: &[&[u8]], key: &DataKey, course: &Procedure) -> Result<Vec<u8>, RegistryError> {
        let plain = serde_json::to_vec(course).map_err(|_| RegistryError::Stored("a procedure"))?;
        Ok(key.seal(&place("sealed_state", row), &plain, &*self.randomness)?)
    }

    /// Writes an event for each step that was done since there were `before` of them, if whoever did it may.
    /// Answers the last leaf.
    fn put_down(
        &self,
        tx: &mut dyn Tx,
        (person, id): (PersonId, ProcedureId),
        course: &Procedure,
        before: usize,
        for_body: By<'_>,
    ) -> Result<u64, ProcedureError> {
        let (kind, today) = (course.kind(), self.today());
        let mut last = None;
        for step in course.history().iter().skip(before) {
            let by = match for_body.earlier {
                true => who::acted(&step.actor, for_body.who),
                false => who::may_act(tx, person, (&step.actor, for_body.who), today)?,
            };
            let event = Event {
                id: EventId::new(step.at, &*self.randomness)?,
                person,
                kind: EventKind::ProcedureStep,
                actor: actor_word(&step.actor),
                purpose: format!("{kind}:{}", step.name),
                subject: Some(*id.as_bytes()),
                at: step.at,
            };
            last = Some(event::record_by(tx, &event, &by, &*self.randomness)?);
        }
        Ok(last.ok_or(RegistryError::Stored("a step of a procedure"))?)
    }
}
