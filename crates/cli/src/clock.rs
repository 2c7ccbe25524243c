//! The real clock, named here and nowhere else.

use jiff::{SignedDuration, Timestamp};
use model::Clock;

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place that may name it")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The system's clock, set forward by whole days: for a demonstration, to see what the days do by themselves.
#[derive(Debug)]
pub(crate) struct LaterClock {
    /// By how many days.
    pub(crate) days: u16,
}

impl Clock for LaterClock {
    fn now(&self) -> Timestamp {
        let by = SignedDuration::from_hours(24 * i64::from(self.days));
        SystemClock.now().saturating_add(by).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_clock_is_later_by_whole_days() {
        let (before, later) = (SystemClock.now(), LaterClock { days: 11 }.now());
        let hours = later.duration_since(before).as_hours();
        assert_eq!(hours, 11 * 24);
        assert!(LaterClock { days: u16::MAX }.now() > later);
    }
}
