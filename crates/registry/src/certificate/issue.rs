//! Issuing: the holder asks, and gets the signed statement about one licence at once.

use std::collections::HashSet;

use jiff::{Timestamp, civil::Date};
use model::{CertificateId, EventId, PersonId, RecordId, RecordKind, RecordStatus};
use profile::{DecisionKind, Profile, Text2};
use sd_jwt::{Credential, PublicKey, StatusReference};
use serde_json::json;
use storage::{Access, Tx};

use super::{Chosen, NewCertificate, chosen, status};
use crate::{
    RecordView, Registry, RegistryError, day, dispute_flags,
    event::{self, Event, EventKind},
    licence::Licences,
    person,
    record::{self, Version},
    view,
};

/// For how many days a certificate is good, unless the licence ends before.
const GOOD_FOR_DAYS: i64 = 365;

/// Digests that belong to nothing, so that their number does not tell what was left out.
const DECOYS: usize = 2;

/// A certificate just issued.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its identifier.
    pub certificate: CertificateId,
    /// The compact text, everything disclosed.
    pub text: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Why no certificate was issued.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The person has no such licence.
    #[error("there is no such licence")]
    NoSuchLicence,
    /// The licence is not in force, so there is nothing to certify.
    #[error("the licence is not in force")]
    NotInForce,
    /// The licence is disputed and the authority is late with its answer: until then nobody is shown it.
    #[error("the licence is not shown to anybody until its dispute is answered")]
    Withheld,
    /// A year of training or a pledge that was chosen is not there.
    #[error("what was chosen to be shown is not there")]
    NothingToShow,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<storage::StoreError> for CertificateError {
    fn from(error: storage::StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// What a certificate says about a licence.
pub(crate) struct Statement<'a> {
    pub(crate) profession: &'a Text2,
    pub(crate) authority: &'a Text2,
    pub(crate) name: &'a str,
    pub(crate) licence_number: &'a str,
    pub(crate) first_granted_on: Date,
    pub(crate) valid_until: Option<Date>,
    pub(crate) status: RecordStatus,
    pub(crate) decision_in_force: bool,
    pub(crate) whole_years_without_decision: i16,
    /// For how many whole years there is no decision, where that is enough for the green channel.
    pub(crate) green_channel_years: Option<u32>,
}

impl Registry {
    /// Issues a certificate about one licence of this person. With `holder_key` it can be presented with
    /// proof that the presenter holds that key.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub async fn issue_certificate(
        &self,
        person: PersonId,
        licence: RecordId,
        holder_key: Option<PublicKey>,
    ) -> Result<Issued, CertificateError> {
        let nothing_more = Chosen::default();
        self.issue_certificate_with(person, licence, holder_key, nothing_more)
            .await
    }

    /// The same with training and pledges that the holder wants it to show.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub async fn issue_certificate_with(
        &self,
        person: PersonId,
        licence: RecordId,
        holder_key: Option<PublicKey>,
        chosen: Chosen,
    ) -> Result<Issued, CertificateError> {
        let this = self.clone();
        self.store
            .run_async("certificate.issue", Access::Write, move |tx| {
                this.issue(tx, person, licence, (holder_key.as_ref(), &chosen))
            })
            .await
    }

    fn issue(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        licence: RecordId,
        (holder_key, chosen): (Option<&PublicKey>, &Chosen),
    ) -> Result<Issued, CertificateError> {
        let known = person::find_one(tx, &self.keys, person)?.ok_or(CertificateError::NoSuchLicence)?;
        let (now, today) = (self.clock.now(), self.today());
        let versions = record::of_person(tx, person)?;
        let about = about(&versions, licence);
        let views = view::records(&self.profile, today, &known.key, &about)?;
        let of_licence = |view: &&RecordView| view.record == licence && view.kind == RecordKind::Licence;
        let view = views
            .iter()
            .find(of_licence)
            .ok_or(CertificateError::NoSuchLicence)?;
        let withheld = dispute_flags::withheld(tx, person, today)?;
        if withheld.contains(&licence) {
            return Err(CertificateError::Withheld);
        }
        let decisions: Vec<&RecordView> = views
            .iter()
            .filter(|view| view.kind == RecordKind::Decision)
            // One that is no longer shown counts as it would have.
            .filter(|view| view.status == RecordStatus::Expired || !withheld.contains(&view.record))
            .collect();
        let identity = known.identity(person)?;
        let statement = statement(&self.profile, today, &identity.name, view, &decisions)?;

        let certificate = CertificateId::new(now, &*self.randomness).map_err(RegistryError::from)?;
        let expires_at = self.expiry(now, statement.valid_until);
        let (list, place) = status::take_place(tx, &*self.randomness, now.as_second())?;
        let reference = StatusReference {
            uri: self.status_list_uri(list),
            index: place as u64,
        };
        let of_person = (person, &known.key);
        let besides = chosen::claims(tx, self, of_person, (&versions, &view.profession), chosen)?;
        let signed = (now, expires_at);
        let text = self.sign_certificate(&statement, &besides, &reference, signed, holder_key)?;
        let pending = decisions.iter().filter(|one| one.status == RecordStatus::Pending);
        let revoke_on = pending
            .filter_map(|one| one.days.starts_on)
            .min()
            .map(day::to_number);
        let new = NewCertificate {
            person,
            certificate,
            record: licence,
            record_version: view.versions.last().map_or(1, |version| version.version),
            status: (list, place),
            issued_at: now,
            expires_at,
            revoke_on,
            text: &text,
        };
        new.insert(tx, &known.key, &*self.randomness)?;
        besides.note(tx, person, certificate)?;
        let issued = Event {
            id: EventId::new(now, &*self.randomness).map_err(RegistryError::from)?,
            person,
            kind: EventKind::CertificateIssued,
            actor: event::SELF.to_owned(),
            purpose: String::new(),
            subject: Some(*certificate.as_bytes()),
            at: now,
        };
        event::record(tx, &[issued], &*self.randomness)?;
        Ok(Issued {
            certificate,
            text,
            expires_at,
        })
    }

    fn expiry(&self, now: Timestamp, valid_until: Option<Date>) -> Timestamp {
        let longest = now.as_second() + GOOD_FOR_DAYS * 24 * 60 * 60;
        // The certificate ends with the last second of the licence's last day.
        let licence = valid_until
            .and_then(|day| day.tomorrow().ok())
            .and_then(|day| day.to_zoned(self.time_zone.clone()).ok())
            .map_or(longest, |end| end.timestamp().as_second());
        Timestamp::from_second(longest.min(licence)).unwrap_or(now)
    }

    fn sign_certificate(
        &self,
        statement: &Statement<'_>,
        besides: &chosen::Besides,
        status: &StatusReference,
        (now, expires_at): (Timestamp, Timestamp),
        holder_key: Option<&PublicKey>,
    ) -> Result<String, RegistryError> {
        let mut credential = Credential::new(&self.public_url, super::VCT)
            .issued_at(now.as_second())
            .expires_at(expires_at.as_second())
            .status(status)
            .claim(
                "profession",
                json!({"zh": statement.profession.zh, "en": statement.profession.en}),
            )
            .claim(
                "authority",
                json!({"zh": statement.authority.zh, "en": statement.authority.en}),
            )
            .claim("licence_status", statement.status.as_str())
            .disclosable("name", statement.name)
            .disclosable("licence_number", statement.licence_number)
            .disclosable("first_granted_on", statement.first_granted_on.to_string())
            .disclosable("decision_in_force", statement.decision_in_force)
            .disclosable(
                "whole_years_without_decision",
                statement.whole_years_without_decision,
            )
            // One more where a claim is not made, so that their number does not tell that either.
            .decoys(DECOYS + usize::from(statement.green_channel_years.is_none()));
        if let Some(years) = statement.green_channel_years {
            credential = credential.disclosable("green_channel_years", years);
        }
        for (name, value) in &besides.claims {
            credential = credential.disclosable(name, value.clone());
        }
        if let Some(day) = statement.valid_until {
            credential = credential.disclosable("valid_until", day.to_string());
        }
        if let Some(key) = holder_key {
            credential = credential.holder_key(key);
        }
        // The credential's own randomness cannot fail half-way: salts are drawn before.
        let mut failed = None;
        let text = credential.sign(&*self.issuer, &mut |bytes| {
            if let Err(error) = self.randomness.fill(bytes) {
                failed = Some(error);
            }
        });
        if let Some(error) = failed {
            return Err(error.into());
        }
        text.map_err(|error| RegistryError::Certificate(error.to_string()))
    }
}

