//! The file that erasures are written to, apart from the database.
//!
//! A header, then a line for each erasure, its parts parted by blanks:
//!
//! ```text
//! standing erasures v1
//! record_version PERSON RECORD VERSION EVENT SALT SECOND DAY HEAD ENTRY MAC
//! person PERSON - 0 EVENT SALT SECOND DAY HEAD ENTRY MAC
//! mail_address PERSON TAG 0 EVENT SALT SECOND DAY HEAD ENTRY MAC
//! void EVENT MAC
//! ```
//!
//! PERSON is the pseudonym, TAG says which ciphertext, ENTRY the log entry; the MAC is keyed and taken over the line and the MAC before it,
//! so that no line can be changed, added or taken out of the middle. `void` takes an erasure back that was not
//! done. A last line that a kill has cut off was never answered and is cut away.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Cursor, Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::tz::{Offset, TimeZone};
use keys::{Keyring, Mac};
use model::EventId;

use super::{Erasure, What};
use crate::RegistryError;

const HEADER: &str = "standing erasures v1\n";

/// What stands before the first line, in place of a MAC.
pub(crate) const FIRST: Mac = [0; 16];

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Erasure(Erasure),
    Void(EventId),
}

/// What was written that the database may not hold.
pub(crate) struct Written {
    /// The erasures after the place up to which the database holds all, without those that were taken back.
    pub(crate) erasures: Vec<Erasure>,
    /// Whether that place is in the file. If not, `erasures` are all that the file has.
    pub(crate) known: bool,
}

/// The file, open for appending.
#[derive(Clone)]
pub(crate) struct Apart(Arc<Inside>);

struct Inside {
    path: Arc<Path>,
    keys: Arc<Keyring>,
    offset: Offset,
    /// Held while something is destroyed, from its line to the end of its transaction.
    state: Mutex<State>,
}

/// Where the file ends.
pub(crate) struct State {
    file: File,
    length: u64,
    last: Mac,
    /// Written, and of a transaction whose outcome is not known.
    pub(crate) unsettled: Vec<Erasure>,
}

impl Apart {
    /// Opens the file, which is made if there is none, and proves every line. `held` is the MAC of the last line
    /// that the database is known to hold.
    pub(crate) fn open(
        path: Arc<Path>,
        keys: Arc<Keyring>,
        offset: Offset,
        held: Option<Mac>,
    ) -> Result<(Self, Written), RegistryError> {
        let file = create(&path)?;
        let mut written = Written {
            erasures: Vec::new(),
            known: held == Some(FIRST),
        };
        let mut voided = HashSet::new();
        let (length, last) = read(from_start(&file)?, &keys, |line, mac| {
            match line {
                Line::Erasure(erasure) => written.erasures.push(erasure),
                Line::Void(event) => {
                    voided.insert(event);
                }
            }
            if held == Some(mac) {
                written.known = true;
                written.erasures.clear();
            }
        })?;
        written
            .erasures
            .retain(|erasure| !voided.contains(&erasure.event));
        if file.metadata()?.len() > length {
            tracing::warn!(
                "the last line of the erasures written apart was cut off by a kill; it is cut away"
            );
            file.set_len(length)?;
            file.sync_all()?;
        }
        let state = State {
            file,
            length,
            last,
            unsettled: Vec::new(),
        };
        let inside = Inside {
            path,
            keys,
            offset,
            state: Mutex::new(state),
        };
        Ok((Self(Arc::new(inside)), written))
    }

