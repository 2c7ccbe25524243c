//! Doing again, of erasures and of what was taken back, what the database does not hold: after a restore of an older
//! copy, or a kill between the line and the transaction.

use std::collections::HashSet;

use keys::Mac;
use model::{EventId, PersonId, ProcedureId, RecordId};
use storage::{Access, Param, Row, StoreError, Tx};

use super::{
    Erasure, What,
    apart::{Line, State, Written},
    apply::{self, Round},
    withdrawal,
};
use crate::{
    Registry, RegistryError, alert, certificate,
    event::{EventKind, INSTALLATION},
    setting,
};

/// The setting that holds the MAC of the last line of the file that the database is known to hold.
const MARK: &str = "erasures";

/// The setting that holds which of the lines up to there were left undone, until the file says so too.
const LEFT: &str = "erasures-left";

/// How many erasures one transaction does again, or reads.
const AT_ONCE: usize = 1_000;

/// Up to which line of the file the database holds every erasure, if that was ever said.
pub(crate) fn mark(tx: &mut dyn Tx) -> Result<Option<Mac>, RegistryError> {
    let stored = setting::get(tx, MARK)?;
    let stored = stored.map(|bytes| Mac::try_from(bytes.as_slice()));
    stored
        .transpose()
        .map_err(|_| RegistryError::Stored("the place of the erasures"))
}

/// Says that the database holds every erasure up to this line.
pub(super) fn set_mark(tx: &mut dyn Tx, mark: Mac) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        &[Param::Text(MARK), Param::Blob(&mark)],
    )?;
    Ok(())
}

/// Says that these lines, which stand before the mark, were left undone. In the transaction that leaves them.
pub(super) fn set_left(tx: &mut dyn Tx, left: &[EventId]) -> Result<(), StoreError> {
    let ids: Vec<u8> = left.iter().flat_map(|event| *event.as_bytes()).collect();
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        &[Param::Text(LEFT), Param::Blob(&ids)],
    )?;
    Ok(())
}

/// Which lines before the mark were left undone and may not be taken back in the file yet: none, unless there was a kill.
fn left(tx: &mut dyn Tx) -> Result<Vec<EventId>, RegistryError> {
    let ids = setting::get(tx, LEFT)?.unwrap_or_default();
    let ids = ids
        .chunks(16)
        .map(|id| <[u8; 16]>::try_from(id).map(EventId::from_bytes));
    ids.collect::<Result<_, _>>()
        .map_err(|_| RegistryError::Stored("erasures that were left"))
}

/// What the database holds of these lines, by what they are known by.
pub(super) fn held(tx: &mut dyn Tx, lines: &[Line]) -> Result<HashSet<EventId>, RegistryError> {
    let (mut people, mut ids): (Vec<&[u8]>, Vec<EventId>) = (Vec::new(), Vec::new());
    for line in lines {
        match line {
            Line::Erasure(erasure) => people.push(erasure.person.as_bytes()),
            Line::Withdrawal(withdrawal) => ids.push(withdrawal.id),
            Line::Void(_) => {}
        }
    }
    let mut held = withdrawal::held(tx, &ids)?;
    if people.is_empty() {
        return Ok(held);
    }
    let select = "SELECT event FROM event WHERE actor = $1 AND person IN ";
    for mut row in crate::sql::select_in_with(tx, select, &[Param::Text(INSTALLATION)], &people)? {
        held.insert(EventId::from_bytes(row.array()?));
    }
    Ok(held)
}

/// How much was done again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Again {
    /// Erasures.
    pub(crate) erased: usize,
    /// What was taken back.
    pub(crate) withdrawn: usize,
}

impl Registry {
    /// Brings file and database together: does again what the database does not hold, and writes apart what only
    /// the database holds. Answers how much was done again.
    pub(crate) fn replay(&self, written: Written) -> Result<Again, RegistryError> {
        let mut again = Again::default();
        let undone = self.store.run("erasure.left", Access::Read, left)?;
        self.void_left(&mut *self.apart.hold()?, &undone)?;
        let mut closed = false;
        for part in written.lines.chunks(AT_ONCE) {
            let (this, work) = (self.clone(), part.to_vec());
            let (done, left, lacked) = self.store.run("erasure.replay", Access::Erase, move |tx| {
                this.replay_part(tx, &work, closed)
            })?;
            closed |= lacked;
            again.erased += done.erased;
            again.withdrawn += done.withdrawn;
            self.apart.void(&mut *self.apart.hold()?, left.into_iter())?;
        }
        if !written.known {
            let there = written.lines.iter().map(Line::id).collect();
            self.write_missing(&there)?;
        }
        if !written.lines.is_empty() || !written.known {
            let mut state = self.apart.hold()?;
            self.settle(&mut state)?;
            // Nothing to write: this only asks where the file ends.
            let mark = self.apart.write(&mut state, &[])?;
            self.store.run("erasure.marked", Access::Write, move |tx| {
                Ok::<_, RegistryError>(set_mark(tx, mark)?)
            })?;
        }
        if again.withdrawn > 0 {
            tracing::warn!(
                withdrawals = again.withdrawn,
                "the database did not hold all that was taken back; what it lacked was taken back again"
            );
        }
        if again.erased > 0 {
            tracing::warn!(
                erasures = again.erased,
                "the database did not hold every erasure; those that it lacked were done again"
            );
        }
        Ok(again)
    }

