//! The states of a reconsideration, and its table.

use jiff::{Timestamp, civil::Date};

use crate::procedure::{
    Actor, AuthorityId, Due, Files, Machine, Notice, NoticeKind, Party, ProcedureKind, ReviewerId, Rule,
    Speaker, Status, StepName, Words,
};
use crate::{EventId, ProcedureId, RecordId};

/// What is reconsidered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reconsidered {
    /// The outcome of this dispute.
    Dispute(ProcedureId),
    /// This look.
    Look(EventId),
    /// This record, since a court or another body outside decided about it. What it decided is followed; no reviewer
    /// decides here.
    Record(RecordId),
}

impl Reconsidered {
    /// Whether it is about a record, which shows as disputed meanwhile.
    pub const fn is_of_record(self) -> bool {
        matches!(self, Self::Dispute(_) | Self::Record(_))
    }
}

named! {
    /// What is ordered to be done.
    Order {
        /// The authority puts the record right.
        Correct = "correct",
        /// The authority takes the record back.
        Withdraw = "withdraw",
        /// The authority files the record again, which was taken back.
        Readmit = "readmit",
        /// The look is put down as improper.
        LookImproper = "look-improper",
        /// Nothing: it stays as it is. A body outside alone says so, as when it sets aside what was ordered before.
        Stand = "stand",
    }
}

/// What a reconsideration is opened with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconsiderationOpening {
    /// Who opened it, or for whom a reviewer did.
    pub by: Speaker,
    /// What is reconsidered.
    pub of: Reconsidered,
    /// The authority whose answer, look or record it is.
    pub authority: AuthorityId,
    /// What whoever opened it says.
    pub text: Words,
    /// What they put to it.
    pub files: Files,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether a reviewer answered one like it before, about the same record: no court decided so. Then silence about this
    /// one does not keep the record back.
    #[serde(default, skip_serializing_if = "is_false")]
    pub told_in_vain: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it by reference")]
const fn is_false(yes: &bool) -> bool {
    !*yes
}

/// A decision of a court or another body outside.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutsideDecision {
    /// Who decided.
    pub body: Words,
    /// The decision's number there.
    pub reference: Words,
    /// When they decided.
    pub decided_on: Date,
    /// What is to be done.
    pub order: Order,
    /// The fields that are to be put right, by their names in the profile. None: the record as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The last day on which it is done in time.
    pub follow_by: Date,
    /// What stood in its place before, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierDecision>,
}

/// What was put down as decided outside, before something else took its place: a later decision, or the same one with
/// another day or order, which were put down wrongly.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierDecision {
    /// Who decided.
    pub body: Words,
    /// The decision's number there.
    pub reference: Words,
    /// When they decided, as it was put down.
    pub decided_on: Date,
    /// What was to be done, as it was put down.
    pub order: Order,
    /// The fields that were to be put right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// When something else took its place.
    pub replaced_at: Timestamp,
}

impl OutsideDecision {
    /// Whether they have one number at one body, whatever they are said to say.
    pub fn is_same_paper(&self, other: &Self) -> bool {
        (&self.body, &self.reference) == (&other.body, &other.reference)
    }

    /// Whether they ask for the same.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        (self.order, &self.fields) == (other.order, &other.fields)
    }

    /// The same in the place of another.
    #[must_use]
    pub(super) fn in_place_of(mut self, before: Self, at: Timestamp) -> Self {
        self.earlier = before.earlier;
        self.earlier.push(EarlierDecision {
            body: before.body,
            reference: before.reference,
            decided_on: before.decided_on,
            order: before.order,
            fields: before.fields,
            replaced_at: at,
        });
        self
    }
}

/// Where a reconsideration stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ReconsiderationState {
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
    /// The outcome stands, or the look was proper.
    Confirmed {
        /// Why.
        reasons: Words,
    },
    /// The outcome is changed, which is to be carried out.
    Changed {
        /// Why.
        reasons: Words,
        /// What is to be done.
        order: Order,
        /// The last day on which it is done in time.
        follow_by: Date,
    },
    /// The change was not carried out in time.
    ChangeOverdue {
        /// Why the outcome was changed.
        reasons: Words,
        /// What is to be done.
        order: Order,
        /// The last day on which it would have been in time.
        follow_by: Date,
    },
    /// The change was carried out.
    ChangeFollowed {
        /// Why the outcome was changed.
        reasons: Words,
        /// What was done.
        order: Order,
    },
    /// A body outside decided, which is to be followed.
    OutsideDecision {
        /// What it decided.
        decision: OutsideDecision,
    },
    /// The decision from outside was not followed in time.
    FollowOverdue {
        /// What was decided.
        decision: OutsideDecision,
    },
    /// The decision from outside was followed.
    Followed {
        /// What was decided.
        decision: OutsideDecision,
    },
    /// The record was erased at the end of its retention, before this came to an end.
    RecordErased {},
}

