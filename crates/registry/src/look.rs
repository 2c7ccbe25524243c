//! Inquiry: one look at one person, by an authority, under a registered purpose. The look is logged and on
//! disk before anything is answered.

use model::{EventId, PersonId, RecordId, RecordKind, RecordStatus};
use policy::{Grant, Refusal};
use storage::{Access, Param, Tx};

use crate::{
    Registry, RegistryError, day,
    event::{self, Event, EventKind},
    person, record,
    view::{self, Fields},
};

/// An authority's wish to look at one person. It must know the person's number and name already.
#[derive(Clone)]
pub struct InquiryRequest {
    /// The authority.
    pub authority: String,
    /// The member of the authority who asks: the name of the key that the request was signed with.
    pub asker: String,
    /// The registered purpose.
    pub purpose: String,
    /// The profession.
    pub profession: String,
    /// The identity number, as written.
    pub id_number: String,
    /// The name, as written.
    pub name: String,
    /// The nonce of the signed request and until when it is remembered, in seconds after 1970.
    pub nonce: Option<(String, i64)>,
}

/// A record as an inquiry sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SeenRecord {
    /// Its identifier.
    pub record: RecordId,
    /// What kind of fact it is.
    pub kind: RecordKind,
    /// Its status today.
    pub status: RecordStatus,
    /// The authority that filed it.
    pub authority: String,
    /// The legal basis under which it was filed.
    pub basis: String,
    /// The fields that the purpose lets be seen.
    pub fields: Fields,
}

/// What an inquiry is answered.
#[derive(Debug, Clone, serde::Serialize)]
pub struct InquiryAnswer {
    /// The person's identifier for this authority alone.
    pub person: String,
    /// The look's own identifier, which the person sees too.
    pub look: EventId,
    /// The legal basis of the look.
    pub basis: String,
    /// The records in the profession that the purpose lets be seen.
    pub records: Vec<SeenRecord>,
}

/// Why an inquiry got no records.
#[derive(Debug, thiserror::Error)]
pub enum InquiryError {
    /// The rules refuse it.
    #[error("the inquiry is refused: {}", .0.code())]
    Refused(Refusal),
    /// Nobody with this number and name is known. One answer for an unknown number and another name.
    #[error("nobody with this number and name is known")]
    NobodyKnown,
    /// The signed request came before.
    #[error("this signed request was received before")]
    Replayed,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<storage::StoreError> for InquiryError {
    fn from(error: storage::StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// A look with what is stored about the person, still sealed: to be opened once the look is on disk.
struct Logged {
    grant: Grant,
    look: EventId,
    closed: person::Closed,
    versions: Vec<record::Version>,
}

impl Registry {
    /// Looks at one person's records in one profession. The look is on disk when this answers.
    ///
    /// # Errors
    /// [`InquiryError`]: a refusal, nobody known, a replay, or a failure.
    pub async fn inquire(&self, request: InquiryRequest) -> Result<InquiryAnswer, InquiryError> {
        let nobody = |_| InquiryError::NobodyKnown;
        let number = self.profile.identity.check(&request.id_number).map_err(nobody)?;
        let person = self.keys.person(&number.canonical);
        let name = intake::normalise_name(&request.name);
        let name_mac = self.keys.name(person, &name);
        let authority = request.authority.clone();
        let this = self.clone();
        let logged = self
            .store
            .run_async("inquiry", Access::Write, move |tx| {
                this.log_look(tx, &request, person, &name_mac)
            })
            .await?;
        let Logged {
            grant,
            look,
            closed,
            versions,
        } = logged.ok_or(InquiryError::NobodyKnown)?;
        // On disk: now it may be opened.
        let known = closed.open(&self.keys)?;
        let records = view::records(&self.profile, self.today(), &known.key, &versions)?
            .into_iter()
            .filter_map(|view| seen(&grant, view))
            .collect();
        Ok(InquiryAnswer {
            person: self.keys.person_for_authority(person, &authority),
            look,
            basis: grant.basis().to_owned(),
            records,
        })
    }

    /// None: nobody with this number and name is known. That is committed too, so that guesses count towards
    /// the ceiling.
    fn log_look(
        &self,
        tx: &mut dyn Tx,
        request: &InquiryRequest,
        person: PersonId,
        name_mac: &keys::Mac,
    ) -> Result<Option<Logged>, InquiryError> {
        if let Some((nonce, expires_at)) = &request.nonce
            && !remember_nonce(tx, &request.asker, nonce, *expires_at)?
        {
            return Err(InquiryError::Replayed);
        }
        let today = self.today();
        let looks_today = looks(tx, request, day::to_number(today))?;
        let inquiry = policy::Inquiry {
            authority: &request.authority,
            purpose: &request.purpose,
            profession: &request.profession,
            today,
            looks_today,
        };
        let grant = policy::decide(&self.profile, inquiry).map_err(InquiryError::Refused)?;
        let found = person::find_closed(tx, person)?;
        let Some(closed) = found.filter(|found| found.name_mac == *name_mac) else {
            return Ok(None);
        };
        let at = self.clock.now();
        let randomness = &*self.randomness;
        let id = EventId::new(at, randomness).map_err(RegistryError::from)?;
        let look = Event {
            id,
            person,
            kind: EventKind::Look,
            actor: request.authority.clone(),
            purpose: request.purpose.clone(),
            subject: None,
            at,
        };
        event::record(tx, &[look], randomness)?;
        Ok(Some(Logged {
            grant,
            look: id,
            closed,
            versions: record::of_person(tx, person)?,
        }))
    }
}

/// Counts this look, and answers how many there were before it today.
fn looks(tx: &mut dyn Tx, request: &InquiryRequest, day: i64) -> Result<u64, InquiryError> {
    let key = [
        Param::Text(&request.asker),
        Param::Text(&request.purpose),
        Param::Int(day),
    ];
    let rows = tx.query(
        "INSERT INTO inquiry_count (asker, purpose, day, looks) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (asker, purpose, day) DO UPDATE SET looks = inquiry_count.looks + 1 RETURNING looks",
        &key,
    )?;
    let looks = rows
        .into_iter()
        .next()
        .map(|mut row| row.int())
        .transpose()?
        .unwrap_or(1);
    Ok(looks as u64 - 1)
}

/// Remembers a signed request's nonce; answers false if it came before.
pub(crate) fn remember_nonce(
    tx: &mut dyn Tx,
    key_id: &str,
    nonce: &str,
    expires_at: i64,
) -> Result<bool, storage::StoreError> {
    let new = tx.execute(
        "INSERT INTO request_nonce (key_id, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[Param::Text(key_id), Param::Text(nonce), Param::Int(expires_at)],
    )?;
    Ok(new == 1)
}

/// What the grant lets be seen of a record, if anything.
fn seen(grant: &Grant, view: crate::RecordView) -> Option<SeenRecord> {
    let fields = grant.sees(view.kind, &view.profession, view.status)?;
    Some(SeenRecord {
        record: view.record,
        kind: view.kind,
        status: view.status,
        authority: view.authority,
        basis: view.basis,
        fields: view
            .fields
            .into_iter()
            .filter(|(name, _)| fields.contains(name))
            .collect(),
    })
}
