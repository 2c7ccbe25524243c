//! The procedures' deadlines.

use jiff::civil::Date;

use crate::{Calendar, Ground};

/// A number of days within which something must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// How many days.
    pub days: u32,
    /// Whether they are working days.
    pub working_days: bool,
    /// Where it comes from.
    pub ground: Ground,
}

impl Deadline {
    /// The last day of the deadline, counted from the day after `from`. None where it is counted in working
    /// days of a year that is not in the calendar.
    pub fn due_on(&self, from: Date, calendar: &Calendar) -> Option<Date> {
        if self.working_days {
            return calendar.after_working_days(from, self.days);
        }
        let span = jiff::Span::new().try_days(i64::from(self.days));
        Some(span.map_or(Date::MAX, |span| from.saturating_add(span)))
    }
}

/// The deadlines of the procedures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedures {
    /// The authority answers a dispute.
    pub dispute_answer: Deadline,
    /// A reviewer answers a reconsideration.
    pub reconsideration_answer: Deadline,
    /// A reviewer answers a complaint.
    pub complaint_answer: Deadline,
    /// The authority says whether it takes an application for restoration.
    pub restoration_acceptance: Deadline,
    /// The authority answers an application for restoration that it took.
    pub restoration_answer: Deadline,
}
