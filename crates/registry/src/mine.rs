//! The person's own view: every record, every look, every certificate and notice. Their own look is logged
//! too, before anything is shown.

use jiff::{Timestamp, civil::Date};
use keys::{Keyring, Mac};
use model::{EventId, MandateId, PersonId, RecordId, procedure::Speaker};
use storage::{Access, Tx};

use crate::{
    GoodRecord, Identity, MandateError, MandateScope, Receipt, RecordView, Registry, RegistryError, alert,
    breach,
    dispute_flags::Flags,
    event::{self, By, Event, EventKind, LoggedEvent},
    good_record, leaf, mandate, person, record,
    submission::incoming::statement_of,
    view,
};

/// One look or other event, as the person reads it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct EventView {
    /// Its identifier.
    pub event: EventId,
    /// What happened.
    pub kind: EventKind,
    /// Who: an authority's id, `self` or `installation`.
    pub actor: String,
    /// The registered purpose, or why.
    pub purpose: String,
    /// What it was about, in hexadecimal: a record, certificate, submission, consent, look or mandate.
    pub subject: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Its place in the log.
    pub leaf: u64,
    /// The member of the body's staff, by the id of their account.
    pub staff: Option<String>,
    /// The mandate under which a representative acted for the person.
    pub mandate: Option<MandateId>,
}

/// All that is held about a person.
#[derive(Debug, Clone, serde::Serialize)]
pub struct PersonFile {
    /// Name and identity number. None: every record is erased, and they are destroyed with the last one.
    pub identity: Option<Identity>,
    /// The e-mail address that they have on file.
    pub email: Option<String>,
    /// Every record, the latest filed first.
    pub records: Vec<RecordView>,
    /// What was proposed, what is published, and what they pledged.
    pub good_record: GoodRecord,
    /// Every look and other event, the latest first.
    pub events: Vec<EventView>,
}

/// Whether the number of somebody without a key leads to anything that is theirs to see or do: records that were erased, an
/// alert, a breach that affects them, or a mandate to act for somebody.
pub(crate) fn leads_to_somebody(tx: &mut dyn Tx, person: PersonId) -> Result<bool, RegistryError> {
    let had_records = !record::of_person(tx, person)?.is_empty();
    Ok(had_records
        || alert::told_of(tx, person)?
        || breach::affects(tx, person)?
        || mandate::represents(tx, person)?)
}

/// Whether a person is known, and by this name. Of somebody whose every record is erased, or about whom there never was
/// one and whom a breach affects or a mandate names, there is no name to compare.
fn goes_by(
    tx: &mut dyn Tx,
    keys: &Keyring,
    person: PersonId,
    known: Option<&person::Known>,
    mac: &Mac,
) -> Result<bool, RegistryError> {
    match known {
        Some(known) => Ok(known.name_mac == *mac),
        None if !record::of_person(tx, person)?.is_empty() => Ok(true),
        None if alert::told_of(tx, person)? => alert::known_by_alert(tx, keys, person, mac),
        None => Ok(breach::affects(tx, person)? || mandate::represents(tx, person)?),
    }
}

