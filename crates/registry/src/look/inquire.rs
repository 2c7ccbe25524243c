//! The look itself: one transaction that decides, writes the entry and reads; when it is on disk, the answer.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use model::{EventId, PersonId, RecordId};
use policy::{Asker, Grant, Refusal};
use ring::digest;
use storage::{StoreError, Tx};

use super::{
    InquiryAnswer, InquiryError, InquiryRequest, LookReceipt, SeenRecord, Under,
    ceiling::{Attempt, Counted},
    queue::Asked,
    store, wait,
};
use crate::{
    Registry, RegistryError, consent,
    dispute_flags::Flags,
    erasure::Withdrawn,
    event::{self, Event, EventKind, Looked},
    leaf::{self, Salt},
    log, notice, oversight, person, record,
    staff::{self, Asking},
    view,
};

/// The most characters of a case reference.
const LONGEST_CASE: usize = 200;
/// The most characters of a reason.
const LONGEST_REASON: usize = 2_000;

/// A request with what follows from it alone.
pub(super) struct Wish {
    pub(super) request: InquiryRequest,
    /// None: what was given is no identity number.
    pub(super) person: Option<(PersonId, keys::Mac)>,
    /// What the look will be called.
    pub(super) look: EventId,
    pub(super) at: Timestamp,
    pub(super) today: Date,
}

/// What a transaction made of a wish. All of it is on disk.
enum Made {
    Answer(Box<InquiryAnswer>),
    Nobody,
    Refused(Refusal),
    Replayed,
}

impl Made {
    fn answered(self) -> Result<InquiryAnswer, InquiryError> {
        match self {
            Self::Answer(answer) => Ok(*answer),
            Self::Nobody => Err(InquiryError::NobodyKnown),
            Self::Refused(refusal) => Err(InquiryError::Refused(refusal)),
            Self::Replayed => Err(InquiryError::Replayed),
        }
    }
}

/// A look that is allowed, and at whom.
struct Allowed<'a> {
    wish: &'a Wish,
    grant: &'a Grant,
    asking: &'a Asking,
    person: PersonId,
}

impl Registry {
    /// Looks at one person's records in one profession. The look is on disk when this answers; so is a refusal, and
    /// that nobody was found.
    ///
    /// # Errors
    /// [`InquiryError`]: a refusal, nobody known, a replay, or a failure.
    pub async fn inquire(&self, request: InquiryRequest) -> Result<InquiryAnswer, InquiryError> {
        if let Under::Law {
            case_reference,
            reason,
            ..
        } = &request.under
            && (case_reference.chars().count() > LONGEST_CASE || reason.chars().count() > LONGEST_REASON)
        {
            return Err(InquiryError::TooLong);
        }
        let number = self.profile.identity.check(&request.id_number).ok();
        let person = number.map(|number| {
            let person = self.keys.person(&number.canonical);
            (
                person,
                self.keys.name(person, &intake::normalise_name(&request.name)),
            )
        });
        let at = self.clock.now();
        let (look, signed) = match &request.nonce {
            Some((nonce, until)) => {
                let person = person.map(|(person, _)| person);
                (look_of(&request.asker, nonce, *until, person), true)
            }
            None => (
                EventId::new(at, &*self.randomness).map_err(RegistryError::from)?,
                false,
            ),
        };
        let wish = Wish {
            request,
            person,
            look,
            at,
            today: self.today(),
        };
        let (this, wish) = (self.clone(), Arc::new(wish));
        let made = self
            .run_attempt("inquiry", move |tx, stops| this.take_look(tx, &wish, stops))
            .await;
        match made {
            // The same request, taken at the same moment by somebody else.
            Err(RegistryError::Store(StoreError::Duplicate)) if signed => Err(InquiryError::Replayed),
            Err(error) => Err(error.into()),
            Ok(made) => made.answered(),
        }
    }

    fn take_look(
        &self,
        tx: &mut dyn Tx,
        wish: &Wish,
        stops: &mut Vec<Withdrawn>,
    ) -> Result<Made, RegistryError> {
        let request = &wish.request;
        let person = wish.person.map(|(person, _)| person);
        if let Some((nonce, expires_at)) = &request.nonce {
            let new = match person {
                Some(person) => !event::exists(tx, person, wish.look)?,
                // There is no event about nobody.
                None => store::remember_nonce(tx, &request.asker, nonce, *expires_at)?,
            };
            if !new {
                return Ok(Made::Replayed);
            }
        }
        let asking = staff::asking(tx, &request.authority, &request.asker, person)?;
        let attempt = attempt(wish, &asking);
        let counted = self.count_attempt(tx, &attempt)?;
        let stored = match (&request.under, person) {
            (Under::Consent(id), Some(person)) => consent::find(tx, person, *id)?,
            _ => None,
        };
        let under = match &request.under {
            Under::Law {
                case_reference,
                reason,
                ..
            } => policy::Under::Law {
                case_reference,
                reason,
            },
            Under::Consent(_) => policy::Under::Consent(stored.as_ref().map(|stored| stored.given(self))),
        };
        let inquiry = policy::Inquiry {
            body: &request.authority,
            purpose: &request.purpose,
            profession: &request.profession,
            under,
            asker: account(&asking, &counted),
            today: wish.today,
        };
        match policy::decide(&self.profile, inquiry) {
            Ok(grant) => self.answer_look(tx, wish, &asking, &grant, stored),
            Err(refusal) => {
                *stops = self.count_refusal(tx, &attempt, &counted, refusal)?;
                self.log_fruitless(tx, wish, &asking, (EventKind::LookRefused, refusal.code()))?;
                Ok(Made::Refused(refusal))
            }
        }
    }

