//! Lists of procedures: a person's own, those that a body must answer, those of the reviewers, and those that are
//! late. A list for a body holds nothing personal; to read what was said, a procedure is opened, which shows.

use jiff::{Timestamp, civil::Date};
use model::{
    PersonId, ProcedureId, RecordId,
    procedure::{Procedure, ProcedureKind, ReviewerId, Status},
};
use storage::{Access, Param, Row, StoreError, Tx};

use super::{RECIPIENTS, REVIEWERS, stored};
use crate::{Registry, RegistryError, day, staff};

/// A procedure as its person finds it in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ProcedureSummary {
    /// Its identifier.
    pub procedure: ProcedureId,
    /// Its kind.
    pub kind: ProcedureKind,
    /// Where it stands.
    pub status: Status,
    /// The record that it is about.
    pub record: Option<RecordId>,
    /// The body that it concerns.
    pub body: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its last step was done.
    pub changed_at: Timestamp,
    /// The last day on which the next answer is, or would have been, in time.
    pub due_on: Option<Date>,
    /// Whether that day is over.
    pub late: bool,
    /// Whose turn it is: a body's id, `:reviewers`, `reviewer:…` or `:recipients`.
    pub waits_for: Option<String>,
}

/// A procedure as a body or a reviewer finds it in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DeskProcedure {
    /// Its identifier.
    pub procedure: ProcedureId,
    /// The person's identifier for this body alone.
    pub person: String,
    /// Its kind.
    pub kind: ProcedureKind,
    /// Where it stands.
    pub status: Status,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The last day on which the next answer is, or would have been, in time.
    pub due_on: Option<Date>,
    /// Whether that day is over.
    pub late: bool,
    /// Whose turn it is.
    pub waits_for: Option<String>,
    /// In the list of what is late: the bodies that have not confirmed in time that they stopped using a record.
    pub unconfirmed: Vec<String>,
}

const SELECT: &str = "SELECT person, procedure, kind, status, record, body, opened_at, changed_at, due_on, \
     waits_for FROM procedure ";

/// How many a list of a body's or the reviewers' holds at most.
const MOST: i64 = 1_000;

pub(super) fn read(mut row: Row, today: Date) -> Result<(PersonId, ProcedureSummary), StoreError> {
    let unknown = |_| StoreError::Shape("a word of the model is expected");
    let person = PersonId::from_bytes(row.array()?);
    let mut summary = ProcedureSummary {
        procedure: ProcedureId::from_bytes(row.array()?),
        kind: row.text()?.parse().map_err(unknown)?,
        status: row.text()?.parse().map_err(unknown)?,
        record: row
            .opt_blob()?
            .and_then(|bytes| RecordId::from_slice(&bytes).ok()),
        body: row.opt_text()?,
        opened_at: crate::time(row.int()?)?,
        changed_at: crate::time(row.int()?)?,
        due_on: row.opt_int()?.map(day::from_number).transpose()?,
        waits_for: row.opt_text()?,
        late: false,
    };
    summary.late = summary.waits_for.is_some() && summary.due_on.is_some_and(|day| day < today);
    Ok((person, summary))
}

/// The summaries of one person's procedures, the latest first.
pub(super) fn of_person(
    tx: &mut dyn Tx,
    person: PersonId,
    today: Date,
) -> Result<Vec<ProcedureSummary>, StoreError> {
    let sql = format!("{SELECT}WHERE person = $1 ORDER BY opened_at DESC, procedure DESC");
    let rows = tx.query(&sql, &[Param::Blob(person.as_bytes())])?;
    rows.into_iter().map(|row| Ok(read(row, today)?.1)).collect()
}

