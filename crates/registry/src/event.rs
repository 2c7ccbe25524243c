//! Events about a person that are not filings: looks, certificates, revocations, erasures. Each is a leaf.

use std::{collections::HashSet, fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use model::{EventId, MandateId, PersonId, Randomness, RecordId};
use storage::{Param, Row, StoreError, Tx};

use crate::{RegistryError, day, leaf, log};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum EventKind { $($(#[$doc])* $variant,)* }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [EventKind] = &[$(EventKind::$variant,)*];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(EventKind::$variant => $text,)* }
            }
        }

        impl FromStr for EventKind {
            type Err = StoreError;
            fn from_str(text: &str) -> Result<Self, StoreError> {
                match text {
                    $($text => Ok(EventKind::$variant),)*
                    _ => Err(StoreError::Shape("the kind of an event is expected")),
                }
            }
        }
    };
}

kinds! {
    /// The person looked at their own records.
    OwnLook = "own-look",
    /// The person took a copy of all that is held.
    Download = "download",
    /// The person, or who represents them in procedures, saw which records there are, without what is in them.
    RecordsNamed = "records-named",
    /// A body looked, under a registered purpose.
    Look = "look",
    /// A body got rejected rows of its own back in which the person's identity number stands. Once for each
    /// submission and day.
    DeskLook = "desk-look",
    /// An authority filed a row under the person's identity number with another name; it was not taken in.
    OtherNameFiled = "other-name-filed",
    /// A certificate was issued to the holder.
    CertificateIssued = "certificate-issued",
    /// A certificate was revoked.
    CertificateRevoked = "certificate-revoked",
    /// The content of a record was destroyed, its retention period being over.
    Erased = "erased",
    /// The person's name, identity number and key were destroyed, nothing being held about them any more.
    IdentityErased = "identity-erased",
    /// An e-mail address of the person was destroyed: they took it away, or another took its place.
    EmailErased = "email-erased",
    /// What was said in a procedure of somebody about whom nothing else is held was destroyed, its period being over.
    ProcedureErased = "procedure-erased",
    /// An alert went to an authority or another instance that licenses the same profession: the actor.
    AlertSent = "alert-sent",
    /// An authority opened an alert, and so saw whom it is about.
    AlertSeen = "alert-seen",
    /// A body wanted to look, and the rules refused it.
    LookRefused = "look-refused",
    /// A body looked, and found nobody with the number and name that it gave.
    LookFoundNothing = "look-found-nothing",
    /// A reviewer found that a look was not proper.
    LookImproper = "look-improper",
    /// A reviewer took that back: a court had not found so.
    ImproperTakenBack = "improper-taken-back",
    /// A body asked for consent.
    ConsentAsked = "consent-asked",
    /// A body wanted to ask for consent, and the rules refused it.
    ConsentAskRefused = "consent-ask-refused",
    /// The person gave consent.
    ConsentGranted = "consent-granted",
    /// The person refused consent.
    ConsentRefused = "consent-refused",
    /// The person lets a consent rest.
    ConsentPaused = "consent-paused",
    /// The person lets a consent be used again.
    ConsentResumed = "consent-resumed",
    /// The person took a consent back.
    ConsentRevoked = "consent-revoked",
    /// A representative's mandate was registered.
    MandateRegistered = "mandate-registered",
    /// A representative's mandate was ended.
    MandateEnded = "mandate-ended",
    /// A step of a procedure of the person was done. Its purpose names procedure and step, its subject is the
    /// procedure.
    ProcedureStep = "procedure-step",
    /// A body or a reviewer opened a procedure of the person, or a file of it.
    ProcedureRead = "procedure-read",
    /// A reviewer certified that a record that had ended may be filed again. Its subject is the record; its purpose names
    /// procedure and step where a reviewer put down that a court ordered so.
    ReentryCertified = "reentry-certified",
    /// A record that had ended came in again, with a reviewer's certificate. Its subject is the new record.
    RecordCameAgain = "record-came-again",
    /// An association, the actor, proposed that the person is commended. Its subject is the proposal.
    CommendationProposed = "commendation-proposed",
    /// An authority opened a proposal, and so saw whom it is about.
    ProposalSeen = "proposal-seen",
    /// An authority took a proposal up and filed a commendation.
    ProposalTakenUp = "proposal-taken-up",
    /// An authority does not take a proposal up.
    ProposalDeclined = "proposal-declined",
    /// Nobody answered a proposal in time.
    ProposalLapsed = "proposal-lapsed",
    /// The person wants a commendation, its subject, published.
    PublicationGiven = "publication-given",
    /// The person does not want it published any more.
    PublicationWithdrawn = "publication-withdrawn",
    /// The person made a pledge. Its purpose says which.
    PledgeMade = "pledge-made",
    /// The person ended a pledge.
    PledgeEnded = "pledge-ended",
    /// A breach of data that affects the person was reported. Its subject is the report.
    BreachReported = "breach-reported",
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The actor's name for the person themself.
pub const SELF: &str = "self";
/// The actor's name for the installation, when it does what a period or a rule asks for.
pub const INSTALLATION: &str = "installation";

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Its identifier.
    pub id: EventId,
    /// Whom it is about.
    pub person: PersonId,
    /// What happened.
    pub kind: EventKind,
    /// Who did it: an authority's id, [`SELF`] or [`INSTALLATION`].
    pub actor: String,
    /// Under which purpose, or why.
    pub purpose: String,
    /// The record, certificate or submission that it was about, if it was about one.
    pub subject: Option<[u8; 16]>,
    /// When.
    pub at: Timestamp,
}

