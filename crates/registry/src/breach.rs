//! Breach reports: a reviewer, or whoever runs the installation, has noticed that data got out. Whom it affects is told
//! at once, all in the one transaction that writes the report, each with a leaf of their own.
//!
//! Nothing is looked up: a number leads to a pseudonym whether or not anybody is known under it, and the answer says
//! how many were named and nothing of any of them.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use keys::Place;
use model::{
    BreachId, EventId, PersonId,
    procedure::{ReviewerId, Words},
};
use ring::digest::{Context, SHA256};
use storage::{Access, Param, Row, Tx};

use crate::{
    INSTALLATION, NoticeKind, Registry, RegistryError, day,
    event::{self, Event, EventKind},
    log, notice,
    procedure::{ProcedureError, only_reviewers},
    staff,
};

/// How many events are written at once.
const AT_ONCE: usize = 1_000;

/// What is reported.
pub struct ReportBreach {
    /// The body at which it happened, or the installation itself.
    pub body: String,
    /// The day on which it was noticed.
    pub noticed_on: Date,
    /// What happened, in words. Those whom it affects read it.
    pub happened: String,
    /// What is done about it. They read that too.
    pub measures: String,
    /// The identity numbers of those whom it affects.
    pub affected: Vec<String>,
}

/// A report, without whom it affects.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BreachReported {
    /// Its identifier.
    pub breach: BreachId,
    /// The body at which it happened, or the installation itself.
    pub body: String,
    /// The day on which it was noticed.
    pub noticed_on: Date,
    /// The last day on which those whom it affects were told in time.
    pub tell_by: Date,
    /// Whether they were told later than that.
    pub late: bool,
    /// When it was reported, and they were told.
    pub reported_at: Timestamp,
    /// Who reported it: a reviewer, or the installation.
    pub reported_by: String,
    /// How many people it names.
    pub affected: u64,
}

/// A report with its words, for whom it affects.
#[derive(Clone, serde::Serialize)]
pub struct BreachTold {
    /// What it says of itself.
    #[serde(flatten)]
    pub report: BreachReported,
    /// What happened.
    pub happened: Words,
    /// What is done about it.
    pub measures: Words,
}

/// What is sealed.
#[derive(serde::Serialize, serde::Deserialize)]
struct Said {
    happened: Words,
    measures: Words,
}

/// A report that is ready to be written.
pub(crate) struct Ready {
    report: BreachReported,
    said: Said,
    reviewer: Option<ReviewerId>,
    people: BTreeSet<PersonId>,
}

impl Ready {
    /// How many people it names.
    pub(crate) const fn affected(&self) -> u64 {
        self.report.affected
    }
}

impl Registry {
    /// Reports a breach, and tells whom it affects. `reviewer` reports it or, without one, whoever runs the
    /// installation. The same report again tells nobody twice.
    ///
    /// # Errors
    /// When there is no such body or reviewer, the breach affects the reviewer, a text is blank or too long, the day lies
    /// in the future, a number is none, or nobody is named.
    pub async fn report_breach(
        &self,
        reviewer: Option<ReviewerId>,
        breach: ReportBreach,
    ) -> Result<BreachReported, ProcedureError> {
        let (this, ready) = (self.clone(), self.ready(reviewer, breach)?);
        self.store
            .run_async("breach.report", Access::Write, move |tx| {
                this.put_breach(tx, &ready)
            })
            .await
    }

