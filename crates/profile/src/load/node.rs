//! A value of a file: what it must be, and the fault where it isn't.

use crate::text::{Said, Words};
use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use toml::{Spanned, de::DeValue};

use super::{
    document::Source,
    table::{Table, join},
};
use crate::Text2;

/// What a text in both languages looks like.
pub(super) const TEXT2: Said = Said(
    "两种语言的文字：{ zh = \"…\", en = \"…\" }",
    "a text in both languages: { zh = \"…\", en = \"…\" }",
);

/// What a number between these looks like.
pub(super) fn range(from: i64, to: i64) -> Text2 {
    both!("{from} 至 {to} 的整数", "a whole number from {from} to {to}")
}

/// One of these words.
pub(super) fn one_of(words: &[&str]) -> Text2 {
    let (zh, en) = (words.join("、"), words.join(", "));
    both!("下列之一：{zh}", "one of: {en}")
}

/// A value with its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    source: &'a Source<'a>,
    pub(super) key: String,
    at: usize,
    value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    /// The value that stands at `at` under `key`.
    pub(super) fn new(source: &'a Source<'a>, key: String, at: usize, value: &'a DeValue<'a>) -> Self {
        Self {
            source,
            key,
            at,
            value,
        }
    }

    /// Where it stands in its file, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The line on which it stands.
    pub(super) fn line(&self) -> usize {
        self.source.line(self.at)
    }

    pub(super) fn fault(&self, message: impl Into<Text2>, expected: impl Words) {
        self.source.fault(self.at, &self.key, message, expected);
    }

    /// A fault about the entry `below` of this table, on its line.
    pub(super) fn fault_below(&self, below: &str, message: impl Into<Text2>, expected: impl Words) {
        let entry = self.value.as_table().and_then(|table| table.get_key_value(below));
        let at = entry.map_or(self.at, |(key, _)| key.span().start);
        let key = join(&self.key, below);
        self.source.fault(at, &key, message, expected);
    }

    fn wrong_type<T>(&self, expected: impl Words) -> Option<T> {
        let found = self.value.type_str();
        self.fault(both!("是 {found}", "is {found}"), expected);
        None
    }

    /// Notes that there is no value before this day, or, where it is the last one, after it.
    pub(super) fn bound(&self, day: Date, last: bool) {
        self.source.bound(self.at, &self.key, day, last);
    }

    pub(super) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub(super) fn as_str(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// A text that is not blank.
    pub(super) fn string(&self, expected: impl Words) -> Option<String> {
        match self.value.as_str() {
            Some(text) if text.trim().is_empty() => {
                self.fault(Said("是空的", "is empty"), expected);
                None
            }
            Some(text) => Some(text.to_owned()),
            None => self.wrong_type(expected),
        }
    }

    pub(super) fn bool(&self) -> Option<bool> {
        self.value
            .as_bool()
            .or_else(|| self.wrong_type(Said("true 或 false", "true or false")))
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, from: i64, to: i64) -> Option<T> {
        let expected = range(from, to);
        let Some(integer) = self.value.as_integer() else {
            return self.wrong_type(&expected);
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let fitting = number
            .filter(|number| (from..=to).contains(number))
            .and_then(|number| T::try_from(number).ok());
        if fitting.is_none() {
            let found = integer.as_str();
            self.fault(both!("是 {found}", "is {found}"), &expected);
        }
        fitting
    }

    pub(super) fn date(&self) -> Option<Date> {
        let expected = Said(
            "日期，如 2026-04-01，不加引号",
            "a date such as 2026-04-01, without quotation marks",
        );
        let plain = self
            .value
            .as_datetime()
            .filter(|date| date.time.is_none())
            .and_then(|date| date.date);
        let date = plain.and_then(|date| {
            let (year, month, day) = (
                i16::try_from(date.year).ok()?,
                i8::try_from(date.month).ok()?,
                i8::try_from(date.day).ok()?,
            );
            Date::new(year, month, day).ok()
        });
        date.or_else(|| self.wrong_type(expected))
    }

    pub(super) fn time(&self) -> Option<Time> {
        let expected = Said(
            "时刻，如 20:00:00，不加引号",
            "a time of day such as 20:00:00, without quotation marks",
        );
        let plain = self
            .value
            .as_datetime()
            .filter(|time| time.date.is_none() && time.offset.is_none())
            .and_then(|time| time.time);
        let time = plain.and_then(|time| {
            let (hour, minute, second) = (
                i8::try_from(time.hour).ok()?,
                i8::try_from(time.minute).ok()?,
                i8::try_from(time.second.unwrap_or(0)).ok()?,
            );
            Time::new(hour, minute, second, 0).ok()
        });
        time.or_else(|| self.wrong_type(expected))
    }

    pub(super) fn text2(&self) -> Option<Text2> {
        let table = self.table(TEXT2)?;
        let zh = table.string("zh", Said("中文文字", "the text in Chinese"));
        let en = table.string("en", Said("英文文字", "the text in English"));
        table.finish();
        Some(Text2 { zh: zh?, en: en? })
    }

    pub(super) fn table(&self, expected: impl Words) -> Option<Table<'a>> {
        let Some(entries) = self.value.as_table() else {
            return self.wrong_type(expected);
        };
        Some(Table::new(self.source, self.key.clone(), self.at, entries))
    }

    /// The entries of a list; another type is a fault, and so is an empty list.
    pub(super) fn list(&self, expected: impl Words) -> Vec<Node<'a>> {
        let Some(array) = self.value.as_array() else {
            let _: Option<()> = self.wrong_type(expected);
            return Vec::new();
        };
        if array.is_empty() {
            self.fault(Said("是空的", "is empty"), expected);
        }
        let entry = |(at, value): (usize, &'a Spanned<DeValue<'a>>)| {
            let key = format!("{}[{}]", self.key, at + 1);
            Self::new(self.source, key, value.span().start, value.get_ref())
        };
        array.iter().enumerate().map(entry).collect()
    }

    /// One of a closed list of words.
    pub(super) fn one_of<T: Copy>(&self, all: &[(&str, T)]) -> Option<T> {
        let words: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
        let expected = one_of(&words);
        let text = self.string(&expected)?;
        let found = all
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            self.fault(both!("是“{text}”", "is “{text}”"), &expected);
        }
        found
    }

    /// The id of something that the profile defines.
    pub(super) fn reference(&self, what: impl Words, known: &BTreeSet<String>) -> Option<String> {
        let Text2 { zh, en } = what.into();
        let expected = both!("{zh}的标识", "the id of {en}");
        let id = self.string(&expected)?;
        if known.contains(&id) {
            return Some(id);
        }
        self.fault(
            both!(
                "“{id}”不是本规则集中{zh}的标识",
                "“{id}” is not the id of {en} in this profile"
            ),
            &nearest(&id, known, &expected),
        );
        None
    }
}

/// Names the known id that is most like the unknown one, if one begins the same.
fn nearest(id: &str, known: &BTreeSet<String>, expected: &Text2) -> Text2 {
    let alike = |other: &String| other.chars().zip(id.chars()).take_while(|(a, b)| a == b).count();
    match known.iter().max_by_key(|other| alike(other)) {
        Some(other) if alike(other) >= 2 => {
            let Text2 { zh, en } = expected;
            both!("{zh}，如 {other}", "{en}, such as {other}")
        }
        _ => expected.clone(),
    }
}

/// Whether `text` is an id: small letters, digits and hyphens, beginning with a letter.
pub(super) fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
