//! Records that ended do not come back: a document whose record was withdrawn, restored or erased is turned away when
//! it is filed again. A withdrawn or erased one may, once a reviewer certified that it is right; then the person is
//! told as it comes in.

use std::collections::HashMap;

use jiff::Timestamp;
use keys::DocumentKey;
use model::{
    EventId, PersonId, RecordId, VersionKind,
    procedure::{ProcedureKind, ReviewerId, StepName},
};
use storage::{Access, Param, StoreError, Tx};

use crate::{
    EventKind, NoticeKind, Registry, RegistryError,
    event::{self, Event},
    procedure::tell_person,
    record::{self, VersionHead},
    staff,
};

/// The words for how a record ended, beside those of its last version.
const ERASED: &str = "erased";
const RESTORED: &str = "restored";

/// Whose judgment a certificate is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judged {
    /// That of the reviewer who gave it.
    ByReviewer,
    /// That of a court or another body outside. The reviewer put it down.
    Outside,
}

impl Judged {
    /// What the event says that the certificate was given for: nothing, or the step in which a court's decision was put down.
    pub(crate) fn purpose(self) -> String {
        match self {
            Self::ByReviewer => String::new(),
            Self::Outside => format!(
                "{}:{}",
                ProcedureKind::Reconsideration,
                StepName::RecordOutsideDecision
            ),
        }
    }
}

/// Why no certificate was given.
#[derive(Debug, thiserror::Error)]
pub enum ReentryError {
    /// The person has no such record, or it has not ended.
    #[error("there is no such record that has ended")]
    NotEnded,
    /// It was restored, and restored it stays.
    #[error("a record that was restored does not come in again")]
    Restored,
    /// The reviewer is not registered, or has left.
    #[error("there is no such reviewer")]
    ReviewerUnknown,
    /// The record is about the reviewer themselves.
    #[error("the record is about the reviewer: another one certifies it")]
    Concerned,
    /// It was certified before, and has not come in yet.
    #[error("a reviewer has certified it already")]
    Certified,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ReentryError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotEnded => "record-not-ended",
            Self::Restored => "record-restored",
            Self::ReviewerUnknown => "reviewer-unknown",
            Self::Concerned => "reviewer-concerned",
            Self::Certified => "reentry-certified",
            Self::Registry(_) => "failed",
        }
    }
}

impl From<StoreError> for ReentryError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// Notes that the record of a document has ended.
pub(crate) fn end_document(
    tx: &mut dyn Tx,
    person: PersonId,
    document: DocumentKey,
    record: RecordId,
    why: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO ended_document (person, document, record, why, ended_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (person, document) DO UPDATE SET record = $3, why = $4, ended_at = $5, \
         certified_by = NULL, certified_at = NULL",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(&document),
            Param::Blob(record.as_bytes()),
            Param::Text(why),
            Param::Int(at.as_second()),
        ],
    )?;
    Ok(())
}

/// Notes that the record of a document is erased. One that had ended before did so as it is noted; and where the
/// document came in again, another record has it.
pub(crate) fn erase_document(
    tx: &mut dyn Tx,
    person: PersonId,
    document: DocumentKey,
    record: RecordId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let others = tx.query(
        "SELECT 1 FROM document WHERE document = $1 AND record <> $2",
        &[Param::Blob(&document), Param::Blob(record.as_bytes())],
    )?;
    if !others.is_empty() {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO ended_document (person, document, record, why, ended_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(&document),
            Param::Blob(record.as_bytes()),
            Param::Text(ERASED),
            Param::Int(at.as_second()),
        ],
    )?;
    Ok(())
}

