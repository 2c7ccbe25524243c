//! Reads TOML with the place of every value at hand, and gathers faults instead of stopping at the first.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{ProfileFault, Text2};

/// The faults found so far.
#[derive(Default)]
pub(super) struct Faults(RefCell<Vec<ProfileFault>>);

impl Faults {
    pub(super) fn add(&self, file: &Path, line: usize, key: &str, message: String, expected: &str) {
        self.0.borrow_mut().push(ProfileFault {
            file: file.to_owned(),
            line,
            key: key.to_owned(),
            message,
            expected: expected.to_owned(),
        });
    }

    /// All of them, in the order of files and lines.
    pub(super) fn into_sorted(self) -> Vec<ProfileFault> {
        let mut faults = self.0.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }
}

/// The text of one file.
pub(super) struct Source<'a> {
    /// Relative to the profile's directory.
    file: PathBuf,
    text: String,
    unread: bool,
    faults: &'a Faults,
}

impl<'a> Source<'a> {
    /// Reads a file. Where it can't be read, that is the fault, and the file counts as empty.
    ///
    /// `unread` keeps its missing keys from being told one by one.
    pub(super) fn read(dir: &Path, file: &str, faults: &'a Faults) -> Self {
        let read = std::fs::read_to_string(dir.join(file));
        if let Err(error) = &read {
            let message = format!("the file cannot be read: {error}");
            faults.add(Path::new(file), 0, "", message, "a readable TOML file in UTF-8");
        }
        let unread = read.is_err();
        Self {
            file: PathBuf::from(file),
            text: read.unwrap_or_default(),
            unread,
            faults,
        }
    }

    /// Its top table; what can't be parsed is a fault.
    pub(super) fn parse(&self) -> Spanned<DeTable<'_>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            self.faults.add(
                &self.file,
                self.line(at),
                "",
                error.message().to_owned(),
                "well-formed TOML",
            );
        }
        table
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }
}

/// A value with its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    source: &'a Source<'a>,
    pub(super) key: String,
    at: usize,
    value: &'a DeValue<'a>,
}

/// A table whose keys are ticked off as they are read; [`Table::finish`] finds the rest.
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    pub(super) key: String,
    at: usize,
    entries: &'a DeTable<'a>,
    known: RefCell<BTreeSet<&'static str>>,
}

fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() {
        key.to_owned()
    } else {
        format!("{parent}.{key}")
    }
}

impl<'a> Table<'a> {
    pub(super) fn top(source: &'a Source<'a>, table: &'a Spanned<DeTable<'a>>) -> Self {
        Self {
            source,
            key: String::new(),
            at: 0,
            entries: table.get_ref(),
            known: RefCell::default(),
        }
    }

