//! Destroying what was kept long enough: key and content of every version, and certificates about it.
//!
//! A record is kept as long as any of its versions asks for, and no version is destroyed while its submission
//! can still be taken back: a slip of the pen in a date destroys nothing that cannot be brought back. What is
//! due is sought once a day, slice by slice, in transactions that only read.

use std::sync::PoisonError;

use jiff::civil::Date;
use model::{EventId, PersonId, RecordId};
use storage::{Access, Param, StoreError, Tx};

use crate::{
    Registry, RegistryError, day,
    event::{self, Event, EventKind},
    record::{self, VersionHead},
};

/// How many versions one transaction looks at.
const SLICE: usize = 8_192;

/// How many records one transaction erases.
const AT_ONCE: usize = 1_000;

/// The last day on which a record is kept, if its period ends: the latest that any of its versions says.
pub(crate) fn kept_until<'a>(versions: impl IntoIterator<Item = &'a VersionHead>) -> Option<Date> {
    let (mut latest, mut longest) = (None, None);
    for head in versions {
        latest = head.kept_until;
        longest = longest.max(head.kept_until);
    }
    latest.and(longest)
}

/// A record as far as its versions were looked at.
struct Seen {
    person: PersonId,
    record: RecordId,
    version: i64,
    kept_until: Option<i64>,
    longest: Option<i64>,
    filed_at: i64,
    sealed: bool,
}

/// Before which day's end, and before which second filed, a record is due.
#[derive(Clone, Copy)]
struct Limit {
    today: i64,
    filed_before: i64,
}

impl Seen {
    fn due(&self, limit: Limit) -> bool {
        self.sealed
            && self
                .kept_until
                .and(self.longest)
                .is_some_and(|day| day < limit.today)
            && self.filed_at < limit.filed_before
    }

    fn add(&mut self, next: &Self) {
        self.version = next.version;
        self.kept_until = next.kept_until;
        self.longest = self.longest.max(next.longest);
        self.filed_at = next.filed_at;
        self.sealed |= next.sealed;
    }
}

impl Registry {
    /// Destroys what was kept long enough. Answers how many records.
    pub(crate) fn erase_due(&self) -> Result<usize, RegistryError> {
        let today = self.today();
        let mut erased_on = self.erased_on.lock().unwrap_or_else(PoisonError::into_inner);
        if *erased_on == Some(today) {
            return Ok(0);
        }
        let window = i64::from(self.profile.take_back_hours) * 60 * 60;
        let limit = Limit {
            today: day::to_number(today),
            filed_before: self.clock.now().as_second() - window,
        };
        let (mut erased, mut last): (usize, Option<Seen>) = (0, None);
        loop {
            let after = last.as_ref().map(|seen| (seen.person, seen.record, seen.version));
            let slice = self
                .store
                .run("due.seek", Access::Read, move |tx| slice(tx, after))?;
            let more = slice.len() == SLICE;
            let mut due = Vec::new();
            for next in slice {
                match &mut last {
                    Some(seen) if (seen.person, seen.record) == (next.person, next.record) => seen.add(&next),
                    seen => {
                        // The record before is seen whole.
                        due.extend(seen.replace(next).filter(|seen| seen.due(limit)));
                    }
                }
            }
            if !more {
                due.extend(last.take().filter(|seen| seen.due(limit)));
            }
            let due: Vec<_> = due.iter().map(|seen| (seen.person, seen.record)).collect();
            for part in due.chunks(AT_ONCE) {
                let (this, part) = (self.clone(), part.to_vec());
                erased += self
                    .store
                    .run("due.erase", Access::Write, move |tx| this.erase(tx, &part, limit))?;
            }
            if !more {
                break;
            }
        }
        *erased_on = Some(today);
        Ok(erased)
    }

    /// Erases those of these records that are still due.
    fn erase(
        &self,
        tx: &mut dyn Tx,
        records: &[(PersonId, RecordId)],
        limit: Limit,
    ) -> Result<usize, RegistryError> {
        let at = self.clock.now();
        let mut events = Vec::with_capacity(records.len());
        for (person, record) in records {
            let versions = record::versions(tx, *person, *record)?;
            let kept = kept_until(versions.iter().map(|one| &one.head));
            let still = kept.is_some_and(|day| day::to_number(day) < limit.today)
                && versions
                    .iter()
                    .all(|one| one.head.filed_at.as_second() < limit.filed_before);
            if !still {
                continue;
            }
            let key = [Param::Blob(person.as_bytes()), Param::Blob(record.as_bytes())];
            tx.execute(
                "UPDATE record_version SET wrapped_key = NULL, sealed_content = NULL \
                 WHERE person = $1 AND record = $2",
                &key,
            )?;
            tx.execute(
                "UPDATE certificate SET wrapped_key = NULL, sealed_text = NULL WHERE person = $1 AND record = $2",
                &key,
            )?;
            events.push(Event {
                id: EventId::new(at, &*self.randomness)?,
                person: *person,
                kind: EventKind::Erased,
                actor: event::INSTALLATION.to_owned(),
                purpose: String::new(),
                subject: Some(*record.as_bytes()),
                at,
            });
        }
        event::record(tx, &events, &*self.randomness)?;
        Ok(events.len())
    }
}

/// The next versions in the order of their key.
fn slice(tx: &mut dyn Tx, after: Option<(PersonId, RecordId, i64)>) -> Result<Vec<Seen>, StoreError> {
    let (person, record, version) = match &after {
        Some((person, record, version)) => (&person.as_bytes()[..], &record.as_bytes()[..], *version),
        None => (&[][..], &[][..], 0),
    };
    let rows = tx.query(
        "SELECT person, record, version, kept_until, filed_at, \
         CAST(CASE WHEN wrapped_key IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM record_version \
         WHERE (person, record, version) > ($1, $2, $3) ORDER BY person, record, version LIMIT $4",
        &[
            Param::Blob(person),
            Param::Blob(record),
            Param::Int(version),
            Param::Int(SLICE as i64),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            let (person, record) = (
                PersonId::from_bytes(row.array()?),
                RecordId::from_bytes(row.array()?),
            );
            let version = row.int()?;
            let kept_until = row.opt_int()?;
            Ok(Seen {
                person,
                record,
                version,
                kept_until,
                longest: kept_until,
                filed_at: row.int()?,
                sealed: row.int()? == 1,
            })
        })
        .collect()
}