    /// Keeps everybody else from destroying until it is let go of.
    pub(crate) fn hold(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes these erasures and waits until they are on disk. Answers the MAC of the last.
    pub(crate) fn write(&self, state: &mut State, erasures: &[Erasure]) -> Result<Mac, RegistryError> {
        self.append(state, erasures.iter().map(|one| text(one, self.0.offset)))
    }

    /// Takes back erasures that were written and not done.
    pub(crate) fn void(
        &self,
        state: &mut State,
        events: impl Iterator<Item = EventId>,
    ) -> Result<Mac, RegistryError> {
        self.append(state, events.map(|event| format!("void {event}")))
    }

    fn append(&self, state: &mut State, lines: impl Iterator<Item = String>) -> Result<Mac, RegistryError> {
        let (mut text, mut last) = (String::new(), state.last);
        for line in lines {
            last = self.0.keys.erasure_line(&last, &line);
            text.push_str(&line);
            text.push(' ');
            text.push_str(&hex::encode(last));
            text.push('\n');
        }
        if text.is_empty() {
            return Ok(last);
        }
        let file = &mut state.file;
        let length = state.length;
        let written = file
            .set_len(length)
            .and_then(|()| file.seek(SeekFrom::Start(length)))
            .and_then(|_| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Nothing was destroyed for it. What cannot be cut off now is cut off by the next one.
            let _ = file.set_len(length);
            return Err(error.into());
        }
        state.length += text.len() as u64;
        state.last = last;
        Ok(last)
    }

    /// The erasures in the file that are wanted, without those that were taken back.
    pub(crate) fn find(&self, wanted: impl Fn(&Erasure) -> bool) -> Result<Vec<Erasure>, RegistryError> {
        let file = File::open(&self.0.path)?;
        let (mut found, mut voided) = (Vec::new(), HashSet::new());
        read(from_start(&file)?, &self.0.keys, |line, _| match line {
            Line::Erasure(erasure) if wanted(&erasure) => found.push(erasure),
            Line::Erasure(_) => {}
            Line::Void(event) => {
                voided.insert(event);
            }
        })?;
        found.retain(|erasure| !voided.contains(&erasure.event));
        Ok(found)
    }
}

/// Opens the file for its owner alone; makes it, with its header on disk, if there is none.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // A kill may have left a part of the header and no line.
    if file.metadata()?.len() < HEADER.len() as u64 {
        file.set_len(0)?;
        file.write_all(HEADER.as_bytes())?;
        file.sync_all()?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
    }
    Ok(file)
}

/// What is in a file of erasures, as an installation with these keys would take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadErasures {
    /// How many bytes the whole lines have. What stands after them was cut off by a kill.
    pub length: u64,
    /// The lines as they would be written, without their MACs; the days by this offset.
    pub lines: Vec<String>,
}

/// Reads the bytes of a file of erasures and proves every line, as an installation with these keys does that opens it.
/// Nothing is done. For whoever checks a file before it is put back.
///
/// # Errors
/// [`RegistryError::ErasuresChanged`] with the first line that is not what the installation wrote.
pub fn read_erasures(bytes: &[u8], keys: &Keyring, offset: Offset) -> Result<ReadErasures, RegistryError> {
    let mut lines = Vec::new();
    let (length, _) = read(Cursor::new(bytes), keys, |line, _| {
        lines.push(match line {
            Line::Erasure(erasure) => text(&erasure, offset),
            Line::Void(event) => format!("void {event}"),
        });
    })?;
    Ok(ReadErasures { length, lines })
}

fn from_start(file: &File) -> io::Result<BufReader<&File>> {
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(0))?;
    Ok(reader)
}

/// Reads and proves every line. Answers where the whole lines end, and the last MAC.
fn read(
    mut reader: impl BufRead,
    keys: &Keyring,
    mut take: impl FnMut(Line, Mac),
) -> Result<(u64, Mac), RegistryError> {
    let (mut text, mut number, mut length, mut last) = (String::new(), 0, 0, FIRST);
    loop {
        text.clear();
        let changed = RegistryError::ErasuresChanged(number + 1);
        let read = match reader.read_line(&mut text) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(changed),
            read => read?,
        };
        if !text.ends_with('\n') {
            return Ok((length, last));
        }
        number += 1;
        if number == 1 {
            if text != HEADER {
                return Err(changed);
            }
        } else {
            let (line, mac) = text.trim_end_matches('\n').rsplit_once(' ').ok_or(changed)?;
            let right = keys.erasure_line(&last, line);
            let parsed = parse(line).filter(|_| hex::encode(right) == mac);
            take(parsed.ok_or(RegistryError::ErasuresChanged(number))?, right);
            last = right;
        }
        length += read as u64;
    }
}

fn text(erasure: &Erasure, offset: Offset) -> String {
    let Erasure {
        person,
        what,
        event,
        at,
        head,
        ..
    } = erasure;
    let (table, record, version) = match what {
        What::Record { record, version } => ("record_version", record.to_string(), *version),
        What::Person => ("person", "-".to_owned(), 0),
        What::Email { tag } => ("mail_address", hex::encode(tag), 0),
    };
    let day = at.to_zoned(TimeZone::fixed(offset)).date();
    let (salt, entry) = (hex::encode(erasure.salt), hex::encode(erasure.entry()));
    let second = at.as_second();
    format!("{table} {person} {record} {version} {event} {salt} {second} {day} {head} {entry}")
}