    /// A report as it is to be written, should nothing be wrong with it. Nothing is looked up.
    pub(crate) fn ready(
        &self,
        reviewer: Option<ReviewerId>,
        breach: ReportBreach,
    ) -> Result<Ready, ProcedureError> {
        let known = breach.body == INSTALLATION || self.profile.body_name(&breach.body).is_some();
        if !known {
            return Err(ProcedureError::NoSuchBody);
        }
        if breach.noticed_on > self.today() {
            return Err(ProcedureError::DayToCome);
        }
        let said = Said {
            happened: Words::new(breach.happened)?,
            measures: Words::new(breach.measures)?,
        };
        let people = self.by_number(&breach.affected)?;
        if people.is_empty() {
            return Err(ProcedureError::NobodyAffected);
        }
        let told = &self.profile.procedures.breach_told;
        let tell_by = told.due_on(breach.noticed_on, &self.profile.calendar);
        let tell_by = tell_by.ok_or(ProcedureError::CalendarEnds)?;
        let report = BreachReported {
            breach: same(&breach.body, breach.noticed_on, &said, &people),
            body: breach.body,
            noticed_on: breach.noticed_on,
            tell_by,
            late: self.today() > tell_by,
            reported_at: crate::time(self.clock.now().as_second())?,
            reported_by: reviewer
                .as_ref()
                .map_or_else(|| INSTALLATION.to_owned(), |id| format!("reviewer:{id}")),
            affected: people.len() as u64,
        };
        Ok(Ready {
            report,
            said,
            reviewer,
            people,
        })
    }

    /// The pseudonyms that these numbers lead to.
    fn by_number(&self, numbers: &[String]) -> Result<BTreeSet<PersonId>, ProcedureError> {
        let people = numbers.iter().enumerate().map(|(n, number)| {
            let number = self.profile.identity.check(number);
            let number = number.map_err(|_| ProcedureError::NumberMalformed { place: n + 1 })?;
            Ok(self.keys.person(&number.canonical))
        });
        people.collect()
    }

