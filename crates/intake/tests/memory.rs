//! Memory stays bounded whatever is sent. A test binary of its own, since the whole process is measured; only
//! Linux tells how much a process held at most.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail like the tests themselves"
)]

mod common;

use std::{
    io::{Read, Seek, SeekFrom},
    sync::{Mutex, MutexGuard, PoisonError},
};

use common::*;
use intake::{Intake, OpenOptions, limits};

/// A file of any length that is made while it is read, and is nowhere whole.
struct Made {
    heading: Vec<u8>,
    row: Vec<u8>,
    length: u64,
    at: u64,
}

impl Read for Made {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        while filled < into.len() && self.at < self.length {
            let heading = self.heading.len() as u64;
            let (part, from) = match self.at.checked_sub(heading) {
                None => (&self.heading, self.at as usize),
                Some(past) => (&self.row, (past % self.row.len() as u64) as usize),
            };
            let left = (self.length - self.at).min((part.len() - from) as u64) as usize;
            let length = left.min(into.len() - filled);
            into[filled..filled + length].copy_from_slice(&part[from..from + length]);
            filled += length;
            self.at += length as u64;
        }
        Ok(filled)
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => self.length.saturating_add_signed(back),
            SeekFrom::Current(step) => self.at.saturating_add_signed(step),
        };
        Ok(self.at)
    }
}

/// Lets one of these tests run at a time: they measure the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets the peak back to what the process holds now, in KiB. Else what came before would hide what reading takes.
fn peak_from_now_kib() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    peak_kib()
}

/// The most memory that this process held since, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let _alone = alone();
    let whole = csv(&[good()]);
    let (heading, row) = whole.split_at(csv(&[]).len());
    // Good rows; then one line without end; then one quotation mark without partner before many lines.
    let line = [vec![b'y'; 255], b"\n".to_vec()].concat();
    let cases: [(&[u8], &[u8], std::ops::RangeInclusive<u64>); 3] = [
        (b"", row, 0..=1),
        (b"", b"x", 1..=1),
        (b"\"", &line, 100_000..=300_000),
    ];
    for (begin, row, faults) in cases {
        let heading = [heading, begin].concat();
        let before = peak_from_now_kib();
        let file = Made {
            length: heading.len() as u64 + (48 << 20),
            heading,
            row: row.to_vec(),
            at: 0,
        };
        let options = OpenOptions {
            name: "x.csv".into(),
            ..OpenOptions::default()
        };
        let rejected = Intake::open(file, &options, checker())
            .unwrap()
            .filter(Result::is_err)
            .count() as u64;
        assert!(faults.contains(&rejected), "{rejected} rejected rows");
        let grown = peak_kib() - before;
        assert!(grown < 24 * 1024, "{grown} KiB more");
    }
}

#[test]
fn a_workbook_with_as_many_shared_texts_as_are_taken_stays_within_memory() {
    let _alone = alone();
    let plain = sheet(&[headings(), cells(NAME, Cell::Text("严拟兰"))]);
    let path = tempfile::NamedTempFile::new().unwrap();
    {
        let count = limits::SHARED_TEXT_BYTES as usize / "<si><t>0000000</t></si>".len() - 100;
        let texts: String = (0..count)
            .map(|n| format!("<si><t>{:07}</t></si>", n * 7 % 10_000_000))
            .collect();
        let texts = format!(
            "<sst uniqueCount=\"{}\">{texts}</sst>",
            limits::SHARED_TEXT_BYTES / 8
        );
        std::fs::write(
            path.path(),
            workbook(&plain, &[("xl/sharedStrings.xml", texts.as_bytes())]),
        )
        .unwrap();
    }
    let before = peak_from_now_kib();
    let file = std::fs::File::open(path.path()).unwrap();
    let options = OpenOptions {
        name: "x.xlsx".into(),
        ..OpenOptions::default()
    };
    let outcomes: Vec<bool> = Intake::open(file, &options, checker())
        .unwrap()
        .map(|row| row.is_ok())
        .collect();
    assert_eq!(outcomes, [true]);
    let grown = peak_kib() - before;
    assert!(grown < 96 * 1024, "{grown} KiB more");
}
