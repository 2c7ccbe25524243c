//! What is in a procedure, for those who take part in it: the person, the body that answers, reviewers. Whoever but
//! the person opens one is put down first.

use jiff::{Timestamp, civil::Date};
use model::{
    EventId, FileId, MandateId, PersonId, ProcedureId,
    procedure::{Actor, AuthorityId, Procedure, ProcedureKind, ReviewerId, Role, Status, StepName},
};
use storage::{Access, Tx};

use super::{
    ProcedureError, ProcedureSummary, beside, files, list, part,
    stored::{self, Held},
    who,
};
use crate::{
    EventKind, ForBody, LookFinding, Registry, RegistryError,
    event::{self, By, Event, LoggedEvent},
    oversight,
};

/// Who reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The person.
    Person(PersonId),
    /// Who represents the person under this mandate.
    Representative(MandateId),
    /// A body, by its id.
    Body(String),
    /// A named member of a body's staff. The person sees who.
    Staff {
        /// The body.
        body: String,
        /// The id of the account.
        staff: String,
    },
    /// A reviewer.
    Reviewer(ReviewerId),
}

/// A step of a procedure, as whoever reads it sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TimelineStep {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub name: StepName,
    /// The member of the body's staff who did it for the body, by the id of their account.
    pub staff: Option<String>,
}

/// A procedure with its timeline, and what comes next on which day.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ProcedureView {
    /// As it stands in a list.
    #[serde(flatten)]
    pub summary: ProcedureSummary,
    /// Its steps, the first first. They stay when its record is erased, and what was said with it.
    pub timeline: Vec<TimelineStep>,
    /// What comes by itself, and on which day at the latest nothing else has to come before it.
    pub next: Option<(Date, StepName)>,
    /// What the person can do now.
    pub possible: Vec<StepName>,
    /// What was said and done. None: its record is erased.
    pub course: Option<Procedure>,
    /// What reviewers found about the look that it is about, the first first. For reviewers alone: the person reads it with
    /// the look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<LookFinding>,
}

impl ProcedureView {
    /// `events` are the person's.
    pub(super) fn of(summary: ProcedureSummary, course: Option<Procedure>, events: &[LoggedEvent]) -> Self {
        let rules = summary.kind.rules().iter();
        let possible =
            rules.filter(|rule| rule.from == Some(summary.status) && rule.by.contains(&Role::Person));
        Self {
            timeline: timeline(summary.procedure, course.as_ref(), events),
            next: course
                .as_ref()
                .and_then(beside::next)
                .map(|due| (due.on, due.step)),
            possible: course
                .as_ref()
                .map_or_else(Vec::new, |_| possible.map(|rule| rule.step).collect()),
            summary,
            course,
            findings: Vec::new(),
        }
    }
}

impl ProcedureView {
    /// The same as the person may see it: of a body whose look they are not told of yet, nothing shows.
    fn for_person(mut self) -> Self {
        self.course = self.course.map(|course| match course {
            Procedure::Restoration(one) => one.without_apart().into(),
            other => other,
        });
        self
    }

    /// The same as this reader may see it: a body does not learn who else was given the record.
    fn for_reader(mut self, reader: &Reader) -> Self {
        match reader {
            Reader::Person(_) | Reader::Representative(_) => return self.for_person(),
            Reader::Reviewer(_) => return self,
            Reader::Body(_) | Reader::Staff { .. } => {}
        }
        self.course = self.course.map(|course| match course {
            Procedure::Restoration(one) => one.without_recipients().into(),
            other => other,
        });
        for step in &mut self.timeline {
            if step.name == StepName::ConfirmStopped {
                step.actor = Actor::Authority(AuthorityId::some_recipient());
                step.staff = None;
            }
        }
        self
    }
}

/// The steps of a procedure, each with who did it. There is an event for each, in their order; once what was said is
/// destroyed, these alone tell of them.
fn timeline(id: ProcedureId, course: Option<&Procedure>, events: &[LoggedEvent]) -> Vec<TimelineStep> {
    let of_it = |one: &&LoggedEvent| {
        one.event.kind == EventKind::ProcedureStep && one.event.subject == Some(*id.as_bytes())
    };
    let mut events: Vec<&LoggedEvent> = events.iter().filter(of_it).collect();
    events.sort_by_key(|one| one.leaf);
    let Some(course) = course else {
        return events.into_iter().filter_map(told_by).collect();
    };
    let mut staff = events.into_iter().map(|one| one.by.staff.clone());
    let steps = course.history().iter();
    steps
        .map(|step| TimelineStep {
            at: step.at,
            actor: step.actor.clone(),
            name: step.name,
            staff: staff.next().flatten(),
        })
        .collect()
}

