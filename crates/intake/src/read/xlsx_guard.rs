//! Looks over a spreadsheet before it is read: a workbook is a ZIP archive
//! ([APPNOTE 6.3.10](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)) of XML parts
//! ([ECMA-376 part 2](https://ecma-international.org/publications-and-standards/standards/ecma-376/)), and
//! both can be made to unpack to far more than they seem. Every part is unpacked once, counted and thrown
//! away, so sizes in the archive's own tables are never believed.
//!
//! In XML, what a reader has to hold at once is bounded: one run of text, one tag, one cell. Document type
//! definitions, which can define entities, are refused, and so is UTF-16 in the parts that may be large, in which
//! tags would not be seen.
//!
//! A sheet may be larger than a reader holds, since it is read as a stream; the workbook, its styles and its shared
//! texts are held whole. Where they lie the sender says: not where sheets do.

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
    if name.ends_with("sharedstrings.xml") {
        limits::SHARED_TEXT_BYTES
    } else if name.contains("/worksheets/") && name.ends_with(".xml") {
        limits::SHEET_BYTES
    } else {
        limits::PART_BYTES
    }
}

fn unpack(mut part: impl Read, name: &str, packed: u64, before: u64) -> Result<u64, FileFault> {
    let too_large = || FileFault::new(FaultCode::FileTooLarge);
    let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
    let mut start = says_where_the_workbook_is(name).then(Vec::new);
    let mut buffer = vec![0; 64 * 1024];
    let large = allowed(name) > limits::PART_BYTES;
    let mut xml = XmlWatch {
        strict: large,
        ..XmlWatch::default()
    };
    let mut unpacked = 0;
    loop {
        let read = part
            .read(&mut buffer)
            .map_err(|_| FileFault::new(FaultCode::FileDamaged))?;
        if read == 0 {
            let among_sheets = start.is_some_and(|text| may_name_sheets(&text));
            return match among_sheets {
                true => Err(FileFault::new(FaultCode::FileDamaged)),
                false => Ok(unpacked),
            };
        }
        unpacked += read as u64;
        let total = before + unpacked;
        let swollen = total > limits::RATIO_FROM_BYTES && total / limits::RATIO > packed;
        if unpacked > allowed(name) || total > limits::ARCHIVE_BYTES || swollen {
            return Err(too_large());
        }
        // Tags are seen in what is like ASCII. In UTF-8 no byte is zero.
        if large && memchr::memchr(0, &buffer[..read]).is_some() {
            return Err(FileFault::new(FaultCode::FileDamaged));
        }
        if is_xml {
            xml.look(&buffer[..read]).map_err(FileFault::new)?;
        }
        if let Some(text) = &mut start {
            text.extend_from_slice(&buffer[..read]);
        }
    }
}

/// Whether the part with this name is the package's own relationships, of which one leads to the workbook (ECMA-376
/// part 2, 9.3).
fn says_where_the_workbook_is(name: &str) -> bool {
    name.trim_start_matches(['/', '\\']).replace('\\', "/") == "_rels/.rels"
}

/// Whether the workbook could lie where sheets do, and with it the parts beside it that are held whole. A name with an
/// entity in it could be any: no program writes one here.
fn may_name_sheets(relationships: &[u8]) -> bool {
    let text = relationships.to_ascii_lowercase();
    memchr::memmem::find(&text, b"worksheets").is_some() || text.contains(&b'&')
}

/// Follows the bytes of an XML part and measures what a reader has to hold at once.
#[derive(Default)]
struct XmlWatch {
    /// Whether the part may be large: what could lead astray is refused in it.
    strict: bool,
    inside: Inside,
    /// Bytes of the run of text or tag at hand.
    token: u64,
    /// Bytes since the cell or shared text at hand began.
    cell: Option<u64>,
    /// The first bytes of the tag at hand.
    tag: Vec<u8>,
    /// The byte before.
    last: u8,
    /// Whether a tag ended before.
    begun: bool,
}

/// Where one is in XML 1.0: <https://www.w3.org/TR/xml/#sec-logical-struct>.
#[derive(Default, Clone, Copy, PartialEq)]
enum Inside {
    #[default]
    Text,
    Tag,
    /// A value in a tag, up to this quotation mark: a bracket in it is none.
    Value(u8),
    /// A processing instruction, which ends with `?>` alone.
    Instruction,
}

/// As much of a tag as says what it is, and how many shared texts it announces.
const TAG_BYTES: usize = 512;

impl XmlWatch {
    fn look(&mut self, mut bytes: &[u8]) -> Result<(), FaultCode> {
        while !bytes.is_empty() {
            let found = match self.inside {
                Inside::Text => memchr::memchr(b'<', bytes),
                Inside::Tag => self.in_tag(bytes),
                Inside::Value(quote) => memchr::memchr(quote, bytes),
                Inside::Instruction => memchr::memchr(b'>', bytes),
            };
            let run = found.map_or(bytes.len(), |at| at + 1);
            self.grow(run as u64)?;
            if self.inside != Inside::Text && self.tag.len() < TAG_BYTES {
                let room = (TAG_BYTES - self.tag.len()).min(run);
                self.tag.extend_from_slice(&bytes[..room]);
            }
            let before = match run {
                1 => self.last,
                _ => bytes[run - 2],
            };
            self.last = bytes[run - 1];
            bytes = &bytes[run..];
            if found.is_some() {
                self.turn(before)?;
            }
        }
        Ok(())
    }