    fn answer_look(
        &self,
        tx: &mut dyn Tx,
        wish: &Wish,
        asking: &Asking,
        grant: &Grant,
        stored: Option<consent::Stored>,
    ) -> Result<Made, RegistryError> {
        let Some((person, name_mac)) = wish.person else {
            self.log_fruitless(tx, wish, asking, (EventKind::LookFoundNothing, store::NOTHING))?;
            return Ok(Made::Nobody);
        };
        let found = person::find_closed(tx, person)?;
        let Some(closed) = found.filter(|found| found.name_mac == name_mac) else {
            self.log_fruitless(tx, wish, asking, (EventKind::LookFoundNothing, store::NOTHING))?;
            return Ok(Made::Nobody);
        };
        if let Some(stored) = stored {
            consent::use_once(tx, person, stored, wish.today)?;
        }
        let allowed = Allowed {
            wish,
            grant,
            asking,
            person,
        };
        let known = closed.open(&self.keys)?;
        // Which records are given is written with the look, so they are opened here; nothing of them leaves before
        // the transaction is on disk.
        let mut records = self.read_seen(tx, &allowed, &known.key)?;
        let receipt = self.log_look(tx, &allowed, &known.key, &records)?;
        // What is written down is which records; the body is given its own names for them.
        for seen in &mut records {
            seen.record = self.record_for(seen.record, &seen.authority, &wish.request.authority);
        }
        self.tell_of_look(tx, &allowed)?;
        self.put_to_reviewers(tx, &allowed)?;
        Ok(Made::Answer(Box::new(InquiryAnswer {
            person: self.keys.person_for_authority(person, &wish.request.authority),
            look: allowed.wish.look,
            basis: grant.basis().to_owned(),
            records,
            receipt,
        })))
    }

    /// How a body knows a record: who filed it by its own identifier, every other body by one that no other has.
    pub(crate) fn record_for(&self, record: RecordId, filed_by: &str, body: &str) -> RecordId {
        if filed_by == body {
            record
        } else {
            self.keys.record_for_body(record, body)
        }
    }

    /// The records, with the fields that the grant names and nothing else.
    fn read_seen(
        &self,
        tx: &mut dyn Tx,
        allowed: &Allowed<'_>,
        key: &keys::DataKey,
    ) -> Result<Vec<SeenRecord>, RegistryError> {
        let versions = record::of_person(tx, allowed.person)?;
        let flags = Flags::load(tx, allowed.person)?;
        let mut views = view::records(&self.profile, allowed.wish.today, key, &versions)?;
        flags.mark(&mut views, allowed.wish.today, Some(key))?;
        let seen = views
            .into_iter()
            .filter(|view| !view.withheld)
            .filter_map(|view| {
                let fields = allowed.grant.sees(view.kind, &view.profession, view.status)?;
                Some(SeenRecord {
                    record: view.record,
                    kind: view.kind,
                    status: view.status,
                    disputed: view.disputed,
                    statements: view.statements,
                    authority: view.authority,
                    basis: view.basis,
                    fields: view
                        .fields
                        .into_iter()
                        .filter(|(name, _)| fields.contains(name))
                        .collect(),
                })
            });
        Ok(seen.collect())
    }

