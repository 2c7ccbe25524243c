//! What holds of every file that an authority files, in any format.

use std::{
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::PathBuf,
    sync::LazyLock,
};

use intake::{
    CheckedRow, Checker, Encoding, FaultCode, FileFault, Format, Intake, MessageLanguage, OpenOptions,
    RejectedRow, RejectedWriter, RowStream, normalise_name,
};
use jiff::civil::{Date, date};
use model::RecordKind;
use profile::{IdentityRule, Profile};
use serde_json::Value;

use crate::{project, seed};

const TODAY: Date = date(2026, 11, 23);

/// An authority that files a kind of record.
pub(crate) struct Filer {
    profile: &'static str,
    authority: String,
    kind: RecordKind,
    identity: IdentityRule,
    checker: Checker,
}

/// Every authority of both profiles, with each kind that it files.
static FILERS: LazyLock<Vec<Filer>> = LazyLock::new(|| {
    let mut filers = Vec::new();
    for name in ["gansu", "northshire"] {
        let profile = Profile::load(&project().join("profiles").join(name)).unwrap();
        for (authority, about) in &profile.authorities {
            for kind in &about.record_kinds {
                filers.push(Filer {
                    profile: name,
                    authority: authority.clone(),
                    kind: *kind,
                    identity: profile.identity.clone(),
                    checker: Checker::new(&profile, *kind, authority, TODAY).unwrap(),
                });
            }
        }
    }
    filers
});

/// The filer that a byte chooses.
pub(crate) fn filer(choice: u8) -> &'static Filer {
    &FILERS[usize::from(choice) % FILERS.len()]
}

/// The byte that chooses this filer.
pub(crate) fn choice_of(profile: &str, authority: &str, kind: RecordKind) -> u8 {
    let fits = |one: &Filer| one.profile == profile && one.authority == authority && one.kind == kind;
    u8::try_from(FILERS.iter().position(fits).unwrap()).unwrap()
}

/// The beginnings of the shared batches whose names end so, with the bytes that choose their filer and that no
/// encoding is named.
pub(crate) fn batches(ending: &str) -> Vec<Vec<u8>> {
    let folder = std::fs::read_dir(project().join("fixtures/batches")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.to_str().unwrap();
        name.ends_with(ending) && !name.ends_with(".expected.jsonl")
    });
    files.sort();
    files
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let (kind, authority) = name.split_once('-').unwrap();
            let kind = match kind {
                "licences" => RecordKind::Licence,
                "decisions" => RecordKind::Decision,
                _ => RecordKind::Training,
            };
            let bytes = std::fs::read(path).unwrap();
            let lines = bytes.split_inclusive(|byte| *byte == b'\n').take(12);
            seed(
                &[choice_of("gansu", authority, kind), 0],
                lines.collect::<Vec<_>>().concat(),
            )
        })
        .collect()
}

/// A file that is read in pieces.
struct Pieces(Cursor<Vec<u8>>, usize);

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(into.len());
        self.0.read(&mut into[..length])
    }
}

impl Seek for Pieces {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// What is compared of a row that was taken.
#[derive(PartialEq, Eq)]
struct Taken {
    number: u64,
    line: u64,
    content: Vec<u8>,
    document: String,
    correction: Option<String>,
}

type Rows = Vec<Result<Taken, RejectedRow>>;

fn open(
    file: &[u8],
    piece: usize,
    options: &OpenOptions,
    filer: &'static Filer,
) -> Result<RowStream<'static>, FileFault> {
    Intake::open(Pieces(Cursor::new(file.to_vec()), piece), options, &filer.checker)
}

fn rows(stream: &mut RowStream<'_>, filer: &Filer) -> Rows {
    stream.map(|row| row.map(|row| taken(row, filer))).collect()
}

/// Reads a file and holds it to all that is promised. `options` chooses the encoding that the sender names and
/// the size of the pieces that the file comes in.
pub(crate) fn hold(filer: &'static Filer, options: u8, name: &str, format: Option<Format>, file: &[u8]) {
    let named = match options & 3 {
        1 => Some(Encoding::Utf8),
        2 => Some(Encoding::Gb18030),
        _ => None,
    };
    let piece = 61 + 97 * usize::from(options >> 2);
    let options = OpenOptions {
        name: name.to_owned(),
        encoding: named,
        format,
    };
    let mut stream = match open(file, usize::MAX, &options, filer) {
        Ok(stream) => stream,
        Err(fault) => {
            let again = open(file, piece, &options, filer).err();
            // Of several faults of an archive, its pieces tell which is met first.
            let alike = match (&again, format) {
                (Some(_), Some(Format::Xlsx)) => true,
                (again, _) => again.as_ref() == Some(&fault),
            };
            assert!(alike, "a file is refused alike in pieces");
            return heading_is_plain(fault.column.as_deref());
        }
    };
    let found = rows(&mut stream, filer);
    rows_are_in_order(&found, file.len(), format);
    let in_pieces = open(file, piece, &options, filer).map(|mut stream| rows(&mut stream, filer));
    assert!(
        in_pieces.is_ok_and(|rows| rows == found),
        "a file reads alike in pieces"
    );
    let headings = stream.headings().to_vec();
    for row in found.iter().filter_map(|row| row.as_ref().err()) {
        assert!(row.cells.len() <= headings.len(), "cells are the sender's own");
        heading_is_plain(row.fault.column.as_deref());
    }
    taken_rows_stay_what_they_are(&found, filer);
    rejected_rows_come_back(&found, &headings, stream.encoding(), filer);
}

