//! The calendar: which days are worked. China moves days of rest by a notice each year, so a year that is not in
//! the calendar is not guessed at.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use jiff::{
    Span,
    civil::{Date, Weekday},
};

use crate::{ProfileFault, Text2};

/// The file that the calendar is read from.
pub(crate) const CALENDAR_FILE: &str = "calendar.toml";

/// The days of one year that are not what their day of the week says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarYear {
    /// The holidays, with the days of the week off that lie among them.
    pub holidays: BTreeSet<Date>,
    /// The days that are worked though their day of the week is off.
    pub worked: BTreeSet<Date>,
    /// Where the year's days can be read.
    pub source: Text2,
    /// The lawyer who confirmed them. None: nobody has, and every page that shows them says so.
    pub confirmed_by: Option<String>,
    /// What may still change and why, where the year's days are not all settled yet.
    pub provisional: Option<Text2>,
}

/// Which days are worked, year by year without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub(crate) weekly_days_off: Vec<Weekday>,
    pub(crate) years: BTreeMap<i16, CalendarYear>,
    /// The line of the last year, after which the next one belongs.
    pub(crate) last_line: usize,
}

impl Calendar {
    /// The years, the earliest first.
    pub fn years(&self) -> &BTreeMap<i16, CalendarYear> {
        &self.years
    }

    /// The days of the week that are off.
    pub fn weekly_days_off(&self) -> &[Weekday] {
        &self.weekly_days_off
    }

    /// Whether `day` is worked. None: its year is not in the calendar.
    pub fn is_working_day(&self, day: Date) -> Option<bool> {
        let year = self.years.get(&day.year())?;
        let off = self.weekly_days_off.contains(&day.weekday());
        Some(year.worked.contains(&day) || !off && !year.holidays.contains(&day))
    }

    /// The last of `n` working days, of which the first is the first one after `from`; `from` itself where `n`
    /// is 0. None: one of the days counted is of a year that is not in the calendar.
    pub fn after_working_days(&self, from: Date, n: u32) -> Option<Date> {
        let mut day = from;
        let mut left = n;
        while left > 0 {
            day = day.tomorrow().ok()?;
            left -= u32::from(self.is_working_day(day)?);
        }
        Some(day)
    }

    /// The years that are provisional and are not over on `today`, the earliest first, each with the reason.
    pub fn provisional(&self, today: Date) -> impl Iterator<Item = (i16, &Text2)> {
        let years = self.years.range(today.year()..);
        years.filter_map(|(year, days)| Some((*year, days.provisional.as_ref()?)))
    }

    /// Those of them that have begun on `today`: what is counted by them may be counted wrong.
    pub fn provisional_and_begun(&self, today: Date) -> impl Iterator<Item = (i16, &Text2)> {
        self.provisional(today)
            .take_while(move |(year, _)| *year <= today.year())
    }

    /// Those of them that have begun on `today`, or begin within two months.
    pub fn provisional_soon(&self, today: Date) -> impl Iterator<Item = (i16, &Text2)> {
        let soon = today.saturating_add(Span::new().months(2));
        self.provisional(today)
            .take_while(move |(year, _)| *year <= soon.year())
    }