/// The documents of these people whose records have ended, and whether a reviewer certified that they are right.
pub(crate) fn ended(
    tx: &mut dyn Tx,
    people: &[PersonId],
) -> Result<HashMap<(PersonId, DocumentKey), bool>, StoreError> {
    // Most parts are about people of whom nothing has ended, and in a new installation nothing has.
    if people.is_empty() || tx.query("SELECT 1 FROM ended_document LIMIT 1", &[])?.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let select = "SELECT person, document, certified_at FROM ended_document WHERE person IN ";
    crate::sql::select_in(tx, select, &ids)?
        .into_iter()
        .map(|mut row| {
            let key = (PersonId::from_bytes(row.array()?), row.array()?);
            Ok((key, row.opt_int()?.is_some()))
        })
        .collect()
}

/// A document whose record had ended has come in again, as this record: the person is told, and it may end anew.
pub(crate) fn came_again(
    tx: &mut dyn Tx,
    this: &Reentered<'_>,
    person: PersonId,
    document: &DocumentKey,
    record: RecordId,
) -> Result<(), RegistryError> {
    tx.execute(
        "DELETE FROM ended_document WHERE person = $1 AND document = $2",
        &[Param::Blob(person.as_bytes()), Param::Blob(document)],
    )?;
    let event = Event {
        id: EventId::new(this.at, this.randomness)?,
        person,
        kind: EventKind::RecordCameAgain,
        actor: this.authority.to_owned(),
        purpose: String::new(),
        subject: Some(*record.as_bytes()),
        at: this.at,
    };
    event::record(tx, &[event], this.randomness)?;
    let kind = NoticeKind::RecordCameAgain;
    tell_person(tx, this.randomness, this.at, (person, kind, *record.as_bytes()))
}

/// What a filing is, as far as telling of it goes.
pub(crate) struct Reentered<'a> {
    pub(crate) randomness: &'a dyn model::Randomness,
    pub(crate) authority: &'a str,
    pub(crate) at: Timestamp,
}

impl Registry {
    /// Certifies that a record that was withdrawn or erased is right, so that its document may be filed again, once.
    ///
    /// # Errors
    /// When there is no such reviewer, the record is about them, it has not ended, was restored, is certified already, or
    /// the store fails.
    pub async fn certify_reentry(
        &self,
        reviewer: ReviewerId,
        person: PersonId,
        record: RecordId,
    ) -> Result<(), ReentryError> {
        let this = self.clone();
        self.store
            .run_async("reentry.certify", Access::Write, move |tx| {
                this.certify(tx, &reviewer, person, record)
            })
            .await
    }

    fn certify(
        &self,
        tx: &mut dyn Tx,
        reviewer: &ReviewerId,
        person: PersonId,
        record: RecordId,
    ) -> Result<(), ReentryError> {
        if !staff::is_reviewer(tx, reviewer.as_str())? {
            return Err(ReentryError::ReviewerUnknown);
        }
        if staff::own_person(tx, reviewer.as_str())? == Some(person) {
            return Err(ReentryError::Concerned);
        }
        let at = self.clock.now();
        let key = [Param::Blob(person.as_bytes()), Param::Blob(record.as_bytes())];
        let rows = tx.query(
            "SELECT document, why, certified_at FROM ended_document WHERE person = $1 AND record = $2",
            &key,
        )?;
        let mut row = rows.into_iter().next().ok_or(ReentryError::NotEnded)?;
        let document: DocumentKey = row.array()?;
        if row.text()? == RESTORED || was_restored(tx, person, record)? {
            return Err(ReentryError::Restored);
        }
        if row.opt_int()?.is_some() {
            return Err(ReentryError::Certified);
        }
        // What was there is told from what comes in: it will be a record of its own.
        tx.execute(
            "DELETE FROM document WHERE document = $1 AND record = $2",
            &[Param::Blob(&document), Param::Blob(record.as_bytes())],
        )?;
        tx.execute(
            "UPDATE ended_document SET certified_by = $3, certified_at = $4 WHERE person = $1 AND record = $2",
            &[
                key[0],
                key[1],
                Param::Text(reviewer.as_str()),
                Param::Int(at.as_second()),
            ],
        )?;
        Ok(self.put_down_certificate(tx, (person, record), reviewer, Judged::ByReviewer)?)
    }

