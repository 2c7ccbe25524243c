//! The person's steps: to answer a request, to pause, to resume, to take back. A representative may take them under a
//! mandate for consents; the entry names both, and the person is told.

use model::{
    ConsentId, EventId, NoticeId, PersonId,
    consent::{Consent, ConsentAnswer, ConsentStep},
    procedure::Speaker,
};
use storage::{Access, Tx};

use super::{ConsentError, store};
use crate::{
    MandateScope, NoticeKind, Registry, RegistryError,
    event::{self, By, Event, EventKind, SELF},
    mandate, notice,
};

impl Registry {
    /// Answers a request: grants it on the terms that were asked for or on narrower ones, or refuses.
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
        let today = self.today();
        self.take_consent_step(person, consent, by, kind, move |stored| {
            stored.answer(answer.clone(), today)
        })
        .await
    }

    /// Lets a consent rest.
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
        self.take_consent_step(person, consent, by, EventKind::ConsentPaused, move |stored| {
            stored.pause(today)
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
            stored.resume(today)
        })
        .await
    }

    /// Takes a consent back. The next look under it is refused.
    ///
    /// # Errors
    /// [`ConsentError`]: no such consent, nothing to take back, or no mandate.
    pub async fn revoke_consent(
        &self,
        person: PersonId,
        consent: ConsentId,
        by: Speaker,
    ) -> Result<(), ConsentError> {
        self.take_consent_step(person, consent, by, EventKind::ConsentRevoked, Consent::revoke)
            .await
    }

    async fn take_consent_step(
        &self,
        person: PersonId,
        id: ConsentId,
        by: Speaker,
        kind: EventKind,
        step: impl Fn(Consent) -> ConsentStep + Send + 'static,
    ) -> Result<(), ConsentError> {
        let this = self.clone();
        self.store
            .run_async("consent.step", Access::Write, move |tx| {
                let stored = store::find(tx, person, id)?.ok_or(ConsentError::Unknown)?;
                let consent = step(stored.consent).map_err(|stays| ConsentError::Fault(stays.why))?;
                let at = this.clock.now();
                store::update(tx, person, id, &consent, at)?;
                this.log_consent_step(tx, person, id, by, kind, &stored.purpose)
            })
            .await
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
