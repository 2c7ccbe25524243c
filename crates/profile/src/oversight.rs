//! The reviewers' oversight of looks: which are looked into, and when an account or a member is stopped.

use jiff::civil::{DateTime, Time};

use crate::{Calendar, Ground};

/// The hours of a working day at which nobody is expected to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OddHours {
    /// The first moment, in the profile's time.
    pub from: Time,
    /// The moment after the last. Earlier than `from` where they go past midnight.
    pub to: Time,
}

impl OddHours {
    /// Whether `time` is one of them.
    pub fn hold(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

/// How looks are overseen. It counts looks of bodies and their staff, never anything about the person looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oversight {
    /// Of a hundred looks under a law, how many go to a reviewer by chance.
    pub random_share_percent: u32,
    /// The most looks that one member of staff may take in a day, whatever the purposes; further ones are refused.
    pub staff_ceiling_per_day: u32,
    /// After how many such refusals the account of that member of staff is stopped.
    pub refusals_before_staff_stopped: u32,
    /// After how many stopped accounts the body itself is stopped.
    pub stopped_staff_before_member_stopped: u32,
    /// How many looks and requests for consent of one member of staff in a day, refused for another reason than a
    /// ceiling, go to a reviewer. After `refusals_before_staff_stopped` times as many the account is stopped.
    pub refused_attempts_before_review: u32,
    /// How many looks of one body at the same person, within `same_person_days`, go to a reviewer.
    pub same_person_looks: u32,
    /// See `same_person_looks`.
    pub same_person_days: u32,
    /// A look at these hours, or on a day that is not worked, goes to a reviewer.
    pub odd_hours: OddHours,
    /// How many rows of an authority in a day, under the numbers of people who are known by other names, go to a
    /// reviewer.
    pub other_names_before_review: u32,
    /// Where these numbers come from.
    pub ground: Ground,
}

impl Oversight {
    /// Whether a look at this moment, in the profile's time, is at odd hours or on a day that is not worked. None:
    /// the hour is not odd, and the year is not in the calendar.
    pub fn is_odd(&self, at: DateTime, calendar: &Calendar) -> Option<bool> {
        if self.odd_hours.hold(at.time()) {
            return Some(true);
        }
        calendar.is_working_day(at.date()).map(|worked| !worked)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn odd_hours_begin_on_their_first_moment_and_end_before_their_last() {
        let night = OddHours {
            from: time(20, 0, 0, 0),
            to: time(7, 0, 0, 0),
        };
        for odd in [
            time(20, 0, 0, 0),
            time(23, 59, 59, 0),
            time(0, 0, 0, 0),
            time(6, 59, 59, 0),
        ] {
            assert!(night.hold(odd), "{odd}");
        }
        for usual in [time(7, 0, 0, 0), time(12, 0, 0, 0), time(19, 59, 59, 0)] {
            assert!(!night.hold(usual), "{usual}");
        }
        let early = OddHours {
            from: time(0, 0, 0, 0),
            to: time(6, 0, 0, 0),
        };
        assert!(early.hold(time(0, 0, 0, 0)) && early.hold(time(5, 0, 0, 0)));
        assert!(!early.hold(time(6, 0, 0, 0)) && !early.hold(time(23, 0, 0, 0)));
    }
}
