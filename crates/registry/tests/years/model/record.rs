//! What should be of a record: what its versions say, how long it is shown and kept, how it ended.

use jiff::{Timestamp, civil::Date};
use model::{RecordId, RecordKind, RecordStatus, SubmissionId, VersionKind};

use crate::{
    calendar::{TAKE_BACK_HOURS, after_months},
    changing_values::WARNING_MONTHS,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Penalty {
    Warning,
    Fine,
    Suspension,
    Revocation,
    Prohibition,
}

impl Penalty {
    pub(crate) const ALL: [Self; 5] = [
        Self::Warning,
        Self::Fine,
        Self::Suspension,
        Self::Revocation,
        Self::Prohibition,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Warning => "警告",
            Self::Fine => "罚款",
            Self::Suspension => "暂扣许可证件",
            Self::Revocation => "吊销许可证件",
            Self::Prohibition => "限制从业",
        }
    }

    /// For how many months it is shown at most, where it takes effect on this day. None: while it lasts.
    fn shown_months(self, from: Date) -> Option<i32> {
        match self {
            Self::Warning => Some(WARNING_MONTHS.on(from) as i32),
            Self::Fine => Some(12),
            Self::Suspension | Self::Revocation => Some(36),
            Self::Prohibition => None,
        }
    }

    /// After how many months its restoration may be applied for.
    const fn least_months(self) -> i32 {
        match self {
            Self::Warning | Self::Prohibition => 0,
            Self::Fine => 3,
            Self::Suspension | Self::Revocation => 12,
        }
    }
}

/// What a version says, as far as it matters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) from: Date,
    /// As filed.
    pub(crate) to: Option<Date>,
    /// The last day that a prohibition names for itself.
    pub(crate) restricted: Option<Date>,
    pub(crate) penalty: Option<Penalty>,
    pub(crate) text: u32,
}

impl Said {
    /// The last day on which it is kept.
    pub(crate) fn kept_until(&self, kind: RecordKind) -> Date {
        match kind {
            RecordKind::Licence => after_months(self.to.unwrap(), 60),
            RecordKind::Decision => {
                let kept = after_months(self.from, 60);
                match self.penalty {
                    Some(Penalty::Prohibition) => kept.max(self.lasts_until()),
                    _ => kept,
                }
            }
            RecordKind::Training | RecordKind::Commendation => after_months(self.from, 120),
        }
    }

    /// The last day on which it counts, as filed.
    pub(crate) fn lasts_until(&self) -> Date {
        let filed = self.to.unwrap();
        self.restricted.map_or(filed, |day| day.min(filed))
    }

    /// The last day on which it is shown to others.
    pub(crate) fn shown_until(&self, kind: RecordKind) -> Option<Date> {
        let Some(penalty) = self.penalty else {
            return self.to;
        };
        let longest = penalty
            .shown_months(self.from)
            .map(|months| after_months(self.from, months));
        let filed = self.lasts_until();
        let shown = longest.map_or(filed, |longest| longest.min(filed));
        Some(shown.min(self.kept_until(kind)))
    }

    pub(crate) fn restorable_from(&self) -> Date {
        after_months(self.from, self.penalty.unwrap().least_months())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) change: VersionKind,
    /// None: the version says nothing new.
    pub(crate) said: Option<Said>,
    pub(crate) at: Timestamp,
    /// The file that it came in, where that is one that may be taken back whole.
    pub(crate) file: Option<SubmissionId>,
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Learnt from the registry the first time that somebody reads it.
    pub(crate) id: Option<RecordId>,
    pub(crate) kind: RecordKind,
    pub(crate) authority: &'static str,
    pub(crate) profession: &'static str,
    /// Its document's number, or a training's course.
    pub(crate) document: String,
    pub(crate) versions: Vec<Version>,
    pub(crate) erased: bool,
}

impl Record {
    pub(crate) fn add(&mut self, version: Version) {
        self.versions.push(version);
    }

    /// The last day on which it is kept: a decision as its latest version says, anything else as long as any of them asks
    /// for, and as long as the latest could still be taken back.
    pub(crate) fn kept_until(&self) -> Date {
        let mut asked = self
            .versions
            .iter()
            .filter_map(|one| one.said.as_ref())
            .map(|said| said.kept_until(self.kind));
        let asked = match self.kind {
            RecordKind::Decision => asked.next_back(),
            RecordKind::Licence | RecordKind::Training | RecordKind::Commendation => asked.max(),
        };
        let window = jiff::SignedDuration::from_hours(TAKE_BACK_HOURS);
        let filed_at = self.versions.iter().map(|one| one.at).max().unwrap();
        asked.unwrap().max(crate::run::day_of(filed_at + window))
    }

    pub(crate) fn said(&self) -> &Said {
        let said = self.versions.iter().rev().find_map(|one| one.said.as_ref());
        said.unwrap()
    }

    pub(crate) fn latest(&self) -> VersionKind {
        self.versions.last().unwrap().change
    }

    /// Neither withdrawn nor restored.
    pub(crate) fn stands(&self) -> bool {
        matches!(self.latest(), VersionKind::Filed | VersionKind::Corrected)
    }

    /// What its own days give it.
    pub(crate) fn own_status(&self, today: Date) -> RecordStatus {
        let said = self.said();
        if self.erased || self.kept_until() < today {
            return RecordStatus::Erased;
        }
        match self.latest() {
            VersionKind::Withdrawn => RecordStatus::Withdrawn,
            VersionKind::Restored => RecordStatus::Restored,
            _ if today < said.from => RecordStatus::Pending,
            _ if said.shown_until(self.kind).is_some_and(|day| day < today) => RecordStatus::Expired,
            _ => RecordStatus::InForce,
        }
    }

    /// Whether it is to be destroyed.
    pub(crate) fn is_due(&self, today: Date) -> bool {
        !self.erased && self.kept_until() < today
    }
}