    /// Takes back in the file what the last transaction left undone, as the database says.
    pub(super) fn void_left(&self, state: &mut State, left: &[EventId]) -> Result<(), RegistryError> {
        if left.is_empty() {
            return Ok(());
        }
        self.apart.void(state, left.iter().copied())?;
        self.store.run("erasure.taken-back", Access::Write, move |tx| {
            tx.execute("DELETE FROM setting WHERE name = $1", &[Param::Text(LEFT)])?;
            Ok::<_, RegistryError>(())
        })
    }

    /// Does again what of these lines the database does not hold. Answers how much, what was left, and whether it lacked
    /// any. Status lists that were not `closed` yet are then.
    fn replay_part(
        &self,
        tx: &mut dyn Tx,
        lines: &[Line],
        closed: bool,
    ) -> Result<(Again, Vec<EventId>, bool), RegistryError> {
        let held = held(tx, lines)?;
        let (mut erasures, mut again) = (Vec::new(), Again::default());
        let missing = |one: &&Line| !held.contains(&one.id());
        let lacked = lines.iter().any(|one| missing(&one));
        if lacked && !closed {
            // It may be an older copy, and certificates were issued since that nobody could revoke.
            certificate::status::close_all(tx, self.clock.now().as_second())?;
        }
        for line in lines.iter().filter(missing) {
            match line {
                Line::Erasure(erasure) => erasures.push(erasure.clone()),
                Line::Withdrawal(one) => again.withdrawn += usize::from(withdrawal::again(tx, self, one)?),
                Line::Void(_) => {}
            }
        }
        let done = apply::apply(tx, self, &erasures, Round::Again)?;
        again.erased = done.len();
        if again.erased > 0 {
            // In the same transaction: after a kill nobody would know that it is left to do.
            alert::tell_anew(tx, self.clock.now())?;
        }
        let left = erasures
            .iter()
            .map(|one| one.event)
            .filter(|event| !done.contains(event));
        Ok((again, left.collect(), lacked))
    }

    /// Writes apart what the database holds and the file does not: from before there was a file, or from before an
    /// older file was put in its place.
    fn write_missing(&self, there: &HashSet<EventId>) -> Result<(), RegistryError> {
        let (mut after, mut added) = (Vec::new(), 0);
        loop {
            let from: Vec<u8> = after.clone();
            let found = self
                .store
                .run("erasure.known", Access::Read, move |tx| known(tx, &from))?;
            let Some((last, _)) = found.last() else { break };
            after = last.to_vec();
            let missing: Vec<Line> = found
                .into_iter()
                .filter_map(|(_, erasure)| erasure)
                .filter(|one| !there.contains(&one.event))
                .map(Line::Erasure)
                .collect();
            self.apart.write(&mut *self.apart.hold()?, &missing)?;
            added += missing.len();
        }
        let mut after = EventId::from_bytes([0; 16]);
        loop {
            let found = self.store.run("withdrawal.known", Access::Read, move |tx| {
                withdrawal::known(tx, after, AT_ONCE)
            })?;
            let Some(last) = found.last() else { break };
            after = last.id;
            let missing: Vec<Line> = found
                .into_iter()
                .filter(|one| !there.contains(&one.id))
                .map(Line::Withdrawal)
                .collect();
            self.apart.write(&mut *self.apart.hold()?, &missing)?;
            added += missing.len();
        }
        if added > 0 {
            tracing::warn!(
                erasures = added,
                "the file of erasures lacked some; they were added"
            );
        }
        Ok(())
    }
}

/// The key of an event, and the erasure that it tells of, if it tells of one.
type Known = ([u8; 32], Option<Erasure>);

/// The next events of the installation's own, in the order of people and events: the key of each, and the erasure
/// that it tells of, if it tells of one.
fn known(tx: &mut dyn Tx, after: &[u8]) -> Result<Vec<Known>, RegistryError> {
    let (person, event) = after.split_at(after.len().min(16));
    let rows = tx.query(
        "SELECT person, event, kind, subject, at, salt, leaf, \
         (SELECT MAX(one.version) FROM record_version AS one WHERE one.person = event.person \
             AND one.record = event.subject AND one.leaf < event.leaf) FROM event \
         WHERE (person, event) > ($1, $2) AND actor = $3 ORDER BY person, event LIMIT $4",
        &[
            Param::Blob(person),
            Param::Blob(event),
            Param::Text(INSTALLATION),
            Param::Int(AT_ONCE as i64),
        ],
    )?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<Known, RegistryError> {
    let (person, event) = (row.array::<16>()?, row.array::<16>()?);
    let mut key = [0; 32];
    key[..16].copy_from_slice(&person);
    key[16..].copy_from_slice(&event);
    let kind: EventKind = row.text()?.parse()?;
    let subject = row.opt_blob()?;
    let at = crate::time(row.int()?)?;
    let (salt, head) = (row.array()?, row.int()? as u64);
    let version = row.opt_int()?.unwrap_or(0);
    let what = match (kind, subject) {
        (EventKind::Erased, Some(record)) => What::Record {
            record: RecordId::from_slice(&record).map_err(|_| RegistryError::Stored("an erasure"))?,
            version,
        },
        (EventKind::IdentityErased, _) => What::Person,
        (EventKind::ProcedureErased, Some(procedure)) => What::Procedure {
            procedure: ProcedureId::from_slice(&procedure)
                .map_err(|_| RegistryError::Stored("an erasure"))?,
        },
        (EventKind::EmailErased, Some(tag)) => What::Email {
            tag: tag.try_into().map_err(|_| RegistryError::Stored("an erasure"))?,
        },
        _ => return Ok((key, None)),
    };
    let erasure = Erasure {
        person: PersonId::from_bytes(person),
        what,
        event: EventId::from_bytes(event),
        salt,
        at,
        head,
    };
    Ok((key, Some(erasure)))
}
