//! What came to nothing: a look that was refused or found nobody, a request for consent that was refused. Its entry is
//! on disk like that of any look; a known person is told of it, and reviewers look into it by the same rules.
//!
//! Floods stay small. A person is told once a day of the same: body, member of staff and reason. Reviewers find it in
//! the queue once for each cause, until it is closed. Every single one has its entry and shows in the person's file.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use model::{EventId, NoticeId, PersonId};
use storage::{Param, StoreError, Tx};

use super::{
    InquiryRequest, Under,
    inquire::{Wish, by, subject},
    queue::Asked,
    store, wait,
};
use crate::{
    NoticeKind, Registry, RegistryError, ReviewCase, alert,
    event::{self, By, Event, EventKind, Looked},
    leaf::{self, Salt},
    log, notice,
    oversight::{self, Change},
    person, record,
    staff::Asking,
};

/// Something that came to nothing, about somebody who is known.
pub(crate) struct Fruitless<'a> {
    pub(crate) person: PersonId,
    pub(crate) event: EventId,
    pub(crate) kind: EventKind,
    pub(crate) body: &'a str,
    /// None: nobody is named who asked so.
    pub(crate) staff: Option<&'a str>,
    pub(crate) outcome: &'a str,
    /// When it was asked.
    pub(crate) at: Timestamp,
}

impl Registry {
    /// Writes a look that nothing was shown to, tells whom it was at, and puts it to the reviewers.
    pub(super) fn log_fruitless(
        &self,
        tx: &mut dyn Tx,
        wish: &Wish,
        asking: &Asking,
        (kind, outcome): (EventKind, &str),
    ) -> Result<(), RegistryError> {
        let request = &wish.request;
        let body = request.authority.as_str();
        let Some((person, name_mac)) = wish.person else {
            // It is about nobody.
            let staff = asking.staff.as_deref();
            self.body_step(tx, Change::NumberMalformed, body, staff, wish.at)?;
            return Ok(());
        };
        let event = Event {
            id: wish.look,
            person,
            kind,
            actor: body.to_owned(),
            purpose: self.registered(&request.purpose),
            subject: subject(request),
            at: wish.at,
        };
        let closed = person::find_closed(tx, person)?;
        let known = closed.is_some() || is_known(tx, person)?;
        let named = closed.as_ref().is_some_and(|closed| closed.name_mac == name_mac);
        // The words of a refused look under another name may be about somebody else: nobody keeps them. Of one that
        // found nobody reviewers read them, and the person does not.
        let sealed_case = match closed {
            Some(closed) if named || kind == EventKind::LookFoundNothing => {
                self.sealed_case(request, &closed.open(&self.keys)?.key, (person, wish.look))?
            }
            _ => None,
        };
        self.put_fruitless(tx, &event, &by(asking), outcome, sealed_case.as_deref())?;
        if !known {
            return Ok(());
        }
        let waits = self.fruitless_waits(wish);
        let fruitless = Fruitless {
            person,
            event: wish.look,
            kind,
            body,
            staff: asking.staff.as_deref(),
            outcome,
            at: wish.at,
        };
        if waits > 0 {
            let days = jiff::Span::new().days(i64::from(waits));
            wait::put(tx, person, wish.look, wish.today.saturating_add(days))?;
        } else {
            self.tell_fruitless(tx, &fruitless, wish.at)?;
            // Without this it would show as late as the law of the purpose lets it.
            if self.delay_of(wish) > 0 {
                wait::put_told(tx, person, wish.look, wish.today, wish.at)?;
            }
        }
        let asked = Asked {
            person,
            body,
            by_law: matches!(request.under, Under::Law { .. }),
            colleague: asking.colleague,
            waits: waits > 0,
            at: wish.at,
        };
        let causes = self.causes(tx, &asked)?;
        self.queue_fruitless(tx, &fruitless, causes)
    }

    /// Writes that a request for consent was refused, and tells whom it would have asked. Of somebody unknown nothing is
    /// kept.
    pub(crate) fn log_refused_ask(
        &self,
        tx: &mut dyn Tx,
        fruitless: &Fruitless<'_>,
        purpose: &str,
    ) -> Result<(), RegistryError> {
        let known = person::find_closed(tx, fruitless.person)?.is_some();
        if !known && !is_known(tx, fruitless.person)? {
            return Ok(());
        }
        let event = Event {
            id: fruitless.event,
            person: fruitless.person,
            kind: fruitless.kind,
            actor: fruitless.body.to_owned(),
            purpose: self.registered(purpose),
            subject: None,
            at: fruitless.at,
        };
        let by = By {
            staff: fruitless.staff.map(str::to_owned),
            mandate: None,
        };
        self.put_fruitless(tx, &event, &by, fruitless.outcome, None)?;
        self.tell_fruitless(tx, fruitless, fruitless.at)
    }

    fn put_fruitless(
        &self,
        tx: &mut dyn Tx,
        event: &Event,
        by: &By,
        outcome: &str,
        sealed_case: Option<&[u8]>,
    ) -> Result<(), RegistryError> {
        let salt: Salt = leaf::salt(&*self.randomness)?;
        let entry = leaf::entry(&salt, &leaf::event_statement_by(event, by));
        let place = log::append(tx, &[entry])?;
        let looked = Looked {
            outcome: Some(outcome),
            sealed_case,
            ..Looked::default()
        };
        event::insert(tx, event, by, (&salt, place), Some(&looked))?;
        Ok(())
    }

