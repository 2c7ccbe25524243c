//! The states of a restoration, and its table.

use jiff::{Timestamp, civil::Date};

use crate::RecordId;
use crate::procedure::{
    Actor, AuthorityId, Due, Machine, Notice, NoticeKind, Party, ProcedureKind, Rule, Speaker, Status,
    StepName, Words,
};

/// What a restoration was applied for with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestorationOpening {
    /// Who applied.
    pub by: Speaker,
    /// The decision.
    pub decision: RecordId,
    /// The authority that decided, which answers.
    pub authority: AuthorityId,
    /// What the person pledged.
    pub pledge: Words,
    /// How the duties from the decision were fulfilled, as the person says.
    pub duties: Words,
    /// When they applied.
    pub applied_at: Timestamp,
}

/// A body that was given the record and must stop using it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The body.
    pub authority: AuthorityId,
    /// When it confirmed that it stopped.
    pub confirmed_at: Option<Timestamp>,
}

/// A body that was given the record by a look of which a law lets the notice wait. It must stop as the others must; until
/// the person is told of that look, nothing that they can read may differ by it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// The body.
    pub authority: AuthorityId,
    /// The last day on which it confirms in time.
    pub confirm_by: Date,
    /// When it confirmed that it stopped.
    pub confirmed_at: Option<Timestamp>,
    /// The member of its staff who confirmed.
    pub confirmed_by: Option<String>,
    /// Whether it was reminded.
    #[serde(default)]
    pub reminded: bool,
}

impl Apart {
    /// The last day on which it confirms in time, while it has not.
    pub const fn waited_for_until(&self) -> Option<Date> {
        match self.confirmed_at {
            None => Some(self.confirm_by),
            Some(_) => None,
        }
    }
}

/// Where a restoration stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RestorationState {
    /// It waits for the authority to say whether it takes the application.
    Applied {
        /// The last day on which it says so in time.
        accept_by: Date,
        /// The last day on which it answers in time.
        answer_by: Date,
    },
    /// The authority did not say so in time: the application counts as taken.
    AcceptanceOverdue {
        /// The last day on which it answers in time.
        answer_by: Date,
    },
    /// The authority has taken the application.
    Taken {
        /// The last day on which it answers in time.
        answer_by: Date,
    },
    /// The authority has not taken the application. The person may apply again.
    NotTaken {
        /// Why.
        reasons: Words,
    },
    /// The authority has not answered in time, and still can.
    AnswerOverdue {
        /// The last day on which it would have answered in time.
        answer_by: Date,
    },
    /// Granted, while some bodies have yet to confirm.
    Granted {
        /// Why.
        reasons: Words,
        /// The bodies.
        recipients: Vec<Recipient>,
        /// Those that the person is not to know of yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        apart: Vec<Apart>,
        /// The last day on which they confirm in time. None: it was granted before there was such a day.
        #[serde(default)]
        confirm_by: Option<Date>,
    },
    /// Granted, while some bodies have not confirmed in time, and still can.
    ConfirmationOverdue {
        /// Why.
        reasons: Words,
        /// The bodies.
        recipients: Vec<Recipient>,
        /// Those that the person is not to know of yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        apart: Vec<Apart>,
        /// The last day on which they would have confirmed in time.
        confirm_by: Date,
    },
    /// Granted, and every body confirmed.
    Complete {
        /// Why.
        reasons: Words,
        /// The bodies.
        recipients: Vec<Recipient>,
        /// Those that the person is not to know of yet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        apart: Vec<Apart>,
    },
    /// Refused.
    Refused {
        /// Why.
        reasons: Words,
    },
    /// The decision was erased at the end of its retention, before this came to an end.
    RecordErased {},
}

impl Machine for RestorationState {
    type Opening = RestorationOpening;

