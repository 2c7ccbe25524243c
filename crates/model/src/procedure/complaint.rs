//! Complaint (投诉): a person says that data about them was handled wrongly. A reviewer finds it founded, with
//! measures, or not. A breach is reported with it, and whoever it affects is told.

use std::num::NonZeroU32;

use jiff::{Timestamp, civil::Date};

use super::{
    Actor, AuthorityId, Course, Due, Files, Machine, Notice, NoticeKind, Outcome, Party, ProcedureKind,
    ReviewerId, Rule, Speaker, Status, StepName, Words, assignment, course::free,
};
use crate::EventId;

/// A complaint in its course.
pub type Complaint = Course<ComplaintState>;

named! {
    /// What a complaint is about.
    Matter {
        /// Data got out.
        Leak = "leak",
        /// Data was altered.
        Alteration = "alteration",
        /// Data was sold.
        Sale = "sale",
        /// Somebody looked who should not have.
        ImproperLook = "improper-look",
        /// Something else.
        Other = "other",
    }
}

/// What a complaint is opened with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintOpening {
    /// Who opened it.
    pub by: Speaker,
    /// What it is about.
    pub about: Matter,
    /// The look, where it is about one.
    pub look: Option<EventId>,
    /// The body that handled the data, where the person knows it.
    pub authority: Option<AuthorityId>,
    /// What the person says.
    pub text: Words,
    /// What they put to it.
    pub files: Files,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// A breach that came to light. It is reported apart, to those whom it affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreachReport {
    /// How many people it affects.
    pub affected: NonZeroU32,
}

/// Where a complaint stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ComplaintState {
    /// It waits for a reviewer to be found.
    Open {
        /// The last day on which an answer is in time.
        due_on: Date,
    },
    /// A reviewer has it.
    Assigned {
        /// The last day on which an answer is in time.
        due_on: Date,
        /// Who.
        reviewer: ReviewerId,
    },
    /// It waits for a reviewer to be found, and is late.
    Overdue {
        /// The last day on which an answer would have been in time.
        due_on: Date,
    },
    /// A reviewer has it, and is late.
    AssignedOverdue {
        /// The last day on which an answer would have been in time.
        due_on: Date,
        /// Who.
        reviewer: ReviewerId,
    },
    /// It is founded.
    Founded {
        /// Why.
        reasons: Words,
        /// What is done about it.
        measures: Words,
        /// The breach that came to light.
        breach: Option<BreachReport>,
    },
    /// It is not founded.
    Unfounded {
        /// Why.
        reasons: Words,
    },
    /// The person took it back.
    TakenBack {},
}

impl Machine for ComplaintState {
    type Opening = ComplaintOpening;

    const KIND: ProcedureKind = ProcedureKind::Complaint;
    const RULES: &'static [Rule] = rules! {
        begins: Open by Person => Open, ComplaintOpened;
        Open: Assign by Reviewer | Installation => Assigned, ComplaintAssigned;
        Open: TakeBack by Person => TakenBack, ComplaintTakenBack;
        Open: PassDueDay by Installation => Overdue, ComplaintOverdue;
        // A reviewer may fall ill: the last one to whom it is given has it.
        Assigned: Assign by Reviewer | Installation => Assigned, ComplaintAssigned;
        Assigned: FindFounded by Reviewer => Founded, ComplaintFounded;
        Assigned: FindUnfounded by Reviewer => Unfounded, ComplaintUnfounded;
        Assigned: TakeBack by Person => TakenBack, ComplaintTakenBack;
        Assigned: PassDueDay by Installation => AssignedOverdue, ComplaintOverdue;
        Overdue: Assign by Reviewer | Installation => AssignedOverdue, ComplaintAssigned;
        Overdue: TakeBack by Person => TakenBack, ComplaintTakenBack;
        AssignedOverdue: Assign by Reviewer | Installation => AssignedOverdue, ComplaintAssigned;
        AssignedOverdue: FindFounded by Reviewer => Founded, ComplaintFounded;
        AssignedOverdue: FindUnfounded by Reviewer => Unfounded, ComplaintUnfounded;
        AssignedOverdue: TakeBack by Person => TakenBack, ComplaintTakenBack;
    };

    fn status(&self) -> Status {
        match self {
            Self::Open { .. } => Status::Open,
            Self::Assigned { .. } => Status::Assigned,
            Self::Overdue { .. } => Status::Overdue,
            Self::AssignedOverdue { .. } => Status::AssignedOverdue,
            Self::Founded { .. } => Status::Founded,
            Self::Unfounded { .. } => Status::Unfounded,
            Self::TakenBack {} => Status::TakenBack,
        }
    }

    fn due(&self) -> Option<Due> {
        match *self {
            Self::Open { due_on: on } | Self::Assigned { due_on: on, .. } => Some(Due {
                on,
                step: StepName::PassDueDay,
            }),
            _ => None,
        }
    }

    fn passed(self) -> Self {
        match self {
            Self::Open { due_on } => Self::Overdue { due_on },
            Self::Assigned { due_on, reviewer } => Self::AssignedOverdue { due_on, reviewer },
            other => other,
        }
    }

    fn is_theirs(&self, _: &ComplaintOpening, step: StepName, actor: &Actor) -> bool {
        match (actor, step) {
            (Actor::Reviewer(id), StepName::FindFounded | StepName::FindUnfounded) => {
                self.reviewer() == Some(id)
            }
            _ => true,
        }
    }

    fn waits_for(&self, _: &ComplaintOpening) -> Option<Party> {
        match self {
            Self::Open { .. } | Self::Overdue { .. } => Some(Party::Reviewers),
            Self::Assigned { reviewer, .. } | Self::AssignedOverdue { reviewer, .. } => {
                Some(Party::Reviewer(reviewer.clone()))
            }
            Self::Founded { .. } | Self::Unfounded { .. } | Self::TakenBack {} => None,
        }
    }

    fn notices(&self, opening: &ComplaintOpening, kind: NoticeKind) -> Vec<Notice> {
        let mut parties = opening.by.parties();
        let reviewer = self.reviewer().cloned().map(Party::Reviewer);
        if reviewer.is_none() || kind == NoticeKind::ComplaintOverdue {
            parties.push(Party::Reviewers);
        }
        parties.extend(reviewer);
        // The body hears of it with the outcome, and not while it could still clear away the traces.
        if matches!(self, Self::Founded { .. } | Self::Unfounded { .. }) {
            parties.extend(opening.authority.clone().map(Party::Authority));
        }
        Notice::to_each(parties, kind)
    }
}