    /// What is no purpose may be any text; it is not kept.
    fn registered(&self, purpose: &str) -> String {
        let registered = self.profile.purposes.contains_key(purpose);
        if registered {
            purpose.to_owned()
        } else {
            String::new()
        }
    }

    /// The case and the reason of a look under a law, sealed under the person's key.
    pub(super) fn sealed_case(
        &self,
        request: &InquiryRequest,
        key: &keys::DataKey,
        (person, look): (PersonId, EventId),
    ) -> Result<Option<Vec<u8>>, RegistryError> {
        let Under::Law {
            case_reference,
            reason,
            ..
        } = &request.under
        else {
            return Ok(None);
        };
        let case = ReviewCase {
            case_reference: case_reference.clone(),
            reason: reason.clone(),
        };
        store::seal_case(key, person, look, &case, &*self.randomness).map(Some)
    }

    /// The days that the law of the purpose lets a look wait. Only who may use the purpose has them.
    fn delay_of(&self, wish: &Wish) -> u32 {
        let purpose = self.profile.purposes.get(&wish.request.purpose);
        purpose
            .filter(|purpose| purpose.who.contains(&wish.request.authority))
            .and_then(|purpose| purpose.delay.as_ref())
            .map_or(0, |delay| delay.on(wish.today).days)
    }

    /// How many days the notice waits: as long as that of a look that is answered would.
    fn fruitless_waits(&self, wish: &Wish) -> u32 {
        wish.request.under.waits(self.delay_of(wish))
    }

    /// Tells a person, unless they were told of the same on the day on which it was asked.
    pub(super) fn tell_fruitless(
        &self,
        tx: &mut dyn Tx,
        fruitless: &Fruitless<'_>,
        at: Timestamp,
    ) -> Result<(), RegistryError> {
        let kind = match fruitless.kind {
            EventKind::LookFoundNothing => NoticeKind::LookFoundNothing,
            EventKind::ConsentAskRefused => NoticeKind::ConsentAskRefused,
            _ => NoticeKind::LookRefused,
        };
        let (from, until) = span_of(self.day_of(fruitless.at), &self.time_zone);
        let told = tx.query(
            "SELECT event FROM event WHERE person = $1 AND kind = $2 AND at >= $3 AND at < $4 AND actor = $5 \
             AND COALESCE(staff, '') = $6 AND outcome = $7 AND EXISTS (SELECT 1 FROM notice \
             WHERE notice.person = event.person AND notice.subject = event.event AND notice.kind = event.kind) LIMIT 1",
            &[
                Param::Blob(fruitless.person.as_bytes()),
                // The notice and what it is of have one word.
                Param::Text(kind.as_str()),
                Param::Int(from),
                Param::Int(until),
                Param::Text(fruitless.body),
                Param::Text(fruitless.staff.unwrap_or_default()),
                Param::Text(fruitless.outcome),
            ],
        )?;
        if !told.is_empty() {
            return Ok(());
        }
        let id = NoticeId::new(at, &*self.randomness)?;
        let subject = *fruitless.event.as_bytes();
        Ok(notice::put(tx, fruitless.person, id, kind, subject, at)?)
    }

    /// Puts what came to nothing to the reviewers, for causes for which the same of today does not wait for them.
    fn queue_fruitless(
        &self,
        tx: &mut dyn Tx,
        fruitless: &Fruitless<'_>,
        mut causes: Vec<oversight::Cause>,
    ) -> Result<(), RegistryError> {
        if causes.is_empty() {
            return Ok(());
        }
        let (from, _) = span_of(self.day_of(fruitless.at), &self.time_zone);
        let staff = fruitless.staff.unwrap_or_default();
        let same = (fruitless.body, staff, fruitless.outcome);
        let waiting = oversight::waiting_causes(tx, fruitless.person, same, from)?;
        causes.retain(|cause| !waiting.contains(cause));
        if causes.is_empty() {
            return Ok(());
        }
        let by = (fruitless.body, staff);
        Ok(oversight::put_item(
            tx,
            fruitless.person,
            fruitless.event,
            by,
            &causes,
            fruitless.at,
        )?)
    }
}

/// Whether anything is held about somebody who has no key: their records are all erased, or they are known by an alert
/// alone.
fn is_known(tx: &mut dyn Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(!record::of_person(tx, person)?.is_empty() || alert::told_of(tx, person)?)
}

/// From when until before when a day is, in seconds after 1970.
fn span_of(day: Date, zone: &TimeZone) -> (i64, i64) {
    let start = |day: Date, at_the_edge: i64| {
        let start = day.to_zoned(zone.clone());
        // Only a day at the edge of what a clock can show has no start.
        start.map_or(at_the_edge, |start| start.timestamp().as_second())
    };
    let next = day.saturating_add(jiff::Span::new().days(1));
    (start(day, i64::MIN), start(next, i64::MAX))
}
