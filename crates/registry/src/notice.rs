//! Notices to a person: written in the transaction that causes them, read on the portal; an e-mail says that there is
//! one. A look has no row of its own here: it is its notice itself.

use std::str::FromStr;

use jiff::Timestamp;
use model::{EventId, NoticeId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use crate::{Registry, RegistryError, certificate::Why, look, mail};

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// A certificate was revoked because the holder wished it.
    RevokedByHolder,
    /// A certificate was revoked because a decision came into force.
    RevokedByDecision,
    /// A certificate was revoked because something that it says was corrected.
    RevokedByCorrection,
    /// A certificate was revoked because the authority took the licence back.
    RevokedByWithdrawal,
    /// Those who license the same profession were alerted to a prohibition or restriction to practise. Its words
    /// say how to appeal.
    AlertSent,
    /// Others became receivers of such an alert that stands: they license the same profession from now on, or are
    /// registered as a peer for it.
    AlertReceiverAdded,
    /// Such an alert that stands was closed for an authority, which licenses the profession no longer.
    AlertReceiverClosed,
    /// An authority elsewhere decided so, and those who license the same profession here were alerted.
    AlertArrived,
    /// Such an alert has ended and is closed wherever it went.
    AlertClosed,
    /// A body looked at the person's records.
    LookedAt,
    /// A body wanted to look, and the rules refused it.
    LookRefused,
    /// A body looked under the person's number with another name, and found nobody.
    LookFoundNothing,
    /// A reviewer found that a look was not proper.
    LookImproper,
    /// A body asks for consent.
    ConsentAsked,
    /// A body wanted to ask for consent, and the rules refused it.
    ConsentAskRefused,
    /// A representative answered for the person, paused, resumed or took back a consent.
    ConsentByRepresentative,
    /// A representative may act for the person.
    MandateRegistered,
    /// A representative may no longer act for the person.
    MandateEnded,
    /// A record that had ended came in again, with a reviewer's certificate.
    RecordCameAgain,
    /// An association proposed that the person is commended.
    CommendationProposed,
    /// An authority took such a proposal up. Its subject is the commendation.
    ProposalTakenUp,
    /// An authority does not take such a proposal up.
    ProposalDeclined,
    /// Such a proposal was not answered in time.
    ProposalLapsed,
    /// A representative decided whether a commendation is published.
    PublicationByRepresentative,
    /// An authority filed a row under the person's identity number with another name; it was not taken in.
    OtherNameFiled,
    /// A breach of data affects the person. Its subject is the report.
    BreachReported,
    /// A procedure went a step on.
    Procedure(model::procedure::NoticeKind),
}

impl serde::Serialize for NoticeKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl NoticeKind {
    /// Those that no procedure has.
    const ALL: [Self; 26] = [
        Self::RevokedByHolder,
        Self::RevokedByDecision,
        Self::RevokedByCorrection,
        Self::RevokedByWithdrawal,
        Self::AlertSent,
        Self::AlertReceiverAdded,
        Self::AlertReceiverClosed,
        Self::AlertArrived,
        Self::AlertClosed,
        Self::LookedAt,
        Self::LookRefused,
        Self::LookFoundNothing,
        Self::LookImproper,
        Self::ConsentAsked,
        Self::ConsentAskRefused,
        Self::ConsentByRepresentative,
        Self::MandateRegistered,
        Self::MandateEnded,
        Self::RecordCameAgain,
        Self::CommendationProposed,
        Self::ProposalTakenUp,
        Self::ProposalDeclined,
        Self::ProposalLapsed,
        Self::PublicationByRepresentative,
        Self::OtherNameFiled,
        Self::BreachReported,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RevokedByHolder => "revoked-by-holder",
            Self::RevokedByDecision => "revoked-by-decision",
            Self::RevokedByCorrection => "revoked-by-correction",
            Self::RevokedByWithdrawal => "revoked-by-withdrawal",
            Self::AlertSent => "alert-sent",
            Self::AlertReceiverAdded => "alert-receiver-added",
            Self::AlertReceiverClosed => "alert-receiver-closed",
            Self::AlertArrived => "alert-arrived",
            Self::AlertClosed => "alert-closed",
            Self::LookedAt => "looked-at",
            Self::LookRefused => "look-refused",
            Self::LookFoundNothing => "look-found-nothing",
            Self::LookImproper => "look-improper",
            Self::ConsentAsked => "consent-asked",
            Self::ConsentAskRefused => "consent-ask-refused",
            Self::ConsentByRepresentative => "consent-by-representative",
            Self::MandateRegistered => "mandate-registered",
            Self::MandateEnded => "mandate-ended",
            Self::RecordCameAgain => "record-came-again",
            Self::CommendationProposed => "commendation-proposed",
            Self::ProposalTakenUp => "proposal-taken-up",
            Self::ProposalDeclined => "proposal-declined",
            Self::ProposalLapsed => "proposal-lapsed",
            Self::PublicationByRepresentative => "publication-by-representative",
            Self::OtherNameFiled => "other-name-filed",
            Self::BreachReported => "breach-reported",
            Self::Procedure(kind) => kind.as_str(),
        }
    }

    pub(crate) fn revoked(why: Why) -> Self {
        match why {
            Why::Holder => Self::RevokedByHolder,
            Why::Decision => Self::RevokedByDecision,
            Why::Corrected => Self::RevokedByCorrection,
            Why::Withdrawn => Self::RevokedByWithdrawal,
        }
    }
}

impl FromStr for NoticeKind {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        let found = found.or_else(|| text.parse().ok().map(Self::Procedure));
        found.ok_or(StoreError::Shape("the kind of a notice is expected"))
    }
}