    /// Writes a report and tells whom it affects. The same report again tells nobody twice.
    pub(crate) fn put_breach(
        &self,
        tx: &mut dyn Tx,
        ready: &Ready,
    ) -> Result<BreachReported, ProcedureError> {
        if let Some(reviewer) = &ready.reviewer {
            only_reviewers(tx, reviewer)?;
            // Whom a breach affects is told of it as everybody is, and does not say what it was.
            let own = staff::own_person(tx, reviewer.as_str())?;
            if own.is_some_and(|own| ready.people.contains(&own)) {
                return Err(ProcedureError::Concerned);
            }
        }
        let report = &ready.report;
        if let Some(before) = self.breach(tx, report.breach)? {
            return Ok(before.report);
        }
        let statement = serde_json::json!({
            "what": "breach-reported",
            "breach": report.breach.to_string(),
            "body": report.body,
            "noticed_on": report.noticed_on,
            "reported_by": report.reported_by,
            "affected": report.affected,
            "at": report.reported_at.as_second(),
        });
        let (salt, place) = log::append_statement(tx, &*self.randomness, &statement.to_string())?;
        let plain = serde_json::to_vec(&ready.said).map_err(|_| RegistryError::Stored("a breach report"))?;
        let sealed = self
            .keys
            .wrapping()
            .seal(
                &sealed_words(&[report.breach.as_bytes()]),
                &plain,
                &*self.randomness,
            )
            .map_err(RegistryError::from)?;
        tx.execute(
            "INSERT INTO breach (breach, body, noticed_on, tell_by, reported_at, reported_by, affected, sealed_words, \
             salt, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                Param::Blob(report.breach.as_bytes()),
                Param::Text(&report.body),
                Param::Int(day::to_number(report.noticed_on)),
                Param::Int(day::to_number(report.tell_by)),
                Param::Int(report.reported_at.as_second()),
                Param::Text(&report.reported_by),
                Param::Int(report.affected as i64),
                Param::Blob(&sealed),
                Param::Blob(&salt),
                Param::Int(place),
            ],
        )?;
        let affected: Vec<PersonId> = ready.people.iter().copied().collect();
        for part in affected.chunks(AT_ONCE) {
            self.put_affected(tx, report, part)?;
        }
        notice::put_many(
            tx,
            self,
            &affected,
            NoticeKind::BreachReported,
            *report.breach.as_bytes(),
        )?;
        Ok(report.clone())
    }

    fn put_affected(
        &self,
        tx: &mut dyn Tx,
        report: &BreachReported,
        people: &[PersonId],
    ) -> Result<(), RegistryError> {
        let event = |person: &PersonId| {
            Ok(Event {
                id: EventId::new(report.reported_at, &*self.randomness)?,
                person: *person,
                kind: EventKind::BreachReported,
                actor: report.reported_by.clone(),
                purpose: String::new(),
                subject: Some(*report.breach.as_bytes()),
                at: report.reported_at,
            })
        };
        let events: Vec<Event> = people.iter().map(event).collect::<Result<_, RegistryError>>()?;
        event::record(tx, &events, &*self.randomness)
    }

    /// What a person whom a breach affects is told of it. None: it does not affect them, or there is no such report.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn breach_told_to(
        &self,
        person: PersonId,
        breach: BreachId,
    ) -> Result<Option<BreachTold>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("breach.read", Access::Read, move |tx| {
                let affects = tx.query(
                    "SELECT event FROM event WHERE person = $1 AND kind = $2 AND subject = $3",
                    &[
                        Param::Blob(person.as_bytes()),
                        Param::Text(EventKind::BreachReported.as_str()),
                        Param::Blob(breach.as_bytes()),
                    ],
                )?;
                if affects.is_empty() {
                    return Ok(None);
                }
                this.breach(tx, breach)
            })
            .await
    }

    /// Every report, the latest first, for reviewers: whom they affect is not in them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn breach_reports(&self) -> Result<Vec<BreachReported>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("breach.list", Access::Read, move |tx| {
                let rows = tx.query(&format!("{SELECT}ORDER BY reported_at DESC, breach"), &[])?;
                rows.into_iter().map(|row| Ok(this.read_breach(row)?.0)).collect()
            })
            .await
    }

    fn breach(&self, tx: &mut dyn Tx, breach: BreachId) -> Result<Option<BreachTold>, RegistryError> {
        let rows = tx.query(
            &format!("{SELECT}WHERE breach = $1"),
            &[Param::Blob(breach.as_bytes())],
        )?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let (report, sealed) = self.read_breach(row)?;
        let plain = self
            .keys
            .wrapping()
            .open(&sealed_words(&[breach.as_bytes()]), &sealed)?;
        let said: Said =
            serde_json::from_slice(&plain).map_err(|_| RegistryError::Stored("a breach report"))?;
        Ok(Some(BreachTold {
            report,
            happened: said.happened,
            measures: said.measures,
        }))
    }

    fn read_breach(&self, mut row: Row) -> Result<(BreachReported, Vec<u8>), RegistryError> {
        let breach = BreachId::from_bytes(row.array()?);
        let body = row.text()?;
        let (noticed_on, tell_by) = (day::from_number(row.int()?)?, day::from_number(row.int()?)?);
        let reported_at = crate::time(row.int()?)?;
        let report = BreachReported {
            breach,
            body,
            noticed_on,
            tell_by,
            late: self.day_of(reported_at) > tell_by,
            reported_at,
            reported_by: row.text()?,
            affected: u64::try_from(row.int()?).map_err(|_| RegistryError::Stored("a breach report"))?,
        };
        Ok((report, row.blob()?))
    }
}

/// Whether somebody was told of a breach that affects them.
pub(crate) fn affects(tx: &mut dyn Tx, person: PersonId) -> Result<bool, RegistryError> {
    let rows = tx.query(
        "SELECT notice FROM notice WHERE person = $1 AND kind = $2 LIMIT 1",
        &[
            Param::Blob(person.as_bytes()),
            Param::Text(NoticeKind::BreachReported.as_str()),
        ],
    )?;
    Ok(!rows.is_empty())
}

const SELECT: &str = "SELECT breach, body, noticed_on, tell_by, reported_at, reported_by, affected, sealed_words \
                      FROM breach ";

fn sealed_words<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "breach",
        column: "sealed_words",
        row,
    }
}

/// What makes a report out: one with the same words about the same people is the same.
fn same(body: &str, noticed_on: Date, said: &Said, people: &BTreeSet<PersonId>) -> BreachId {
    let mut context = Context::new(&SHA256);
    context.update(b"standing breach v1\n");
    let day = noticed_on.to_string();
    for part in [body, &day, said.happened.as_str(), said.measures.as_str()] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    for person in people {
        context.update(person.as_bytes());
    }
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    BreachId::from_bytes(id)
}