fn parse(line: &str) -> Option<Line> {
    let parts: Vec<&str> = line.split(' ').collect();
    match parts.as_slice() {
        ["void", event] => Some(Line::Void(event.parse().ok()?)),
        [
            table,
            person,
            record,
            version,
            event,
            salt,
            second,
            _,
            head,
            entry,
        ] => {
            let what = match *table {
                "record_version" => What::Record {
                    record: record.parse().ok()?,
                    version: version.parse().ok()?,
                },
                "person" => What::Person,
                "mail_address" => What::Email {
                    tag: sixteen(record)?,
                },
                _ => return None,
            };
            let erasure = Erasure {
                person: person.parse().ok()?,
                what,
                event: event.parse().ok()?,
                salt: sixteen(salt)?,
                at: crate::time(second.parse().ok()?).ok()?,
                head: head.parse().ok()?,
            };
            (hex::encode(erasure.entry()) == *entry).then_some(Line::Erasure(erasure))
        }
        _ => None,
    }
}

fn sixteen(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use model::{PersonId, RecordId};

    use super::*;

    fn erasure(n: u8) -> Erasure {
        Erasure {
            person: PersonId::from_bytes([n; 16]),
            what: match n % 3 {
                0 => What::Email { tag: [n; 16] },
                1 => What::Person,
                _ => What::Record {
                    record: RecordId::from_bytes([n; 16]),
                    version: 2,
                },
            },
            event: EventId::from_bytes([n; 16]),
            salt: [n; 16],
            at: "2031-11-10T16:00:00Z".parse().unwrap(),
            head: 7,
        }
    }

    fn open(path: &Path, held: Option<Mac>) -> Result<(Apart, Written), RegistryError> {
        Apart::open(
            path.into(),
            Arc::new(Keyring::new(&[7; 32])),
            jiff::tz::offset(8),
            held,
        )
    }

    #[test]
    fn what_was_written_reads_back_from_any_place_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let (apart, written) = open(&path, None).unwrap();
        assert!(written.erasures.is_empty());
        let all = [erasure(1), erasure(2), erasure(3)];
        let first = apart.write(&mut apart.hold(), &all[..1]).unwrap();
        let last = apart.write(&mut apart.hold(), &all[1..]).unwrap();
        for (held, left, known) in [
            (None, &all[..], false),
            (Some(FIRST), &all[..], true),
            (Some(first), &all[1..], true),
            (Some(last), &[][..], true),
            (Some([9; 16]), &all[..], false),
        ] {
            let (_, written) = open(&path, held).unwrap();
            assert_eq!((written.erasures.as_slice(), written.known), (left, known));
        }
        apart.void(&mut apart.hold(), [all[1].event].into_iter()).unwrap();
        let (again, written) = open(&path, Some(first)).unwrap();
        assert_eq!(written.erasures, all[2..]);
        assert_eq!(again.find(|one| one.head == 7).unwrap().len(), 2);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains(" 2031-11-11 "),
            "the day is that of the installation"
        );
    }

    #[test]
    fn a_kill_within_a_line_costs_that_line_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let (apart, _) = open(&path, None).unwrap();
        apart.write(&mut apart.hold(), &[erasure(1), erasure(2)]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (apart, written) = open(&path, Some(FIRST)).unwrap();
            let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(written.erasures.len(), lines.saturating_sub(1), "cut at {cut}");
            apart.write(&mut apart.hold(), &[erasure(3)]).unwrap();
            let (_, written) = open(&path, Some(FIRST)).unwrap();
            assert_eq!(written.erasures.last(), Some(&erasure(3)));
        }
    }

    #[test]
    fn a_line_that_was_changed_taken_out_or_put_in_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let (apart, _) = open(&path, None).unwrap();
        apart
            .write(&mut apart.hold(), &[erasure(1), erasure(2), erasure(3)])
            .unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        let changed = [
            whole.replace(" 7 ", " 8 "),
            [lines[0], lines[1], lines[3]].concat(),
            [lines[0], lines[2], lines[1], lines[3]].concat(),
            [lines[0], lines[1], lines[1], lines[2]].concat(),
            lines[1..].concat(),
        ];
        for text in changed {
            std::fs::write(&path, &text).unwrap();
            let refused = open(&path, None);
            assert!(matches!(refused, Err(RegistryError::ErasuresChanged(_))));
            assert_eq!(
                std::fs::read_to_string(&path).unwrap(),
                text,
                "nothing is cut away"
            );
        }
    }
}
