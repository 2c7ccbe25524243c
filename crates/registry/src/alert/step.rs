//! Bringing alerts in step with the decisions that they are about.

use std::collections::HashSet;

use jiff::{Timestamp, civil::Date};
use model::{AlertId, EventId, NoticeId, PersonId, RecordId, RecordKind, RecordStatus, VersionKind};
use profile::LicenceEffect;
use storage::{Param, Tx};

use super::{
    AlertContent, EFFECTS, peer,
    stored::{self, COLUMNS, HERE, NewAlert, Stored},
};
use crate::{
    Registry, RegistryError, day,
    dispute_flags::Flags,
    effect,
    event::{self, Event, EventKind},
    notice::{self, NoticeKind},
    person,
    record::{self, VersionHead},
    view,
};

/// How many alerts are closed in one transaction because their day is over.
const AT_ONCE: i64 = 500;

/// Whether others are alerted to a decision that stands so.
fn alerts(head: &VersionHead) -> bool {
    head.kind == RecordKind::Decision
        && matches!(head.change, VersionKind::Filed | VersionKind::Corrected)
        && effect::word(head.effect).is_some_and(|word| EFFECTS.contains(&word))
}

/// Brings the alerts about these records in step with what is stored of them now: opens, revises or closes. In
/// the transaction of whatever changed them; doing it again changes nothing.
pub(crate) fn in_step(
    tx: &mut dyn Tx,
    this: &Registry,
    touched: impl Iterator<Item = (PersonId, RecordId)>,
) -> Result<(), RegistryError> {
    let touched: HashSet<(PersonId, RecordId)> = touched.collect();
    let mut people: Vec<PersonId> = touched.iter().map(|(person, _)| *person).collect();
    people.sort_unstable();
    people.dedup();
    let concerned = |head: &VersionHead| touched.contains(&(head.person, head.record));
    in_step_where(tx, this, &people, &concerned)
}

/// The same for those decisions about these people that are `concerned`.
pub(super) fn in_step_where(
    tx: &mut dyn Tx,
    this: &Registry,
    people: &[PersonId],
    concerned: &dyn Fn(&VersionHead) -> bool,
) -> Result<(), RegistryError> {
    if people.is_empty() {
        return Ok(());
    }
    let mut open = stored::own_open(tx, people)?;
    let heads = record::heads(tx, people)?;
    for head in record::latest(&heads, RecordKind::Decision) {
        let existing = open.remove(&head.record);
        if concerned(head) && (alerts(head) || existing.is_some()) {
            step(tx, this, head, existing)?;
        }
    }
    Ok(())
}

fn step(
    tx: &mut dyn Tx,
    this: &Registry,
    head: &VersionHead,
    existing: Option<Stored>,
) -> Result<(), RegistryError> {
    match (existing, wanted(tx, this, head)?) {
        (None, None) => Ok(()),
        (None, Some(content)) => open(tx, this, head, &content),
        (Some(old), Some(content)) => {
            receivers_in_step(tx, this, &old)?;
            if old.open(&this.keys)?.as_ref() == Some(&content) {
                return Ok(());
            }
            revise(tx, this, &old, &content)
        }
        (Some(old), None) => close(tx, this, &old),
    }
}

