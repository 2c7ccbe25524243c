//! Days as the law counts them, written down apart from the profile and from the code that reads it: the three years
//! are held to these numbers, and to those that change meanwhile (`changing_values`).

use jiff::{Span, civil::Date};

/// Others are told that somebody may not practise.
pub(crate) const ALERT_DAYS: i64 = 3;
/// A submission can be taken back for so long, and nothing of it is destroyed before.
pub(crate) const TAKE_BACK_HOURS: i64 = 72;

/// The days off between November 2026 and the end of 2030 that are no Saturday or Sunday, from the first to the last.
const OFF: [(&str, &str); 22] = [
    ("2027-01-01", "2027-01-01"),
    ("2027-02-05", "2027-02-08"),
    ("2027-04-05", "2027-04-05"),
    ("2027-06-09", "2027-06-09"),
    ("2027-09-15", "2027-09-15"),
    ("2027-10-01", "2027-10-03"),
    ("2028-01-25", "2028-01-28"),
    ("2028-04-04", "2028-04-04"),
    ("2028-05-01", "2028-05-02"),
    ("2028-10-01", "2028-10-03"),
    ("2029-01-01", "2029-01-01"),
    ("2029-02-12", "2029-02-15"),
    ("2029-04-04", "2029-04-04"),
    ("2029-05-01", "2029-05-02"),
    ("2029-10-01", "2029-10-03"),
    ("2030-01-01", "2030-01-01"),
    ("2030-02-02", "2030-02-05"),
    ("2030-04-05", "2030-04-05"),
    ("2030-05-01", "2030-05-02"),
    ("2030-06-05", "2030-06-05"),
    ("2030-09-12", "2030-09-12"),
    ("2030-10-01", "2030-10-03"),
];

pub(crate) fn is_worked(day: Date) -> bool {
    let weekend = day.weekday().to_monday_one_offset() > 5;
    let off = |(first, last): &(&str, &str)| {
        let (first, last): (Date, Date) = (first.parse().unwrap(), last.parse().unwrap());
        first <= day && day <= last
    };
    !weekend && !OFF.iter().any(off)
}

pub(crate) fn after_days(day: Date, days: i64) -> Date {
    day.checked_add(Span::new().days(days)).unwrap()
}

/// The last day of so many months: the day with the same number, or the month's last where it has none.
pub(crate) fn after_months(day: Date, months: i32) -> Date {
    day.checked_add(Span::new().months(months)).unwrap()
}

/// The so-manieth working day after a day.
pub(crate) fn after_working_days(day: Date, days: u32) -> Date {
    let (mut day, mut left) = (day, days);
    while left > 0 {
        day = after_days(day, 1);
        left -= u32::from(is_worked(day));
    }
    day
}
