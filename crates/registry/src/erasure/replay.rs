//! Doing erasures again that the database does not hold: after a restore of an older copy, or a kill between
//! the line and the transaction.

use std::collections::HashSet;

use keys::Mac;
use model::{EventId, PersonId, RecordId};
use storage::{Access, Param, Row, StoreError, Tx};

use super::{
    Erasure, What,
    apart::Written,
    apply::{self, Round},
};
use crate::{
    Registry, RegistryError, alert,
    event::{EventKind, INSTALLATION},
    setting,
};

/// The setting that holds the MAC of the last line of the file that the database is known to hold.
const MARK: &str = "erasures";

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

/// The events of those of these erasures that the database holds.
pub(super) fn held(tx: &mut dyn Tx, erasures: &[Erasure]) -> Result<HashSet<EventId>, RegistryError> {
    let people: Vec<&[u8]> = erasures
        .iter()
        .map(|one| one.person.as_bytes().as_slice())
        .collect();
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let select = "SELECT event FROM event WHERE actor = $1 AND person IN ";
    crate::sql::select_in_with(tx, select, &[Param::Text(INSTALLATION)], &people)?
        .into_iter()
        .map(|mut row| Ok(EventId::from_bytes(row.array()?)))
        .collect()
}

impl Registry {
    /// Brings file and database together: does again what the database does not hold, and writes apart what only
    /// the database holds. Answers how many erasures were done again.
    pub(crate) fn replay(&self, written: Written) -> Result<usize, RegistryError> {
        let mut again = 0;
        for part in written.erasures.chunks(AT_ONCE) {
            let work = part.to_vec();
            let (done, left) = self.store.run("erasure.replay", Access::Erase, move |tx| {
                let held = held(tx, &work)?;
                let missing: Vec<Erasure> = work
                    .iter()
                    .filter(|one| !held.contains(&one.event))
                    .cloned()
                    .collect();
                let done = apply::apply(tx, &missing, Round::Again)?;
                let left = missing
                    .iter()
                    .map(|one| one.event)
                    .filter(|event| !done.contains(event));
                Ok::<_, RegistryError>((done.len(), left.collect::<Vec<_>>()))
            })?;
            again += done;
            self.apart.void(&mut self.apart.hold(), left.into_iter())?;
        }
        if !written.known {
            let there = written.erasures.iter().map(|one| one.event).collect();
            self.write_missing(&there)?;
        }
        if !written.erasures.is_empty() || !written.known {
            // Nothing to write: this only asks where the file ends.
            let mark = self.apart.write(&mut self.apart.hold(), &[])?;
            self.store.run("erasure.marked", Access::Write, move |tx| {
                Ok::<_, RegistryError>(set_mark(tx, mark)?)
            })?;
        }
        if again > 0 {
            let at = self.clock.now();
            self.store.run("alert.tell-anew", Access::Write, move |tx| {
                Ok::<_, RegistryError>(alert::tell_anew(tx, at)?)
            })?;
            tracing::warn!(
                erasures = again,
                "the database did not hold every erasure; those that it lacked were done again"
            );
        }
        Ok(again)
    }

    /// Writes apart the erasures that the database holds and the file does not: those from before there was a
    /// file, or from before an older file was put in its place.
    fn write_missing(&self, there: &HashSet<EventId>) -> Result<(), RegistryError> {
        let (mut after, mut added) = (Vec::new(), 0);
        loop {
            let from: Vec<u8> = after.clone();
            let found = self
                .store
                .run("erasure.known", Access::Read, move |tx| known(tx, &from))?;
            let Some((last, _)) = found.last() else { break };
            after = last.to_vec();
            let missing: Vec<Erasure> = found
                .into_iter()
                .filter_map(|(_, erasure)| erasure)
                .filter(|one| !there.contains(&one.event))
                .collect();
            self.apart.write(&mut self.apart.hold(), &missing)?;
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