/// The step that an event tells of.
fn told_by(logged: &LoggedEvent) -> Option<TimelineStep> {
    let (_, name) = logged.event.purpose.split_once(':')?;
    let mandate = logged.by.mandate.as_ref().map(|(mandate, _)| *mandate);
    Some(TimelineStep {
        at: logged.event.at,
        actor: beside::actor_of(&logged.event.actor, mandate)?,
        name: name.parse().ok()?,
        staff: logged.by.staff.clone(),
    })
}

impl Registry {
    /// The procedures of a person, the latest first, each with its timeline and what comes next.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn procedures_of(&self, person: PersonId) -> Result<Vec<ProcedureView>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("procedure.own", Access::Read, move |tx| {
                let summaries = list::of_person(tx, person, this.today())?;
                let events = event::of_person(tx, person)?;
                let mut courses = stored::all_of(tx, &this.keys, person)?;
                let views = summaries.into_iter().map(|summary| {
                    let place = courses.iter().position(|(id, ..)| *id == summary.procedure);
                    let course = place.map(|place| courses.swap_remove(place).2);
                    ProcedureView::of(summary, course, &events).for_person()
                });
                Ok(views.collect())
            })
            .await
    }

    /// What is in one procedure. Where the reader is not the person, that they opened it is on disk when this
    /// answers.
    ///
    /// # Errors
    /// When there is no such procedure, the reader takes no part in it, or is no reviewer or representative any more.
    pub async fn read_procedure(
        &self,
        reader: Reader,
        procedure: ProcedureId,
    ) -> Result<ProcedureView, ProcedureError> {
        let held = match self.opened(reader.clone(), procedure).await {
            Err(ProcedureError::NoSuchProcedure) => return self.read_erased(reader, procedure).await,
            opened => opened?,
        };
        let this = self.clone();
        self.store
            .run_async("procedure.summary", Access::Read, move |tx| {
                this.viewed(tx, &held, &reader)
            })
            .await
    }

    /// What is left of a procedure whose record is erased: that there was one, and its steps. For the person, who
    /// represents them, and the body that it concerned.
    pub(super) async fn read_erased(
        &self,
        reader: Reader,
        procedure: ProcedureId,
    ) -> Result<ProcedureView, ProcedureError> {
        let this = self.clone();
        self.store
            .run_async("procedure.read-erased", Access::Write, move |tx| {
                let person = stored::person_of(tx, procedure)?.ok_or(ProcedureError::NoSuchProcedure)?;
                if !stored::is_erased(tx, person, procedure)? {
                    return Err(ProcedureError::NoSuchProcedure);
                }
                let summaries = list::of_person(tx, person, this.today())?;
                let summary = summaries.into_iter().find(|one| one.procedure == procedure);
                let summary = summary.ok_or(ProcedureError::NoSuchProcedure)?;
                if !may_read_erased(person, &summary, &reader) {
                    return Err(ProcedureError::NoSuchProcedure);
                }
                this.put_down_reader(tx, (person, procedure, summary.kind), &reader)?;
                let events = event::of_person(tx, person)?;
                Ok(ProcedureView::of(summary, None, &events).for_reader(&reader))
            })
            .await
    }

    /// A procedure as whoever may read it sees it.
    pub(super) fn viewed(
        &self,
        tx: &mut dyn Tx,
        held: &Held,
        reader: &Reader,
    ) -> Result<ProcedureView, ProcedureError> {
        let summaries = list::of_person(tx, held.person, self.today())?;
        let summary = summaries.into_iter().find(|one| one.procedure == held.id);
        let summary = summary.ok_or(ProcedureError::NoSuchProcedure)?;
        let events = event::of_person(tx, held.person)?;
        let mut view = ProcedureView::of(summary, Some(held.course.clone()), &events).for_reader(reader);
        if let (Reader::Reviewer(_), Some(look)) = (reader, part::look_of(&held.course)) {
            view.findings = oversight::findings(tx, (held.person, held.key()), look)?;
        }
        Ok(view)
    }

    /// A file that was put to a procedure. Where the reader is not the person, that they opened it is on disk when
    /// this answers.
    ///
    /// # Errors
    /// When there is no such procedure or file, the reader takes no part in it, or is no reviewer or representative
    /// any more.
    pub async fn procedure_file(
        &self,
        reader: Reader,
        procedure: ProcedureId,
        file: FileId,
    ) -> Result<Vec<u8>, ProcedureError> {
        let held = self.opened(reader, procedure).await?;
        self.store
            .run_async("procedure.file", Access::Read, move |tx| {
                let content = files::content(tx, held.person, procedure, &held.key, file)?;
                content.ok_or(ProcedureError::NoSuchFile)
            })
            .await
    }

    /// Puts down who opens a procedure, if they may, and opens it.
    pub(super) async fn opened(
        &self,
        reader: Reader,
        procedure: ProcedureId,
    ) -> Result<Held, ProcedureError> {
        let this = self.clone();
        self.store
            .run_async("procedure.read", Access::Write, move |tx| {
                let held = stored::load(tx, &this, procedure)?.ok_or(ProcedureError::NoSuchProcedure)?;
                if !may_read(&held, &reader) {
                    return Err(ProcedureError::NoSuchProcedure);
                }
                this.put_down_reader(tx, (held.person, held.id, held.course.kind()), &reader)?;
                Ok(held)
            })
            .await
    }

    fn put_down_reader(
        &self,
        tx: &mut dyn Tx,
        (person, procedure, kind): (PersonId, ProcedureId, ProcedureKind),
        reader: &Reader,
    ) -> Result<(), ProcedureError> {
        let (actor, by) = match reader {
            Reader::Person(_) => return Ok(()),
            Reader::Representative(mandate) => {
                let actor = Actor::Representative(*mandate);
                let by = who::may_act(tx, person, (&actor, None), self.today())?;
                (beside::actor_word(&actor), by)
            }
            Reader::Body(body) => (body.clone(), By::default()),
            Reader::Staff { body, staff } => {
                let by = who::at_work(tx, &ForBody::staff(body, staff))?;
                (body.clone(), by)
            }
            Reader::Reviewer(reviewer) => {
                who::not_concerned(tx, reviewer, person)?;
                (format!("reviewer:{reviewer}"), By::default())
            }
        };
        let at = self.clock.now();
        let event = Event {
            id: EventId::new(at, &*self.randomness)?,
            person,
            kind: EventKind::ProcedureRead,
            actor,
            purpose: kind.to_string(),
            subject: Some(*procedure.as_bytes()),
            at,
        };
        event::record_by(tx, &event, &by, &*self.randomness)?;
        Ok(())
    }
}

