//! A body asks for consent. It is answered the same whether or not anybody is known under the number: the request
//! waits until the person signs in and decides, or until its last day is over.

use std::sync::Arc;

use jiff::civil::Date;
use model::{
    ConsentId, EventId, NoticeId, PersonId,
    consent::{Consent, FieldsByKind},
};
use policy::{ConsentRequest, Refusal};
use storage::Tx;

use super::{ConsentError, store};
use crate::{
    NoticeKind, Registry, RegistryError,
    erasure::Withdrawn,
    event::{self, By, Event, EventKind},
    look, notice, staff,
};

/// A body's wish to be allowed to look at one person.
#[derive(Clone)]
pub struct ConsentAsk {
    /// The body: an inquirer, or an authority.
    pub body: String,
    /// The name of the key that the request was signed with, which is one of a member of staff.
    pub asker: String,
    /// The registered purpose.
    pub purpose: String,
    /// The one profession.
    pub profession: String,
    /// The fields, by kind of record.
    pub fields: FieldsByKind,
    /// The first day. None: today.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// How many looks. None: one.
    pub looks: Option<u32>,
    /// How many days an answer is kept.
    pub keep_answer_days: u32,
    /// The identity number, as written.
    pub id_number: String,
    /// The name, as written. A look under the consent has to give the right one.
    pub name: String,
    /// The nonce of the signed request and until when it is remembered, in seconds after 1970.
    pub nonce: Option<(String, i64)>,
}

impl Registry {
    /// Asks a person for consent. The answer says nothing about whether the person is known.
    ///
    /// # Errors
    /// [`ConsentError`]: the rules refuse it, number or name are malformed, or a replay.
    pub async fn ask_consent(&self, ask: ConsentAsk) -> Result<ConsentId, ConsentError> {
        let number = self
            .profile
            .identity
            .check(&ask.id_number)
            .map_err(|_| ConsentError::Identity)?;
        if ask.name.trim().is_empty() {
            return Err(ConsentError::Identity);
        }
        let person = self.keys.person(&number.canonical);
        let (this, ask) = (self.clone(), Arc::new(ask));
        let asked = self
            .run_attempt("consent.ask", move |tx, stops| {
                this.write_ask(tx, &ask, person, stops)
            })
            .await?;
        // What was refused is counted all the same, and at a ceiling leads on.
        asked.map_err(ConsentError::Refused)
    }

    fn write_ask(
        &self,
        tx: &mut dyn Tx,
        ask: &ConsentAsk,
        person: PersonId,
        stops: &mut Vec<Withdrawn>,
    ) -> Result<Result<ConsentId, Refusal>, ConsentError> {
        if let Some((nonce, expires_at)) = &ask.nonce
            && !look::remember_nonce(tx, &ask.asker, nonce, *expires_at)?
        {
            return Err(ConsentError::Replayed);
        }
        let (at, today) = (self.clock.now(), self.today());
        let asking = staff::asking(tx, &ask.body, &ask.asker, Some(person))?;
        // Nobody is pestered: requests count as looks do.
        let attempt = look::Attempt {
            body: &ask.body,
            asking: &asking,
            purpose: &ask.purpose,
            today,
            at,
        };
        let counted = self.count_attempt(tx, &attempt)?;
        let asker = look::account(&asking, &counted);
        let request = ConsentRequest {
            body: &ask.body,
            purpose: &ask.purpose,
            profession: &ask.profession,
            fields: &ask.fields,
            from: ask.from,
            until: ask.until,
            looks: ask.looks,
            keep_answer_days: ask.keep_answer_days,
            today,
        };
        let terms = match policy::decide_consent_request(&self.profile, &request, asker) {
            Ok(terms) => terms,
            Err(refusal) => {
                *stops = self.count_refusal(tx, &attempt, &counted, refusal)?;
                let refused = look::Fruitless {
                    person,
                    event: EventId::new(at, &*self.randomness).map_err(RegistryError::from)?,
                    kind: EventKind::ConsentAskRefused,
                    body: &ask.body,
                    staff: asking.staff.as_deref(),
                    outcome: refusal.code(),
                    at,
                };
                self.log_refused_ask(tx, &refused, &ask.purpose)?;
                return Ok(Err(refusal));
            }
        };
        let id = ConsentId::new(at, &*self.randomness).map_err(RegistryError::from)?;
        let stored = store::Stored {
            person,
            id,
            body: ask.body.clone(),
            purpose: ask.purpose.clone(),
            consent: Consent::ask(terms),
            asked_at: at,
        };
        store::insert(tx, &stored)?;
        let event = Event {
            id: EventId::new(at, &*self.randomness).map_err(RegistryError::from)?,
            person,
            kind: EventKind::ConsentAsked,
            actor: ask.body.clone(),
            purpose: ask.purpose.clone(),
            subject: Some(*id.as_bytes()),
            at,
        };
        let by = By {
            staff: asking.staff,
            mandate: None,
        };
        event::record_by(tx, &event, &by, &*self.randomness)?;
        let notice = NoticeId::new(at, &*self.randomness).map_err(RegistryError::from)?;
        notice::put(tx, person, notice, NoticeKind::ConsentAsked, *id.as_bytes(), at)?;
        Ok(Ok(id))
    }
}
