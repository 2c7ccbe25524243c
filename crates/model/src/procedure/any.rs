//! A procedure of any kind, as it is stored, listed, and moved on by the days.

use jiff::{Timestamp, civil::Date};

use super::{
    Complaint, ComplaintState, Course, Dispute, DisputeState, Machine, Notice, Party, ProcedureKind,
    Reconsideration, ReconsiderationState, Restoration, RestorationState, Rule, Status, Step,
};

/// A procedure of any kind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Procedure {
    /// A dispute.
    Dispute(Dispute),
    /// A reconsideration.
    Reconsideration(Reconsideration),
    /// A restoration.
    Restoration(Restoration),
    /// A complaint.
    Complaint(Complaint),
}

/// The same expression of whichever procedure it is.
macro_rules! each {
    ($procedure:expr, $course:ident => $answer:expr) => {
        match $procedure {
            Procedure::Dispute($course) => $answer,
            Procedure::Reconsideration($course) => $answer,
            Procedure::Restoration($course) => $answer,
            Procedure::Complaint($course) => $answer,
        }
    };
}

impl ProcedureKind {
    /// The table of the machine.
    pub const fn rules(self) -> &'static [Rule] {
        match self {
            Self::Dispute => DisputeState::RULES,
            Self::Reconsideration => ReconsiderationState::RULES,
            Self::Restoration => RestorationState::RULES,
            Self::Complaint => ComplaintState::RULES,
        }
    }
}

fn kind_of<M: Machine>(_: &Course<M>) -> ProcedureKind {
    M::KIND
}

fn day<M: Machine>(course: Course<M>, today: Date, at: Timestamp) -> (Procedure, Vec<Notice>)
where
    Procedure: From<Course<M>>,
{
    let (course, notices) = course.on_day(today, at);
    (course.into(), notices)
}

fn erased<M: Machine>(course: Course<M>, at: Timestamp) -> Option<(Procedure, Vec<Notice>)>
where
    Procedure: From<Course<M>>,
{
    let (course, notices) = course.end_with_record(at).ok()?;
    Some((course.into(), notices))
}

impl Procedure {
    /// Its kind.
    pub fn kind(&self) -> ProcedureKind {
        each!(self, course => kind_of(course))
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        each!(self, course => course.status())
    }

    /// The word for where it stands.
    pub fn status_word(&self) -> &'static str {
        self.status().as_str()
    }

    /// The last day by which what it waits for is in time. None while it waits for no day.
    pub fn due_on(&self) -> Option<Date> {
        each!(self, course => course.next_due())
    }

    /// The day after which [`Procedure::on_day`] has something to do: that one, or one on which the person is not to
    /// know that anything is waited for.
    pub fn wakes_on(&self) -> Option<Date> {
        let aside = match self {
            Self::Restoration(one) => one.state().remind_apart_after(),
            _ => None,
        };
        self.due_on().or(aside)
    }

    /// Whose turn it is. None once it is answered, though a step may still be open to somebody.
    pub fn waits_for(&self) -> Option<Party> {
        each!(self, course => course.waits_for())
    }

    /// Whether no step can follow any more.
    pub fn is_ended(&self) -> bool {
        each!(self, course => course.is_ended())
    }

    /// The steps that were done, the first first.
    pub fn history(&self) -> &[Step] {
        each!(self, course => course.history())
    }

    /// Does what the days up to and with `today` ask for, at the moment `at`. Doing it again does nothing more,
    /// and days that were skipped lose no step. Whoever does another step does this first.
    #[must_use]
    pub fn on_day(self, today: Date, at: Timestamp) -> (Self, Vec<Notice>) {
        match each!(self, course => day(course, today, at)) {
            (Self::Restoration(one), mut notices) => {
                let (one, more) = one.remind_apart(today);
                notices.extend(more);
                (one.into(), notices)
            }
            other => other,
        }
    }

    /// Ends with its record, which is erased. None: it has ended already, or is about no record.
    #[must_use]
    pub fn end_with_record(self, at: Timestamp) -> Option<(Self, Vec<Notice>)> {
        each!(self, course => erased(course, at))
    }

    /// After which day its record is kept from everybody but the person and the authority, as things stand.
    pub fn withheld_after(&self) -> Option<Date> {
        match self {
            Self::Dispute(dispute) => dispute.withheld_after(),
            Self::Reconsideration(reconsideration) => reconsideration.withheld_after(),
            // A granted restoration is a version of the record, which says so itself.
            Self::Restoration(_) | Self::Complaint(_) => None,
        }
    }

    /// Whether its record is kept from everybody but the person and the authority on the day `today`.
    pub fn blocks_disclosure(&self, today: Date) -> bool {
        self.withheld_after().is_some_and(|day| day < today)
    }

    /// Whether its record shows as disputed.
    pub fn shows_as_disputed(&self) -> bool {
        match self {
            Self::Dispute(dispute) => dispute.shows_as_disputed(),
            Self::Reconsideration(reconsideration) => reconsideration.shows_as_disputed(),
            Self::Restoration(_) | Self::Complaint(_) => false,
        }
    }
}

