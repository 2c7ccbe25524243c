//! `calendar.toml`: which days are worked, year by year.

use crate::text::{Said, Words};
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

const HOLIDAYS: Said = Said(
    "日期，如 2026-01-01 和 \"2026-05-01..2026-05-05\"",
    "days such as 2026-01-01 and \"2026-05-01..2026-05-05\"",
);
const RANGE: Said = Said(
    "一天，如 2026-01-01，不加引号；或者一段日期，如 \"2026-05-01..2026-05-05\"",
    "a day such as 2026-01-01 without quotation marks, or days such as \"2026-05-01..2026-05-05\"",
);

pub(super) fn read(table: Table<'_>) -> Option<Calendar> {
    let weekly_days_off = weekly_days_off(&table);
    let expected = Said(
        "至少一节，如 [year.2026]",
        "at least one section such as [year.2026]",
    );
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
    let expected = Said(
        "每周的休息日，如 [\"saturday\", \"sunday\"]",
        "the days of the week that are off, such as [\"saturday\", \"sunday\"]",
    );
    let mut days = Vec::new();
    let Some(node) = table.required("weekly_days_off", expected) else {
        return days;
    };
    for node in node.list(expected) {
        if let Some(day) = node.one_of(&WEEKDAYS) {
            if days.contains(&day) {
                node.fault(
                    Said("重复", "is there twice"),
                    Said("一周中的每一天只写一次", "each day of the week once"),
                );
            } else {
                days.push(day);
            }
        }
    }
    if days.len() == WEEKDAYS.len() {
        node.fault(
            Said("没有留下工作日", "leaves no day to work"),
            Said("一周中最多六天", "at most six days of the week"),
        );
    }
    days
}

/// The years, and the line of the last one.
fn years(
    node: &Node<'_>,
    expected: impl Words,
    weekly: &[Weekday],
) -> Option<(BTreeMap<i16, CalendarYear>, usize)> {
    let table = node.table(expected)?;
    let mut years = BTreeMap::new();
    let mut named = BTreeMap::new();
    for (key, node) in table.entries() {
        // `+2026` and `02026` are read as numbers, too.
        let number = key.parse().ok().filter(|year| YEARS.contains(year));
        let Some(number) = number.filter(|year: &i16| year.to_string() == key) else {
            node.fault(
                Said("不是年份", "is not a year"),
                Said("年份，如 2026", "a year such as 2026"),
            );
            continue;
        };
        named.insert(number, node.line());
        if let Some(year) = year(number, &node, weekly) {
            years.insert(number, year);
        }
    }
    let (Some((first, _)), Some((last, last_line))) = (named.first_key_value(), named.last_key_value())
    else {
        table.fault(Said("没有年份", "has no year"), expected);
        return None;
    };
    for year in (*first..=*last).filter(|year| !named.contains_key(year)) {
        node.fault_below(
            &year.to_string(),
            Said("缺少", "is missing"),
            Said("首尾之间的每一年", "every year between the first and the last"),
        );
    }
    Some((years, *last_line))
}

fn year(number: i16, node: &Node<'_>, weekly: &[Weekday]) -> Option<CalendarYear> {
    let table = node.table(Said(
        "一年，写明 holidays 和 source",
        "a year with holidays and source",
    ))?;
    let mut holidays = BTreeSet::new();
    for node in table.list("holidays", HOLIDAYS) {
        holiday(&node, number, weekly, &mut holidays);
    }
    let expected = Said(
        "虽逢休息日而上班的日期，如 2026-02-14",
        "days that are worked though their day of the week is off, such as 2026-02-14",
    );
    let mut worked = BTreeSet::new();
    let nodes = table.optional("worked").map(|node| node.list(expected));
    for node in nodes.unwrap_or_default() {
        let Some(day) = node.date() else {
            continue;
        };
        if day.year() != number {
            node.fault(
                both!("不在 {number} 年", "is not a day of {number}"),
                &both!("{number} 年的日期", "a day of {number}"),
            );
        } else if !weekly.contains(&day.weekday()) {
            node.fault(
                Said("按星期本来就上班", "is worked anyway by its day of the week"),
                expected,
            );
        } else if holidays.contains(&day) {
            node.fault(
                Said("同时又是节假日", "is also a holiday"),
                Said("不在 holidays 中的日期", "a day that is not among the holidays"),
            );
        } else if !worked.insert(day) {
            node.fault(
                Said("重复", "is there twice"),
                Said("每一天只写一次", "each day once"),
            );
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
        node.fault(
            Said("结束早于开始", "ends before it begins"),
            Said(
                "不早于第一天的最后一天",
                "a last day that is not before the first",
            ),
        );
        return;
    }
    if first.year() != year || last.year() != year {
        let message = both!("不在 {year} 年内", "is not within {year}");
        node.fault(
            message,
            &both!(
                "{year} 年的日期；其他日期写在其所在的年份",
                "days of {year}; others belong to their own year"
            ),
        );
        return;
    }
    let days: Vec<Date> = first
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= last)
        .collect();
    if days.iter().all(|day| weekly.contains(&day.weekday())) {
        let expected = Said(
            "按星期本来不休息的节假日",
            "a holiday on a day of the week that is not off anyway",
        );
        node.fault(
            Said(
                "没有作用：按星期本来就休息",
                "changes nothing: it is off by its day of the week",
            ),
            expected,
        );
    } else if days.iter().any(|day| holidays.contains(day)) {
        node.fault(
            Said(
                "其中有一天已在另一节假日中",
                "has a day that another holiday has already",
            ),
            Said("每一天只写一次", "each day once"),
        );
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
        node.fault(both!("是“{text}”", "is “{text}”"), RANGE);
    }
    days
}

/// A day in the one form that is taken: 2026-05-01.
fn day(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    (day.to_string() == text).then_some(day)
}
