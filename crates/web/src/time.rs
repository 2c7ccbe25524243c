//! Days and moments in words, in the language of the page and at the hour of the jurisdiction.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};
use profile::Language;

/// A day: `2026年3月1日`, `1 March 2026`.
pub(crate) fn day(language: Language, date: Date) -> String {
    match language {
        Language::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Language::En => date.strftime("%-d %B %Y").to_string(),
    }
}

/// A moment to the minute, `offset_hours` ahead of UTC.
pub(crate) fn moment(language: Language, at: Timestamp, offset_hours: i8) -> String {
    let there = at.to_zoned(TimeZone::fixed(Offset::constant(offset_hours)));
    let hour = there.strftime("%H:%M");
    match language {
        Language::Zh => format!("{} {hour}", day(language, there.date())),
        Language::En => format!("{}, {hour}", day(language, there.date())),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_and_moments_are_in_words_and_at_the_hour_of_the_place() {
        assert_eq!(day(Language::Zh, date(2026, 3, 1)), "2026年3月1日");
        assert_eq!(day(Language::En, date(2026, 3, 1)), "1 March 2026");
        let at: Timestamp = "2026-12-31T16:05:59Z".parse().unwrap();
        assert_eq!(moment(Language::Zh, at, 8), "2027年1月1日 00:05");
        assert_eq!(moment(Language::En, at, 0), "31 December 2026, 16:05");
    }
}
