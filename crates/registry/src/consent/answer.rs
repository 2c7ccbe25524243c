//! The person's steps: to answer a request, to pause, to resume, to take back. A representative may take them under a
//! mandate for consents; the entry names both, and the person is told.

use model::{
    ConsentId, EventId, NoticeId, PersonId,
    consent::{ConsentAnswer, ConsentStep},
    procedure::Speaker,
};
use storage::{Access, Tx};

use super::{ConsentError, Stored, store};
use crate::{
    MandateScope, NoticeKind, Registry, RegistryError,
    erasure::{Kind, Withdrawn},
    event::{self, By, Event, EventKind, INSTALLATION, SELF},
    mandate, notice,
};

impl Registry {
    /// Answers a request: grants it on the terms that were asked for or on narrower ones, or refuses. What is granted is
    /// cut to what the purpose allows today, however much it allowed when it was asked for.
    ///
    /// # Errors
    /// [`ConsentError`]: no such request, answered or over already, wider terms, or no mandate.
    pub async fn decide_consent(
        &self,
        person: PersonId,
        consent: ConsentId,
        answer: ConsentAnswer,
        by: Speaker,
    ) -> Result<(), ConsentError> {
        let kind = match &answer {
            ConsentAnswer::Granted(_) => EventKind::ConsentGranted,
            ConsentAnswer::Refused => EventKind::ConsentRefused,
        };
        let (this, today) = (self.clone(), self.today());
        self.take_consent_step(person, consent, by, kind, move |stored| {
            let ceiling = policy::consent_ceiling(&this.profile, &stored.given(&this), today);
            stored
                .consent
                .clone()
                .answer_below(&ceiling, answer.clone(), today)
        })
        .await
    }

    /// Lets a consent rest. In an older copy it rests too.
    ///
    /// # Errors
    /// [`ConsentError`]: no such consent, not granted or over, or no mandate.
    pub async fn pause_consent(
        &self,
        person: PersonId,
        consent: ConsentId,
        by: Speaker,
    ) -> Result<(), ConsentError> {
        let today = self.today();
        let what = (Kind::ConsentPaused, EventKind::ConsentPaused);
        self.take_consent_back(person, consent, by, what, move |stored| {
            stored.consent.clone().pause(today)
        })
        .await
    }

    /// Lets a consent that rests be used again.
    ///
    /// # Errors
    /// [`ConsentError`]: no such consent, not resting or over, or no mandate.
    pub async fn resume_consent(
        &self,
        person: PersonId,
        consent: ConsentId,
        by: Speaker,
    ) -> Result<(), ConsentError> {
        let today = self.today();
        self.take_consent_step(person, consent, by, EventKind::ConsentResumed, move |stored| {
            stored.consent.clone().resume(today)
        })
        .await
    }

    /// Takes a consent back. The next look under it is refused, and no older copy brings it back.
    ///
    /// # Errors
    /// [`ConsentError`]: no such consent, nothing to take back, or no mandate.
    pub async fn revoke_consent(
        &self,
        person: PersonId,
        consent: ConsentId,
        by: Speaker,
    ) -> Result<(), ConsentError> {
        let what = (Kind::Consent, EventKind::ConsentRevoked);
        self.take_consent_back(person, consent, by, what, |stored| {
            stored.consent.clone().revoke()
        })
        .await
    }

    /// A step after which nobody looks, which is written apart.
    async fn take_consent_back(
        &self,
        person: PersonId,
        id: ConsentId,
        by: Speaker,
        (what, kind): (Kind, EventKind),
        step: impl Fn(&Stored) -> ConsentStep + Clone + Send + 'static,
    ) -> Result<(), ConsentError> {
        let (this, today, same) = (self.clone(), self.today(), step.clone());
        let plan = move |tx: &mut dyn Tx| {
            let stored = store::find(tx, person, id)?.ok_or(ConsentError::Unknown)?;
            same(&stored).map_err(|stays| ConsentError::Fault(stays.why))?;
            if let Speaker::Representative(mandate) = by {
                mandate::acting(tx, person, mandate, MandateScope::Consents, today)?;
            }
            Ok(vec![Withdrawn::of_person(what, person, id.as_bytes())])
        };
        self.withdraw_async("consent.step", plan, move |tx| {
            this.put_consent_step(tx, (person, id), by, kind, &step)
        })
        .await
    }

    async fn take_consent_step(
        &self,
        person: PersonId,
        id: ConsentId,
        by: Speaker,
        kind: EventKind,
        step: impl Fn(&Stored) -> ConsentStep + Send + 'static,
    ) -> Result<(), ConsentError> {
        let this = self.clone();
        self.store
            .run_async("consent.step", Access::Write, move |tx| {
                this.put_consent_step(tx, (person, id), by, kind, &step)
            })
            .await
    }

    fn put_consent_step(
        &self,
        tx: &mut dyn Tx,
        (person, id): (PersonId, ConsentId),
        by: Speaker,
        kind: EventKind,
        step: impl Fn(&Stored) -> ConsentStep,
    ) -> Result<(), ConsentError> {
        let stored = store::find(tx, person, id)?.ok_or(ConsentError::Unknown)?;
        let consent = step(&stored).map_err(|stays| ConsentError::Fault(stays.why))?;
        store::update(tx, person, id, &consent, self.clock.now())?;
        self.log_consent_step(tx, person, id, by, kind, &stored.purpose)
    }

    fn log_consent_step(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        id: ConsentId,
        by: Speaker,
        kind: EventKind,
        purpose: &str,
    ) -> Result<(), ConsentError> {
        let at = self.clock.now();
        let mandate = match by {
            Speaker::Person => None,
            Speaker::Representative(mandate) => {
                let representative =
                    mandate::acting(tx, person, mandate, MandateScope::Consents, self.today())?;
                let notice = NoticeId::new(at, &*self.randomness).map_err(RegistryError::from)?;
                let told = NoticeKind::ConsentByRepresentative;
                notice::put(tx, person, notice, told, *id.as_bytes(), at)?;
                Some((mandate, representative))
            }
        };
        let event = Event {
            id: EventId::new(at, &*self.randomness).map_err(RegistryError::from)?,
            person,
            kind,
            actor: SELF.to_owned(),
            purpose: purpose.to_owned(),
            subject: Some(*id.as_bytes()),
            at,
        };
        let randomness = &*self.randomness;
        match mandate {
            None => event::record(tx, &[event], randomness)?,
            Some(_) => {
                event::record_by(tx, &event, &By { staff: None, mandate }, randomness)?;
            }
        }
        Ok(())
    }
}

/// Takes a consent back that an older copy still has, or lets it rest there.
pub(crate) fn again(
    tx: &mut dyn Tx,
    this: &Registry,
    (person, id): (PersonId, ConsentId),
    for_good: bool,
) -> Result<bool, RegistryError> {
    let Some(stored) = store::find(tx, person, id)? else {
        return Ok(false);
    };
    let (kind, step) = if for_good {
        (EventKind::ConsentRevoked, stored.consent.revoke())
    } else {
        (EventKind::ConsentPaused, stored.consent.pause(this.today()))
    };
    let Ok(consent) = step else { return Ok(false) };
    let at = this.clock.now();
    store::update(tx, person, id, &consent, at)?;
    let event = Event {
        id: EventId::new(at, &*this.randomness)?,
        person,
        kind,
        actor: INSTALLATION.to_owned(),
        purpose: stored.purpose,
        subject: Some(*id.as_bytes()),
        at,
    };
    event::record(tx, &[event], &*this.randomness)?;
    Ok(true)
}