    const KIND: ProcedureKind = ProcedureKind::Restoration;
    const RULES: &'static [Rule] = rules! {
        begins: Apply by Person => Applied, RestorationApplied;
        Applied: Take by Authority => Taken, RestorationTaken;
        Applied: NotTake by Authority => NotTaken, RestorationNotTaken;
        Applied: PassAcceptanceDay by Installation => AcceptanceOverdue, RestorationAcceptanceOverdue;
        // It counts as taken: the authority can no longer say that it does not take it.
        AcceptanceOverdue: Grant by Authority => Granted, RestorationGranted;
        AcceptanceOverdue: Refuse by Authority => Refused, RestorationRefused;
        AcceptanceOverdue: PassAnswerDay by Installation => AnswerOverdue, RestorationAnswerOverdue;
        Taken: Grant by Authority => Granted, RestorationGranted;
        Taken: Refuse by Authority => Refused, RestorationRefused;
        Taken: PassAnswerDay by Installation => AnswerOverdue, RestorationAnswerOverdue;
        AnswerOverdue: Grant by Authority => Granted, RestorationGranted;
        AnswerOverdue: Refuse by Authority => Refused, RestorationRefused;
        Granted: ConfirmStopped by Authority => Granted, UseStopped;
        Granted: ShowRecipient by Installation => Granted, RecipientShown;
        Granted: PassConfirmationDay by Installation => ConfirmationOverdue, ConfirmationOverdue;
        Granted: Complete by Installation => Complete, RestorationComplete;
        ConfirmationOverdue: ConfirmStopped by Authority => ConfirmationOverdue, UseStopped;
        ConfirmationOverdue: ShowRecipient by Installation => ConfirmationOverdue, RecipientShown;
        ConfirmationOverdue: Complete by Installation => Complete, RestorationComplete;
        // One more body is to confirm, of which the person could not know before.
        Complete: ShowRecipient by Installation => Granted, RecipientShown;
        Applied: EraseRecord by Installation => RecordErased, RecordErased;
        AcceptanceOverdue: EraseRecord by Installation => RecordErased, RecordErased;
        Taken: EraseRecord by Installation => RecordErased, RecordErased;
        AnswerOverdue: EraseRecord by Installation => RecordErased, RecordErased;
        Granted: EraseRecord by Installation => RecordErased, RecordErased;
        ConfirmationOverdue: EraseRecord by Installation => RecordErased, RecordErased;
    };

    fn status(&self) -> Status {
        match self {
            Self::Applied { .. } => Status::Applied,
            Self::AcceptanceOverdue { .. } => Status::AcceptanceOverdue,
            Self::Taken { .. } => Status::Taken,
            Self::NotTaken { .. } => Status::NotTaken,
            Self::AnswerOverdue { .. } => Status::AnswerOverdue,
            Self::Granted { .. } => Status::Granted,
            Self::ConfirmationOverdue { .. } => Status::ConfirmationOverdue,
            Self::Complete { .. } => Status::Complete,
            Self::Refused { .. } => Status::Refused,
            Self::RecordErased {} => Status::RecordErased,
        }
    }

    fn due(&self) -> Option<Due> {
        let (on, step) = match *self {
            Self::Applied { accept_by, .. } => (accept_by, StepName::PassAcceptanceDay),
            Self::AcceptanceOverdue { answer_by } | Self::Taken { answer_by } => {
                (answer_by, StepName::PassAnswerDay)
            }
            Self::Granted {
                confirm_by: Some(confirm_by),
                ..
            } => (confirm_by, StepName::PassConfirmationDay),
            _ => return None,
        };
        Some(Due { on, step })
    }

    fn passed(self) -> Self {
        match self {
            Self::Applied { answer_by, .. } => Self::AcceptanceOverdue { answer_by },
            Self::AcceptanceOverdue { answer_by } | Self::Taken { answer_by } => {
                Self::AnswerOverdue { answer_by }
            }
            Self::Granted {
                reasons,
                recipients,
                mut apart,
                confirm_by: Some(confirm_by),
            } => {
                // With the others.
                apart.iter_mut().for_each(|one| one.reminded = true);
                Self::ConfirmationOverdue {
                    reasons,
                    recipients,
                    apart,
                    confirm_by,
                }
            }
            other => other,
        }
    }

    fn is_theirs(&self, opening: &RestorationOpening, step: StepName, actor: &Actor) -> bool {
        match actor {
            // Any body may have been given the record: which ones were is asked of the list of recipients.
            Actor::Authority(id) => step == StepName::ConfirmStopped || *id == opening.authority,
            _ => true,
        }
    }

    fn waits_for(&self, opening: &RestorationOpening) -> Option<Party> {
        match self {
            Self::Applied { .. }
            | Self::AcceptanceOverdue { .. }
            | Self::Taken { .. }
            | Self::AnswerOverdue { .. } => Some(Party::Authority(opening.authority.clone())),
            Self::Granted { .. } | Self::ConfirmationOverdue { .. } => Some(Party::Recipients),
            Self::NotTaken { .. } | Self::Complete { .. } | Self::Refused { .. } | Self::RecordErased {} => {
                None
            }
        }
    }

    fn notices(&self, opening: &RestorationOpening, kind: NoticeKind) -> Vec<Notice> {
        let mut parties = opening.by.parties();
        parties.push(Party::Authority(opening.authority.clone()));
        if matches!(
            kind,
            NoticeKind::RestorationAcceptanceOverdue
                | NoticeKind::RestorationAnswerOverdue
                | NoticeKind::ConfirmationOverdue
        ) {
            parties.push(Party::Reviewers);
        }
        let mut notices = Notice::to_each(parties, kind);
        let stop = match kind {
            NoticeKind::RestorationGranted => Some(NoticeKind::StopUsing),
            NoticeKind::ConfirmationOverdue => Some(NoticeKind::StopUsingAgain),
            _ => None,
        };
        if let Some(stop) = stop {
            let bodies = self.all_unconfirmed().cloned().map(Party::Authority);
            notices.extend(Notice::to_each(bodies, stop));
        }
        notices
    }

    fn record_erased(_: &RestorationOpening) -> Option<Self> {
        Some(Self::RecordErased {})
    }

    fn at_work(&self, opening: &RestorationOpening) -> Vec<Party> {
        match self.waits_for(opening) {
            Some(Party::Recipients) => self.all_unconfirmed().cloned().map(Party::Authority).collect(),
            turn => turn.into_iter().collect(),
        }
    }
}