    /// The next byte in a tag that matters: its first, a quotation mark or its end.
    fn in_tag(&self, bytes: &[u8]) -> Option<usize> {
        match self.tag.is_empty() {
            true => Some(0),
            false => memchr::memchr3(b'>', b'"', b'\'', bytes),
        }
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

    /// At a byte that matters, after this one.
    fn turn(&mut self, before: u8) -> Result<(), FaultCode> {
        match (self.inside, self.last) {
            (Inside::Text, _) => {
                self.token = 0;
                self.inside = Inside::Tag;
                self.tag.clear();
                Ok(())
            }
            // Comments and character data can hold tags of their own; a workbook has no need of either.
            (Inside::Tag, b'!') if self.tag.len() == 1 => Err(FaultCode::FileDamaged),
            (Inside::Tag, b'?') if self.tag.len() == 1 => {
                self.inside = Inside::Instruction;
                match self.strict && self.begun {
                    true => Err(FaultCode::FileDamaged),
                    false => Ok(()),
                }
            }
            (Inside::Tag, quote @ (b'"' | b'\'')) => {
                self.inside = Inside::Value(quote);
                Ok(())
            }
            (Inside::Value(_), _) => {
                self.inside = Inside::Tag;
                Ok(())
            }
            (Inside::Instruction, _) if before != b'?' => Ok(()),
            (Inside::Instruction, _) => {
                self.ended();
                Ok(())
            }
            (Inside::Tag, b'>') => self.end(),
            (Inside::Tag, _) => Ok(()),
        }
    }

    fn ended(&mut self) {
        self.token = 0;
        self.inside = Inside::Text;
        self.begun = true;
    }

    /// At the end of a tag.
    fn end(&mut self) -> Result<(), FaultCode> {
        self.ended();
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
        // Of a longer one no name was seen, or not whole.
        if self.strict && name_end >= TAG_BYTES {
            return Err(FaultCode::FileDamaged);
        }
        let closes = self.tag.starts_with(b"/") || self.tag.ends_with(b"/>");
        match local {
            b"c" | b"si" | b"c/" | b"si/" => self.cell = (!closes).then_some(0),
            b"sst" | b"sst/" if may_announce_too_many(&self.tag) => return Err(FaultCode::FileTooLarge),
            _ => {}
        }
        Ok(())
    }
}

/// Whether the table's tag announces more shared texts than are taken: a reader makes room for as many beforehand. Also
/// where that cannot be seen: in a tag that is longer, or has an entity in it.
fn may_announce_too_many(tag: &[u8]) -> bool {
    let counts = memchr::memmem::find_iter(tag, b"uniqueCount").map(|at| {
        let rest = tag[at + b"uniqueCount".len()..].iter();
        let digits = rest
            .skip_while(|byte| !byte.is_ascii_digit())
            .take_while(|byte| byte.is_ascii_digit());
        let digits: Vec<u8> = digits.copied().collect();
        // More digits than a number has is more texts than can be.
        match digits.is_empty() {
            true => 0,
            false => String::from_utf8_lossy(&digits).parse().unwrap_or(u64::MAX),
        }
    });
    tag.len() >= TAG_BYTES || tag.contains(&b'&') || counts.max().unwrap_or(0) > limits::SHARED_TEXT_BYTES / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(xml: &str, piece: usize) -> Result<(), FaultCode> {
        let mut watch = XmlWatch {
            strict: true,
            ..XmlWatch::default()
        };
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
    fn what_a_reader_takes_for_one_cell_is_one_whatever_stands_in_it() {
        let runs = |between: &str| {
            let run = format!("<r a=\"><c/>\" b='\"'>{between}<t>x</t></r>");
            format!(
                "<c>{}</c>",
                run.repeat(limits::XML_CELL_BYTES as usize / run.len() + 1)
            )
        };
        for piece in [1, 7, 65_536] {
            assert_eq!(look(&runs(""), piece), Err(FaultCode::FileTooLarge));
            for between in ["<?x \"?>", "<?x ><c/>?>", "<!-- ' -->"] {
                assert_eq!(
                    look(&runs(between), piece),
                    Err(FaultCode::FileDamaged),
                    "{between}"
                );
            }
            let declared = format!("<?xml version=\"1.0\" encoding='UTF-8'?>{}", runs(""));
            assert_eq!(look(&declared, piece), Err(FaultCode::FileTooLarge));
            assert_eq!(look("<?xml version=\"1.0\"?>\r\n<c a='it'/>", piece), Ok(()));
            let named = format!("<{}c>", "x".repeat(TAG_BYTES));
            assert_eq!(look(&named, piece), Err(FaultCode::FileDamaged));
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
            assert_eq!(look("<sst count=\"5\">", piece), Ok(()));
            let far = format!("<sst a=\"{}\" uniqueCount=\"900000000\">", "a".repeat(600));
            for hidden in [
                "<sst x=\"uniqueCount1\" uniqueCount=\"900000000\">",
                "<sst a=\">\" uniqueCount=\"900000000\">",
                "<sst a='>\"' uniqueCount='900000000'>",
                "<sst uniqueCount=\"&#57;00000000\">",
                "<x:sst uniqueCount=\"900000000\"/>",
                &far,
            ] {
                assert_eq!(look(hidden, piece), Err(FaultCode::FileTooLarge), "{hidden}");
            }
        }
    }
}