impl Registry {
    /// The person with this identity number and name, if they are known. For sign-in. Of somebody whose every
    /// record is erased, whom a breach affects or who acts for somebody, there is no name to compare: the number alone
    /// tells who they are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_person(&self, id_number: &str, name: &str) -> Result<Option<PersonId>, RegistryError> {
        let Ok(number) = self.profile.identity.check(id_number) else {
            return Ok(None);
        };
        let person = self.keys.person(&number.canonical);
        let mac = self.keys.name(person, &intake::normalise_name(name));
        let keys = self.keys.clone();
        self.store
            .run_async("person.find", Access::Read, move |tx| {
                let known = person::find_one(tx, &keys, person)?;
                let here = goes_by(tx, &keys, person, known.as_ref(), &mac)?;
                Ok(here.then_some(person))
            })
            .await
    }

    /// All that is held about a person, for that person. `kind` says whether they looked
    /// ([`EventKind::OwnLook`]) or took a copy ([`EventKind::Download`]); it is on disk when this answers.
    ///
    /// # Errors
    /// When the store fails, or nobody is known under this identifier.
    pub async fn person_file(&self, person: PersonId, kind: EventKind) -> Result<PersonFile, RegistryError> {
        self.log_own_look(person, kind, Speaker::Person)
            .await
            .map_err(|error| match error {
                MandateError::Registry(error) => error,
                // Nobody but the person speaks here.
                _ => RegistryError::Stored("a mandate"),
            })?;
        let (this, today) = (self.clone(), self.today());
        self.store
            .run_async("mine.read", Access::Read, move |tx| {
                this.read_file(tx, person, today)
            })
            .await
    }

    /// The same for a representative whose mandate covers the person's records today. The entry names both.
    ///
    /// # Errors
    /// When the mandate is not for this person, does not hold today or not for records, or the store fails.
    pub async fn person_file_under(
        &self,
        person: PersonId,
        mandate: MandateId,
        kind: EventKind,
    ) -> Result<PersonFile, MandateError> {
        self.log_own_look(person, kind, Speaker::Representative(mandate))
            .await?;
        let (this, today) = (self.clone(), self.today());
        self.store
            .run_async("mine.read", Access::Read, move |tx| {
                Ok(this.read_file(tx, person, today)?)
            })
            .await
    }

    async fn log_own_look(&self, person: PersonId, kind: EventKind, by: Speaker) -> Result<(), MandateError> {
        let at = self.clock.now();
        let look = Event {
            id: EventId::new(at, &*self.randomness).map_err(RegistryError::from)?,
            person,
            kind,
            actor: event::SELF.to_owned(),
            purpose: String::new(),
            subject: None,
            at,
        };
        let this = self.clone();
        self.store
            .run_async("mine.log", Access::Write, move |tx| {
                let Speaker::Representative(mandate) = by else {
                    event::record(tx, std::slice::from_ref(&look), &*this.randomness)?;
                    return Ok(());
                };
                let representative =
                    mandate::acting(tx, person, mandate, MandateScope::Records, this.today())?;
                let by = By {
                    staff: None,
                    mandate: Some((mandate, representative)),
                };
                event::record_by(tx, &look, &by, &*this.randomness)?;
                Ok(())
            })
            .await
    }

    fn read_file(&self, tx: &mut dyn Tx, person: PersonId, today: Date) -> Result<PersonFile, RegistryError> {
        let known = person::find_one(tx, &self.keys, person)?;
        let versions = record::of_person(tx, person)?;
        if known.is_none() && !leads_to_somebody(tx, person)? {
            return Err(RegistryError::Stored("a person"));
        }
        let flags = Flags::load(tx, person)?;
        let events = event::of_person(tx, person)?;
        let shown = events.into_iter().filter(|logged| self.shows(logged, today));
        let key = known.as_ref().map(|known| &known.key);
        let mut records = view::records(&self.profile, today, key, &versions)?;
        flags.mark(&mut records, today, key)?;
        Ok(PersonFile {
            identity: known.as_ref().map(|known| known.identity(person)).transpose()?,
            email: self.address(tx, person)?,
            good_record: good_record::mine::of_person(tx, self, person, key, &records)?,
            records,
            events: shown.map(event_view).collect(),
        })
    }

    /// Whether the person may see an event already. Only a look under a purpose whose law says so may show
    /// late, by a bounded number of days.
    pub(crate) fn shows(&self, logged: &LoggedEvent, today: Date) -> bool {
        let event = &logged.event;
        let delay = match event.kind {
            // One by consent, which is its subject, shows at once.
            EventKind::Look | EventKind::LookFoundNothing if event.subject.is_none() => self
                .profile
                .purposes
                .get(&event.purpose)
                .and_then(|purpose| purpose.delay.as_ref()),
            // One that was refused waits only where that was set for it: its body need not be one that the law lets.
            EventKind::LookRefused if logged.shows_on.is_some() => self
                .profile
                .purposes
                .get(&event.purpose)
                .and_then(|purpose| purpose.delay.as_ref()),
            _ => None,
        };
        let Some(delay) = delay else { return true };
        let looked_on = self.day_of(event.at);
        let most = delay.on(looked_on).days;
        let at_the_latest = looked_on.saturating_add(jiff::Span::new().days(i64::from(most)));
        logged
            .shows_on
            .map_or(at_the_latest, |day| day.min(at_the_latest))
            <= today
    }

    /// The receipt of one version of a record of this person. None: there is no such version, or its
    /// content, and the salt with it, is destroyed.
    ///
    /// # Errors
    /// When the store or the log fails.
    pub async fn version_receipt(
        &self,
        person: PersonId,
        record: RecordId,
        version: i64,
    ) -> Result<Option<Receipt>, RegistryError> {
        let keys = self.keys.clone();
        let found = self
            .store
            .run_async("receipt.version", Access::Read, move |tx| {
                let Some(known) = person::find_one(tx, &keys, person)? else {
                    return Ok(None);
                };
                let versions = record::versions(tx, person, record)?;
                let Some(version) = versions.iter().find(|one| one.head.version == version) else {
                    return Ok(None);
                };
                let opened = view::open(version, Some(&known.key))?;
                Ok::<_, RegistryError>(opened.map(|opened| {
                    (
                        version.head.leaf,
                        opened.salt,
                        statement_of(&version.head, &opened.content),
                    )
                }))
            })
            .await?;
        match found {
            Some((leaf, salt, statement)) => self.receipt(leaf, salt, statement).await.map(Some),
            None => Ok(None),
        }
    }

    /// The receipt of one event of this person, if there is such an event.
    ///
    /// # Errors
    /// When the store or the log fails.
    pub async fn event_receipt(
        &self,
        person: PersonId,
        event: EventId,
    ) -> Result<Option<Receipt>, RegistryError> {
        let today = self.today();
        let events = self
            .store
            .run_async("receipt.event", Access::Read, move |tx| {
                Ok::<_, RegistryError>(event::of_person(tx, person)?)
            })
            .await?;
        let logged = events
            .into_iter()
            .find(|one| one.event.id == event && self.shows(one, today));
        match logged {
            Some(LoggedEvent {
                event,
                leaf,
                salt,
                by,
                ..
            }) => self
                .receipt(leaf, salt, leaf::event_statement_by(&event, &by))
                .await
                .map(Some),
            None => Ok(None),
        }
    }
}

fn event_view(logged: LoggedEvent) -> EventView {
    let LoggedEvent { event, leaf, by, .. } = logged;
    EventView {
        event: event.id,
        kind: event.kind,
        actor: event.actor,
        purpose: event.purpose,
        subject: event.subject.map(hex::encode),
        at: event.at,
        leaf,
        staff: by.staff,
        mandate: by.mandate.map(|(mandate, _)| mandate),
    }
}