    /// Certifies that a withdrawn record, of which this is the last version, is right, as an order of this reviewer or one
    /// from outside that they put down says. A certificate that was given before holds for it too. Answers whether the
    /// document was filed again already, when there is nothing left to certify. An order of the reviewer's own is put down as
    /// their judgment of the document in any case.
    pub(crate) fn certify_by_order(
        &self,
        tx: &mut dyn Tx,
        withdrawn: &VersionHead,
        reviewer: &ReviewerId,
        judged: Judged,
    ) -> Result<bool, RegistryError> {
        let filed_again = filed_again(tx, withdrawn)?;
        let given = !filed_again && self.note_as_certified(tx, withdrawn, reviewer)?;
        if given || judged == Judged::ByReviewer {
            self.put_down_certificate(tx, (withdrawn.person, withdrawn.record), reviewer, judged)?;
        }
        Ok(filed_again)
    }

    /// Answers whether it was not certified before.
    fn note_as_certified(
        &self,
        tx: &mut dyn Tx,
        withdrawn: &VersionHead,
        reviewer: &ReviewerId,
    ) -> Result<bool, StoreError> {
        // A document whose submission was taken back is not noted as ended: now it is, for what comes in to be known by.
        let given = tx.execute(
            "INSERT INTO ended_document (person, document, record, why, ended_at, certified_by, certified_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (person, document) DO UPDATE SET certified_by = $6, certified_at = $7 \
             WHERE ended_document.certified_at IS NULL",
            &[
                Param::Blob(withdrawn.person.as_bytes()),
                Param::Blob(&withdrawn.document),
                Param::Blob(withdrawn.record.as_bytes()),
                Param::Text(VersionKind::Withdrawn.as_str()),
                Param::Int(withdrawn.filed_at.as_second()),
                Param::Text(reviewer.as_str()),
                Param::Int(self.clock.now().as_second()),
            ],
        )?;
        Ok(given > 0)
    }

    fn put_down_certificate(
        &self,
        tx: &mut dyn Tx,
        (person, record): (PersonId, RecordId),
        reviewer: &ReviewerId,
        judged: Judged,
    ) -> Result<(), RegistryError> {
        let at = self.clock.now();
        let event = Event {
            id: EventId::new(at, &*self.randomness)?,
            person,
            kind: EventKind::ReentryCertified,
            actor: format!("reviewer:{reviewer}"),
            purpose: judged.purpose(),
            subject: Some(*record.as_bytes()),
            at,
        };
        event::record(tx, &[event], &*self.randomness)
    }
}

/// Whether the document of a withdrawn record came in again, as another record.
fn filed_again(tx: &mut dyn Tx, withdrawn: &VersionHead) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT 1 FROM document WHERE person = $1 AND document = $2 AND record <> $3",
        &[
            Param::Blob(withdrawn.person.as_bytes()),
            Param::Blob(&withdrawn.document),
            Param::Blob(withdrawn.record.as_bytes()),
        ],
    )?;
    Ok(!rows.is_empty())
}

/// Whether a record was restored at some time: what was withdrawn after that no longer counted when it was.
fn was_restored(tx: &mut dyn Tx, person: PersonId, record: RecordId) -> Result<bool, StoreError> {
    let versions = record::versions(tx, person, record)?;
    Ok(versions
        .iter()
        .any(|one| one.head.change == VersionKind::Restored))
}

/// Takes back a certificate that was not used: the document does not come in again.
pub(crate) fn uncertify(tx: &mut dyn Tx, person: PersonId, document: &DocumentKey) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE ended_document SET certified_by = NULL, certified_at = NULL WHERE person = $1 AND document = $2",
        &[Param::Blob(person.as_bytes()), Param::Blob(document)],
    )?;
    Ok(())
}
