//! `calendar.toml`: which days are worked, year by year.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};

use super::{bases::confirmation, node::Node, table::Table};
use crate::{Calendar, CalendarYear};

/// The years that a calendar may speak of.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2200;

/// The days of the week by their words.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

const HOLIDAYS: &str = "days such as 2026-01-01 and \"2026-05-01..2026-05-05\"";
const RANGE: &str =
    "a day such as 2026-01-01 without quotation marks, or days such as \"2026-05-01..2026-05-05\"";

pub(super) fn read(table: Table<'_>) -> Option<Calendar> {
    let weekly_days_off = weekly_days_off(&table);
    let expected = "at least one section such as [year.2026]";
    let node = table.required("year", expected);
    let read = node
        .as_ref()
        .and_then(|node| years(node, expected, &weekly_days_off));
    table.finish();
    let (years, last_line) = read?;
    Some(Calendar {
        weekly_days_off,
        years,
        last_line,
    })
}

fn weekly_days_off(table: &Table<'_>) -> Vec<Weekday> {
    let expected = "the days of the week that are off, such as [\"saturday\", \"sunday\"]";
    let mut days = Vec::new();
    let Some(node) = table.required("weekly_days_off", expected) else {
        return days;
    };
    for node in node.list(expected) {
        if let Some(day) = node.one_of(&WEEKDAYS) {
            if days.contains(&day) {
                node.fault("is there twice", "each day of the week once");
            } else {
                days.push(day);
            }
        }
    }
    if days.len() == WEEKDAYS.len() {
        node.fault("leaves no day to work", "at most six days of the week");
    }
    days
}

/// The years, and the line of the last one.
fn years(
    node: &Node<'_>,
    expected: &str,
    weekly: &[Weekday],
) -> Option<(BTreeMap<i16, CalendarYear>, usize)> {
    let table = node.table(expected)?;
    let mut years = BTreeMap::new();
    let mut named = BTreeMap::new();
    for (key, node) in table.entries() {
        // `+2026` and `02026` are read as numbers, too.
        let number = key.parse().ok().filter(|year| YEARS.contains(year));
        let Some(number) = number.filter(|year: &i16| year.to_string() == key) else {
            node.fault("is not a year", "a year such as 2026");
            continue;
        };
        named.insert(number, node.line());
        if let Some(year) = year(number, &node, weekly) {
            years.insert(number, year);
        }
    }
    let (Some((first, _)), Some((last, last_line))) = (named.first_key_value(), named.last_key_value())
    else {
        table.fault("has no year", expected);
        return None;
    };
    for year in (*first..=*last).filter(|year| !named.contains_key(year)) {
        node.fault_below(
            &year.to_string(),
            "is missing",
            "every year between the first and the last",
        );
    }
    Some((years, *last_line))
}

fn year(number: i16, node: &Node<'_>, weekly: &[Weekday]) -> Option<CalendarYear> {
    let table = node.table("a year with holidays and source")?;
    let mut holidays = BTreeSet::new();
    for node in table.list("holidays", HOLIDAYS) {
        holiday(&node, number, weekly, &mut holidays);
    }
    let expected = "days that are worked though their day of the week is off, such as 2026-02-14";
    let mut worked = BTreeSet::new();
    let nodes = table.optional("worked").map(|node| node.list(expected));
    for node in nodes.unwrap_or_default() {
        let Some(day) = node.date() else {
            continue;
        };
        if day.year() != number {
            node.fault(format!("is not a day of {number}"), &format!("a day of {number}"));
        } else if !weekly.contains(&day.weekday()) {
            node.fault("is worked anyway by its day of the week", expected);
        } else if holidays.contains(&day) {
            node.fault("is also a holiday", "a day that is not among the holidays");
        } else if !worked.insert(day) {
            node.fault("is there twice", "each day once");
        }
    }
    let source = table.text2("source");
    let confirmed_by = confirmation(&table);
    let provisional = table.optional("provisional");
    let provisional = provisional.as_ref().and_then(Node::text2);
    table.finish();
    Some(CalendarYear {
        holidays,
        worked,
        source: source?,
        confirmed_by,
        provisional,
    })
}

/// Adds one day or range of days to the holidays, unless something is wrong with it.
fn holiday(node: &Node<'_>, year: i16, weekly: &[Weekday], holidays: &mut BTreeSet<Date>) {
    let Some((first, last)) = range(node) else {
        return;
    };
    if last < first {
        node.fault("ends before it begins", "a last day that is not before the first");
        return;
    }
    if first.year() != year || last.year() != year {
        let message = format!("is not within {year}");
        node.fault(
            message,
            &format!("days of {year}; others belong to their own year"),
        );
        return;
    }
    let days: Vec<Date> = first
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= last)
        .collect();
    if days.iter().all(|day| weekly.contains(&day.weekday())) {
        let expected = "a holiday on a day of the week that is not off anyway";
        node.fault("changes nothing: it is off by its day of the week", expected);
    } else if days.iter().any(|day| holidays.contains(day)) {
        node.fault("has a day that another holiday has already", "each day once");
    } else {
        holidays.extend(days);
    }
}

/// The first and the last day.
fn range(node: &Node<'_>) -> Option<(Date, Date)> {
    let Some(text) = node.as_str() else {
        return node.date().map(|day| (day, day));
    };
    let days = text
        .split_once("..")
        .and_then(|(first, last)| Some((day(first)?, day(last)?)));
    if days.is_none() {
        node.fault(format!("is “{text}”"), RANGE);
    }
    days
}

/// A day in the one form that is taken: 2026-05-01.
fn day(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    (day.to_string() == text).then_some(day)
}
