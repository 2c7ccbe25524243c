//! The calendars of both profiles, and the deadlines that are counted by them.

use std::{collections::BTreeSet, fs};

use jiff::{ToSpan as _, civil::Date, civil::date};
use profile::Profile;

use crate::common::{copy, listed, load};

fn is_working_day(profile: &Profile, day: Date) -> bool {
    profile.calendar.is_working_day(day).unwrap()
}

/// The working days of a year.
fn working_days(profile: &Profile, year: i16) -> usize {
    let days = date(year, 1, 1)
        .series(1.day())
        .take_while(|day| day.year() == year);
    days.filter(|day| is_working_day(profile, *day)).count()
}

#[test]
fn both_profiles_have_the_years_from_2024_to_2030_and_none_is_confirmed() {
    for profile in [load("gansu"), load("northshire")] {
        let years: Vec<i16> = profile.calendar.years().keys().copied().collect();
        assert_eq!(
            years,
            [2024, 2025, 2026, 2027, 2028, 2029, 2030],
            "{}",
            profile.id
        );
        for year in profile.calendar.years().values() {
            assert!(year.confirmed_by.is_none() && !year.source.en.is_empty());
        }
    }
}

#[test]
fn gansu_has_the_moved_working_days_and_the_number_of_working_days_of_each_notice() {
    let profile = load("gansu");
    for worked in [
        date(2024, 2, 4),
        date(2025, 1, 26),
        date(2026, 2, 14),
        date(2026, 10, 10),
    ] {
        assert!(is_working_day(&profile, worked), "{worked}");
    }
    for off in [
        date(2024, 2, 16),
        date(2025, 6, 2),
        date(2026, 1, 2),
        date(2026, 10, 7),
        date(2026, 10, 11),
    ] {
        assert!(!is_working_day(&profile, off), "{off}");
    }
    // The eve of the Spring Festival was a working day in 2024 and a day off by law from 2025 on.
    assert!(is_working_day(&profile, date(2024, 2, 9)));
    assert!(!is_working_day(&profile, date(2027, 2, 5)));
    // Moved days change nothing in sum: a year has its weekdays less the days off by law, 11 in 2024 and 13 since.
    for (year, days) in [(2024, 262 - 11), (2025, 261 - 13), (2026, 261 - 13)] {
        assert_eq!(working_days(&profile, year), days, "{year}");
    }
}

#[test]
fn the_years_whose_moved_days_are_not_announced_say_so() {
    let profile = load("gansu");
    let calendar = profile.calendar.years();
    let settled: Vec<i16> = calendar
        .iter()
        .filter(|(_, year)| year.provisional.is_none())
        .map(|(year, _)| *year)
        .collect();
    assert_eq!(settled, [2024, 2025, 2026]);
    assert!(calendar.range(2027..).all(|(_, year)| year.worked.is_empty()));
    // 13 days off by law, but for those on a Saturday or Sunday, and those that fall together.
    let off = |year: i16| {
        let days: BTreeSet<_> = calendar[&year].holidays.iter().collect();
        days.into_iter()
            .filter(|day| day.weekday().to_monday_one_offset() <= 5)
            .count()
    };
    assert_eq!([2027, 2028, 2029, 2030].map(off), [7, 9, 11, 11]);
}

#[test]
fn deadlines_are_counted_in_plain_or_in_working_days() {
    let profile = load("gansu");
    let (procedures, calendar) = (&profile.procedures, &profile.calendar);
    let (dispute, taken) = (&procedures.dispute_answer, &procedures.restoration_acceptance);
    assert_eq!(
        dispute.due_on(date(2026, 1, 15), calendar),
        Some(date(2026, 2, 4))
    );
    // From Thursday, 12 February: Friday, the Saturday that is worked, then the Tuesday after the holiday.
    assert_eq!(taken.due_on(date(2026, 2, 12), calendar), Some(date(2026, 2, 24)));
    assert_eq!(taken.due_on(date(2026, 2, 28), calendar), Some(date(2026, 3, 4)));
    // Plain days need no calendar; working days of a year that is not there are not guessed at.
    assert_eq!(
        dispute.due_on(date(2040, 1, 15), calendar),
        Some(date(2040, 2, 4))
    );
    assert_eq!(taken.due_on(date(2030, 12, 30), calendar), None);
    assert_eq!(dispute.due_on(Date::MAX, calendar), Some(Date::MAX));
}

#[test]
fn a_calendar_must_hold_this_year_and_the_next() {
    for profile in [load("gansu"), load("northshire")] {
        assert_eq!(profile.check_calendar(date(2024, 1, 1)), Ok(()));
        assert_eq!(profile.check_calendar(date(2029, 12, 31)), Ok(()));
        let faults = profile.check_calendar(date(2030, 1, 1)).unwrap_err();
        assert_eq!(faults.len(), 1, "{}", listed(&faults));
        let keys = |day| -> Vec<String> {
            let faults = profile.check_calendar(day).unwrap_err();
            faults.into_iter().map(|fault| fault.key).collect()
        };
        assert_eq!(keys(date(2023, 6, 1)), ["year.2023"]);
        assert_eq!(keys(date(2031, 6, 1)), ["year.2031", "year.2032"]);
    }
}

#[test]
fn a_missing_year_is_told_on_the_line_of_the_last_one() {
    let text = fs::read_to_string(copy("gansu").path().join("calendar.toml")).unwrap();
    let line = text.lines().position(|line| line == "[year.2030]").unwrap() + 1;
    let faults = load("gansu").check_calendar(date(2030, 1, 1)).unwrap_err();
    let shown = listed(&faults);
    let begin = format!("calendar.toml:{line}: year.2031: is missing");
    assert!(shown.starts_with(&begin), "{shown}");
}
