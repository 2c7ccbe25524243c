//! Destroying what was kept long enough: key and content of every version, and certificates about it.
//!
//! A decision is kept as long as its latest version says: a later day that was a slip of the pen and was corrected keeps
//! nothing against anybody beyond the law's period. What speaks for a person (licences, training, commendations) is kept
//! as long as any of its versions asks for. Nothing is destroyed while its latest version can still be taken back: a slip
//! of the pen in a date destroys nothing that cannot be brought back. What is due is sought once a day, slice by slice,
//! in transactions that only read.
//!
//! What is destroyed is written apart first (`erasure`), so that it stays destroyed when an older copy of the
//! database is put back.
//!
//! With the last that is held about somebody go their key, name and identity number, in the same transaction:
//! their whole row. What stays is under their pseudonym, which follows from the number: that there were records,
//! what was done with them, and what a decision did to a licence. So they can still sign in and see it; and a
//! later filing makes them a new key. A certificate that still runs keeps the row until it ends, since its
//! holder is found by number and name. So does a letter that says that there is something in the inbox, until it has
//! left or half a day is over: without the key there is no address. A row that was kept for that is found by the next
//! day's walk.

use std::{collections::HashSet, sync::PoisonError};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::Offset};
use model::{PersonId, RecordId, RecordKind};
use profile::Profile;
use storage::{Access, Param, StoreError, Tx};

use crate::{
    Registry, RegistryError, day,
    erasure::{Planned, What},
    log, mail, person,
    record::{self, VersionHead},
};

/// How many versions one transaction looks at.
const SLICE: usize = 8_192;

/// How many records one transaction erases.
const AT_ONCE: usize = 1_000;

/// The last day on which the record of these versions, the oldest first, is kept, if its period ends.
pub(crate) fn kept_until<'a>(
    profile: &Profile,
    versions: impl IntoIterator<Item = &'a VersionHead>,
) -> Option<Date> {
    let mut versions = versions.into_iter();
    let first = Kept::by(versions.next()?);
    versions
        .map(Kept::by)
        .fold(first, Kept::then)
        .until(Window::of(profile))
}

/// What decides how long a record is kept, as far as its versions were looked at.
#[derive(Clone, Copy)]
struct Kept {
    kind: RecordKind,
    latest: Option<Date>,
    longest: Option<Date>,
    filed_at: Timestamp,
}

impl Kept {
    fn by(head: &VersionHead) -> Self {
        Self {
            kind: head.kind,
            latest: head.kept_until,
            longest: head.kept_until,
            filed_at: head.filed_at,
        }
    }

    fn then(self, next: Self) -> Self {
        Self {
            longest: self.longest.max(next.longest),
            filed_at: self.filed_at.max(next.filed_at),
            ..next
        }
    }

    fn until(&self, window: Window) -> Option<Date> {
        let asked = match self.kind {
            RecordKind::Decision => self.latest?,
            RecordKind::Licence | RecordKind::Training | RecordKind::Commendation => {
                self.latest.and(self.longest)?
            }
        };
        Some(asked.max(window.last_day(self.filed_at)))
    }
}

/// The time within which a submission can be taken back: the longest that the profile has, whichever holds for it.
#[derive(Clone, Copy)]
struct Window {
    length: SignedDuration,
    offset: Offset,
}

impl Window {
    fn of(profile: &Profile) -> Self {
        let hours = profile.take_back_hours.all().map(|(_, one)| one.number).max();
        Self {
            length: SignedDuration::from_hours(i64::from(hours.unwrap_or_default())),
            offset: jiff::tz::offset(profile.utc_offset_hours),
        }
    }

    /// The last day of it for what was filed then.
    fn last_day(self, filed_at: Timestamp) -> Date {
        let end = filed_at.checked_add(self.length).unwrap_or(Timestamp::MAX);
        self.offset.to_datetime(end).date()
    }
}

/// A record as far as its versions were looked at.
struct Seen {
    person: PersonId,
    record: RecordId,
    version: i64,
    kept: Kept,
    sealed: bool,
}

impl Seen {
    fn due(&self, limit: Limit) -> bool {
        self.sealed && self.kept.until(limit.window).is_some_and(|day| day < limit.today)
    }

