//! Gives rejected rows back: CSV in the sender's own columns, with two more after them, `code` and `message`.
//! Where a row could not be told apart into cells, the message ends with what was sent.
//!
//! The sender mends the rows and sends this very file again: the added columns are passed over then. So the
//! sender's cells go back as they came, every one between quotation marks, and nothing is put before a cell
//! that begins like a formula: that mark would come back as data. The file holds the sender's own cells and
//! nobody else's; the added cells never begin like a formula.

use std::io::{self, Write};

use encoding_rs::GB18030;

use crate::{Encoding, RejectedRow, headings::OWN_COLUMNS};

/// U+FFFD in GB18030.
const REPLACEMENT: &[u8] = b"\x84\x31\xA4\x37";

/// The language of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageLanguage {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Writes rejected rows as they come.
pub struct RejectedWriter<W: Write> {
    out: W,
    encoding: Encoding,
    language: MessageLanguage,
    columns: usize,
    line: Vec<u8>,
}

impl<W: Write> RejectedWriter<W> {
    /// Begins a file with the sender's headings, in the sender's encoding. UTF-8 gets a byte-order mark, so
    /// that spreadsheets read it.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn new(
        mut out: W,
        encoding: Encoding,
        headings: &[String],
        language: MessageLanguage,
    ) -> io::Result<Self> {
        if encoding == Encoding::Utf8 {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = Self {
            out,
            encoding,
            language,
            columns: headings.len(),
            line: Vec::new(),
        };
        let all = headings.iter().map(String::as_str).chain(OWN_COLUMNS);
        writer.write_cells(all)?;
        Ok(writer)
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&mut self, row: &RejectedRow) -> io::Result<()> {
        let missing = self.columns.saturating_sub(row.cells.len());
        let cells = row
            .cells
            .iter()
            .take(self.columns)
            .map(String::as_str)
            .chain(std::iter::repeat_n("", missing));
        let message = match self.language {
            MessageLanguage::Zh => format!("{}。{}。", row.fault.message.zh, row.fault.expected.zh),
            MessageLanguage::En => format!(
                "{}; right would be: {}",
                row.fault.message.en, row.fault.expected.en
            ),
        };
        let message = match &row.raw {
            Some(raw) => format!("{message} | {raw}"),
            None => message,
        };
        let own = [row.fault.code.as_str(), &message];
        self.write_cells(cells.chain(own))
    }

    /// Writes what is left and gives the output back.
    ///
    /// # Errors
    /// When it cannot be written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn write_cells<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
        self.line.clear();
        for (index, cell) in cells.enumerate() {
            self.line
                .extend_from_slice(if index == 0 { b"\"" } else { b",\"" });
            for (part, text) in cell.split('"').enumerate() {
                self.line.extend_from_slice(if part == 0 { b"" } else { b"\"\"" });
                encode(self.encoding, text, &mut self.line);
            }
            self.line.push(b'"');
        }
        self.line.extend_from_slice(b"\r\n");
        self.out.write_all(&self.line)
    }
}

/// Appends `text` in the encoding. A file in GB18030 can name a character that has no form there, such as
/// `\ue5e5` in JSON; it becomes U+FFFD, as what cannot be decoded does.
fn encode(encoding: Encoding, text: &str, line: &mut Vec<u8>) {
    if encoding == Encoding::Utf8 || text.is_ascii() {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    let (bytes, _, unmappable) = GB18030.encode(text);
    if !unmappable {
        line.extend_from_slice(&bytes);
        return;
    }
    // The library would have written a reference such as &#58853; instead.
    let mut utf8 = [0; 4];
    for character in text.chars() {
        let (bytes, _, unmappable) = GB18030.encode(character.encode_utf8(&mut utf8));
        line.extend_from_slice(if unmappable { REPLACEMENT } else { &bytes });
    }
}
