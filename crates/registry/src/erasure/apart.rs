//! The file that erasures are written to, apart from the database.
//!
//! A header, then a line for each erasure, its parts parted by blanks:
//!
//! ```text
//! standing erasures v1
//! record_version PERSON RECORD VERSION EVENT SALT SECOND DAY HEAD ENTRY MAC
//! person PERSON - 0 EVENT SALT SECOND DAY HEAD ENTRY MAC
//! procedure PERSON PROCEDURE 0 EVENT SALT SECOND DAY HEAD ENTRY MAC
//! mail_address PERSON TAG 0 EVENT SALT SECOND DAY HEAD ENTRY MAC
//! withdrawn WORD WHOSE WHICH ID SECOND MAC
//! void EVENT MAC
//! ```
//!
//! PERSON is the pseudonym, TAG says which ciphertext, ENTRY the log entry. `withdrawn` says what was taken back
//! ([`super::withdrawal`]): WHOSE and WHICH are a pseudonym with an identifier, or a body with an account. The MAC is
//! keyed and taken over the line and the MAC before it, so that no line can be changed, added or taken out of the
//! middle. `void` takes back what was not done. A last line that a kill has cut off was never answered and is cut away.
//!
//! Commands of the operator write here too while the installation is served: whoever writes holds a lock on the file,
//! from the line to the end of its transaction, and first reads what others wrote since.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Cursor, Seek as _, SeekFrom, Write as _},
    ops::{Deref, DerefMut},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::tz::{Offset, TimeZone};
use keys::{Keyring, Mac};
use model::EventId;

use super::{Erasure, What, Withdrawal};
use crate::RegistryError;

const HEADER: &str = "standing erasures v1\n";

/// What stands before the first line, in place of a MAC.
pub(crate) const FIRST: Mac = [0; 16];

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    Erasure(Erasure),
    Withdrawal(Withdrawal),
    Void(EventId),
}

impl Line {
    /// What it is known by: the event of an erasure, the identifier of a withdrawal.
    pub(crate) const fn id(&self) -> EventId {
        match self {
            Self::Erasure(erasure) => erasure.event,
            Self::Withdrawal(withdrawal) => withdrawal.id,
            Self::Void(id) => *id,
        }
    }

    fn text(&self, offset: Offset) -> String {
        match self {
            Self::Erasure(erasure) => text(erasure, offset),
            Self::Withdrawal(withdrawal) => withdrawal.text(),
            Self::Void(id) => format!("void {id}"),
        }
    }
}

/// Adds a line to those before it, or takes one of them back.
fn collect(lines: &mut Vec<Line>, line: Line) {
    match line {
        Line::Void(id) => lines.retain(|one| one.id() != id),
        line => lines.push(line),
    }
}

/// What was written that the database may not hold.
pub(crate) struct Written {
    /// The lines after the place up to which the database holds all, without those that were taken back.
    pub(crate) lines: Vec<Line>,
    /// Whether that place is in the file. If not, `lines` are all that the file has.
    pub(crate) known: bool,
}

/// The file, open for appending.
#[derive(Clone)]
pub(crate) struct Apart(Arc<Inside>);

struct Inside {
    path: Arc<Path>,
    keys: Arc<Keyring>,
    offset: Offset,
    /// Held while something is destroyed or taken back, from its line to the end of its transaction.
    state: Mutex<State>,
}

/// Where the file ends.
pub(crate) struct State {
    file: File,
    end: End,
    /// Written, and of a transaction whose outcome is not known.
    pub(crate) unsettled: Vec<Line>,
}

/// How far a file was proved.
#[derive(Clone, Copy)]
struct End {
    length: u64,
    lines: u64,
    last: Mac,
}

/// Nothing was read yet.
const START: End = End {
    length: 0,
    lines: 0,
    last: FIRST,
};

/// The file, while nobody else writes to it.
pub(crate) struct Held<'a>(MutexGuard<'a, State>);

