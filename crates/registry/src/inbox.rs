//! Notices to bodies and reviewers: written in the transaction that causes them. A body's tells it which procedure
//! it is about, and of the person only the identifier that they have for that body alone. So have the procedure and its
//! record, for a body that takes no part in it: two that were given the same cannot tell by a notice that they were.

use jiff::Timestamp;
use model::{
    NoticeId, PersonId, ProcedureId, RecordId,
    procedure::{NoticeKind, ReviewerId},
};
use storage::{Access, Param, StoreError, Tx};

use crate::{Registry, RegistryError, procedure::REVIEWERS, staff};

/// A notice to a body or a reviewer.
#[derive(Debug, Clone, serde::Serialize)]
pub struct BodyNotice {
    /// Its identifier.
    pub notice: NoticeId,
    /// What it says.
    pub kind: NoticeKind,
    /// The procedure that it is about. A body that takes no part in it, and is told because it was given the record, has
    /// an identifier of its own for it.
    pub procedure: ProcedureId,
    /// The record that the procedure is about, if it is about one: under the identifier by which the body was given it.
    pub record: Option<RecordId>,
    /// The person's identifier for this body alone.
    pub person: String,
    /// When it was written.
    pub at: Timestamp,
    /// When somebody of the body marked it as read.
    pub read_at: Option<Timestamp>,
}

/// Writes a notice to a body, or to the inbox of a reviewer.
pub(crate) fn put(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    procedure: ProcedureId,
    body: &str,
    kind: NoticeKind,
) -> Result<(), RegistryError> {
    let at = this.clock.now();
    let notice = NoticeId::new(at, &*this.randomness)?;
    tx.execute(
        "INSERT INTO body_notice (person, notice, body, kind, procedure, at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(notice.as_bytes()),
            Param::Text(body),
            Param::Text(kind.as_str()),
            Param::Blob(procedure.as_bytes()),
            Param::Int(at.as_second()),
        ],
    )?;
    Ok(())
}

/// Whether whoever reads this inbox takes part in a procedure that concerns this body: the body itself, reviewers, and
/// who represents the person. Everybody else is only told of it.
fn takes_part(concerns: Option<&str>, inbox: &str) -> bool {
    // Ids of bodies hold no colon.
    inbox.contains(':') || concerns == Some(inbox)
}

/// The procedure that a body which has to stop using a record knows by this identifier of its own.
pub(crate) fn told_as(
    tx: &mut dyn Tx,
    this: &Registry,
    body: &str,
    known: ProcedureId,
) -> Result<Option<ProcedureId>, StoreError> {
    let rows = tx.query(
        "SELECT procedure, kind FROM body_notice WHERE body = $1",
        &[Param::Text(body)],
    )?;
    for mut row in rows {
        let (procedure, kind) = (ProcedureId::from_bytes(row.array()?), row.text()?);
        let asked = [NoticeKind::StopUsing, NoticeKind::StopUsingAgain].map(|one| one.as_str());
        if asked.contains(&kind.as_str()) && this.keys.procedure_for_body(procedure, body) == known {
            return Ok(Some(procedure));
        }
    }
    Ok(None)
}

/// How many notices one answer holds at most.
const MOST: i64 = 1_000;

/// Marks whatever a body was told of a procedure as read: it has done what it was asked for.
pub(crate) fn mark_all_read(
    tx: &mut dyn Tx,
    (person, procedure): (PersonId, ProcedureId),
    body: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE body_notice SET read_at = $1 WHERE person = $2 AND body = $3 AND procedure = $4 AND read_at IS NULL",
        &[
            Param::Int(at.as_second()),
            Param::Blob(person.as_bytes()),
            Param::Text(body),
            Param::Blob(procedure.as_bytes()),
        ],
    )?;
    Ok(())
}

/// Marks whatever anybody was told of a procedure as read: it ends, and nothing in it is to be done.
pub(crate) fn nothing_to_do(
    tx: &mut dyn Tx,
    (person, procedure): (PersonId, ProcedureId),
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE body_notice SET read_at = $1 WHERE person = $2 AND procedure = $3 AND read_at IS NULL",
        &[
            Param::Int(at.as_second()),
            Param::Blob(person.as_bytes()),
            Param::Blob(procedure.as_bytes()),
        ],
    )?;
    Ok(())
}

impl Registry {
    /// The latest notices to a body, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn body_notices(&self, body: &str) -> Result<Vec<BodyNotice>, RegistryError> {
        self.inbox(vec![body.to_owned()]).await
    }

    /// The latest notices to a reviewer and to all reviewers, the latest first. None to who is no reviewer.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviewer_notices(&self, reviewer: &ReviewerId) -> Result<Vec<BodyNotice>, RegistryError> {
        let id = reviewer.to_string();
        let known = self
            .store
            .run_async("inbox.reviewer", Access::Read, move |tx| {
                Ok::<_, RegistryError>(staff::is_reviewer(tx, &id)?)
            })
            .await?;
        if !known {
            return Ok(Vec::new());
        }
        self.inbox(vec![format!("reviewer:{reviewer}"), REVIEWERS.to_owned()])
            .await
    }

    async fn inbox(&self, bodies: Vec<String>) -> Result<Vec<BodyNotice>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("inbox.list", Access::Read, move |tx| {
                let mut notices = Vec::new();
                for body in &bodies {
                    let rows = tx.query(
                        "SELECT told.person, told.notice, told.kind, told.procedure, about.record, \
                         about.body, told.at, told.read_at FROM body_notice AS told LEFT JOIN procedure AS about \
                         ON about.person = told.person AND about.procedure = told.procedure \
                         WHERE told.body = $1 ORDER BY told.at DESC, told.notice DESC LIMIT $2",
                        &[Param::Text(body), Param::Int(MOST)],
                    )?;
                    for mut row in rows {
                        let person = PersonId::from_bytes(row.array()?);
                        let notice = NoticeId::from_bytes(row.array()?);
                        let kind = row.text()?.parse();
                        let procedure = ProcedureId::from_bytes(row.array()?);
                        let record = row.opt_blob()?;
                        let record = record.and_then(|bytes| RecordId::from_slice(&bytes).ok());
                        let concerns = row.opt_text()?;
                        // Who takes part knows both by their own identifiers.
                        let told = !takes_part(concerns.as_deref(), body);
                        notices.push(BodyNotice {
                            notice,
                            kind: kind.map_err(|_| StoreError::Shape("the kind of a notice is expected"))?,
                            procedure: match told {
                                true => this.keys.procedure_for_body(procedure, body),
                                false => procedure,
                            },
                            record: record.map(|record| match told {
                                true => this.keys.record_for_body(record, body),
                                false => record,
                            }),
                            person: this.keys.person_for_authority(person, body),
                            at: crate::time(row.int()?)?,
                            read_at: row.opt_int()?.map(crate::time).transpose()?,
                        });
                    }
                }
                notices.sort_by_key(|one| std::cmp::Reverse((one.at, one.notice)));
                Ok(notices)
            })
            .await
    }

    /// Marks a notice to a body as read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mark_body_notice_read(&self, body: &str, notice: NoticeId) -> Result<(), RegistryError> {
        let (at, body) = (self.clock.now().as_second(), body.to_owned());
        self.store
            .run_async("inbox.read", Access::Write, move |tx| {
                tx.execute(
                    "UPDATE body_notice SET read_at = $1 WHERE body = $2 AND notice = $3 AND read_at IS NULL",
                    &[Param::Int(at), Param::Text(&body), Param::Blob(notice.as_bytes())],
                )?;
                Ok(())
            })
            .await
    }
}
