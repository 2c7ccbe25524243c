//! Looks over a spreadsheet before it is read: a workbook is a ZIP archive
//! ([APPNOTE 6.3.10](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)) of XML parts
//! ([ECMA-376 part 2](https://ecma-international.org/publications-and-standards/standards/ecma-376/)), and
//! both can be made to unpack to far more than they seem. Every part is unpacked once, counted and thrown
//! away, so sizes in the archive's own tables are never believed.
//!
//! In XML, what a reader has to hold at once is bounded: one run of text, one tag, one cell. Document type
//! definitions, which can define entities, are refused.

use std::io::{Read, Seek};

use zip::ZipArchive;

use crate::{FaultCode, FileFault, limits};

/// Unpacks and counts all parts.
///
/// # Errors
/// An archive that is damaged, protected, holds macros, or unpacks to more than is taken.
pub(super) fn look_over<R: Read + Seek>(source: &mut R) -> Result<(), FileFault> {
    let damaged = |_| FileFault::new(FaultCode::FileDamaged);
    let packed = source
        .seek(std::io::SeekFrom::End(0))
        .map_err(|_| FileFault::new(FaultCode::FileUnreadable))?;
    source
        .rewind()
        .map_err(|_| FileFault::new(FaultCode::FileUnreadable))?;
    let mut archive = ZipArchive::new(source).map_err(damaged)?;
    if archive.len() > limits::ARCHIVE_ENTRIES {
        return Err(FileFault::new(FaultCode::FileTooLarge));
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(why) if why.contains("assword") => {
                FileFault::new(FaultCode::FileEncrypted)
            }
            _ => FileFault::new(FaultCode::FileDamaged),
        })?;
        if part.encrypted() {
            return Err(FileFault::new(FaultCode::FileEncrypted));
        }
        let name = part.name().map_err(damaged)?.to_ascii_lowercase();
        if name.ends_with("vbaproject.bin") || name.contains("/macrosheets/") {
            return Err(FileFault::new(FaultCode::FileMacros));
        }
        total += unpack(part, &name, packed, total)?;
    }
    Ok(())
}

/// How many bytes the part with this name may unpack to.
fn allowed(name: &str) -> u64 {
    if name.contains("/worksheets/") && !name.contains("/_rels/") {
        limits::SHEET_BYTES
    } else if name.ends_with("sharedstrings.xml") {
        limits::SHARED_TEXT_BYTES
    } else {
        limits::PART_BYTES
    }
}

fn unpack(mut part: impl Read, name: &str, packed: u64, before: u64) -> Result<u64, FileFault> {
    let too_large = || FileFault::new(FaultCode::FileTooLarge);
    let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
    let mut buffer = vec![0; 64 * 1024];
    let mut xml = XmlWatch::default();
    let mut unpacked = 0;
    loop {
        let read = part
            .read(&mut buffer)
            .map_err(|_| FileFault::new(FaultCode::FileDamaged))?;
        if read == 0 {
            return Ok(unpacked);
        }
        unpacked += read as u64;
        let total = before + unpacked;
        let swollen = total > limits::RATIO_FROM_BYTES && total / limits::RATIO > packed;
        if unpacked > allowed(name) || total > limits::ARCHIVE_BYTES || swollen {
            return Err(too_large());
        }
        if is_xml {
            xml.look(&buffer[..read]).map_err(FileFault::new)?;
        }
    }
}

/// Follows the bytes of an XML part and measures what a reader has to hold at once.
#[derive(Default)]
struct XmlWatch {
    inside: Inside,
    /// Bytes of the run of text or tag at hand.
    token: u64,
    /// Bytes since the cell or shared text at hand began.
    cell: Option<u64>,
    /// The first bytes of the tag at hand.
    tag: Vec<u8>,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Inside {
    #[default]
    Text,
    Tag,
}

/// As much of a tag as says what it is, and how many shared texts it announces.
const TAG_BYTES: usize = 512;

impl XmlWatch {
    fn look(&mut self, mut bytes: &[u8]) -> Result<(), FaultCode> {
        while !bytes.is_empty() {
            let mark = if self.inside == Inside::Text { b'<' } else { b'>' };
            let (run, found) = match memchr::memchr(mark, bytes) {
                Some(at) => (at + 1, true),
                None => (bytes.len(), false),
            };
            self.grow(run as u64)?;
            if self.inside == Inside::Tag && self.tag.len() < TAG_BYTES {
                let room = (TAG_BYTES - self.tag.len()).min(run);
                self.tag.extend_from_slice(&bytes[..room]);
            }
            bytes = &bytes[run..];
            if found {
                self.turn()?;
            }
        }
        Ok(())
    }