/// The versions of the person's licences, without which a number might speak of another, and of the decisions of which the
/// certificates of this one speak as they stand now: those that reach it, and the others in its profession.
fn about(versions: &[Version], licence: RecordId) -> Vec<Version> {
    let licences = Licences::of(versions.iter().map(|one| &one.head));
    let of_one = |a: &Version, b: &Version| a.head.record == b.head.record;
    let wanted: HashSet<RecordId> = versions
        .chunk_by(of_one)
        .filter_map(|record| Some(&record.last()?.head))
        .filter(|head| {
            head.kind == RecordKind::Licence
                || (head.kind == RecordKind::Decision && licences.spoken_of(head).contains(&licence))
        })
        .map(|head| head.record)
        .collect();
    versions
        .iter()
        .filter(|one| wanted.contains(&one.head.record))
        .cloned()
        .collect()
}

/// What can be said about a licence today, if its status lets a certificate be issued.
fn statement<'a>(
    profile: &'a Profile,
    today: Date,
    name: &'a str,
    licence: &'a RecordView,
    decisions: &[&RecordView],
) -> Result<Statement<'a>, CertificateError> {
    let missing = || RegistryError::Stored("a licence's fields");
    if !licence.status.can_be_certified() {
        return Err(CertificateError::NotInForce);
    }
    let first_granted_on = licence.days.starts_on.ok_or_else(missing)?;
    let decision_in_force = decisions.iter().any(|one| one.status == RecordStatus::InForce);
    let since = decisions
        .iter()
        .filter(|one| counts(profile, one))
        .filter_map(|one| one.days.starts_on)
        .chain([first_granted_on])
        .max()
        .ok_or_else(missing)?;
    let number = profile
        .record_type(RecordKind::Licence)
        .and_then(|record_type| record_type.field_of_kind("licence-number"))
        .and_then(|field| licence.fields.get(&field.name))
        .and_then(serde_json::Value::as_str)
        .ok_or_else(missing)?;
    let years = whole_years(since, today);
    let enough = profile.procedures.green_channel_years.on(today).number;
    let open = !decision_in_force && i64::from(years) >= i64::from(enough);
    Ok(Statement {
        profession: &profile
            .professions
            .get(&licence.profession)
            .ok_or_else(missing)?
            .name,
        authority: &profile
            .authorities
            .get(&licence.authority)
            .ok_or_else(missing)?
            .name,
        name,
        licence_number: number,
        first_granted_on,
        valid_until: licence.days.ends_on,
        status: licence.status,
        decision_in_force,
        whole_years_without_decision: years,
        green_channel_years: open.then_some(enough),
    })
}

/// Whether the years without a decision count from this one: while it is shown, and as long as it is kept after that, for
/// what is signed has to be so. Minor ones end by themselves; those that were withdrawn or restored do not count either
/// (docs/adr/0014).
fn counts(profile: &Profile, decision: &RecordView) -> bool {
    let minor = view::penalty(profile, decision.kind, &decision.fields)
        .and_then(|category| profile.penalty(category))
        .is_some_and(|penalty| penalty.kind == DecisionKind::Minor);
    match decision.status {
        RecordStatus::InForce => true,
        RecordStatus::Expired => !minor,
        _ => false,
    }
}

fn whole_years(since: Date, today: Date) -> i16 {
    let years = today.year() - since.year();
    if (today.month(), today.day()) < (since.month(), since.day()) {
        years - 1
    } else {
        years
    }
    .max(0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_is_whole_on_its_day_and_not_before() {
        assert_eq!(whole_years(date(2020, 11, 24), date(2026, 11, 23)), 5);
        assert_eq!(whole_years(date(2020, 11, 23), date(2026, 11, 23)), 6);
        assert_eq!(whole_years(date(2026, 11, 24), date(2026, 11, 23)), 0);
    }
}