impl Deref for Held<'_> {
    type Target = State;
    fn deref(&self) -> &State {
        &self.0
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.0
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // It ends with the process at the latest.
        let _ = self.0.file.unlock();
    }
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
            lines: Vec::new(),
            known: held == Some(FIRST),
        };
        let mut voided = HashSet::new();
        let end = read(from(&file, 0)?, &keys, START, |line, mac| {
            match line {
                Line::Void(id) => {
                    voided.insert(id);
                }
                line => written.lines.push(line),
            }
            if held == Some(mac) {
                written.known = true;
                written.lines.clear();
            }
        })?;
        written.lines.retain(|line| !voided.contains(&line.id()));
        if file.metadata()?.len() > end.length {
            tracing::warn!(
                "the last line of the erasures written apart was cut off by a kill; it is cut away"
            );
            file.set_len(end.length)?;
            file.sync_all()?;
        }
        file.unlock()?;
        let state = State {
            file,
            end,
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

    /// Keeps everybody else from destroying and taking back until it is let go of, also in other processes. What those
    /// wrote since is read, and counts as unsettled: one of them may have been killed before its transaction.
    pub(crate) fn hold(&self) -> Result<Held<'_>, RegistryError> {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.file.lock()?;
        let mut held = Held(state);
        let State { file, end, unsettled } = &mut *held;
        if file.metadata()?.len() > end.length {
            let reader = from(file, end.length)?;
            *end = read(reader, &self.0.keys, *end, |line, _| collect(unsettled, line))?;
        }
        Ok(held)
    }

    /// Writes these lines and waits until they are on disk. Answers the MAC of the last.
    pub(crate) fn write(&self, state: &mut State, lines: &[Line]) -> Result<Mac, RegistryError> {
        self.append(state, lines.iter().map(|one| one.text(self.0.offset)))
    }

    /// Takes back what was written and not done.
    pub(crate) fn void(
        &self,
        state: &mut State,
        ids: impl Iterator<Item = EventId>,
    ) -> Result<Mac, RegistryError> {
        self.append(state, ids.map(|id| Line::Void(id).text(self.0.offset)))
    }

    fn append(&self, state: &mut State, lines: impl Iterator<Item = String>) -> Result<Mac, RegistryError> {
        let (mut text, mut end) = (String::new(), state.end);
        for line in lines {
            end.last = self.0.keys.erasure_line(&end.last, &line);
            end.lines += 1;
            text.push_str(&line);
            text.push(' ');
            text.push_str(&hex::encode(end.last));
            text.push('\n');
        }
        if text.is_empty() {
            return Ok(end.last);
        }
        let file = &mut state.file;
        let length = state.end.length;
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
        end.length += text.len() as u64;
        state.end = end;
        Ok(end.last)
    }

    /// The erasures in the file that are wanted, without those that were taken back.
    pub(crate) fn find(&self, wanted: impl Fn(&Erasure) -> bool) -> Result<Vec<Erasure>, RegistryError> {
        let file = File::open(&self.0.path)?;
        let (mut found, mut voided) = (Vec::new(), HashSet::new());
        read(from(&file, 0)?, &self.0.keys, START, |line, _| match line {
            Line::Erasure(erasure) if wanted(&erasure) => found.push(erasure),
            Line::Erasure(_) | Line::Withdrawal(_) => {}
            Line::Void(event) => {
                voided.insert(event);
            }
        })?;
        found.retain(|erasure| !voided.contains(&erasure.event));
        Ok(found)
    }
}

/// Opens the file for its owner alone, and locks it; makes it, with its header on disk, if there is none.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.lock()?;
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
    let end = read(Cursor::new(bytes), keys, START, |line, _| {
        lines.push(line.text(offset));
    })?;
    Ok(ReadErasures {
        length: end.length,
        lines,
    })
}

fn from(file: &File, place: u64) -> io::Result<BufReader<&File>> {
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(place))?;
    Ok(reader)
}

