//! Giving rejected rows back to their sender, as a file to mend and send again.
//!
//! The rows are the sender's own and sealed under the submission's key. Whoever gets them back reads of the people
//! in them all the same, and that is a look: for each known person whose identity number stands in a row it is on
//! disk before the row is handed out, once for each submission and day, so that it shows without flooding. A row
//! whose number cannot be read, or belongs to nobody known, is about nobody who could be told.

use std::{collections::BTreeSet, io::Write, sync::Arc};

use intake::{MessageLanguage, RejectedRow, RejectedWriter};
use model::{EventId, PersonId, SubmissionId};
use storage::{Access, Tx};

use super::{desk, outcome::RejectedPart};
use crate::{
    ForBody, Registry, RegistryError,
    event::{self, By, Event, EventKind},
    person,
};

/// For how many people one transaction writes looks.
const AT_ONCE: usize = 1_000;

impl Registry {
    /// The rejected rows of an authority's submission, as a file in the sender's own columns with two more. That
    /// they are looked at is on disk before they are written out. Answers false, and writes nothing, where the
    /// authority has no such submission. Blocks.
    ///
    /// # Errors
    /// When the store fails, or `out` cannot be written.
    pub fn rejected_csv(
        &self,
        for_body: &ForBody,
        id: SubmissionId,
        language: MessageLanguage,
        out: &mut dyn Write,
    ) -> Result<bool, RegistryError> {
        let (this, who) = (self.clone(), for_body.clone());
        let (found, by) = self.store.run("desk.read", Access::Read, move |tx| {
            Ok::<_, RegistryError>((desk::read(tx, &this, id)?, who.by(tx)?))
        })?;
        let found = found.filter(|stored| stored.view.authority == for_body.body());
        let Some((stored, by)) = found.zip(by) else {
            return Ok(false);
        };
        let actor = (for_body.body(), &by);
        let Some(form) = &stored.form else {
            return Ok(false);
        };
        let mut writer = RejectedWriter::new(out, form.encoding, &form.headings, language)?;
        let key = Arc::new(stored.key);
        let mut after = 0;
        loop {
            let key = key.clone();
            let part = self.store.run("desk.rejected", Access::Read, move |tx| {
                RejectedPart::next(tx, id, &key, after)
            })?;
            let Some(part) = part else { break };
            after = part.last_row;
            self.log_desk_look(actor, id, &part.rows)?;
            for row in &part.rows {
                writer.write(row)?;
            }
        }
        writer.finish()?;
        Ok(true)
    }

    /// Writes down that the authority, and who for it, sees these rows.
    fn log_desk_look(
        &self,
        (authority, by): (&str, &By),
        id: SubmissionId,
        rows: &[RejectedRow],
    ) -> Result<(), RegistryError> {
        let people = self.numbered(rows);
        for part in people.chunks(AT_ONCE) {
            let (this, authority, by) = (self.clone(), authority.to_owned(), by.clone());
            let part = part.to_vec();
            self.store.run("desk.look", Access::Write, move |tx| {
                this.write_desk_looks(tx, (&authority, &by), id, &part)
            })?;
        }
        Ok(())
    }

    /// The people, known or not, whose identity numbers stand in these rows.
    fn numbered(&self, rows: &[RejectedRow]) -> Vec<PersonId> {
        let texts = rows.iter().flat_map(|row| row.cells.iter().chain(&row.raw));
        let numbers: BTreeSet<String> = texts
            .flat_map(|text| self.profile.identity.numbers_in(text))
            .map(|number| number.canonical)
            .collect();
        numbers.iter().map(|number| self.keys.person(number)).collect()
    }

    fn write_desk_looks(
        &self,
        tx: &mut dyn Tx,
        (authority, by): (&str, &By),
        id: SubmissionId,
        people: &[PersonId],
    ) -> Result<(), RegistryError> {
        let mut known: Vec<PersonId> = person::known(tx, people)?.into_iter().collect();
        if known.is_empty() {
            return Ok(());
        }
        known.sort_unstable();
        let at = self.clock.now();
        let today = self.day_of(at).to_zoned(self.time_zone.clone());
        let midnight = today.map_or(at, |day| day.timestamp());
        let about = (EventKind::DeskLook, id.as_bytes());
        let before = event::happened_since(tx, &known, about, midnight.as_second())?;
        for person in known.into_iter().filter(|person| !before.contains(person)) {
            let look = Event {
                id: EventId::new(at, &*self.randomness)?,
                person,
                kind: EventKind::DeskLook,
                actor: authority.to_owned(),
                purpose: String::new(),
                subject: Some(*id.as_bytes()),
                at,
            };
            event::record_by(tx, &look, by, &*self.randomness)?;
        }
        Ok(())
    }
}
