//! Revoking: because the holder wishes it, or because what the certificate says is no longer so. The holder
//! is told in the same transaction.

use std::{collections::HashSet, str::FromStr};

use jiff::{Timestamp, civil::Date};
use model::{CertificateId, EventId, PersonId, PledgeId, Randomness, RecordId};
use storage::{Param, StoreError, Tx};

use crate::{
    Registry, RegistryError, day,
    erasure::{Kind, Withdrawn},
    event::{self, Event, EventKind},
    notice::NoticeKind,
    procedure::tell_person,
    submission::incoming::Common,
};

/// Why a certificate was revoked. Only the holder sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The holder wished it.
    Holder,
    /// A decision about the licence came into force.
    Decision,
    /// The licence, a decision about it or a training that it shows was corrected.
    Corrected,
    /// The authority took the licence back.
    Withdrawn,
}

impl Why {
    const ALL: [Self; 4] = [Self::Holder, Self::Decision, Self::Corrected, Self::Withdrawn];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Decision => "decision",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl FromStr for Why {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|why| why.as_str() == text)
            .ok_or_else(super::unknown)
    }
}

/// A certificate that is still good.
struct Live {
    person: PersonId,
    certificate: CertificateId,
    record: RecordId,
    status: (i64, i64),
    expires_at: i64,
}

const SELECT: &str = "SELECT person, certificate, record, status_list, status_place, expires_at FROM certificate WHERE revoked_at IS NULL ";

impl Registry {
    /// Revokes a certificate because its holder wishes it. Answers false where the holder has no such
    /// certificate, or it is revoked already. No older copy brings it back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke_certificate(
        &self,
        person: PersonId,
        certificate: CertificateId,
    ) -> Result<bool, RegistryError> {
        let this = self.clone();
        let plan = move |tx: &mut dyn Tx| {
            let what = Withdrawn::of_person(Kind::Certificate, person, certificate.as_bytes());
            let live = live_one(tx, person, certificate)?;
            Ok(live.map(|_| what).into_iter().collect())
        };
        self.withdraw_async("certificate.revoke", plan, move |tx| {
            by_holder(tx, &this, person, certificate)
        })
        .await
    }

    /// Revokes the certificates whose day has come: a decision that was filed before it came into force.
    pub(crate) fn revoke_due(&self, tx: &mut dyn Tx) -> Result<usize, RegistryError> {
        let sql = format!("{SELECT}AND revoke_on <= $1");
        let rows = tx.query(&sql, &[Param::Int(day::to_number(self.today()))])?;
        let rows = rows
            .into_iter()
            .map(read)
            .collect::<Result<Vec<_>, StoreError>>()?;
        let now = self.clock.now();
        let (due, over): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|one| one.expires_at > now.as_second());
        let due: Vec<(Live, Why)> = due.into_iter().map(|one| (one, Why::Decision)).collect();
        revoke(tx, &*self.randomness, &due, now)?;
        for one in over {
            // It ended by itself; nobody is told anything of it.
            tx.execute(
                "UPDATE certificate SET revoke_on = NULL WHERE person = $1 AND certificate = $2",
                &[
                    Param::Blob(one.person.as_bytes()),
                    Param::Blob(one.certificate.as_bytes()),
                ],
            )?;
        }
        Ok(due.len())
    }
}

fn live_one(
    tx: &mut dyn Tx,
    person: PersonId,
    certificate: CertificateId,
) -> Result<Option<Live>, StoreError> {
    let live = live(tx, &format!("{SELECT}AND person IN "), &[person])?;
    Ok(live.into_iter().find(|one| one.certificate == certificate))
}

/// Revokes a certificate because its holder wishes it. Answers false where there is none that is good.
pub(crate) fn by_holder(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    certificate: CertificateId,
) -> Result<bool, RegistryError> {
    let Some(one) = live_one(tx, person, certificate)? else {
        return Ok(false);
    };
    revoke(tx, &*this.randomness, &[(one, Why::Holder)], this.clock.now())?;
    Ok(true)
}

/// Ends the certificates that show this pledge, because their holder ends it.
pub(crate) fn because_of_pledge(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    pledge: PledgeId,
) -> Result<(), RegistryError> {
    let shown = shown(tx, &[person])?;
    let shows = |one: &Live| shown.contains(&(one.certificate, *pledge.as_bytes()));
    let at = this.clock.now();
    let live = live(tx, &format!("{SELECT}AND person IN "), &[person])?;
    let ended: Vec<(Live, Why)> = live
        .into_iter()
        .filter(|one| one.expires_at > at.as_second() && shows(one))
        .map(|one| (one, Why::Holder))
        .collect();
    revoke(tx, &*this.randomness, &ended, at)
}