/// An event as it stands in the log.
#[derive(Debug, Clone)]
pub(crate) struct LoggedEvent {
    /// The event.
    pub event: Event,
    /// Its place in the log.
    pub leaf: u64,
    /// The salt of its commitment.
    pub salt: leaf::Salt,
    /// Who did it, more closely.
    pub by: By,
    /// The day on which it shows to the person, where that is not at once and was set for this one.
    pub shows_on: Option<Date>,
}

/// Who did something, more closely than the actor: a member of the body's staff, or the representative who acted
/// for the person, and under which mandate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct By {
    /// The member of staff.
    pub staff: Option<String>,
    /// The mandate and the representative.
    pub mandate: Option<(MandateId, PersonId)>,
}

/// Writes events and their leaves.
pub(crate) fn record(
    tx: &mut dyn Tx,
    events: &[Event],
    randomness: &dyn Randomness,
) -> Result<(), RegistryError> {
    if events.is_empty() {
        return Ok(());
    }
    let salts = events
        .iter()
        .map(|_| Ok(leaf::salt(randomness)?))
        .collect::<Result<Vec<_>, RegistryError>>()?;
    record_salted(tx, events, &salts)
}

/// Writes events, of which there is at least one, and their leaves under salts that were drawn before.
pub(crate) fn record_salted(
    tx: &mut dyn Tx,
    events: &[Event],
    salts: &[leaf::Salt],
) -> Result<(), RegistryError> {
    let entries: Vec<leaf::Entry> = events
        .iter()
        .zip(salts)
        .map(|(event, salt)| leaf::entry(salt, &leaf::event_statement(event)))
        .collect();
    let first = log::append(tx, &entries)?;
    for (offset, (event, salt)) in events.iter().zip(salts).enumerate() {
        insert(tx, event, &By::default(), (salt, first + offset as u64), None)?;
    }
    Ok(())
}

/// What came of a look, as far as it stands in the row of its event alone.
#[derive(Default)]
pub(crate) struct Looked<'a> {
    /// Of an inquiry: `seen`, `nothing`, or the code of the refusal.
    pub(crate) outcome: Option<&'a str>,
    /// The case and the reason, sealed.
    pub(crate) sealed_case: Option<&'a [u8]>,
    /// The salt and the place of the body's own leaf.
    pub(crate) own_leaf: Option<(&'a leaf::Salt, u64)>,
    /// The identifiers of the records that were given, one behind the other.
    pub(crate) given: Option<&'a [u8]>,
}

/// Writes an event whose leaf is in the log.
pub(crate) fn insert(
    tx: &mut dyn Tx,
    event: &Event,
    by: &By,
    (salt, leaf): (&leaf::Salt, u64),
    looked: Option<&Looked<'_>>,
) -> Result<(), StoreError> {
    let (mandate, representative) = by.mandate.unzip();
    let own_leaf = looked.and_then(|looked| looked.own_leaf);
    tx.execute(
        "INSERT INTO event (person, event, kind, actor, purpose, subject, at, salt, leaf, staff, mandate, \
         representative, outcome, sealed_case, body_salt, body_leaf, given) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        &[
            Param::Blob(event.person.as_bytes()),
            Param::Blob(event.id.as_bytes()),
            Param::Text(event.kind.as_str()),
            Param::Text(&event.actor),
            Param::Text(&event.purpose),
            event.subject.as_ref().map_or(Param::Null, |one| Param::Blob(one)),
            Param::Int(event.at.as_second()),
            Param::Blob(salt),
            Param::Int(leaf as i64),
            by.staff.as_deref().map_or(Param::Null, Param::Text),
            mandate
                .as_ref()
                .map_or(Param::Null, |one| Param::Blob(one.as_bytes())),
            representative
                .as_ref()
                .map_or(Param::Null, |one| Param::Blob(one.as_bytes())),
            looked
                .and_then(|looked| looked.outcome)
                .map_or(Param::Null, Param::Text),
            looked
                .and_then(|looked| looked.sealed_case)
                .map_or(Param::Null, Param::Blob),
            own_leaf.map_or(Param::Null, |(salt, _)| Param::Blob(salt)),
            own_leaf.map_or(Param::Null, |(_, leaf)| Param::Int(leaf as i64)),
            looked
                .and_then(|looked| looked.given)
                .map_or(Param::Null, Param::Blob),
        ],
    )?;
    Ok(())
}