macro_rules! from {
    ($($name:ident)*) => {$(
        impl From<$name> for Procedure {
            fn from(course: $name) -> Self {
                Self::$name(course)
            }
        }
    )*};
}

from! { Dispute Reconsideration Restoration Complaint }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedure::{
        ComplaintOpening, Files, Matter, ReconsiderationOpening, Reconsidered, Speaker, StepName,
        samples::{DUE, LATE, at, bureau, reviewer, words},
    };

    fn complaint() -> Procedure {
        let opening = ComplaintOpening {
            by: Speaker::Person,
            about: Matter::Other,
            look: None,
            authority: None,
            text: words("not so"),
            files: Files::default(),
            opened_at: at(0),
        };
        Complaint::open(opening, DUE).0.into()
    }

    fn reconsideration() -> Reconsideration {
        let opening = ReconsiderationOpening {
            by: Speaker::Person,
            of: Reconsidered::Dispute(crate::ProcedureId::from_bytes([1; 16])),
            authority: bureau(),
            text: words("again"),
            files: Files::default(),
            opened_at: at(0),
            told_in_vain: false,
        };
        Reconsideration::open(opening, DUE).0
    }

    #[test]
    fn it_answers_as_the_procedure_inside_does() {
        let course = reconsideration();
        let procedure = Procedure::from(course.clone());
        assert_eq!(procedure.kind(), ProcedureKind::Reconsideration);
        assert_eq!(
            (procedure.status(), procedure.status_word()),
            (Status::Open, "open")
        );
        assert_eq!(procedure.due_on(), course.next_due());
        assert_eq!(procedure.waits_for(), Some(Party::Reviewers));
        assert_eq!(procedure.history(), course.history());
        assert!(procedure.shows_as_disputed() && !procedure.blocks_disclosure(LATE));
        assert!(!procedure.is_ended());
    }

    #[test]
    fn a_day_moves_it_on_within_its_kind() {
        let (late, notices) = complaint().on_day(LATE, at(1));
        assert_eq!(
            (late.kind(), late.status_word()),
            (ProcedureKind::Complaint, "overdue")
        );
        assert_eq!(late.due_on(), None);
        assert_eq!(late.history()[1].name, StepName::PassDueDay);
        assert!(!notices.is_empty());
    }

    #[test]
    fn a_complaint_says_nothing_about_a_record() {
        let (late, _) = complaint().on_day(LATE, at(1));
        assert!(!late.blocks_disclosure(LATE) && !late.shows_as_disputed());
    }

    #[test]
    fn a_kind_is_not_read_as_another() {
        let mut json = serde_json::to_value(complaint()).unwrap();
        assert_eq!(json["kind"], "complaint");
        json["kind"] = "dispute".into();
        assert!(serde_json::from_value::<Procedure>(json).is_err());
    }

    #[test]
    fn a_day_that_was_put_down_twice_by_two_jobs_is_the_same_after_both() {
        let assigned =
            reconsideration().assign(reviewer(2), &[], crate::procedure::Actor::Installation, at(1));
        let procedure = Procedure::from(assigned.unwrap().0);
        let one = procedure.clone().on_day(LATE, at(2));
        let other = procedure.on_day(LATE, at(2));
        assert_eq!(
            one, other,
            "what a job killed before it was stored did is done alike by the next"
        );
    }
}