/// What the certificates of these people rest on besides their licences: trainings and pledges.
fn shown(tx: &mut dyn Tx, people: &[PersonId]) -> Result<HashSet<(CertificateId, [u8; 16])>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let select = "SELECT certificate, subject FROM certificate_shows WHERE person IN ";
    crate::sql::select_in(tx, select, &ids)?
        .into_iter()
        .map(|mut row| Ok((CertificateId::from_bytes(row.array()?), row.array()?)))
        .collect()
}

/// Ends the certificates of these licences, or that rest on these trainings: today, or on the day on which the reason comes into force.
pub(crate) fn because_of_filing(
    tx: &mut dyn Tx,
    randomness: &dyn Randomness,
    common: &Common,
    ended: &[(PersonId, RecordId, Date, Why)],
) -> Result<(), RegistryError> {
    if ended.is_empty() {
        return Ok(());
    }
    let mut people: Vec<PersonId> = ended.iter().map(|(person, ..)| *person).collect();
    people.sort();
    people.dedup();
    let mut now = Vec::new();
    let live = live(tx, &format!("{SELECT}AND person IN "), &people)?;
    let mut holders: Vec<PersonId> = live.iter().map(|one| one.person).collect();
    holders.dedup();
    let shown = match holders.as_slice() {
        [] => HashSet::new(),
        holders => shown(tx, holders)?,
    };
    for one in live
        .into_iter()
        .filter(|one| one.expires_at > common.at.as_second())
    {
        let reasons = ended.iter().filter(|(person, record, ..)| {
            let rests_on = || shown.contains(&(one.certificate, *record.as_bytes()));
            *person == one.person && (*record == one.record || rests_on())
        });
        // The earliest reason ends it.
        let Some((_, _, on, why)) = reasons.min_by_key(|(_, _, on, _)| *on) else {
            continue;
        };
        if *on <= common.today {
            now.push((one, *why));
        } else {
            tx.execute(
                "UPDATE certificate SET revoke_on = $1 WHERE person = $2 AND certificate = $3 \
                 AND (revoke_on IS NULL OR revoke_on > $1)",
                &[
                    Param::Int(day::to_number(*on)),
                    Param::Blob(one.person.as_bytes()),
                    Param::Blob(one.certificate.as_bytes()),
                ],
            )?;
        }
    }
    revoke(tx, randomness, &now, common.at)
}

fn live(tx: &mut dyn Tx, select: &str, people: &[PersonId]) -> Result<Vec<Live>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    crate::sql::select_in(tx, select, &ids)?
        .into_iter()
        .map(read)
        .collect()
}

fn read(mut row: storage::Row) -> Result<Live, StoreError> {
    Ok(Live {
        person: PersonId::from_bytes(row.array()?),
        certificate: CertificateId::from_bytes(row.array()?),
        record: RecordId::from_bytes(row.array()?),
        status: (row.int()?, row.int()?),
        expires_at: row.int()?,
    })
}

fn revoke(
    tx: &mut dyn Tx,
    randomness: &dyn Randomness,
    certificates: &[(Live, Why)],
    at: Timestamp,
) -> Result<(), RegistryError> {
    let mut events = Vec::with_capacity(certificates.len());
    for (one, why) in certificates {
        let second = Param::Int(at.as_second());
        tx.execute(
            "UPDATE certificate SET revoked_at = $1, revoked_why = $2, revoke_on = NULL \
             WHERE person = $3 AND certificate = $4",
            &[
                second,
                Param::Text(why.as_str()),
                Param::Blob(one.person.as_bytes()),
                Param::Blob(one.certificate.as_bytes()),
            ],
        )?;
        tx.execute(
            "UPDATE status_place SET revoked_at = $1 WHERE list = $2 AND place = $3",
            &[second, Param::Int(one.status.0), Param::Int(one.status.1)],
        )?;
        tx.execute(
            "UPDATE status_list SET changed_at = $1 WHERE list = $2",
            &[second, Param::Int(one.status.0)],
        )?;
        let actor = if *why == Why::Holder {
            event::SELF
        } else {
            event::INSTALLATION
        };
        events.push(Event {
            id: EventId::new(at, randomness)?,
            person: one.person,
            kind: EventKind::CertificateRevoked,
            actor: actor.to_owned(),
            purpose: why.as_str().to_owned(),
            subject: Some(*one.certificate.as_bytes()),
            at,
        });
        let kind = NoticeKind::revoked(*why);
        tell_person(
            tx,
            randomness,
            at,
            (one.person, kind, *one.certificate.as_bytes()),
        )?;
    }
    event::record(tx, &events, randomness)
}