impl ComplaintState {
    /// The reviewer who has it.
    pub const fn reviewer(&self) -> Option<&ReviewerId> {
        match self {
            Self::Assigned { reviewer, .. } | Self::AssignedOverdue { reviewer, .. } => Some(reviewer),
            _ => None,
        }
    }
}

impl Course<ComplaintState> {
    /// Opens a complaint that a reviewer must answer by `due_on`.
    pub fn open(opening: ComplaintOpening, due_on: Date) -> (Self, Vec<Notice>) {
        let (by, at) = (opening.by.into(), opening.opened_at);
        Self::begin(opening, ComplaintState::Open { due_on }, by, at)
    }

    /// Gives it to a reviewer, who is none of those that `took_part` in what it is about.
    ///
    /// # Errors
    /// When it is answered or taken back already, the reviewer took part, or the actor is neither reviewer nor
    /// installation.
    pub fn assign(
        self,
        reviewer: ReviewerId,
        took_part: &[ReviewerId],
        by: Actor,
        at: Timestamp,
    ) -> Outcome<Self> {
        let apart = assignment::apart(&reviewer, took_part);
        self.go(
            StepName::Assign,
            by,
            at,
            |_, _| apart,
            |state| match state {
                ComplaintState::Open { due_on } | ComplaintState::Assigned { due_on, .. } => {
                    ComplaintState::Assigned { due_on, reviewer }
                }
                ComplaintState::Overdue { due_on } | ComplaintState::AssignedOverdue { due_on, .. } => {
                    ComplaintState::AssignedOverdue { due_on, reviewer }
                }
                other => other,
            },
        )
    }

    /// The reviewer finds it founded, says what is done about it, and reports the breach that came to light.
    ///
    /// # Errors
    /// When it is nobody's yet, another reviewer's, answered or taken back already.
    pub fn find_founded(
        self,
        by: ReviewerId,
        reasons: Words,
        measures: Words,
        breach: Option<BreachReport>,
        at: Timestamp,
    ) -> Outcome<Self> {
        self.go(StepName::FindFounded, Actor::Reviewer(by), at, free, |_| {
            ComplaintState::Founded {
                reasons,
                measures,
                breach,
            }
        })
    }

