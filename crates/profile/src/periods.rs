//! How long a record is disclosed and kept, worked out from the profile's periods.

use jiff::civil::Date;

use crate::{ByDay, Ground};

/// How grave a decision is. It says how long the decision may be disclosed and nothing about the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DecisionKind {
    /// Minor: ends by itself.
    Minor,
    /// General.
    General,
    /// Serious.
    Serious,
    /// A prohibition to practise: disclosed while it lasts.
    Prohibition,
}

impl DecisionKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Minor, Self::General, Self::Serious, Self::Prohibition];

    /// Its word in a profile.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::General => "general",
            Self::Serious => "serious",
            Self::Prohibition => "prohibition",
        }
    }
}

/// How long decisions of one kind may be disclosed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosurePeriod {
    /// The months before which it can't be restored. 0: none.
    pub at_least_months: u32,
    /// The months after which it is no longer disclosed, whatever was filed. None: while it lasts.
    pub at_most_months: Option<u32>,
    /// Where it comes from.
    pub ground: Ground,
}

impl DisclosurePeriod {
    /// The last day of disclosure: the filed one, or the longest that the period allows if that is earlier.
    pub fn end(&self, effective_on: Date, filed_end: Date) -> Date {
        self.at_most_months.map_or(filed_end, |months| {
            filed_end.min(after_months(effective_on, months))
        })
    }

    /// The first day on which the person may ask for restoration.
    pub fn restorable_from(&self, effective_on: Date) -> Date {
        after_months(effective_on, self.at_least_months)
    }
}

/// How long records of one kind are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionPeriod {
    /// The months, counted from the day in `counted_from`.
    pub months: u32,
    /// The date field from which they are counted.
    pub counted_from: String,
    /// Where it comes from.
    pub ground: Ground,
}

impl ByDay<RetentionPeriod> {
    /// The date field from which the months are counted; all values have the same.
    pub fn counted_from(&self) -> &str {
        &self.first().counted_from
    }
}

impl RetentionPeriod {
    /// The last day on which the record is kept, where the field `counted_from` holds `day`.
    pub fn last_day(&self, day: Date) -> Date {
        after_months(day, self.months)
    }
}

/// The days of one decision, worked out from the profile's periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionDays {
    /// The kind of decision.
    pub kind: DecisionKind,
    /// The last day on which it is disclosed.
    pub disclosed_until: Date,
    /// Whether that is earlier than the authority filed; the person sees why.
    pub shortened: bool,
    /// The first day on which the person may ask for restoration.
    pub restorable_from: Date,
    /// The last day on which it is kept.
    pub kept_until: Date,
}

/// The day with the same number `months` later, or the last of that month where there is none.
/// The end of the calendar where it lies beyond.
pub(crate) fn after_months(day: Date, months: u32) -> Date {
    jiff::Span::new()
        .try_months(i64::from(months))
        .map_or(Date::MAX, |span| day.saturating_add(span))
}