    /// Writes the look, with the records that are given, and two leaves: the person's, and behind it the body's own,
    /// which names the person as this body alone does.
    fn log_look(
        &self,
        tx: &mut dyn Tx,
        allowed: &Allowed<'_>,
        key: &keys::DataKey,
        records: &[SeenRecord],
    ) -> Result<LookReceipt, RegistryError> {
        let (wish, request) = (allowed.wish, &allowed.wish.request);
        let event = Event {
            id: allowed.wish.look,
            person: allowed.person,
            kind: EventKind::Look,
            actor: request.authority.clone(),
            purpose: request.purpose.clone(),
            subject: subject(request),
            at: wish.at,
        };
        let by = by(allowed.asking);
        let statement = self.body_statement(&event, by.staff.as_deref());
        let (salt, body_salt): (Salt, Salt) =
            (leaf::salt(&*self.randomness)?, leaf::salt(&*self.randomness)?);
        let entry = leaf::entry(&salt, &leaf::event_statement_by(&event, &by));
        let place = log::append(tx, &[entry, leaf::entry(&body_salt, &statement)])?;
        let sealed_case = self.sealed_case(request, key, (allowed.person, allowed.wish.look))?;
        let given: Vec<u8> = records
            .iter()
            .flat_map(|record| *record.record.as_bytes())
            .collect();
        let looked = Looked {
            outcome: Some(store::SEEN),
            sealed_case: sealed_case.as_deref(),
            own_leaf: Some((&body_salt, place + 1)),
            given: Some(&given).filter(|given| !given.is_empty()).map(Vec::as_slice),
        };
        event::insert(tx, &event, &by, (&salt, place), Some(&looked))?;
        Ok(LookReceipt {
            leaf: place + 1,
            salt: hex::encode(body_salt),
            statement,
        })
    }

    /// Tells the person, now or on the day that the law sets at the latest.
    fn tell_of_look(&self, tx: &mut dyn Tx, allowed: &Allowed<'_>) -> Result<(), RegistryError> {
        let days = self.notice_waits(allowed);
        if days > 0 {
            let shows_on = allowed
                .wish
                .today
                .saturating_add(jiff::Span::new().days(i64::from(days)));
            return Ok(wait::put(tx, allowed.person, allowed.wish.look, shows_on)?);
        }
        let person = allowed.person;
        notice::put_look(tx, person, allowed.wish.look, allowed.wish.at)?;
        // One that shows at once under a purpose whose law would let it wait.
        if allowed.grant.shows_after_days() > 0 {
            wait::put_told(tx, person, allowed.wish.look, allowed.wish.today, allowed.wish.at)?;
        }
        Ok(())
    }

    /// How many days the notice waits.
    fn notice_waits(&self, allowed: &Allowed<'_>) -> u32 {
        let most = allowed.grant.shows_after_days();
        allowed.wish.request.under.waits(most)
    }

    /// Puts the look into the reviewers' queue if there is a cause.
    fn put_to_reviewers(&self, tx: &mut dyn Tx, allowed: &Allowed<'_>) -> Result<(), RegistryError> {
        let wish = allowed.wish;
        let body = wish.request.authority.as_str();
        let asked = Asked {
            person: allowed.person,
            body,
            by_law: matches!(wish.request.under, Under::Law { .. }),
            colleague: allowed.asking.colleague,
            waits: self.notice_waits(allowed) > 0,
            at: wish.at,
        };
        let causes = self.causes(tx, &asked)?;
        let staff = allowed.asking.staff.as_deref().unwrap_or_default();
        if !causes.is_empty() {
            let by = (body, staff);
            oversight::put_item(tx, allowed.person, wish.look, by, &causes, wish.at)?;
        }
        Ok(())
    }
}

/// Who asks, as the rules take it.
pub(crate) fn account(asking: &Asking, counted: &Counted) -> Asker {
    Asker {
        staff: asking.standing,
        member_stopped: asking.member_stopped,
        looks_today: counted.looks,
        staff_looks_today: counted.all,
    }
}

/// What is counted of a wish.
fn attempt<'a>(wish: &'a Wish, asking: &'a Asking) -> Attempt<'a> {
    Attempt {
        body: &wish.request.authority,
        asking,
        purpose: &wish.request.purpose,
        today: wish.today,
        at: wish.at,
    }
}

/// The look that a signed request asks for. It follows from what makes the request one of a kind, so that the same
/// request, come twice, asks for a look that is there already; and from whom it is at, so that no look at somebody else
/// has the same name, whatever the sender signs twice.
fn look_of(key_id: &str, nonce: &str, until: i64, person: Option<PersonId>) -> EventId {
    let mut context = digest::Context::new(&digest::SHA256);
    // No key's name holds a line break.
    for part in [b"standing look v1", key_id.as_bytes(), nonce.as_bytes()] {
        context.update(part);
        context.update(b"\n");
    }
    if let Some(person) = person {
        context.update(person.as_bytes());
    }
    let mut hash = [0; 10];
    hash.copy_from_slice(&context.finish().as_ref()[..10]);
    EventId::of_request(Timestamp::from_second(until).unwrap_or(Timestamp::MAX), &hash)
}

/// Who looks for the body.
pub(super) fn by(asking: &Asking) -> event::By {
    event::By {
        staff: asking.staff.clone(),
        mandate: None,
    }
}

/// What a look is about, beside the person: the consent that allows it.
pub(super) fn subject(request: &InquiryRequest) -> Option<[u8; 16]> {
    match request.under {
        Under::Consent(id) => Some(*id.as_bytes()),
        Under::Law { .. } => None,
    }
}