    fn add(&mut self, next: &Self) {
        self.version = next.version;
        self.kept = self.kept.then(next.kept);
        self.sealed |= next.sealed;
    }
}

/// What the search for due records goes by.
#[derive(Clone, Copy)]
struct Limit {
    today: Date,
    window: Window,
}

/// A walk through all versions, person by person and record by record.
struct Walk {
    limit: Limit,
    /// The record that the walk has come to.
    last: Option<Seen>,
    /// Whether a record before that one, of the same person, holds content.
    holds: bool,
}

/// What a stretch of the walk found.
#[derive(Default)]
struct Found {
    /// Records that are due.
    due: Vec<(PersonId, RecordId)>,
    /// People of whom no record holds content.
    bare: Vec<PersonId>,
}

impl Walk {
    fn new(limit: Limit) -> Self {
        Self {
            limit,
            last: None,
            holds: false,
        }
    }

    /// The last version that was passed.
    fn place(&self) -> Option<(PersonId, RecordId, i64)> {
        self.last
            .as_ref()
            .map(|seen| (seen.person, seen.record, seen.version))
    }

    fn pass(&mut self, slice: Vec<Seen>) -> Found {
        let mut found = Found::default();
        for next in slice {
            match &mut self.last {
                Some(seen) if (seen.person, seen.record) == (next.person, next.record) => seen.add(&next),
                last => {
                    let person = next.person;
                    if let Some(whole) = last.replace(next) {
                        self.leave(&whole, Some(person), &mut found);
                    }
                }
            }
        }
        found
    }

    fn end(&mut self, found: &mut Found) {
        if let Some(whole) = self.last.take() {
            self.leave(&whole, None, found);
        }
    }

    /// Notes a record that was seen whole, and with the last of a person's records that person.
    fn leave(&mut self, whole: &Seen, next: Option<PersonId>, found: &mut Found) {
        self.holds |= whole.sealed;
        if whole.due(self.limit) {
            found.due.push((whole.person, whole.record));
        }
        if next != Some(whole.person) && !std::mem::take(&mut self.holds) {
            found.bare.push(whole.person);
        }
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
        let limit = Limit {
            today,
            window: Window::of(&self.profile),
        };
        let (mut erased, mut walk) = (0, Walk::new(limit));
        loop {
            let after = walk.place();
            let slice = self
                .store
                .run("due.seek", Access::Read, move |tx| slice(tx, after))?;
            let more = slice.len() == SLICE;
            let mut found = walk.pass(slice);
            if !more {
                walk.end(&mut found);
            }
            for part in found.due.chunks(AT_ONCE) {
                erased += self.erase(part.to_vec(), limit)?;
            }
            self.forget_bare(found.bare)?;
            if !more {
                break;
            }
        }
        self.erase_alone()?;
        *erased_on = Some(today);
        Ok(erased)
    }

    /// Destroys key and identity of those of these people, of whom no content is held, whose row is still there.
    fn forget_bare(&self, bare: Vec<PersonId>) -> Result<(), RegistryError> {
        if bare.is_empty() {
            return Ok(());
        }
        let still = self.store.run("due.seek-people", Access::Read, move |tx| {
            person::known(tx, &bare)
        })?;
        let still: Vec<PersonId> = still.into_iter().collect();
        for part in still.chunks(AT_ONCE) {
            let (this, part) = (self.clone(), part.to_vec());
            let planned = self.store.run("due.plan-people", Access::Read, move |tx| {
                let head = log::head(tx)? as u64;
                let erasures = this.bare(tx, &part, &HashSet::new())?;
                Ok::<_, RegistryError>(Planned { erasures, head })
            })?;
            self.destroy("due.forget-people", planned)?;
        }
        Ok(())
    }

    /// Erases those of these records that are still due, and with the last of somebody's their key and identity.
    /// Answers how many records.
    fn erase(&self, records: Vec<(PersonId, RecordId)>, limit: Limit) -> Result<usize, RegistryError> {
        let this = self.clone();
        let planned = self
            .store
            .run("due.plan", Access::Read, move |tx| this.plan(tx, &records, limit))?;
        let done = self.destroy("due.erase", planned)?;
        Ok(done
            .iter()
            .filter(|what| matches!(what, What::Record { .. }))
            .count())
    }