/// Writes an event, with the member of staff or the representative who caused it if there is one, and its leaf.
/// Answers its place in the log.
pub(crate) fn record_by(
    tx: &mut dyn Tx,
    event: &Event,
    by: &By,
    randomness: &dyn Randomness,
) -> Result<u64, RegistryError> {
    record_giving(tx, event, by, None, randomness)
}

/// The same for one that gave the actor a record: these hear what becomes of it.
pub(crate) fn record_giving(
    tx: &mut dyn Tx,
    event: &Event,
    by: &By,
    given: Option<RecordId>,
    randomness: &dyn Randomness,
) -> Result<u64, RegistryError> {
    let salt = leaf::salt(randomness)?;
    let entry = leaf::entry(&salt, &leaf::event_statement_by(event, by));
    let leaf = log::append(tx, &[entry])?;
    let looked = Looked {
        given: given.as_ref().map(|record| record.as_bytes().as_slice()),
        ..Looked::default()
    };
    insert(tx, event, by, (&salt, leaf), Some(&looked))?;
    Ok(leaf)
}

/// Whether there is this event.
pub(crate) fn exists(tx: &mut dyn Tx, person: PersonId, event: EventId) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT leaf FROM event WHERE person = $1 AND event = $2",
        &[Param::Blob(person.as_bytes()), Param::Blob(event.as_bytes())],
    )?;
    Ok(!rows.is_empty())
}

/// Those of these people to whom something of this kind about `subject` has happened since a moment, in seconds after
/// 1970.
pub(crate) fn happened_since(
    tx: &mut dyn Tx,
    people: &[PersonId],
    (kind, subject): (EventKind, &[u8; 16]),
    moment: i64,
) -> Result<HashSet<PersonId>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let select = "SELECT person, kind FROM event WHERE subject = $1 AND at >= $2 AND person IN ";
    let with = [Param::Blob(subject), Param::Int(moment)];
    let mut people = HashSet::new();
    for mut row in crate::sql::select_in_with(tx, select, &with, &ids)? {
        let person = PersonId::from_bytes(row.array()?);
        if row.text()? == kind.as_str() {
            people.insert(person);
        }
    }
    Ok(people)
}

/// All events of a person, the newest first.
pub(crate) fn of_person(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<LoggedEvent>, StoreError> {
    let rows = tx.query(
        "SELECT event.event, event.kind, event.actor, event.purpose, event.subject, event.at, event.salt, event.leaf, \
         event.staff, event.mandate, event.representative, look_wait.shows_on FROM event \
         LEFT JOIN look_wait ON look_wait.person = event.person AND look_wait.look = event.event \
         WHERE event.person = $1 ORDER BY event.leaf DESC",
        &[Param::Blob(person.as_bytes())],
    )?;
    rows.into_iter().map(|row| read(person, row)).collect()
}

fn read(person: PersonId, mut row: Row) -> Result<LoggedEvent, StoreError> {
    let id = EventId::from_bytes(row.array()?);
    let kind = row.text()?.parse()?;
    let (actor, purpose) = (row.text()?, row.text()?);
    let subject = match row.opt_blob()? {
        Some(bytes) => Some(
            bytes
                .try_into()
                .map_err(|_| StoreError::Shape("sixteen bytes are expected"))?,
        ),
        None => None,
    };
    let at = crate::time(row.int()?)?;
    let (salt, leaf) = (row.array()?, row.int()? as u64);
    let staff = row.opt_text()?;
    let mandate = row.opt_blob()?.map(|id| MandateId::from_slice(&id)).transpose();
    let representative = row.opt_blob()?.map(|id| PersonId::from_slice(&id)).transpose();
    let no_id = |_| StoreError::Shape("an identifier is expected");
    let by = By {
        staff,
        mandate: mandate.map_err(no_id)?.zip(representative.map_err(no_id)?),
    };
    let shows_on = row.opt_int()?.map(day::from_number).transpose()?;
    Ok(LoggedEvent {
        event: Event {
            id,
            person,
            kind,
            actor,
            purpose,
            subject,
            at,
        },
        leaf,
        salt,
        by,
        shows_on,
    })
}
