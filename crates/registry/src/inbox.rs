//! Notices to bodies and reviewers: written in the transaction that causes them. A body's tells it which procedure
//! it is about, and of the person only the identifier that they have for that body alone. So have the procedure and its
//! record, for a body that takes no part in it: two that were given the same cannot tell by a notice that they were.

use jiff::Timestamp;
use model::{
    NoticeId, PersonId, ProcedureId, RecordId,
    procedure::{NoticeKind, ReviewerId},
};
use storage::{Access, Param, Row, StoreError, Tx};

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
    let known_as = asks_to_stop(kind).then(|| this.keys.procedure_for_body(procedure, body));
    tx.execute(
        "INSERT INTO body_notice (person, notice, body, kind, procedure, at, known_as) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(notice.as_bytes()),
            Param::Text(body),
            Param::Text(kind.as_str()),
            Param::Blob(procedure.as_bytes()),
            Param::Int(at.as_second()),
            known_as
                .as_ref()
                .map_or(Param::Null, |known| Param::Blob(known.as_bytes())),
        ],
    )?;
    Ok(())
}

/// Whether a body was told this of a procedure before.
pub(crate) fn was_told(
    tx: &mut dyn Tx,
    (person, procedure): (PersonId, ProcedureId),
    body: &str,
    kind: NoticeKind,
) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT notice FROM body_notice WHERE person = $1 AND procedure = $2 AND body = $3 AND kind = $4 LIMIT 1",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(procedure.as_bytes()),
            Param::Text(body),
            Param::Text(kind.as_str()),
        ],
    )?;
    Ok(!rows.is_empty())
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
    body: &str,
    known: ProcedureId,
) -> Result<Option<ProcedureId>, StoreError> {
    let rows = tx.query(
        "SELECT procedure FROM body_notice WHERE known_as = $1 AND body = $2 LIMIT 1",
        &[Param::Blob(known.as_bytes()), Param::Text(body)],
    )?;
    let row = rows.into_iter().next();
    row.map(|mut row| Ok(ProcedureId::from_bytes(row.array()?)))
        .transpose()
}

/// How many notices one transaction gives the identifier by which a body knows their procedure.
const FILLED_AT_ONCE: i64 = 500;

/// Those that the migration left to be filled.
const TO_FILL: &str = "SELECT person, notice, body, procedure FROM body_notice WHERE known_as = $1 LIMIT $2";

impl Registry {
    /// Gives requests to stop using a record that were written before they had one the identifier by which their body knows
    /// the procedure: it follows from the installation's secret, so that no migration can. Each part is a transaction;
    /// killed, it goes on with the rest when it is opened again.
    pub(crate) fn fill_known_as(&self) -> Result<(), RegistryError> {
        loop {
            let keys = self.keys.clone();
            let filled = self.store.run("inbox.known-as", Access::Write, move |tx| {
                let rows = tx.query(TO_FILL, &[Param::Blob(&[]), Param::Int(FILLED_AT_ONCE)])?;
                let filled = rows.len() as i64;
                for mut row in rows {
                    let (person, notice) = (row.blob()?, row.blob()?);
                    let (body, procedure) = (row.text()?, ProcedureId::from_bytes(row.array()?));
                    let known_as = keys.procedure_for_body(procedure, &body);
                    tx.execute(
                        "UPDATE body_notice SET known_as = $1 WHERE person = $2 AND notice = $3",
                        &[
                            Param::Blob(known_as.as_bytes()),
                            Param::Blob(&person),
                            Param::Blob(&notice),
                        ],
                    )?;
                }
                Ok::<_, StoreError>(filled)
            })?;
            if filled < FILLED_AT_ONCE {
                return Ok(());
            }
        }
    }
}

/// Those that ask to stop using a record, which is confirmed.
const ASK_TO_STOP: [NoticeKind; 2] = [NoticeKind::StopUsing, NoticeKind::StopUsingAgain];

/// Whether a notice asks to stop using a record, which is confirmed.
fn asks_to_stop(kind: NoticeKind) -> bool {
    ASK_TO_STOP.contains(&kind)
}

impl BodyNotice {
    /// Whether it asks to stop using a record, and that is not confirmed.
    pub fn is_to_be_confirmed(&self) -> bool {
        asks_to_stop(self.kind) && self.read_at.is_none()
    }
}