/// What an alert about a decision has to say today. None: there has to be none.
fn wanted(
    tx: &mut dyn Tx,
    this: &Registry,
    head: &VersionHead,
) -> Result<Option<AlertContent>, RegistryError> {
    if !alerts(head) {
        return Ok(None);
    }
    let Some(known) = person::find_one(tx, &this.keys, head.person)? else {
        return Ok(None);
    };
    let versions = record::versions(tx, head.person, head.record)?;
    let today = this.today();
    let views = view::records(&this.profile, today, &known.key, &versions)?;
    let Some(view) = views.first() else {
        return Ok(None);
    };
    // A revocation is for good.
    let restricted = view
        .days
        .restricts_until
        .filter(|_| head.effect != LicenceEffect::Revokes);
    let over = restricted.is_some_and(|last| last < today);
    if over || !matches!(view.status, RecordStatus::InForce | RecordStatus::Pending) {
        return Ok(None);
    }
    let identity = known.identity(head.person)?;
    let flags = Flags::load(tx, head.person)?;
    let language = this.profile.languages.first().copied();
    let authority_name = this.profile.body_name(&head.authority);
    Ok(Some(AlertContent {
        name: identity.name,
        number: identity.number,
        profession: head.profession.to_string(),
        authority: head.authority.to_string(),
        authority_name: authority_name.map_or_else(String::new, |name| {
            language
                .map_or(name.en.as_str(), |language| name.get(language))
                .to_owned()
        }),
        effect: effect::word(head.effect).unwrap_or_default().to_owned(),
        starts_on: view.days.starts_on,
        ends_on: restricted.into_iter().chain(view.days.shown_until).min(),
        disputed: flags.disputed().contains(&head.record),
        withheld: flags.withheld(today).contains(&head.record),
    }))
}

/// The authorities here that license a profession, without the one that decided.
pub(super) fn licensing<'a>(
    this: &'a Registry,
    profession: &'a str,
    without: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let all = this.profile.authorities.values();
    all.filter(move |one| one.professions.contains(profession) && Some(one.id.as_str()) != without)
        .map(|one| one.id.as_str())
}

/// Whether an authority here licenses a profession.
pub(super) fn licenses(this: &Registry, authority: &str, profession: &str) -> bool {
    licensing(this, profession, None).any(|one| one == authority)
}

fn open(
    tx: &mut dyn Tx,
    this: &Registry,
    head: &VersionHead,
    content: &AlertContent,
) -> Result<(), RegistryError> {
    if receivers(tx, this, &head.profession, Some(&head.authority))?.is_empty() {
        return Ok(());
    }
    let (at, randomness) = (this.clock.now(), &*this.randomness);
    let alert = AlertId::new(at, randomness)?;
    let new = NewAlert {
        person: head.person,
        alert,
        source: HERE,
        remote: None,
        record: Some(head.record),
        revision: at.as_second(),
        content,
        sealed: stored::seal(&this.keys, head.person, alert, content, randomness)?,
        at,
    };
    let opened = stored::insert(tx, new)?;
    tell(tx, this, head.person, NoticeKind::AlertSent, opened.subject())?;
    add_receivers(tx, this, &opened)?;
    Ok(())
}

/// Who is told of the decisions of this installation in a profession, each with whether it is a peer: the authorities
/// here that license it, without the one that decided, and the peers that are registered for it.
pub(super) fn receivers(
    tx: &mut dyn Tx,
    this: &Registry,
    profession: &str,
    without: Option<&str>,
) -> Result<Vec<(String, bool)>, RegistryError> {
    let authorities = licensing(this, profession, without).map(|id| (id.to_owned(), false));
    let peers = peer::sent_to(tx, profession)?.into_iter().map(|id| (id, true));
    Ok(authorities.chain(peers).collect())
}

/// Closes an alert that stands for those who do not license its profession any more, adds those who have become receivers
/// of it, and tells the person, once for all of either.
pub(super) fn receivers_in_step(
    tx: &mut dyn Tx,
    this: &Registry,
    alert: &Stored,
) -> Result<(), RegistryError> {
    let mut gone = stored::receivers(tx, alert)?;
    gone.retain(|receiver, peer| !*peer && !licenses(this, receiver, &alert.profession));
    for authority in gone.keys() {
        stored::close_for(tx, alert, authority, this.clock.now())?;
    }
    if !gone.is_empty() {
        let kind = NoticeKind::AlertReceiverClosed;
        tell(tx, this, alert.person, kind, alert.subject())?;
    }
    if add_receivers(tx, this, alert)? {
        let kind = NoticeKind::AlertReceiverAdded;
        tell(tx, this, alert.person, kind, alert.subject())?;
    }
    Ok(())
}

