//! Destroying: written apart first, then done in one transaction, and taken back where something came between.

use std::collections::HashSet;

use keys::DocumentKey;
use model::{EventId, PersonId, Randomness};
use storage::{Access, Param, StoreError, Tx};

use super::{
    Erasure, What,
    apart::{Line, State},
    replay,
};
use crate::{Registry, RegistryError, event, good_record, leaf, mail, procedure, reentry};

/// What is to be destroyed, decided from one state.
pub(crate) struct Planned {
    /// Whose and what, records before the person whom they leave bare.
    pub(crate) erasures: Vec<(PersonId, What)>,
    /// How long the log was in that state.
    pub(crate) head: u64,
}

/// Whether an erasure is done for the first time or done again on a database that does not hold it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// Only while all that was decided by still holds.
    First,
    /// Whatever was held then.
    Again,
}

impl Registry {
    /// Writes what was planned apart and destroys it. What no longer holds is left and taken back in the file.
    /// Answers what was destroyed. `name` names the transaction.
    pub(crate) fn destroy(&self, name: &'static str, planned: Planned) -> Result<Vec<What>, RegistryError> {
        if planned.erasures.is_empty() {
            return Ok(Vec::new());
        }
        let this = self.clone();
        let (done, ()) = self.destroy_with(
            name,
            move || Ok(planned),
            move |tx, erasures| Ok((destroy_now(tx, &this, erasures)?, ())),
        )?;
        Ok(done)
    }

    /// The same, where more is done in the transaction that destroys: `work` calls [`destroy_now`] if it comes to
    /// that, and answers what that answered. Nothing else is destroyed from `plan` to its end.
    pub(crate) fn destroy_with<T: Send + 'static>(
        &self,
        name: &'static str,
        plan: impl FnOnce() -> Result<Planned, RegistryError>,
        mut work: impl FnMut(&mut dyn Tx, &[Erasure]) -> Result<(HashSet<EventId>, T), RegistryError>
        + Send
        + 'static,
    ) -> Result<(Vec<What>, T), RegistryError> {
        let mut state = self.apart.hold()?;
        self.settle(&mut state)?;
        let erasures = self.draw(plan()?)?;
        let lines: Vec<Line> = erasures.iter().cloned().map(Line::Erasure).collect();
        let mark = self.apart.write(&mut state, &lines)?;
        state.unsettled = lines;
        let written = erasures.clone();
        let access = if erasures.is_empty() {
            Access::Write
        } else {
            Access::Erase
        };
        let (done, answer) = self.store.run(name, access, move |tx| {
            let worked = work(tx, &written)?;
            replay::set_mark(tx, mark)?;
            // A kill before the file says so must not have them done when an older copy is put back.
            let left = not_done(&written, &worked.0);
            if !left.is_empty() {
                replay::set_left(tx, &left)?;
            }
            Ok::<_, RegistryError>(worked)
        })?;
        // Where the file cannot say now that some were left, that is the first thing that is written next.
        let left = not_done(&erasures, &done);
        state.unsettled.retain(|line| left.contains(&line.id()));
        self.void_left(&mut state, &left)?;
        state.unsettled.clear();
        let kept = erasures.iter().filter(|one| done.contains(&one.event));
        Ok((kept.map(|one| one.what).collect(), answer))
    }

    /// Takes back what was written for a transaction that failed, unless it went through after all.
    pub(super) fn settle(&self, state: &mut State) -> Result<(), RegistryError> {
        if state.unsettled.is_empty() {
            return Ok(());
        }
        let asked = state.unsettled.clone();
        let held = self
            .store
            .run("erasure.settle", Access::Read, move |tx| replay::held(tx, &asked))?;
        let left: Vec<EventId> = state.unsettled.iter().map(Line::id).collect();
        self.apart
            .void(state, left.into_iter().filter(|event| !held.contains(event)))?;
        state.unsettled.clear();
        Ok(())
    }

    fn draw(&self, planned: Planned) -> Result<Vec<Erasure>, RegistryError> {
        let (at, randomness): (_, &dyn Randomness) = (self.clock.now(), &*self.randomness);
        let one = |(person, what)| {
            Ok(Erasure {
                person,
                what,
                event: EventId::new(at, randomness)?,
                salt: leaf::salt(randomness)?,
                // As it reads back.
                at: crate::time(at.as_second())?,
                head: planned.head,
            })
        };
        planned.erasures.into_iter().map(one).collect()
    }
}

/// The events of those of these erasures that are not among `done`.
fn not_done(erasures: &[Erasure], done: &HashSet<EventId>) -> Vec<EventId> {
    let events = erasures.iter().map(|one| one.event);
    events.filter(|event| !done.contains(event)).collect()
}

/// Destroys what these erasures speak of, for the first time. Answers the events of those that were done.
pub(crate) fn destroy_now(
    tx: &mut dyn Tx,
    this: &Registry,
    erasures: &[Erasure],
) -> Result<HashSet<EventId>, RegistryError> {
    apply(tx, this, erasures, Round::First)
}

/// Destroys what these erasures speak of and writes their events. Answers the events of those that were done.
pub(super) fn apply(
    tx: &mut dyn Tx,
    this: &Registry,
    erasures: &[Erasure],
    round: Round,
) -> Result<HashSet<EventId>, RegistryError> {
    let (mut events, mut salts) = (Vec::new(), Vec::new());
    for erasure in erasures {
        let done = match erasure.what {
            What::Record { .. } => destroy_record(tx, this, erasure, round)?,
            What::Person => destroy_person(tx, erasure, round)?,
            What::Procedure { procedure } => {
                let ended = procedure::forget_alone(tx, (erasure.person, procedure), round == Round::Again)?;
                ended || round == Round::Again
            }
            What::Email { tag } => {
                let again = round == Round::Again;
                mail::forget_tagged(tx, erasure.person, tag, again)? || again
            }
        };
        if done {
            events.push(erasure.event());
            salts.push(erasure.salt);
        }
    }
    if !events.is_empty() {
        event::record_salted(tx, &events, &salts)?;
    }
    Ok(events.iter().map(|event| event.id).collect())
}