impl RestorationState {
    /// The bodies that were given the record, once it is granted.
    pub fn recipients(&self) -> &[Recipient] {
        match self {
            Self::Granted { recipients, .. }
            | Self::ConfirmationOverdue { recipients, .. }
            | Self::Complete { recipients, .. } => recipients,
            _ => &[],
        }
    }

    pub(super) fn recipients_mut(&mut self) -> &mut [Recipient] {
        match self {
            Self::Granted { recipients, .. }
            | Self::ConfirmationOverdue { recipients, .. }
            | Self::Complete { recipients, .. } => recipients,
            _ => &mut [],
        }
    }

    /// Those of them that have yet to confirm.
    pub fn unconfirmed(&self) -> impl Iterator<Item = &AuthorityId> {
        let waiting = self.recipients().iter().filter(|one| one.confirmed_at.is_none());
        waiting.map(|one| &one.authority)
    }

    /// Those of them that have yet to confirm, with those that the person is not to know of yet.
    pub fn all_unconfirmed(&self) -> impl Iterator<Item = &AuthorityId> {
        let apart = self.apart().iter().filter(|one| one.confirmed_at.is_none());
        self.unconfirmed().chain(apart.map(|one| &one.authority))
    }

    /// The bodies that were given the record, and of which the person is not to know yet.
    pub fn apart(&self) -> &[Apart] {
        match self {
            Self::Granted { apart, .. }
            | Self::ConfirmationOverdue { apart, .. }
            | Self::Complete { apart, .. } => apart,
            _ => &[],
        }
    }

    /// The last day on which those that nobody can see to be waited for confirm in time, before they are reminded: once
    /// the others have confirmed, no day of the procedure reminds them.
    pub fn remind_apart_after(&self) -> Option<Date> {
        let Self::Complete { apart, .. } = self else {
            return None;
        };
        let waiting = apart.iter().filter(|one| !one.reminded);
        waiting.filter_map(Apart::waited_for_until).min()
    }

    pub(super) fn apart_mut(&mut self) -> Option<&mut Vec<Apart>> {
        match self {
            Self::Granted { apart, .. }
            | Self::ConfirmationOverdue { apart, .. }
            | Self::Complete { apart, .. } => Some(apart),
            _ => None,
        }
    }

    /// The same once the person may know of this body.
    pub(super) fn with_shown(mut self, body: &AuthorityId) -> Self {
        let found = self.apart().iter().position(|one| one.authority == *body);
        let Some((place, apart)) = found.zip(self.apart_mut()) else {
            return self;
        };
        let one = apart.remove(place);
        let shown = Recipient {
            authority: one.authority,
            confirmed_at: one.confirmed_at,
        };
        match self {
            Self::Complete {
                reasons,
                mut recipients,
                apart,
            } => {
                recipients.push(shown);
                Self::Granted {
                    reasons,
                    recipients,
                    apart,
                    confirm_by: Some(one.confirm_by),
                }
            }
            mut other => {
                if let Self::Granted { recipients, .. } | Self::ConfirmationOverdue { recipients, .. } =
                    &mut other
                {
                    recipients.push(shown);
                }
                other
            }
        }
    }
}