    /// The reviewer finds it not founded.
    ///
    /// # Errors
    /// When it is nobody's yet, another reviewer's, answered or taken back already.
    pub fn find_unfounded(self, by: ReviewerId, reasons: Words, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::FindUnfounded, Actor::Reviewer(by), at, free, |_| {
            ComplaintState::Unfounded { reasons }
        })
    }

    /// The person takes the complaint back.
    ///
    /// # Errors
    /// When it is answered or taken back already.
    pub fn take_back(self, by: Speaker, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::TakeBack, by.into(), at, free, |_| {
            ComplaintState::TakenBack {}
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{
        DUE, LATE, at, bureau, one_file, representative, reviewer, steps, told, why, words,
    };
    use super::*;
    use crate::procedure::Why;

    fn opened() -> Complaint {
        let opening = ComplaintOpening {
            by: Speaker::Person,
            about: Matter::ImproperLook,
            look: Some(EventId::from_bytes([3; 16])),
            authority: Some(bureau()),
            text: words("why did they look"),
            files: one_file(),
            opened_at: at(0),
        };
        Complaint::open(opening, DUE).0
    }

    fn given(before: Complaint) -> (Complaint, Vec<Notice>) {
        let took_part = [reviewer(1)];
        before
            .assign(reviewer(2), &took_part, Actor::Installation, at(1))
            .unwrap()
    }

    fn breach(affected: u32) -> Option<BreachReport> {
        NonZeroU32::new(affected).map(|affected| BreachReport { affected })
    }

    #[test]
    fn the_body_hears_of_it_with_the_outcome_only() {
        let (complaint, notices) = given(opened());
        let parties = [Party::Person, Party::Reviewer(reviewer(2))];
        assert_eq!(told(&notices, NoticeKind::ComplaintAssigned), parties);
        let (complaint, notices) = complaint.on_day(LATE, at(2));
        assert!(!told(&notices, NoticeKind::ComplaintOverdue).contains(&Party::Authority(bureau())));
        let (_, notices) = complaint
            .find_unfounded(reviewer(2), words("by consent"), at(3))
            .unwrap();
        assert!(told(&notices, NoticeKind::ComplaintUnfounded).contains(&Party::Authority(bureau())));
    }

    #[test]
    fn a_founded_one_has_measures_and_says_whether_a_breach_came_to_light() {
        for reported in [breach(12), breach(0)] {
            let (complaint, _) = given(opened());
            let (complaint, notices) = complaint
                .find_founded(
                    reviewer(2),
                    words("no reason"),
                    words("account closed"),
                    reported,
                    at(2),
                )
                .unwrap();
            assert!(told(&notices, NoticeKind::ComplaintFounded).contains(&Party::Person));
            assert!(complaint.is_ended() && complaint.waits_for().is_none());
        }
    }

    #[test]
    fn a_complaint_about_a_reviewer_is_not_theirs_to_judge() {
        let before = opened();
        let same = before
            .clone()
            .assign(reviewer(1), &[reviewer(1)], Actor::Installation, at(1));
        assert_eq!(why(&before, same), Why::TookPart);
        let (before, _) = given(before);
        let other = before.clone().find_unfounded(reviewer(1), words("fine"), at(2));
        assert_eq!(why(&before, other), Why::NotYours);
        let other = before
            .clone()
            .find_founded(reviewer(1), words("bad"), words("none"), None, at(2));
        assert_eq!(why(&before, other), Why::NotYours);
        let person = before.clone().assign(reviewer(3), &[], Actor::Person, at(2));
        assert_eq!(why(&before, person), Why::NotYours);
    }

    #[test]
    fn it_is_nobodys_until_it_is_given_to_somebody() {
        let before = opened();
        assert_eq!(before.waits_for(), Some(Party::Reviewers));
        let early = before.clone().find_unfounded(reviewer(2), words("fine"), at(1));
        assert_eq!(why(&before, early), Why::NotNow);
        let (late, notices) = before.on_day(LATE, at(1));
        assert_eq!(
            (late.status(), late.waits_for()),
            (Status::Overdue, Some(Party::Reviewers))
        );
        assert!(told(&notices, NoticeKind::ComplaintOverdue).contains(&Party::Reviewers));
        let (late, _) = given(late);
        assert_eq!(late.status(), Status::AssignedOverdue);
        assert_eq!(
            late.clone().on_day(LATE, at(2)),
            (late, vec![]),
            "one due day, one step"
        );
    }

    #[test]
    fn a_late_one_is_told_to_all_reviewers_and_to_the_one_who_has_it() {
        let (late, notices) = given(opened()).0.on_day(LATE, at(2));
        assert_eq!(late.waits_for(), Some(Party::Reviewer(reviewer(2))));
        let parties = [Party::Person, Party::Reviewers, Party::Reviewer(reviewer(2))];
        assert_eq!(told(&notices, NoticeKind::ComplaintOverdue), parties);
        assert_eq!(
            steps(&late),
            [StepName::Open, StepName::Assign, StepName::PassDueDay]
        );
    }

    #[test]
    fn the_person_takes_it_back_until_it_is_answered() {
        let late = opened().on_day(LATE, at(1)).0;
        let open = [opened(), given(opened()).0, late.clone(), given(late).0];
        for complaint in open {
            let (complaint, notices) = complaint.take_back(representative(), at(3)).unwrap();
            assert!(complaint.is_ended());
            assert!(told(&notices, NoticeKind::ComplaintTakenBack).contains(&Party::Reviewers));
        }
        let (complaint, _) = given(opened());
        let (answered, _) = complaint
            .find_unfounded(reviewer(2), words("fine"), at(2))
            .unwrap();
        let late = answered.clone().take_back(Speaker::Person, at(3));
        assert_eq!(why(&answered, late), Why::NotNow);
    }
}