/// A notice.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Notice {
    /// Its identifier.
    pub notice: NoticeId,
    /// What it says.
    pub kind: NoticeKind,
    /// What it is about, in hexadecimal: a certificate, look, consent or mandate.
    pub subject: Option<String>,
    /// When it was written.
    pub at: Timestamp,
    /// When the person marked it as read.
    pub read_at: Option<Timestamp>,
}

/// Writes a notice, and enqueues an e-mail that says that there is one.
pub(crate) fn put(
    tx: &mut dyn Tx,
    person: PersonId,
    notice: NoticeId,
    kind: NoticeKind,
    subject: [u8; 16],
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO notice (person, notice, kind, subject, at) VALUES ($1, $2, $3, $4, $5)",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(notice.as_bytes()),
            Param::Text(kind.as_str()),
            Param::Blob(&subject),
            Param::Int(at.as_second()),
        ],
    )?;
    mail::enqueue(tx, at, person, notice)
}

/// Enqueues an e-mail that says that there is a notice of a look. The look itself is the notice, from when it shows.
pub(crate) fn put_look(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    at: Timestamp,
) -> Result<(), StoreError> {
    mail::enqueue(tx, at, person, NoticeId::from_bytes(*look.as_bytes()))
}

/// The looks of a person that are notices: those that were answered and do not wait.
const LOOKS: &str = "FROM event LEFT JOIN look_wait AS wait ON wait.person = event.person AND wait.look = event.event \
     WHERE event.person = $1 AND event.outcome = $2 AND (wait.look IS NULL OR wait.told_at IS NOT NULL)";

const COLUMNS: &[&str] = &["person", "notice", "kind", "subject", "at"];

/// Tells many people the same.
pub(crate) fn put_many(
    tx: &mut dyn Tx,
    this: &Registry,
    people: &[PersonId],
    kind: NoticeKind,
    subject: [u8; 16],
) -> Result<(), RegistryError> {
    let at = this.clock.now();
    for part in people.chunks(crate::sql::AT_ONCE) {
        let ids = part.iter().map(|_| NoticeId::new(at, &*this.randomness));
        let ids: Vec<NoticeId> = ids.collect::<Result<_, _>>()?;
        let mut values = Vec::with_capacity(part.len() * COLUMNS.len());
        for (person, id) in part.iter().zip(&ids) {
            values.extend([
                Param::Blob(person.as_bytes()),
                Param::Blob(id.as_bytes()),
                Param::Text(kind.as_str()),
                Param::Blob(&subject),
                Param::Int(at.as_second()),
            ]);
        }
        tx.insert_many("notice", COLUMNS, &values)?;
        mail::enqueue_many(tx, at, part, &ids)?;
    }
    Ok(())
}

impl Registry {
    /// The notices of a person, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notices(&self, person: PersonId) -> Result<Vec<Notice>, RegistryError> {
        self.store
            .run_async("notice.list", Access::Read, move |tx| {
                let sql = format!(
                    "SELECT notice, kind, subject, at, read_at FROM notice WHERE person = $1 UNION ALL \
                     SELECT event.event, $3, event.event, COALESCE(wait.told_at, event.at), event.read_at {LOOKS} \
                     ORDER BY 4 DESC, 1 DESC"
                );
                let params = [
                    Param::Blob(person.as_bytes()),
                    Param::Text(look::SEEN),
                    Param::Text(NoticeKind::LookedAt.as_str()),
                ];
                let rows = tx.query(&sql, &params)?;
                rows.into_iter()
                    .map(|mut row| {
                        Ok(Notice {
                            notice: NoticeId::from_bytes(row.array()?),
                            kind: row.text()?.parse()?,
                            subject: row.opt_blob()?.map(hex::encode),
                            at: crate::time(row.int()?)?,
                            read_at: row.opt_int()?.map(crate::time).transpose()?,
                        })
                    })
                    .collect()
            })
            .await
    }

    /// How many notices of a person are not marked as read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unread_notices(&self, person: PersonId) -> Result<u64, RegistryError> {
        self.store
            .run_async("notice.count", Access::Read, move |tx| {
                let sql = format!(
                    "SELECT (SELECT COUNT(*) FROM notice WHERE person = $1 AND read_at IS NULL) + \
                     (SELECT COUNT(*) {LOOKS} AND event.read_at IS NULL)"
                );
                let rows = tx.query(&sql, &[Param::Blob(person.as_bytes()), Param::Text(look::SEEN)])?;
                let mut row = rows.into_iter().next();
                let count = row.as_mut().map_or(Ok(0), |row| row.int())?;
                Ok(u64::try_from(count).unwrap_or_default())
            })
            .await
    }

    /// Marks a notice as read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mark_read(&self, person: PersonId, notice: NoticeId) -> Result<(), RegistryError> {
        let at = self.clock.now().as_second();
        self.store
            .run_async("notice.read", Access::Write, move |tx| {
                let key = [
                    Param::Int(at),
                    Param::Blob(person.as_bytes()),
                    Param::Blob(notice.as_bytes()),
                ];
                let others = "UPDATE notice SET read_at = $1 WHERE person = $2 AND notice = $3 AND read_at IS NULL";
                let looks = "UPDATE event SET read_at = $1 WHERE person = $2 AND event = $3 AND outcome IS NOT NULL \
                             AND read_at IS NULL";
                if tx.execute(others, &key)? == 0 {
                    tx.execute(looks, &key)?;
                }
                Ok(())
            })
            .await
    }
}