/// Reads and proves every line from a place on. Answers where the whole lines end.
fn read(
    mut reader: impl BufRead,
    keys: &Keyring,
    mut end: End,
    mut take: impl FnMut(Line, Mac),
) -> Result<End, RegistryError> {
    let mut text = String::new();
    loop {
        text.clear();
        let number = end.lines + 1;
        let changed = RegistryError::ErasuresChanged(number);
        let read = match reader.read_line(&mut text) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(changed),
            read => read?,
        };
        if !text.ends_with('\n') {
            return Ok(end);
        }
        if number == 1 {
            if text != HEADER {
                return Err(changed);
            }
        } else {
            let (line, mac) = text.trim_end_matches('\n').rsplit_once(' ').ok_or(changed)?;
            let right = keys.erasure_line(&end.last, line);
            let parsed = parse(line).filter(|_| hex::encode(right) == mac);
            take(parsed.ok_or(RegistryError::ErasuresChanged(number))?, right);
            end.last = right;
        }
        end.lines = number;
        end.length += read as u64;
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
        What::Procedure { procedure } => ("procedure", procedure.to_string(), 0),
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
        ["withdrawn", rest @ ..] => Withdrawal::parse(rest).map(Line::Withdrawal),
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
                "procedure" => What::Procedure {
                    procedure: record.parse().ok()?,
                },
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
    use crate::erasure::{Withdrawn, withdrawal::Kind};

    fn line(n: u8) -> Line {
        if n.is_multiple_of(4) {
            let what = Withdrawn::of_person(Kind::Consent, PersonId::from_bytes([n; 16]), &[n; 16]);
            let at = "2031-11-10T16:00:00Z".parse().unwrap();
            return Line::Withdrawal(Withdrawal {
                id: EventId::from_bytes([n; 16]),
                what,
                at,
            });
        }
        Line::Erasure(erasure(n))
    }

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
        assert!(written.lines.is_empty());
        let all = [line(1), line(2), line(4)];
        let first = apart.write(&mut apart.hold().unwrap(), &all[..1]).unwrap();
        let last = apart.write(&mut apart.hold().unwrap(), &all[1..]).unwrap();
        for (held, left, known) in [
            (None, &all[..], false),
            (Some(FIRST), &all[..], true),
            (Some(first), &all[1..], true),
            (Some(last), &[][..], true),
            (Some([9; 16]), &all[..], false),
        ] {
            let (_, written) = open(&path, held).unwrap();
            assert_eq!((written.lines.as_slice(), written.known), (left, known));
        }
        apart
            .void(&mut apart.hold().unwrap(), [all[1].id()].into_iter())
            .unwrap();
        let (again, written) = open(&path, Some(first)).unwrap();
        assert_eq!(written.lines, all[2..]);
        assert_eq!(again.find(|one| one.head == 7).unwrap().len(), 1);
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
        apart
            .write(&mut apart.hold().unwrap(), &[line(1), line(4)])
            .unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (apart, written) = open(&path, Some(FIRST)).unwrap();
            let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(written.lines.len(), lines.saturating_sub(1), "cut at {cut}");
            apart.write(&mut apart.hold().unwrap(), &[line(3)]).unwrap();
            let (_, written) = open(&path, Some(FIRST)).unwrap();
            assert_eq!(written.lines.last(), Some(&line(3)));
        }
    }

    #[test]
    fn what_another_process_wrote_meanwhile_stays_and_is_unsettled_here_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let (serving, _) = open(&path, None).unwrap();
        let (command, _) = open(&path, None).unwrap();
        serving.write(&mut serving.hold().unwrap(), &[line(1)]).unwrap();
        command.write(&mut command.hold().unwrap(), &[line(4)]).unwrap();
        {
            let mut held = serving.hold().unwrap();
            assert_eq!(held.unsettled, [line(4)]);
            serving.write(&mut held, &[line(2)]).unwrap();
        }
        command
            .void(&mut command.hold().unwrap(), [line(4).id()].into_iter())
            .unwrap();
        assert_eq!(serving.hold().unwrap().unsettled, []);
        let (_, written) = open(&path, Some(FIRST)).unwrap();
        assert_eq!(written.lines, [line(1), line(2)]);
    }

    #[test]
    fn a_line_that_was_changed_taken_out_or_put_in_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let (apart, _) = open(&path, None).unwrap();
        apart
            .write(&mut apart.hold().unwrap(), &[line(1), line(2), line(3)])
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