impl Machine for ReconsiderationState {
    type Opening = ReconsiderationOpening;

    const KIND: ProcedureKind = ProcedureKind::Reconsideration;
    const RULES: &'static [Rule] = rules! {
        // A reviewer opens one where a body outside told of its decision.
        begins: Open by Person | Reviewer => Open, ReconsiderationOpened;
        Open: Assign by Reviewer | Installation => Assigned, ReconsiderationAssigned;
        Open: PassDueDay by Installation => Overdue, ReconsiderationOverdue;
        // A reviewer may fall ill: the last one to whom it is given has it.
        Assigned: Assign by Reviewer | Installation => Assigned, ReconsiderationAssigned;
        Assigned: Confirm by Reviewer => Confirmed, ReconsiderationConfirmed;
        Assigned: Change by Reviewer => Changed, ReconsiderationChanged;
        Assigned: PassDueDay by Installation => AssignedOverdue, ReconsiderationOverdue;
        Overdue: Assign by Reviewer | Installation => AssignedOverdue, ReconsiderationAssigned;
        AssignedOverdue: Assign by Reviewer | Installation => AssignedOverdue, ReconsiderationAssigned;
        AssignedOverdue: Confirm by Reviewer => Confirmed, ReconsiderationConfirmed;
        AssignedOverdue: Change by Reviewer => Changed, ReconsiderationChanged;
        Changed: Follow by Authority | Reviewer | Installation => ChangeFollowed, ChangeFollowed;
        Changed: PassFollowDay by Installation => ChangeOverdue, ChangeOverdue;
        ChangeOverdue: Follow by Authority | Reviewer | Installation => ChangeFollowed, ChangeFollowed;
        // A body outside may decide before, after or against the reviewer, and a higher one against a lower. Where it says
        // that all stays as it is, nothing is left to do.
        Open: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        Open: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        Assigned: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        Assigned: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        Overdue: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        Overdue: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        AssignedOverdue: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        AssignedOverdue: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        Confirmed: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        Confirmed: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        Changed: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        Changed: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        ChangeOverdue: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        ChangeOverdue: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        ChangeFollowed: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        ChangeFollowed: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        OutsideDecision: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        OutsideDecision: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        FollowOverdue: RecordOutsideDecision by Reviewer => OutsideDecision, OutsideDecisionRecorded;
        FollowOverdue: RecordOutsideStand by Reviewer => Followed, OutsideStandRecorded;
        OutsideDecision: Follow by Authority | Reviewer | Installation => Followed, OutsideDecisionFollowed;
        OutsideDecision: PassFollowDay by Installation => FollowOverdue, OutsideDecisionOverdue;
        FollowOverdue: Follow by Authority | Reviewer | Installation => Followed, OutsideDecisionFollowed;
        // It was put down wrongly: its day, or what it orders, which is then to be followed.
        Followed: AmendOutsideDecision by Reviewer => Followed, OutsideDecisionAmended;
        Followed: AmendOutsideOrder by Reviewer => OutsideDecision, OutsideDecisionAmended;
        // Where it is about a record.
        Open: EraseRecord by Installation => RecordErased, RecordErased;
        Assigned: EraseRecord by Installation => RecordErased, RecordErased;
        Overdue: EraseRecord by Installation => RecordErased, RecordErased;
        AssignedOverdue: EraseRecord by Installation => RecordErased, RecordErased;
        Changed: EraseRecord by Installation => RecordErased, RecordErased;
        ChangeOverdue: EraseRecord by Installation => RecordErased, RecordErased;
        OutsideDecision: EraseRecord by Installation => RecordErased, RecordErased;
        FollowOverdue: EraseRecord by Installation => RecordErased, RecordErased;
    };

    fn status(&self) -> Status {
        match self {
            Self::Open { .. } => Status::Open,
            Self::Assigned { .. } => Status::Assigned,
            Self::Overdue { .. } => Status::Overdue,
            Self::AssignedOverdue { .. } => Status::AssignedOverdue,
            Self::Confirmed { .. } => Status::Confirmed,
            Self::Changed { .. } => Status::Changed,
            Self::ChangeOverdue { .. } => Status::ChangeOverdue,
            Self::ChangeFollowed { .. } => Status::ChangeFollowed,
            Self::OutsideDecision { .. } => Status::OutsideDecision,
            Self::FollowOverdue { .. } => Status::FollowOverdue,
            Self::Followed { .. } => Status::Followed,
            Self::RecordErased {} => Status::RecordErased,
        }
    }

    fn due(&self) -> Option<Due> {
        let (on, step) = match self {
            Self::Open { due_on } | Self::Assigned { due_on, .. } => (*due_on, StepName::PassDueDay),
            Self::Changed { follow_by, .. } => (*follow_by, StepName::PassFollowDay),
            Self::OutsideDecision { decision } => (decision.follow_by, StepName::PassFollowDay),
            _ => return None,
        };
        Some(Due { on, step })
    }

    fn passed(self) -> Self {
        match self {
            Self::Open { due_on } => Self::Overdue { due_on },
            Self::Assigned { due_on, reviewer } => Self::AssignedOverdue { due_on, reviewer },
            Self::Changed {
                reasons,
                order,
                follow_by,
            } => Self::ChangeOverdue {
                reasons,
                order,
                follow_by,
            },
            Self::OutsideDecision { decision } => Self::FollowOverdue { decision },
            other => other,
        }
    }

    fn is_theirs(&self, opening: &ReconsiderationOpening, step: StepName, actor: &Actor) -> bool {
        match (actor, step) {
            (Actor::Authority(id), _) => *id == opening.authority,
            (Actor::Reviewer(id), StepName::Confirm | StepName::Change) => self.reviewer() == Some(id),
            _ => true,
        }
    }

    fn waits_for(&self, opening: &ReconsiderationOpening) -> Option<Party> {
        match self {
            Self::Open { .. } | Self::Overdue { .. } => Some(Party::Reviewers),
            Self::Assigned { reviewer, .. } | Self::AssignedOverdue { reviewer, .. } => {
                Some(Party::Reviewer(reviewer.clone()))
            }
            Self::Changed { .. }
            | Self::ChangeOverdue { .. }
            | Self::OutsideDecision { .. }
            | Self::FollowOverdue { .. } => Some(match opening.of {
                Reconsidered::Dispute(_) | Reconsidered::Record(_) => {
                    Party::Authority(opening.authority.clone())
                }
                Reconsidered::Look(_) => Party::Reviewers,
            }),
            Self::Confirmed { .. }
            | Self::ChangeFollowed { .. }
            | Self::Followed { .. }
            | Self::RecordErased {} => None,
        }
    }

    fn notices(&self, opening: &ReconsiderationOpening, kind: NoticeKind) -> Vec<Notice> {
        let mut parties = opening.by.parties();
        parties.push(Party::Authority(opening.authority.clone()));
        let reviewer = self.reviewer().cloned().map(Party::Reviewer);
        let late = matches!(self, Self::AssignedOverdue { .. }) && kind == NoticeKind::ReconsiderationOverdue;
        // Who had it stood in the state before.
        let ended = kind == NoticeKind::RecordErased;
        if (reviewer.is_none() && !ended) || late {
            parties.push(Party::Reviewers);
        }
        parties.extend(reviewer);
        // Whoever was given the record must know when it begins and ceases to show as disputed.
        let marks = matches!(
            kind,
            NoticeKind::ReconsiderationOpened
                | NoticeKind::ReconsiderationConfirmed
                | NoticeKind::ChangeFollowed
                | NoticeKind::OutsideDecisionRecorded
                | NoticeKind::OutsideDecisionFollowed
                | NoticeKind::RecordErased
                | NoticeKind::OutsideStandRecorded
        ) || kind == NoticeKind::OutsideDecisionAmended && self.waits_for(opening).is_some();
        if marks && opening.of.is_of_record() {
            parties.push(Party::Recipients);
        }
        Notice::to_each(parties, kind)
    }

    fn record_erased(opening: &ReconsiderationOpening) -> Option<Self> {
        opening.of.is_of_record().then_some(Self::RecordErased {})
    }

    fn at_work(&self, _: &ReconsiderationOpening) -> Vec<Party> {
        // What the authority has to carry out is the reviewers' affair too.
        let reviewer = self.reviewer().cloned().map(Party::Reviewer);
        vec![reviewer.unwrap_or(Party::Reviewers)]
    }
}

impl ReconsiderationState {
    /// What a body outside decided, whether or not it was followed.
    pub const fn decided_outside(&self) -> Option<&OutsideDecision> {
        match self {
            Self::OutsideDecision { decision }
            | Self::FollowOverdue { decision }
            | Self::Followed { decision } => Some(decision),
            _ => None,
        }
    }

    /// The reviewer who has it.
    pub const fn reviewer(&self) -> Option<&ReviewerId> {
        match self {
            Self::Assigned { reviewer, .. } | Self::AssignedOverdue { reviewer, .. } => Some(reviewer),
            _ => None,
        }
    }
}