/// How many notices one answer holds at most, besides those that are to be confirmed.
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

/// A notice as this body reads it, if it is to be confirmed or is not, whichever is wanted.
fn listed(
    this: &Registry,
    body: &str,
    mut row: Row,
    to_confirm: bool,
) -> Result<Option<BodyNotice>, StoreError> {
    let person = PersonId::from_bytes(row.array()?);
    let notice = NoticeId::from_bytes(row.array()?);
    let kind: NoticeKind = kind(&row.text()?)?;
    let procedure = ProcedureId::from_bytes(row.array()?);
    let record = row.opt_blob()?;
    let record = record.and_then(|bytes| RecordId::from_slice(&bytes).ok());
    let concerns = row.opt_text()?;
    let at = crate::time(row.int()?)?;
    let read_at = row.opt_int()?.map(crate::time).transpose()?;
    if (asks_to_stop(kind) && read_at.is_none()) != to_confirm {
        return Ok(None);
    }
    // Who takes part knows both by their own identifiers.
    let told = !takes_part(concerns.as_deref(), body);
    Ok(Some(BodyNotice {
        notice,
        kind,
        procedure: match told {
            true => this.keys.procedure_for_body(procedure, body),
            false => procedure,
        },
        record: record.map(|record| match told {
            true => this.keys.record_for_body(record, body),
            false => record,
        }),
        person: this.keys.person_for_authority(person, body),
        at,
        read_at,
    }))
}

fn kind(text: &str) -> Result<NoticeKind, StoreError> {
    text.parse()
        .map_err(|_| StoreError::Shape("the kind of a notice is expected"))
}

impl Registry {
    /// Every request to stop using a record that the body has not confirmed, the earliest first, since it is due first;
    /// behind them the latest other notices, the latest first.
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
                    let select = "SELECT told.person, told.notice, told.kind, told.procedure, about.record, \
                         about.body, told.at, told.read_at FROM body_notice AS told LEFT JOIN procedure AS about \
                         ON about.person = told.person AND about.procedure = told.procedure WHERE told.body = $1";
                    // However many notices come after it, such a request never gets out of reach: what confirms it is
                    // known by the notice alone.
                    let unread = format!("{select} AND told.read_at IS NULL");
                    let unread = tx.query(&unread, &[Param::Text(body)])?;
                    let latest = format!("{select} ORDER BY told.at DESC, told.notice DESC LIMIT $2");
                    let latest = tx.query(&latest, &[Param::Text(body), Param::Int(MOST)])?;
                    let unread = unread.into_iter().map(|row| (true, row));
                    for (wanted, row) in unread.chain(latest.into_iter().map(|row| (false, row))) {
                        notices.extend(listed(&this, body, row, wanted)?);
                    }
                }
                let (mut first, mut others): (Vec<_>, Vec<_>) =
                    notices.into_iter().partition(BodyNotice::is_to_be_confirmed);
                first.sort_by_key(|one| (one.at, one.notice));
                others.sort_by_key(|one| std::cmp::Reverse((one.at, one.notice)));
                first.append(&mut others);
                Ok(first)
            })
            .await
    }

    /// Marks a notice to a body as read. A request to stop using a record stays as it is: it is done by
    /// its confirmation alone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mark_body_notice_read(&self, body: &str, notice: NoticeId) -> Result<(), RegistryError> {
        let (at, body) = (self.clock.now().as_second(), body.to_owned());
        self.store
            .run_async("inbox.read", Access::Write, move |tx| {
                let rows = tx.query(
                    "SELECT kind FROM body_notice WHERE body = $1 AND notice = $2",
                    &[Param::Text(&body), Param::Blob(notice.as_bytes())],
                )?;
                for mut row in rows {
                    if asks_to_stop(kind(&row.text()?)?) {
                        return Ok(());
                    }
                }
                tx.execute(
                    "UPDATE body_notice SET read_at = $1 WHERE body = $2 AND notice = $3 AND read_at IS NULL",
                    &[Param::Int(at), Param::Text(&body), Param::Blob(notice.as_bytes())],
                )?;
                Ok(())
            })
            .await
    }
}