/// A fault never shows more of a heading than a heading has.
fn heading_is_plain(column: Option<&str>) {
    let plain =
        column.is_none_or(|column| column.chars().count() <= 64 && !column.contains(char::is_control));
    assert!(plain, "a fault shows a heading without control characters, short");
}

/// Rows are counted from one, on lines that follow each other, and there are not more of them than bytes.
fn rows_are_in_order(found: &Rows, length: usize, format: Option<Format>) {
    assert!(
        format == Some(Format::Xlsx) || found.len() <= length + 1,
        "no more rows than bytes"
    );
    let mut before = (0, 0);
    for row in found {
        let here = match row {
            Ok(row) => (row.number, row.line),
            Err(row) => (row.number, row.line),
        };
        let next = if format == Some(Format::JsonLines) {
            here.0 > before.0 && here.0 == here.1
        } else {
            here.0 == before.0 + 1 && here.1 > before.1
        };
        assert!(next, "rows are numbered in their order");
        before = here;
    }
}

/// What a record is made of, and its canonical form.
fn taken(row: CheckedRow, filer: &Filer) -> Taken {
    let Ok(Value::Object(content)) = serde_json::from_slice(&row.content) else {
        panic!("the content is a JSON object")
    };
    let written = serde_json::to_vec(&content).unwrap();
    assert!(written == row.content, "the content is in its canonical form");
    let closed = content
        .keys()
        .all(|name| filer.checker.record_type().field(name).is_some());
    assert!(closed, "a field is one of the closed list");
    assert!(
        !profile::is_minor(row.born_on, TODAY, profile::YOUNGEST),
        "nobody under 18 has a record"
    );
    assert!(
        row.ends_on.is_none_or(|end| row.starts_on <= end),
        "a period goes forward"
    );
    assert!(
        !row.name.is_empty() && normalise_name(&row.name) == row.name,
        "a name is in its canonical form"
    );
    let again = filer.identity.check(&row.identity.canonical);
    assert!(
        again.is_ok_and(|again| again == row.identity),
        "an identity number is in its canonical form"
    );
    assert!(
        row.document.starts_with(filer.kind.as_str()),
        "a document names its kind"
    );
    Taken {
        number: row.number,
        line: row.line,
        content: row.content,
        document: row.document,
        correction: row.correction,
    }
}

/// The content of a record, sent again as a line of JSON, is the same record.
fn taken_rows_stay_what_they_are(found: &Rows, filer: &'static Filer) {
    let taken: Vec<&Taken> = found.iter().filter_map(|row| row.as_ref().ok()).collect();
    if taken.is_empty() {
        return;
    }
    let lines: Vec<&[u8]> = taken.iter().map(|row| row.content.as_slice()).collect();
    let options = OpenOptions {
        format: Some(Format::JsonLines),
        encoding: Some(Encoding::Utf8),
        ..OpenOptions::default()
    };
    let again =
        open(&lines.join(&b'\n'), usize::MAX, &options, filer).map(|mut stream| rows(&mut stream, filer));
    let again = again.expect("contents are lines of JSON");
    assert_eq!(again.len(), taken.len(), "a line is a row");
    for (again, taken) in again.iter().zip(taken) {
        match again {
            Ok(again) => assert!(
                again.content == taken.content && again.document == taken.document,
                "the same content is the same record"
            ),
            Err(again) => panic!(
                "what was taken is taken again, and is refused as {}",
                again.fault.code
            ),
        }
    }
}

/// Rejected rows go back in the sender's own columns: read again, they have the same cells and faults.
fn rejected_rows_come_back(found: &Rows, headings: &[String], encoding: Encoding, filer: &'static Filer) {
    let rejected: Vec<&RejectedRow> = found.iter().filter_map(|row| row.as_ref().err()).collect();
    let mut writer = RejectedWriter::new(Vec::new(), encoding, headings, MessageLanguage::Zh).unwrap();
    for row in &rejected {
        writer
            .write(row)
            .expect("what was read in an encoding is written in it");
    }
    let back = writer.finish().unwrap();
    let options = OpenOptions {
        format: Some(Format::Csv),
        encoding: Some(encoding),
        ..OpenOptions::default()
    };
    let again = match open(&back, usize::MAX, &options, filer) {
        Ok(mut stream) => rows(&mut stream, filer),
        // Cells full of NUL look like UTF-16.
        Err(fault) if fault.code == FaultCode::EncodingUtf16 => return,
        Err(fault) if rejected.is_empty() && fault.code == FaultCode::NoRows => return,
        Err(fault) => panic!("the rejected rows are refused as {}", fault.code),
    };
    assert_eq!(again.len(), rejected.len(), "a row given back is a row");
    for (again, row) in again.iter().zip(rejected) {
        // Where cells could not be told apart or decoded, or were no text, they cannot be what they were.
        let whole = row.raw.is_none()
            && !matches!(
                row.fault.code,
                FaultCode::Columns
                    | FaultCode::Encoding
                    | FaultCode::FileDamaged
                    | FaultCode::FileUnreadable
                    | FaultCode::Formula
                    | FaultCode::IdNumberAsNumber
                    | FaultCode::RowTooLong
            );
        if whole {
            let cells: Vec<String> = row.cells.iter().map(|cell| in_encoding(cell, encoding)).collect();
            let same = again
                .as_ref()
                .is_err_and(|again| again.cells == cells && again.fault == row.fault);
            assert!(same, "a row refused as {} comes back as it was", row.fault.code);
        }
    }
}

/// A cell as it can be written. Of all characters one has no form in GB18030; JSON can name it.
fn in_encoding(cell: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => cell.to_owned(),
        Encoding::Gb18030 => cell.replace('\u{e5e5}', "\u{fffd}"),
    }
}