    /// What of these records is to be destroyed, decided from one state.
    fn plan(
        &self,
        tx: &mut dyn Tx,
        records: &[(PersonId, RecordId)],
        limit: Limit,
    ) -> Result<Planned, RegistryError> {
        let head = log::head(tx)? as u64;
        let (mut erasures, mut people, mut due) = (Vec::new(), Vec::new(), HashSet::new());
        for (person, record) in records {
            let versions = record::versions(tx, *person, *record)?;
            let kept = kept_until(&self.profile, versions.iter().map(|one| &one.head));
            let still = kept.is_some_and(|day| day < limit.today);
            let Some(latest) = versions.last().filter(|_| still) else {
                continue;
            };
            let what = What::Record {
                record: *record,
                version: latest.head.version,
            };
            erasures.push((*person, what));
            due.insert(*record);
            people.push(*person);
        }
        people.dedup();
        erasures.extend(self.bare(tx, &people, &due)?);
        Ok(Planned { erasures, head })
    }

    /// Those of these people of whom nothing is held and nothing runs any more, once these records are destroyed.
    fn bare(
        &self,
        tx: &mut dyn Tx,
        people: &[PersonId],
        due: &HashSet<RecordId>,
    ) -> Result<Vec<(PersonId, What)>, RegistryError> {
        let now = self.clock.now().as_second();
        let known = match people {
            [] => HashSet::new(),
            people => person::known(tx, people)?,
        };
        let mut bare = Vec::new();
        for person in people.iter().filter(|person| known.contains(person)) {
            let held = tx.query(
                "SELECT record FROM record_version WHERE person = $1 AND wrapped_key IS NOT NULL \
                 UNION SELECT record FROM certificate WHERE person = $1 AND wrapped_key IS NOT NULL",
                &[Param::Blob(person.as_bytes())],
            )?;
            let held = held
                .into_iter()
                .map(|mut row| row.array())
                .collect::<Result<Vec<_>, StoreError>>()?;
            let runs = tx.query(
                "SELECT certificate FROM certificate WHERE person = $1 AND revoked_at IS NULL AND expires_at > $2 \
                 LIMIT 1",
                &[Param::Blob(person.as_bytes()), Param::Int(now)],
            )?;
            // What is said in a procedure about one of these records goes with the record.
            let going = tx.query(
                "SELECT record FROM procedure WHERE person = $1 AND wrapped_key IS NOT NULL AND waits_for IS NOT NULL",
                &[Param::Blob(person.as_bytes())],
            )?;
            let going = going
                .into_iter()
                .map(|mut row| row.opt_blob())
                .collect::<Result<Vec<_>, StoreError>>()?;
            let goes = |record: &Option<Vec<u8>>| {
                let id = record.as_deref().and_then(|id| id.try_into().ok());
                id.is_some_and(|id| due.contains(&RecordId::from_bytes(id)))
            };
            // Who is told that a procedure ends with them, or was told of something since, gets the letter first.
            let told = !going.is_empty() && mail::has_address(tx, *person)?;
            let letter_first = told || mail::letter_first(tx, *person, self.clock.now())?;
            if runs.is_empty()
                && !letter_first
                && going.iter().all(goes)
                && held.iter().all(|id| due.contains(&RecordId::from_bytes(*id)))
            {
                bare.push((*person, What::Person));
            }
        }
        Ok(bare)
    }
}

