//! Reads TOML files with the place of every value at hand, and gathers faults instead of stopping at the first.

use crate::{
    Text2,
    text::{Said, Words},
};
use std::{
    cell::RefCell,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use toml::{Spanned, de::DeTable};

use crate::{
    Citation, ProfileFault,
    by_day::{Bound, Held},
    law::Cited,
};

/// The faults found so far, what cites enactments, and the days before or after which there is no value.
#[derive(Default)]
pub(super) struct Faults(
    RefCell<Vec<ProfileFault>>,
    RefCell<Vec<Cited>>,
    RefCell<Vec<Bound>>,
);

impl Faults {
    pub(super) fn add(
        &self,
        file: &Path,
        line: usize,
        key: &str,
        message: impl Into<Text2>,
        expected: impl Words,
    ) {
        self.0.borrow_mut().push(ProfileFault {
            file: file.to_owned(),
            line,
            key: key.to_owned(),
            message: message.into(),
            expected: expected.into(),
        });
    }

    /// What cites enactments, in the order of files and lines.
    pub(super) fn take_cited(&self) -> Vec<Cited> {
        let mut cited = self.1.take();
        cited.sort_by(|one, other| one.fault.cmp(&other.fault));
        cited
    }

    /// The days before or after which there is no value, in the order of files and lines.
    pub(super) fn take_bounds(&self) -> Vec<Bound> {
        let mut bounds = self.2.take();
        bounds.sort_by(|one, other| one.place().cmp(&other.place()));
        bounds
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
    pub(super) unread: bool,
    faults: &'a Faults,
}

impl<'a> Source<'a> {
    /// Reads a file. Where it can't be read, that is the fault, and the file counts as empty.
    ///
    /// `unread` keeps its missing keys from being told one by one.
    pub(super) fn read(dir: &Path, file: &str, faults: &'a Faults) -> Self {
        let read = std::fs::read_to_string(dir.join(file));
        if let Err(error) = &read {
            let message = both!("无法读取文件：{error}", "the file cannot be read: {error}");
            faults.add(
                Path::new(file),
                0,
                "",
                message,
                Said("可以读取的 UTF-8 TOML 文件", "a readable TOML file in UTF-8"),
            );
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
            // What the parser says is English alone.
            let said = error.message();
            let at = error.span().map_or(0, |span| span.start);
            self.faults.add(
                &self.file,
                self.line(at),
                "",
                both!("无法解析：{said}", "{said}"),
                Said("格式正确的 TOML", "well-formed TOML"),
            );
        }
        table
    }

    /// The line of the byte `at`.
    pub(super) fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// A fault at the place `at` of this file.
    pub(super) fn fault(&self, at: usize, key: &str, message: impl Into<Text2>, expected: impl Words) {
        self.faults.add(&self.file, self.line(at), key, message, expected);
    }

    /// Notes that what stands at the place `at`, and holds on these days, comes from these enactments.
    pub(super) fn cites(&self, at: usize, key: &str, held: Held, citations: &[Citation]) {
        let cited = Cited::new(&self.file, self.line(at), key, held, citations);
        self.faults.1.borrow_mut().push(cited);
    }

    /// Notes that there is no value before this day, or, where it is the last one, after it.
    pub(super) fn bound(&self, at: usize, key: &str, day: Date, last: bool) {
        let bound = Bound::new(&self.file, self.line(at), key, day, last);
        self.faults.2.borrow_mut().push(bound);
    }
}