/// Whether the reader took part in a procedure of which only its steps are left.
fn may_read_erased(person: PersonId, summary: &ProcedureSummary, reader: &Reader) -> bool {
    match reader {
        Reader::Person(of) => *of == person,
        // Whose mandate it is, is asked as they are put down.
        Reader::Representative(_) => true,
        Reader::Body(body) | Reader::Staff { body, .. } => {
            let answered = matches!(summary.status, Status::Founded | Status::Unfounded);
            let concerns = summary.body.as_ref() == Some(body);
            concerns && (summary.kind != ProcedureKind::Complaint || answered)
        }
        Reader::Reviewer(_) => false,
    }
}

/// Whether the reader takes part. A body reads a complaint about it once that is answered; reviewers read what
/// comes before them, and disputes and applications that are late.
fn may_read(held: &Held, reader: &Reader) -> bool {
    let course = &held.course;
    match reader {
        Reader::Person(person) => *person == held.person,
        // Whose mandate it is, is asked as they are put down.
        Reader::Representative(_) => true,
        Reader::Body(body) | Reader::Staff { body, .. } => match course {
            Procedure::Dispute(one) => one.opening().authority.as_str() == body,
            Procedure::Reconsideration(one) => one.opening().authority.as_str() == body,
            Procedure::Restoration(one) => one.opening().authority.as_str() == body,
            Procedure::Complaint(one) => {
                let theirs = one
                    .opening()
                    .authority
                    .as_ref()
                    .is_some_and(|id| id.as_str() == body);
                theirs && matches!(one.status(), Status::Founded | Status::Unfounded)
            }
        },
        Reader::Reviewer(_) => match course.kind() {
            ProcedureKind::Reconsideration | ProcedureKind::Complaint => true,
            ProcedureKind::Dispute => {
                let Procedure::Dispute(one) = course else {
                    return false;
                };
                let reconsidered = one
                    .history()
                    .iter()
                    .any(|step| step.name == StepName::AskReconsideration);
                one.status() == Status::Overdue || reconsidered
            }
            ProcedureKind::Restoration => {
                matches!(
                    course.status(),
                    Status::AcceptanceOverdue | Status::AnswerOverdue | Status::ConfirmationOverdue
                )
            }
        },
    }
}