fn destroy_record(
    tx: &mut dyn Tx,
    this: &Registry,
    erasure: &Erasure,
    round: Round,
) -> Result<bool, RegistryError> {
    let What::Record { record, .. } = erasure.what else {
        return Ok(false);
    };
    let key = [
        Param::Blob(erasure.person.as_bytes()),
        Param::Blob(record.as_bytes()),
    ];
    let later = tx.query(
        "SELECT leaf FROM record_version WHERE person = $1 AND record = $2 AND leaf >= $3 LIMIT 1",
        &[key[0], key[1], Param::Int(erasure.head as i64)],
    )?;
    if !later.is_empty() {
        return Ok(false);
    }
    // While there is a key to read by who takes part.
    procedure::end_with_record(tx, this, (erasure.person, record), erasure.at)?;
    let touched = tx.execute(
        "UPDATE record_version SET wrapped_key = NULL, sealed_content = NULL \
         WHERE person = $1 AND record = $2 AND wrapped_key IS NOT NULL",
        &key,
    )?;
    // A certificate says what its licence says, and the hours of a training that it shows.
    tx.execute(
        "UPDATE certificate SET wrapped_key = NULL, sealed_text = NULL WHERE person = $1 AND (record = $2 OR \
         certificate IN (SELECT certificate FROM certificate_shows WHERE person = $1 AND subject = $2))",
        &key,
    )?;
    for document in documents(tx, &key)? {
        reentry::erase_document(tx, erasure.person, document, record, erasure.at)?;
    }
    forget_procedures(tx, &key)?;
    good_record::ends::forget_record(tx, &key)?;
    Ok(touched > 0 || round == Round::Again)
}

/// The documents that the versions of a record came in.
fn documents(tx: &mut dyn Tx, record: &[Param<'_>; 2]) -> Result<Vec<DocumentKey>, StoreError> {
    let rows = tx.query(
        "SELECT DISTINCT document FROM record_version WHERE person = $1 AND record = $2",
        record,
    )?;
    rows.into_iter().map(|mut row| row.array()).collect()
}

/// Destroys what was said in the procedures about a record. That there were some stays, as with the record. Those that
/// were under way have ended before ([`procedure::end_with_record`]).
fn forget_procedures(tx: &mut dyn Tx, record: &[Param<'_>; 2]) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM procedure_file WHERE person = $1 AND procedure IN \
         (SELECT procedure FROM procedure WHERE person = $1 AND record = $2)",
        record,
    )?;
    tx.execute(
        "UPDATE procedure SET wrapped_key = NULL, sealed_state = NULL, due_on = NULL, wakes_on = NULL, \
         waits_for = NULL WHERE person = $1 AND record = $2",
        record,
    )?;
    Ok(())
}

/// Destroys what was said in all procedures of a person.
fn forget_said(tx: &mut dyn Tx, person: PersonId) -> Result<(), StoreError> {
    let key = [Param::Blob(person.as_bytes())];
    tx.execute("DELETE FROM procedure_file WHERE person = $1", &key)?;
    tx.execute(
        "UPDATE procedure SET wrapped_key = NULL, sealed_state = NULL, due_on = NULL, wakes_on = NULL, \
         waits_for = NULL WHERE person = $1",
        &key,
    )?;
    Ok(())
}

fn destroy_person(tx: &mut dyn Tx, erasure: &Erasure, round: Round) -> Result<bool, RegistryError> {
    let person = Param::Blob(erasure.person.as_bytes());
    let later = tx.query(
        "SELECT leaf FROM record_version WHERE person = $1 AND leaf >= $2 LIMIT 1",
        &[person, Param::Int(erasure.head as i64)],
    )?;
    if !later.is_empty() {
        return Ok(false);
    }
    if round == Round::First {
        if mail::letter_first(tx, erasure.person, erasure.at)? {
            return Ok(false);
        }
        let gone = tx.execute(
            "DELETE FROM person WHERE person = $1 \
             AND NOT EXISTS (SELECT 1 FROM record_version AS version \
                 WHERE version.person = $1 AND version.wrapped_key IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM certificate AS one WHERE one.person = $1 \
                 AND (one.wrapped_key IS NOT NULL OR (one.revoked_at IS NULL AND one.expires_at > $2))) \
             AND NOT EXISTS (SELECT 1 FROM procedure AS going WHERE going.person = $1 \
                 AND going.wrapped_key IS NOT NULL AND going.waits_for IS NOT NULL)",
            &[person, Param::Int(erasure.at.as_second())],
        )?;
        if gone > 0 {
            mail::forget(tx, erasure.person)?;
            forget_said(tx, erasure.person)?;
            good_record::ends::forget_person(tx, erasure.person)?;
        }
        return Ok(gone > 0);
    }
    // Everything of theirs was destroyed when this was; an older copy may say otherwise.
    tx.execute(
        "UPDATE record_version SET wrapped_key = NULL, sealed_content = NULL WHERE person = $1",
        &[person],
    )?;
    tx.execute(
        "UPDATE certificate SET wrapped_key = NULL, sealed_text = NULL WHERE person = $1",
        &[person],
    )?;
    tx.execute("DELETE FROM person WHERE person = $1", &[person])?;
    mail::forget(tx, erasure.person)?;
    forget_said(tx, erasure.person)?;
    good_record::ends::forget_person(tx, erasure.person)?;
    Ok(true)
}