/// Adds those who are to be told of an alert and are not among its receivers yet. Where it comes from elsewhere,
/// those are authorities here alone. Answers whether there were any.
pub(super) fn add_receivers(tx: &mut dyn Tx, this: &Registry, alert: &Stored) -> Result<bool, RegistryError> {
    let here = alert.source == HERE;
    let mut missing = if here {
        receivers(tx, this, &alert.profession, Some(&alert.authority))?
    } else {
        let authorities = licensing(this, &alert.profession, None);
        authorities.map(|id| (id.to_owned(), false)).collect()
    };
    let there = stored::receivers(tx, alert)?;
    missing.retain(|(receiver, _)| !there.contains_key(receiver));
    let sent = &this.profile.procedures.alert_sent;
    let due_on = here.then(|| sent.due_on(this.today(), &this.profile.calendar));
    for (receiver, peer) in &missing {
        let to = (receiver.as_str(), *peer);
        stored::add_receiver(tx, alert, to, due_on.flatten(), this.clock.now())?;
    }
    // That a peer is told is put down before it is, which may be later.
    let authorities = missing.iter().filter(|(_, peer)| !peer);
    let names = authorities.map(|(receiver, _)| receiver.as_str());
    record_sent(tx, this, alert.person, alert.subject(), names)?;
    Ok(!missing.is_empty())
}

/// Tells the person.
pub(super) fn tell(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    kind: NoticeKind,
    subject: [u8; 16],
) -> Result<(), RegistryError> {
    let at = this.clock.now();
    let id = NoticeId::new(at, &*this.randomness)?;
    Ok(notice::put(tx, person, id, kind, subject, at)?)
}

/// Writes for the person to see that these got an alert, each an event of its own.
pub(super) fn record_sent<'a>(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    subject: [u8; 16],
    receivers: impl Iterator<Item = &'a str>,
) -> Result<(), RegistryError> {
    let (at, randomness) = (this.clock.now(), &*this.randomness);
    let sent = |receiver: &str| {
        Ok(Event {
            id: EventId::new(at, randomness)?,
            person,
            kind: EventKind::AlertSent,
            actor: receiver.to_owned(),
            purpose: "alert".to_owned(),
            subject: Some(subject),
            at,
        })
    };
    let events = receivers.map(sent).collect::<Result<Vec<_>, RegistryError>>()?;
    event::record(tx, &events, randomness)
}

/// The revision after an alert's present one; its first counts from the clock too. An older copy of the database that was put back knows of fewer than
/// peers were told: counted from the clock, a new one is later than all of them.
fn next_revision(old: &Stored, at: Timestamp) -> i64 {
    at.as_second().max(old.revision + 1)
}

fn revise(
    tx: &mut dyn Tx,
    this: &Registry,
    old: &Stored,
    content: &AlertContent,
) -> Result<(), RegistryError> {
    let (at, sealed) = (
        this.clock.now(),
        stored::seal(&this.keys, old.person, old.alert, content, &*this.randomness)?,
    );
    stored::revise(tx, old, next_revision(old, at), content, &sealed)?;
    Ok(stored::remind(tx, old, at)?)
}

/// Closes an alert wherever it went, and tells the person.
pub(super) fn close(tx: &mut dyn Tx, this: &Registry, old: &Stored) -> Result<(), RegistryError> {
    let at = this.clock.now();
    // The revisions of an alert from elsewhere are its source's.
    let revision = if old.source == HERE {
        next_revision(old, at)
    } else {
        old.revision
    };
    stored::close(tx, old, revision, at)?;
    tell(tx, this, old.person, NoticeKind::AlertClosed, old.subject())
}

/// Closes some of the alerts whose last day is over, from here and from elsewhere. Answers whether there may be
/// more.
pub(crate) fn close_due(tx: &mut dyn Tx, this: &Registry, today: Date) -> Result<bool, RegistryError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE closed_at IS NULL AND ends_on < $1 ORDER BY ends_on LIMIT $2"
    );
    let rows = tx.query(&sql, &[Param::Int(day::to_number(today)), Param::Int(AT_ONCE)])?;
    let more = rows.len() as i64 == AT_ONCE;
    for mut row in rows {
        close(tx, this, &stored::read(&mut row)?)?;
    }
    Ok(more)
}