impl Registry {
    /// What waits for this body, those with the earliest day first; then what is going on or has ended that
    /// concerns it. A complaint is among them once it is answered.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn desk_procedures(&self, body: &str) -> Result<Vec<DeskProcedure>, RegistryError> {
        let (this, body) = (self.clone(), body.to_owned());
        self.store
            .run_async("procedure.desk", Access::Read, move |tx| {
                let sql = format!(
                    "{SELECT}WHERE body = $1 AND (kind <> 'complaint' OR status IN ('founded', 'unfounded')) \
                     ORDER BY CASE WHEN waits_for = $1 THEN 0 WHEN waits_for IS NULL THEN 2 ELSE 1 END, \
                     CASE WHEN due_on IS NULL THEN 1 ELSE 0 END, due_on, procedure LIMIT $2"
                );
                let rows = tx.query(&sql, &[Param::Text(&body), Param::Int(MOST)])?;
                this.desk(tx, rows, (&body, None))
            })
            .await
    }

    /// What waits for this reviewer or for any, those with the earliest day first; without what is about the reviewer.
    /// What was given to a reviewer who has left, or whom it turned out to be about, waits for any, as though nobody had
    /// it. Nothing for who is no reviewer.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reviewer_procedures(
        &self,
        reviewer: &ReviewerId,
    ) -> Result<Vec<DeskProcedure>, RegistryError> {
        let (this, id) = (self.clone(), reviewer.to_string());
        self.store
            .run_async("procedure.reviewer", Access::Read, move |tx| {
                if !staff::is_reviewer(tx, &id)? {
                    return Ok(Vec::new());
                }
                let reader = format!("reviewer:{id}");
                // What was given to somebody who does not go on with it waits for any.
                let sql = format!(
                    "{SELECT}WHERE waits_for IN ($1, $2) OR (waits_for IN (SELECT 'reviewer:' || reviewer \
                     FROM reviewer WHERE own_person IS NOT NULL OR ended_at IS NOT NULL) \
                     AND EXISTS (SELECT 1 FROM reviewer AS holder WHERE 'reviewer:' || holder.reviewer = \
                     procedure.waits_for AND (holder.own_person = procedure.person OR holder.ended_at IS NOT NULL))) \
                     ORDER BY due_on, procedure LIMIT $3"
                );
                let params = [Param::Text(&reader), Param::Text(REVIEWERS), Param::Int(MOST)];
                let rows = tx.query(&sql, &params)?;
                let own = staff::own_person(tx, &id)?;
                this.desk(tx, rows, (REVIEWERS, own))
            })
            .await
    }

    /// Whatever waits for an authority, a reviewer or a body that was given a record past its day, the latest first in
    /// line. For whoever runs the installation.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn overdue(&self) -> Result<Vec<DeskProcedure>, RegistryError> {
        self.late_procedures(None).await
    }

    /// The same for a reviewer, without what is about themselves.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn overdue_for(&self, reviewer: &ReviewerId) -> Result<Vec<DeskProcedure>, RegistryError> {
        self.late_procedures(Some(reviewer.to_string())).await
    }

    async fn late_procedures(&self, reviewer: Option<String>) -> Result<Vec<DeskProcedure>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("procedure.overdue", Access::Read, move |tx| {
                let sql = format!(
                    "{SELECT}WHERE waits_for IS NOT NULL AND due_on < $1 ORDER BY due_on, procedure LIMIT $2"
                );
                let today = Param::Int(day::to_number(this.today()));
                let rows = tx.query(&sql, &[today, Param::Int(MOST)])?;
                let reader = reviewer.as_deref().map(|id| staff::own_person(tx, id));
                let own = reader.transpose()?.flatten();
                let mut late = this.desk(tx, rows, (REVIEWERS, own))?;
                for one in &mut late {
                    if one.waits_for.as_deref() == Some(RECIPIENTS) {
                        one.unconfirmed = unconfirmed(tx, &this, one.procedure)?;
                    }
                }
                late.extend(this.late_apart(tx, own)?);
                late.sort_by_key(|one| (one.due_on, one.procedure));
                late.truncate(MOST as usize);
                Ok(late)
            })
            .await
    }

    /// Restorations in which everybody confirmed whom the person may know of, and a body that stands apart is late. Nothing that
    /// stands beside their state says so: there are some only where a look waits that the person is not told of yet.
    fn late_apart(
        &self,
        tx: &mut dyn Tx,
        own: Option<PersonId>,
    ) -> Result<Vec<DeskProcedure>, RegistryError> {
        let sql = format!(
            "{SELECT}WHERE status = $1 AND person IN (SELECT person FROM look_wait WHERE told_at IS NULL)"
        );
        let rows = tx.query(&sql, &[Param::Text(Status::Complete.as_str())])?;
        let (today, mut found) = (self.today(), Vec::new());
        for mut one in self.desk(tx, rows, (REVIEWERS, own))? {
            let held = stored::load(tx, self, one.procedure)?;
            let Some(Procedure::Restoration(course)) = held.map(|held| held.course) else {
                continue;
            };
            for apart in course.state().apart() {
                if let Some(day) = apart.waited_for_until().filter(|day| *day < today) {
                    one.due_on = one.due_on.map_or(Some(day), |other| Some(day.min(other)));
                    one.unconfirmed.push(apart.authority.to_string());
                }
            }
            if one.due_on.is_some() {
                (one.late, one.waits_for) = (true, Some(RECIPIENTS.to_owned()));
                found.push(one);
            }
        }
        Ok(found)
    }

    /// Rows as `reader` sees them, without those about the person who the reader is.
    fn desk(
        &self,
        tx: &mut dyn Tx,
        rows: Vec<Row>,
        (reader, own): (&str, Option<PersonId>),
    ) -> Result<Vec<DeskProcedure>, RegistryError> {
        let (today, aside) = (self.today(), staff::set_aside(tx)?);
        let nobodys = |person: PersonId, waits_for: &str| {
            let holder = waits_for.strip_prefix("reviewer:");
            let mut aside = aside.iter();
            holder.is_some_and(|holder| {
                aside.any(|(one, own)| one == holder && own.is_none_or(|own| own == person))
            })
        };
        let read = rows.into_iter().map(|row| read(row, today));
        read.filter(|one| !matches!(one, Ok((person, _)) if Some(*person) == own))
            .map(|one| {
                let (person, mut one) = one?;
                if one
                    .waits_for
                    .as_deref()
                    .is_some_and(|waits| nobodys(person, waits))
                {
                    one.waits_for = Some(REVIEWERS.to_owned());
                }
                Ok(DeskProcedure {
                    procedure: one.procedure,
                    person: self.keys.person_for_authority(person, reader),
                    kind: one.kind,
                    status: one.status,
                    opened_at: one.opened_at,
                    due_on: one.due_on,
                    late: one.late,
                    waits_for: one.waits_for,
                    unconfirmed: Vec::new(),
                })
            })
            .collect()
    }
}

/// The bodies that have yet to confirm that they stopped using a record.
fn unconfirmed(
    tx: &mut dyn Tx,
    this: &Registry,
    procedure: ProcedureId,
) -> Result<Vec<String>, RegistryError> {
    let held = stored::load(tx, this, procedure)?;
    Ok(match held.map(|held| held.course) {
        Some(Procedure::Restoration(one)) => one.state().all_unconfirmed().map(ToString::to_string).collect(),
        _ => Vec::new(),
    })
}