/// The next versions in the order of their key.
fn slice(tx: &mut dyn Tx, after: Option<(PersonId, RecordId, i64)>) -> Result<Vec<Seen>, StoreError> {
    let (person, record, version) = match &after {
        Some((person, record, version)) => (&person.as_bytes()[..], &record.as_bytes()[..], *version),
        None => (&[][..], &[][..], 0),
    };
    let rows = tx.query(
        "SELECT person, record, version, kind, kept_until, filed_at, \
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
            let kind = row
                .text()?
                .parse()
                .map_err(|_| StoreError::Shape("a kind of record is expected"))?;
            let kept_until = row.opt_int()?.map(day::from_number).transpose()?;
            let filed_at = Timestamp::from_second(row.int()?);
            Ok(Seen {
                person,
                record,
                version,
                kept: Kept {
                    kind,
                    latest: kept_until,
                    longest: kept_until,
                    filed_at: filed_at.map_err(|_| StoreError::Shape("a time is expected"))?,
                },
                sealed: row.int()? == 1,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 4, 11);

    fn limit() -> Limit {
        Limit {
            today: TODAY,
            window: Window {
                length: SignedDuration::from_hours(72),
                offset: Offset::UTC,
            },
        }
    }

    fn kept(kind: RecordKind, kept_until: Date, filed_at: Timestamp) -> Kept {
        Kept {
            kind,
            latest: Some(kept_until),
            longest: Some(kept_until),
            filed_at,
        }
    }

    fn seen(person: u8, record: u8, version: i64, days_past: i64, sealed: bool) -> Seen {
        Seen {
            person: PersonId::from_bytes([person; 16]),
            record: RecordId::from_bytes([record; 16]),
            version,
            kept: kept(
                RecordKind::Licence,
                TODAY.saturating_sub(jiff::Span::new().days(days_past)),
                Timestamp::UNIX_EPOCH,
            ),
            sealed,
        }
    }

    /// The due records and the bare people of a walk in slices of this size.
    fn walk(size: usize) -> (Vec<(u8, u8)>, Vec<u8>) {
        let mut versions = vec![
            // Everything is destroyed already.
            seen(1, 1, 1, 50, false),
            seen(1, 2, 1, 50, false),
            // The first record is due, the second is not.
            seen(2, 1, 1, 50, true),
            seen(2, 2, 1, 50, true),
            seen(2, 2, 2, 0, true),
            // The last record is due.
            seen(3, 1, 1, 50, false),
            seen(3, 1, 2, 50, false),
            seen(3, 2, 1, 1, true),
            seen(4, 1, 1, 50, false),
        ];
        let (mut walk, mut due, mut bare) = (Walk::new(limit()), Vec::new(), Vec::new());
        let mut keep = |found: Found| {
            let ids = found
                .due
                .iter()
                .map(|(person, record)| (person.as_bytes()[0], record.as_bytes()[0]));
            due.extend(ids);
            bare.extend(found.bare.iter().map(|person| person.as_bytes()[0]));
        };
        while !versions.is_empty() {
            let rest = versions.split_off(size.min(versions.len()));
            keep(walk.pass(std::mem::replace(&mut versions, rest)));
        }
        let mut found = Found::default();
        walk.end(&mut found);
        keep(found);
        (due, bare)
    }

    #[test]
    fn a_walk_finds_the_same_however_it_is_cut() {
        for size in 1..=9 {
            assert_eq!(walk(size), (vec![(2, 1), (3, 2)], vec![1, 4]), "slices of {size}");
        }
    }

    #[test]
    fn a_later_day_that_was_corrected_keeps_a_decision_no_longer_and_a_licence_all_the_same() {
        let (slip, true_day) = (date(2041, 3, 1), date(2031, 3, 1));
        let (first, then) = (
            Timestamp::UNIX_EPOCH,
            Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24),
        );
        let until = |kind| {
            kept(kind, slip, first)
                .then(kept(kind, true_day, then))
                .until(limit().window)
        };
        assert_eq!(until(RecordKind::Decision), Some(true_day));
        for kind in [
            RecordKind::Licence,
            RecordKind::Training,
            RecordKind::Commendation,
        ] {
            assert_eq!(until(kind), Some(slip), "{kind}");
        }
    }

    #[test]
    fn nothing_is_destroyed_while_its_latest_version_can_be_taken_back() {
        let filed_at = date(2026, 4, 1)
            .at(22, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .unwrap()
            .timestamp();
        for kind in RecordKind::ALL {
            let until = kept(*kind, date(1926, 1, 1), filed_at).until(limit().window);
            assert_eq!(until, Some(date(2026, 4, 4)), "{kind}");
        }
    }
}