    /// The entries as named things: every key is an id.
    pub(super) fn entries(&self) -> Vec<(String, Node<'a>)> {
        let mut entries: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| {
                let id = key.get_ref().to_string();
                let key_path = join(&self.key, &id);
                let node = Node {
                    source: self.source,
                    key: key_path,
                    at: key.span().start,
                    value: value.get_ref(),
                };
                (id, node)
            })
            .collect();
        entries.sort_by_key(|(_, node)| node.at);
        entries
    }

    pub(super) fn optional(&self, key: &'static str) -> Option<Node<'a>> {
        self.known.borrow_mut().insert(key);
        let (found, value) = self.entries.get_key_value(key)?;
        Some(Node {
            source: self.source,
            key: join(&self.key, key),
            at: found.span().start,
            value: value.get_ref(),
        })
    }

    pub(super) fn required(&self, key: &'static str, expected: &str) -> Option<Node<'a>> {
        let node = self.optional(key);
        if node.is_none() && !self.source.unread {
            let key = join(&self.key, key);
            let line = self.source.line(self.at);
            self.source
                .faults
                .add(&self.source.file, line, &key, "is missing".to_owned(), expected);
        }
        node
    }

    pub(super) fn fault(&self, message: impl Into<String>, expected: &str) {
        let line = self.source.line(self.at);
        self.source
            .faults
            .add(&self.source.file, line, &self.key, message.into(), expected);
    }

    /// Every key that nobody asked for is a fault.
    pub(super) fn finish(self) {
        let known = self.known.borrow();
        let expected = if known.is_empty() {
            "no key here".to_owned()
        } else {
            format!("one of: {}", known.iter().copied().collect::<Vec<_>>().join(", "))
        };
        for key in self
            .entries
            .keys()
            .filter(|key| !known.contains(key.get_ref().as_ref()))
        {
            let line = self.source.line(key.span().start);
            let path = join(&self.key, key.get_ref());
            self.source.faults.add(
                &self.source.file,
                line,
                &path,
                "is not a key here".to_owned(),
                &expected,
            );
        }
    }

    pub(super) fn text2(&self, key: &'static str) -> Option<Text2> {
        self.required(key, TEXT2)?.text2()
    }

    pub(super) fn string(&self, key: &'static str, expected: &str) -> Option<String> {
        self.required(key, expected)?.string(expected)
    }

    pub(super) fn bool(&self, key: &'static str) -> Option<bool> {
        self.required(key, "true or false")?.bool()
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, key: &'static str, from: i64, to: i64) -> Option<T> {
        self.required(key, &range(from, to))?.number(from, to)
    }

    pub(super) fn list(&self, key: &'static str, expected: &str) -> Vec<Node<'a>> {
        self.required(key, expected)
            .map_or_else(Vec::new, |node| node.list(expected))
    }
}

const TEXT2: &str = "a text in both languages: { zh = \"…\", en = \"…\" }";

fn range(from: i64, to: i64) -> String {
    format!("a whole number from {from} to {to}")
}

impl<'a> Node<'a> {
    pub(super) fn fault(&self, message: impl Into<String>, expected: &str) {
        let line = self.source.line(self.at);
        self.source
            .faults
            .add(&self.source.file, line, &self.key, message.into(), expected);
    }

    /// A fault about the entry `below` of this table, on its line.
    pub(super) fn fault_below(&self, below: &str, message: &str, expected: &str) {
        let entry = self.value.as_table().and_then(|table| table.get_key_value(below));
        let line = self
            .source
            .line(entry.map_or(self.at, |(key, _)| key.span().start));
        let (file, key) = (&self.source.file, join(&self.key, below));
        self.source
            .faults
            .add(file, line, &key, message.to_owned(), expected);
    }

    fn wrong_type<T>(&self, expected: &str) -> Option<T> {
        self.fault(format!("is {}", self.value.type_str()), expected);
        None
    }

    pub(super) fn as_str(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// A text that is not blank.
    pub(super) fn string(&self, expected: &str) -> Option<String> {
        match self.value.as_str() {
            Some(text) if text.trim().is_empty() => {
                self.fault("is empty", expected);
                None
            }
            Some(text) => Some(text.to_owned()),
            None => self.wrong_type(expected),
        }
    }

    pub(super) fn bool(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.wrong_type("true or false"))
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
            self.fault(format!("is {}", integer.as_str()), &expected);
        }
        fitting
    }

    pub(super) fn date(&self) -> Option<Date> {
        let expected = "a date such as 2026-04-01, without quotation marks";
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

    pub(super) fn text2(&self) -> Option<Text2> {
        let table = self.table(TEXT2)?;
        let zh = table.string("zh", "the text in Chinese");
        let en = table.string("en", "the text in English");
        table.finish();
        Some(Text2 { zh: zh?, en: en? })
    }

    pub(super) fn table(&self, expected: &str) -> Option<Table<'a>> {
        let Some(entries) = self.value.as_table() else {
            return self.wrong_type(expected);
        };
        Some(Table {
            source: self.source,
            key: self.key.clone(),
            at: self.at,
            entries,
            known: RefCell::default(),
        })
    }

    /// The entries of a list; another type is a fault, and so is an empty list.
    pub(super) fn list(&self, expected: &str) -> Vec<Node<'a>> {
        let Some(array) = self.value.as_array() else {
            let _: Option<()> = self.wrong_type(expected);
            return Vec::new();
        };
        if array.is_empty() {
            self.fault("is empty", expected);
        }
        let entry = |(at, value): (usize, &'a Spanned<DeValue<'a>>)| Node {
            source: self.source,
            key: format!("{}[{}]", self.key, at + 1),
            at: value.span().start,
            value: value.get_ref(),
        };
        array.iter().enumerate().map(entry).collect()
    }

    /// One of a closed list of words.
    pub(super) fn one_of<T: Copy>(&self, all: &[(&str, T)]) -> Option<T> {
        let words: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
        let expected = format!("one of: {}", words.join(", "));
        let text = self.string(&expected)?;
        let found = all
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            self.fault(format!("is “{text}”"), &expected);
        }
        found
    }

    /// The id of something that the profile defines.
    pub(super) fn reference(&self, what: &str, known: &BTreeSet<String>) -> Option<String> {
        let expected = format!("the id of {what}");
        let id = self.string(&expected)?;
        if known.contains(&id) {
            return Some(id);
        }
        self.fault(
            format!("“{id}” is not the id of {what} in this profile"),
            &nearest(&id, known, &expected),
        );
        None
    }
}

/// Names the known id that is most like the unknown one, if one begins the same.
fn nearest(id: &str, known: &BTreeSet<String>, expected: &str) -> String {
    let alike = |other: &String| other.chars().zip(id.chars()).take_while(|(a, b)| a == b).count();
    match known.iter().max_by_key(|other| alike(other)) {
        Some(other) if alike(other) >= 2 => format!("{expected}, such as {other}"),
        _ => expected.to_owned(),
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
