//! Values that change from a known day on: a law is amended, and the day from which the amendment holds is known
//! before it comes.
//!
//! A deadline or period has the value that holds on the day from which it is counted, however the law stands when it
//! ends; any other number, the one that holds on the day on which it is asked for. profiles/README.md names the day
//! for each.

use crate::text::Said;
use std::path::Path;

use jiff::civil::Date;

use crate::ProfileFault;

/// A value, and those that take its place from later days on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByDay<T> {
    first: T,
    /// Each with its first day, in the order of those.
    later: Vec<(Date, T)>,
}

impl<T> ByDay<T> {
    /// A value that nothing takes the place of.
    pub const fn always(value: T) -> Self {
        Self {
            first: value,
            later: Vec::new(),
        }
    }

    /// The same until the day before `from`; from that day on, `value`. It comes after all that were there before.
    #[must_use]
    pub fn then(mut self, from: Date, value: T) -> Self {
        self.later.push((from, value));
        self
    }

    /// The value that holds on `day`. Days before the first value have the first, and days after the last one the
    /// last: that there is none is for [`Profile::check_values`](crate::Profile::check_values) to say.
    pub fn on(&self, day: Date) -> &T {
        let begun = self.later.iter().rev().find(|(from, _)| *from <= day);
        begun.map_or(&self.first, |(_, value)| value)
    }

    /// All values, the first first, with the days on which [`ByDay::on`] gives them.
    pub fn all(&self) -> impl Iterator<Item = (Held, &T)> {
        let begins = self.later.iter().map(|(from, _)| Some(*from));
        let ends = self.later.iter().map(|(from, _)| from.yesterday().ok());
        let held = std::iter::once(None).chain(begins).zip(ends.chain([None]));
        let values = std::iter::once(&self.first).chain(self.later.iter().map(|(_, value)| value));
        held.map(|(from, until)| Held { from, until }).zip(values)
    }

    /// All values, to be changed.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut T> {
        std::iter::once(&mut self.first).chain(self.later.iter_mut().map(|(_, value)| value))
    }

    /// The first value.
    pub(crate) const fn first(&self) -> &T {
        &self.first
    }
}

/// The days on which a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// The first. None: there is no value before it.
    pub from: Option<Date>,
    /// The last. None: there is no value after it.
    pub until: Option<Date>,
}

impl Held {
    /// Whether `day` is one of them.
    pub(crate) fn holds(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether some day is one of both.
    pub(crate) fn meets(self, other: Self) -> bool {
        let before =
            |one: Option<Date>, other: Option<Date>| one.zip(other).is_some_and(|(until, from)| until < from);
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}

/// From and until when there is any value, where a profile says so, with the place where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The day, and whether it is the last one.
    day: Date,
    last: bool,
    file: std::path::PathBuf,
    line: usize,
    key: String,
}

impl Bound {
    pub(crate) fn new(file: &Path, line: usize, key: &str, day: Date, last: bool) -> Self {
        Self {
            day,
            last,
            file: file.to_owned(),
            line,
            key: key.to_owned(),
        }
    }

    /// The fault, if `today` lies beyond.
    pub(crate) fn fault_on(&self, today: Date) -> Option<ProfileFault> {
        let day = self.day;
        let (beyond, message, expected) = if self.last {
            let next = day.tomorrow().unwrap_or(day);
            (
                today > day,
                both!(
                    "已于 {day} 终止，此后没有值",
                    "ended on {day}, and no value comes after it"
                ),
                both!(
                    "其后再写一个 from = {next} 的值，或者不写 until",
                    "a value after it with from = {next}, or no until"
                ),
            )
        } else {
            (
                today < day,
                both!(
                    "自 {day} 起，而 {today} 没有适用的值",
                    "begins on {day}, and on {today} no value holds"
                ),
                Said(
                    "其前再写一个值；没有的，不写 from",
                    "a value before it, or no from where there is none",
                )
                .into(),
            )
        };
        beyond.then(|| ProfileFault {
            file: self.file.clone(),
            line: self.line,
            key: self.key.clone(),
            message,
            expected,
        })
    }

    /// Where it stands.
    pub(crate) fn place(&self) -> (&Path, usize) {
        (&self.file, self.line)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn changing() -> ByDay<u32> {
        ByDay::always(20)
            .then(date(2027, 1, 1), 15)
            .then(date(2028, 7, 1), 10)
    }

    #[test]
    fn a_value_holds_until_the_day_before_the_next() {
        let value = changing();
        for (day, holds) in [
            (Date::MIN, 20),
            (date(2026, 12, 31), 20),
            (date(2027, 1, 1), 15),
            (date(2028, 6, 30), 15),
            (date(2028, 7, 1), 10),
            (Date::MAX, 10),
        ] {
            assert_eq!(*value.on(day), holds, "{day}");
            let held: Vec<u32> = value
                .all()
                .filter(|(held, _)| held.holds(day))
                .map(|(_, value)| *value)
                .collect();
            assert_eq!(held, [holds], "{day}");
        }
        assert_eq!(*ByDay::always(1).on(Date::MIN), 1);
    }

    #[test]
    fn values_meet_where_they_share_a_day() {
        let value = changing();
        let held: Vec<Held> = value.all().map(|(held, _)| held).collect();
        for (n, one) in held.iter().enumerate() {
            for (m, other) in held.iter().enumerate() {
                assert_eq!(one.meets(*other), n == m, "{one:?} {other:?}");
            }
            assert!(one.meets(Held::default()) && Held::default().meets(*one));
        }
        let day = Held {
            from: Some(date(2027, 1, 1)),
            until: Some(date(2027, 1, 1)),
        };
        assert_eq!(
            held.iter().map(|one| one.meets(day)).collect::<Vec<_>>(),
            [false, true, false]
        );
    }
}