    fn grow(&mut self, run: u64) -> Result<(), FaultCode> {
        self.token += run;
        if let Some(cell) = &mut self.cell {
            *cell += run;
        }
        if self.token > limits::XML_TOKEN_BYTES || self.cell.is_some_and(|cell| cell > limits::XML_CELL_BYTES)
        {
            return Err(FaultCode::FileTooLarge);
        }
        Ok(())
    }

    /// At the beginning or the end of a tag.
    fn turn(&mut self) -> Result<(), FaultCode> {
        self.token = 0;
        if self.inside == Inside::Text {
            self.inside = Inside::Tag;
            self.tag.clear();
            return Ok(());
        }
        self.inside = Inside::Text;
        // Comments and character data can hold tags of their own; a workbook has no need of either.
        if self.tag.starts_with(b"!") {
            return Err(FaultCode::FileDamaged);
        }
        let name_end = self
            .tag
            .iter()
            .position(|b| b" \t\r\n/>".contains(b) && *b != b'/')
            .unwrap_or(self.tag.len());
        let name = &self.tag[..name_end];
        let local = match memchr::memrchr(b':', name) {
            Some(at) => &name[at + 1..],
            None => name.strip_prefix(b"/").unwrap_or(name),
        };
        let closes = self.tag.starts_with(b"/") || self.tag.ends_with(b"/>");
        match local {
            b"c" | b"si" | b"c/" | b"si/" => self.cell = (!closes).then_some(0),
            b"sst" if announced_texts(&self.tag) > limits::SHARED_TEXT_BYTES / 8 => {
                return Err(FaultCode::FileTooLarge);
            }
            _ => {}
        }
        Ok(())
    }
}

/// How many shared texts the table's tag announces. A reader makes room for as many beforehand.
fn announced_texts(tag: &[u8]) -> u64 {
    let Some(at) = memchr::memmem::find(tag, b"uniqueCount") else {
        return 0;
    };
    let rest = &tag[at + b"uniqueCount".len()..];
    let digits: Vec<u8> = rest
        .iter()
        .skip_while(|b| !b.is_ascii_digit())
        .take_while(|b| b.is_ascii_digit())
        .copied()
        .collect();
    // More digits than a number has is more texts than can be.
    String::from_utf8_lossy(&digits).parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(xml: &str, piece: usize) -> Result<(), FaultCode> {
        let mut watch = XmlWatch::default();
        xml.as_bytes()
            .chunks(piece)
            .try_for_each(|bytes| watch.look(bytes))
    }

    #[test]
    fn what_must_be_held_at_once_is_bounded() {
        let long = "x".repeat(limits::XML_TOKEN_BYTES as usize + 1);
        let runs = "<r><t>x</t></r>".repeat(limits::XML_CELL_BYTES as usize / 14);
        let rows = "<c r=\"A1\"><v>1</v></c>".repeat(200_000);
        for piece in [1, 7, 65_536] {
            assert_eq!(
                look(&format!("<t>{long}</t>"), piece),
                Err(FaultCode::FileTooLarge)
            );
            assert_eq!(look(&format!("<t {long}>"), piece), Err(FaultCode::FileTooLarge));
            assert_eq!(
                look(&format!("<si>{runs}</si>"), piece),
                Err(FaultCode::FileTooLarge)
            );
            assert_eq!(
                look(&format!("<x:c>{runs}</x:c>"), piece),
                Err(FaultCode::FileTooLarge)
            );
            assert_eq!(look(&format!("<c/>{runs}"), piece), Ok(()));
            assert_eq!(look(&rows, piece), Ok(()));
        }
    }

    #[test]
    fn entity_definitions_and_made_up_counts_are_refused() {
        for piece in [1, 100] {
            assert_eq!(
                look("<!DOCTYPE x [<!ENTITY a \"b\">]>", piece),
                Err(FaultCode::FileDamaged)
            );
            assert_eq!(look("<![CDATA[<c>]]>", piece), Err(FaultCode::FileDamaged));
            assert_eq!(
                look("<sst uniqueCount=\"99999999999999999999999\">", piece),
                Err(FaultCode::FileTooLarge)
            );
            assert_eq!(
                look("<sst count='1' uniqueCount='900000000'>", piece),
                Err(FaultCode::FileTooLarge)
            );
            assert_eq!(look("<sst count=\"5\" uniqueCount=\"3\">", piece), Ok(()));
        }
    }
}