    /// What is missing for deadlines that begin on `today`: the year of that day and the next must be there.
    ///
    /// # Errors
    /// A fault for each of the two years that is missing.
    pub fn check(&self, today: Date) -> Result<(), Vec<ProfileFault>> {
        let wanted = [today.year(), today.year().saturating_add(1)];
        let missing = wanted.iter().filter(|year| !self.years.contains_key(year));
        let faults: Vec<_> = missing.map(|year| self.missing(*year, today)).collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn missing(&self, year: i16, today: Date) -> ProfileFault {
        ProfileFault {
            file: PathBuf::from(CALENDAR_FILE),
            line: self.last_line,
            key: format!("year.{year}"),
            message: both!(
                "缺少，而 {today} 起算的期限可能需要它",
                "is missing, and deadlines that begin on {today} may need it"
            ),
            expected: both!(
                "[year.{year}] 一节，写明 holidays 和 source",
                "a section [year.{year}] with its holidays and source"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Sundays and Mondays are off; 2030 has a holiday on Thursday 3 January, and Sunday 6 January is worked.
    fn calendar() -> Calendar {
        let year = |holidays: &[Date], worked: &[Date]| CalendarYear {
            holidays: holidays.iter().copied().collect(),
            worked: worked.iter().copied().collect(),
            source: Text2 {
                zh: "虚构".to_owned(),
                en: "made up".to_owned(),
            },
            confirmed_by: None,
            provisional: None,
        };
        let years = [
            (2030, year(&[date(2030, 1, 3)], &[date(2030, 1, 6)])),
            (2031, year(&[date(2031, 1, 1)], &[])),
        ];
        Calendar {
            weekly_days_off: vec![Weekday::Sunday, Weekday::Monday],
            years: years.into_iter().collect(),
            last_line: 7,
        }
    }

    #[test]
    fn a_day_is_worked_by_its_week_unless_the_year_says_otherwise() {
        let calendar = calendar();
        let worked = |day| calendar.is_working_day(day);
        assert_eq!(worked(date(2030, 1, 2)), Some(true));
        assert_eq!(worked(date(2030, 1, 3)), Some(false), "a holiday");
        assert_eq!(worked(date(2030, 1, 5)), Some(true), "Saturdays are worked here");
        assert_eq!(worked(date(2030, 1, 6)), Some(true), "a Sunday that is worked");
        assert_eq!(worked(date(2030, 1, 7)), Some(false), "a Monday");
        assert_eq!(worked(date(2029, 12, 31)), None);
        assert_eq!(worked(date(2032, 1, 1)), None);
    }

    #[test]
    fn working_days_are_counted_from_the_next_day_on() {
        let calendar = calendar();
        let after = |from, n| calendar.after_working_days(from, n);
        assert_eq!(after(date(2030, 1, 2), 0), Some(date(2030, 1, 2)));
        assert_eq!(after(date(2030, 1, 2), 1), Some(date(2030, 1, 4)));
        assert_eq!(after(date(2030, 1, 2), 3), Some(date(2030, 1, 6)));
        assert_eq!(after(date(2030, 1, 2), 4), Some(date(2030, 1, 8)));
        assert_eq!(after(date(2030, 12, 31), 1), Some(date(2031, 1, 2)));
    }

    #[test]
    fn a_year_that_is_not_there_is_not_guessed_at() {
        let calendar = calendar();
        let last = calendar.after_working_days(date(2031, 12, 30), 1);
        assert_eq!(last, Some(date(2031, 12, 31)));
        assert_eq!(calendar.after_working_days(date(2031, 12, 30), 2), None);
        assert_eq!(calendar.after_working_days(date(2028, 1, 1), 1), None);
        assert_eq!(calendar.after_working_days(date(2030, 1, 1), u32::MAX), None);
        assert_eq!(calendar.after_working_days(Date::MAX, 1), None);
    }

    #[test]
    fn a_provisional_year_is_said_until_it_is_over_and_soon_from_two_months_before_it() {
        let mut calendar = calendar();
        let why = Text2 {
            zh: "测试".to_owned(),
            en: "made up".to_owned(),
        };
        let year = calendar.years.get_mut(&2031).unwrap();
        year.provisional = Some(why);
        let said = |day| {
            let all = calendar.provisional(day).count();
            let soon = calendar.provisional_soon(day).count();
            (all, soon, calendar.provisional_and_begun(day).count())
        };
        assert_eq!(said(date(2029, 1, 1)), (1, 0, 0));
        assert_eq!(said(date(2030, 10, 31)), (1, 0, 0));
        assert_eq!(said(date(2030, 11, 1)), (1, 1, 0));
        assert_eq!(said(date(2030, 12, 31)), (1, 1, 0));
        assert_eq!(said(date(2031, 1, 1)), (1, 1, 1));
        assert_eq!(said(date(2031, 12, 31)), (1, 1, 1));
        assert_eq!(said(date(2032, 1, 1)), (0, 0, 0));
        assert_eq!(said(Date::MAX), (0, 0, 0));
    }

    #[test]
    fn this_year_and_the_next_must_be_there() {
        let calendar = calendar();
        assert_eq!(calendar.check(date(2030, 6, 1)), Ok(()));
        let faults = calendar.check(date(2031, 6, 1)).unwrap_err();
        let shown: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "calendar.toml:7: year.2032: is missing, and deadlines that begin on 2031-06-01 may need it; \
                 expected a section [year.2032] with its holidays and source"
            ]
        );
        assert_eq!(calendar.check(date(2040, 6, 1)).unwrap_err().len(), 2);
        assert_eq!(calendar.check(Date::MAX).unwrap_err().len(), 2);
    }
}
