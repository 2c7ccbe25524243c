//! CSV as in [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180), section 2, and as spreadsheets really
//! write it: CRLF, LF and CR line ends mixed, quoted line breaks, blank lines between rows, no last line end.
//!
//! The rows are told apart on bytes, before decoding: in UTF-8 and in GB18030 alike no byte of a longer
//! character is a quotation mark, a comma or a line end. So a byte that cannot be decoded spoils one cell and
//! no other, and files of both encodings are read at the same pace.
//!
//! In scope beyond the `csv` library, which the tests take as the measure: a row never takes more memory than
//! [`limits::ROW_BYTES`], and a quotation mark without a partner spoils its own line alone. Reading goes on
//! at the next line, where that library would take the rest of the file for one cell.
//! Out of scope: separators other than the comma, and comments.

use std::io::{self, Read};

use memchr::{memchr, memchr2, memchr3};

use super::Line;
use crate::{Encoding, FaultCode, limits, row::Place, row::RawRow};

const CHUNK: usize = 64 * 1024;

/// Reads rows of CSV from bytes without a byte-order mark.
pub(crate) struct CsvRows<R> {
    source: R,
    encoding: Encoding,
    buffer: Vec<u8>,
    /// Where in `buffer` the next row begins.
    at: usize,
    at_end: bool,
    line: u64,
    /// Cells with `""` in them, with one of each two taken out.
    unquoted: Vec<u8>,
}

/// What one look at the bytes found: a row up to some place, or that more bytes are needed.
enum Found {
    Row { end: usize, lines: u64 },
    More { in_quotes: bool },
    Odd { code: FaultCode, cell: usize },
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn new(source: R, encoding: Encoding) -> Self {
        Self {
            source,
            encoding,
            buffer: Vec::with_capacity(2 * CHUNK),
            at: 0,
            at_end: false,
            line: 1,
            unquoted: Vec::new(),
        }
    }

    /// Reads the next row into `row`, numbered `number`.
    pub(crate) fn read(&mut self, number: u64, row: &mut RawRow) -> io::Result<Line> {
        self.skip_blank_lines()?;
        loop {
            row.start(number, self.line);
            if self.at == self.buffer.len() && self.at_end {
                return Ok(Line::End);
            }
            match self.look(row) {
                Found::Row { end, lines } => {
                    self.at = end;
                    self.line += lines;
                    return Ok(Line::Row);
                }
                Found::More { in_quotes } if self.buffer.len() - self.at > limits::ROW_BYTES => {
                    // A quotation mark whose partner never comes looks like a row without end.
                    let code = if in_quotes {
                        FaultCode::QuoteUnclosed
                    } else {
                        FaultCode::RowTooLong
                    };
                    return self.give_up_line(row, code, Place::Row);
                }
                Found::More { .. } => self.fill()?,
                Found::Odd { code, cell } => return self.give_up_line(row, code, Place::Cell(cell)),
            }
        }
    }

    /// Takes the one line at hand out as a row of one cell with a fault, and goes on after it.
    fn give_up_line(&mut self, row: &mut RawRow, code: FaultCode, place: Place) -> io::Result<Line> {
        row.start(row.number, self.line);
        let length = self.rest_of_line()?;
        let shown = &self.buffer[self.at..][..length.min(limits::ROW_BYTES)];
        let mut text = String::new();
        self.encoding.decode_into(shown, &mut text);
        row.set_raw(&text);
        row.set_fault(code, place);
        self.at += length;
        while self.at == self.buffer.len() && !self.at_end {
            self.fill()?;
            self.at += self.rest_of_line()?;
        }
        match self.buffer.get(self.at..) {
            Some([b'\r', b'\n', ..]) => self.at += 2,
            Some([_, ..]) => self.at += 1,
            _ => {}
        }
        self.line += 1;
        Ok(Line::Row)
    }

    /// How far it is to the end of the line, without its CR or LF; of a line that is longer than a row may be,
    /// to the end of the buffer.
    fn rest_of_line(&mut self) -> io::Result<usize> {
        loop {
            let rest = &self.buffer[self.at..];
            match memchr2(b'\n', b'\r', rest) {
                // The last byte in the buffer may be the first of CR and LF.
                Some(length) if length + 1 < rest.len() || rest[length] == b'\n' || self.at_end => {
                    return Ok(length);
                }
                None if self.at_end || rest.len() > limits::ROW_BYTES => return Ok(rest.len()),
                _ => self.fill()?,
            }
        }
    }

    fn skip_blank_lines(&mut self) -> io::Result<()> {
        loop {
            match self.buffer.get(self.at) {
                Some(b'\n') => self.line += 1,
                Some(b'\r') if self.buffer.get(self.at + 1) == Some(&b'\n') => {}
                Some(b'\r') if self.at + 1 == self.buffer.len() && !self.at_end => {
                    self.fill()?;
                    continue;
                }
                Some(b'\r') => self.line += 1,
                Some(_) => return Ok(()),
                None if self.at_end => return Ok(()),
                None => {
                    self.fill()?;
                    continue;
                }
            }
            self.at += 1;
        }
    }

    /// Drops what has been read and reads one more chunk.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let filled = self.buffer.len();
        // A long row is looked at anew after each fill, so each fill doubles what is there.
        self.buffer.resize(filled + CHUNK.max(filled), 0);
        let read = loop {
            match self.source.read(&mut self.buffer[filled..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        Ok(())
    }

    /// Where the quotation mark is that ends the quoted cell whose text begins at `from`.
    fn quoted_end(&self, mut from: usize) -> Option<usize> {
        loop {
            let end = from + memchr(b'"', self.buffer.get(from..)?)?;
            if self.buffer.get(end + 1) != Some(&b'"') {
                return Some(end);
            }
            from = end + 2;
        }
    }

    fn look(&mut self, row: &mut RawRow) -> Found {
        let mut at = self.at;
        let mut lines = 1;
        loop {
            let cell = row.len();
            let (start, end, next) = if self.buffer.get(at) == Some(&b'"') {
                let Some(end) = self.quoted_end(at + 1) else {
                    return if self.at_end {
                        Found::Odd {
                            code: FaultCode::QuoteUnclosed,
                            cell,
                        }
                    } else {
                        Found::More { in_quotes: true }
                    };
                };
                // The last byte in the buffer may be the first of two quotation marks.
                if end + 1 == self.buffer.len() && !self.at_end {
                    return Found::More { in_quotes: false };
                }
                lines += memchr::memchr_iter(b'\n', &self.buffer[at..end]).count() as u64;
                (at + 1, end, end + 1)
            } else {
                match memchr3(b',', b'\n', b'\r', &self.buffer[at..]) {
                    Some(length) => (at, at + length, at + length),
                    None if self.at_end => (at, self.buffer.len(), self.buffer.len()),
                    None => return Found::More { in_quotes: false },
                }
            };
            let quoted = start > at;
            // A file with a million columns is no reason to hold a million cells.
            if cell <= limits::COLUMNS {
                self.push(row, start, end, quoted);
            }
            match self.buffer.get(next) {
                Some(b',') => at = next + 1,
                Some(b'\n') => return Found::Row { end: next + 1, lines },
                Some(b'\r') if next + 1 == self.buffer.len() && !self.at_end => {
                    return Found::More { in_quotes: false };
                }
                Some(b'\r') if self.buffer.get(next + 1) == Some(&b'\n') => {
                    return Found::Row { end: next + 2, lines };
                }
                Some(b'\r') => return Found::Row { end: next + 1, lines },
                None => return Found::Row { end: next, lines },
                // Text after the closing quotation mark.
                Some(_) => {
                    return Found::Odd {
                        code: FaultCode::QuoteUnclosed,
                        cell,
                    };
                }
            }
        }
    }

    fn push(&mut self, row: &mut RawRow, start: usize, end: usize, quoted: bool) {
        let mut bytes = &self.buffer[start..end];
        if quoted && memchr(b'"', bytes).is_some() {
            self.unquoted.clear();
            while let Some(mark) = memchr(b'"', bytes) {
                self.unquoted.extend_from_slice(&bytes[..=mark]);
                bytes = &bytes[mark + 2..];
            }
            self.unquoted.extend_from_slice(bytes);
            bytes = &self.unquoted;
        }
        let good = self.encoding.decode_into(bytes, row.text_mut());
        row.end_cell();
        if !good {
            row.set_fault(FaultCode::Encoding, Place::Cell(row.len() - 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A file that comes in pieces.
    struct Pieces<'a>(&'a [u8], usize);
    impl Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(into.len()).min(self.0.len());
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    /// All rows: line, cells, fault. Read in pieces of `piece` bytes.
    fn rows(bytes: &[u8], piece: usize, encoding: Encoding) -> Vec<(u64, Vec<String>, Option<FaultCode>)> {
        let mut reader = CsvRows::new(Pieces(bytes, piece), encoding);
        let mut row = RawRow::default();
        let mut all = Vec::new();
        while let Line::Row = reader.read(all.len() as u64, &mut row).unwrap() {
            let cells = row.cells().map(str::to_owned).collect();
            all.push((row.line, cells, row.fault().map(|fault| fault.code)));
        }
        all
    }

    /// The lines that were given up.
    fn raws(bytes: &[u8], piece: usize) -> Vec<String> {
        let mut reader = CsvRows::new(Pieces(bytes, piece), Encoding::Utf8);
        let mut row = RawRow::default();
        let mut all = Vec::new();
        while let Line::Row = reader.read(0, &mut row).unwrap() {
            if !row.raw().is_empty() {
                all.push(row.raw().to_owned());
            }
        }
        all
    }

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        rows(bytes, 7, Encoding::Utf8)
            .into_iter()
            .map(|(_, cells, _)| cells)
            .collect()
    }

    #[test]
    fn line_ends_may_be_mixed_and_rows_keep_their_line_numbers() {
        let bytes = b"a,b\r\n\r\n1,\"x\r\ny\"\n\n2,\"\"\"q\"\"\"\r3,\n4,5";
        let found = rows(bytes, 1, Encoding::Utf8);
        let lines: Vec<u64> = found.iter().map(|row| row.0).collect();
        assert_eq!(lines, [1, 3, 6, 7, 8]);
        assert_eq!(found[1].1, ["1", "x\r\ny"]);
        assert_eq!(found[2].1, ["2", "\"q\""]);
        assert_eq!(found[3].1, ["3", ""]);
        assert_eq!(found[4].1, ["4", "5"]);
    }

    #[test]
    fn a_quotation_mark_without_partner_spoils_its_line_alone() {
        let found = rows(b"a,b\n1,\"x\n2,y\n3,z\n", 5, Encoding::Utf8);
        assert_eq!(found.len(), 4);
        assert_eq!(found[1], (2, vec![], Some(FaultCode::QuoteUnclosed)));
        assert_eq!(found[2], (3, vec!["2".into(), "y".into()], None));
        assert_eq!(found[3].0, 4);
        let found = rows(b"a,b\n1,\"x\"y\n2,z\n", 5, Encoding::Utf8);
        assert_eq!(found[1].2, Some(FaultCode::QuoteUnclosed));
        assert_eq!(found[2].1, ["2", "z"]);
    }

    #[test]
    fn a_line_that_is_given_up_ends_at_any_line_end_and_reads_alike_in_pieces() {
        for end in ["\n", "\r", "\r\n"] {
            let text = ["a,b", "1,\"x\"y", "2,z", "3,\"", "4,w", ""].join(end);
            for piece in [1, 2, 5, 11, 64] {
                let found = rows(text.as_bytes(), piece, Encoding::Utf8);
                let lines: Vec<u64> = found.iter().map(|row| row.0).collect();
                assert_eq!(lines, [1, 2, 3, 4, 5], "{end:?} in pieces of {piece}");
                assert_eq!(
                    raws(text.as_bytes(), piece),
                    ["1,\"x\"y", "3,\""],
                    "{end:?} in pieces of {piece}"
                );
                assert_eq!(found[4].1, ["4", "w"]);
            }
        }
    }

    #[test]
    fn a_byte_that_cannot_be_decoded_spoils_one_row() {
        let found = rows(b"a,b\n1,\xFF\n2,y\n", 3, Encoding::Utf8);
        assert_eq!(found[1].2, Some(FaultCode::Encoding));
        assert_eq!(found[2].2, None);
        let found = rows(b"a,b\n1,\x81\n2,\xD0\xED\n", 3, Encoding::Gb18030);
        assert_eq!(found[1].2, Some(FaultCode::Encoding));
        assert_eq!(found[2].1, ["2", "许"]);
    }

    #[test]
    fn long_rows_are_given_up_and_the_rest_is_read() {
        for (long, code) in [
            (vec![b'x'; 3 * limits::ROW_BYTES], FaultCode::RowTooLong),
            (
                [b"1,\"".as_slice(), &vec![b'x'; 3 * limits::ROW_BYTES]].concat(),
                FaultCode::QuoteUnclosed,
            ),
        ] {
            let bytes = [b"a,b\n".as_slice(), &long, b"\n2,y\n"].concat();
            let found = rows(&bytes, 4096, Encoding::Utf8);
            assert_eq!(found.len(), 3);
            assert_eq!(found[1].2, Some(code));
            assert_eq!(
                (found[2].0, found[2].1.clone()),
                (3, vec!["2".to_owned(), "y".to_owned()])
            );
        }
    }

    #[test]
    fn a_million_columns_are_not_held() {
        let bytes = vec![b','; 900_000];
        let found = rows(&bytes, CHUNK, Encoding::Utf8);
        assert_eq!(found[0].1.len(), limits::COLUMNS + 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn what_is_well_formed_reads_as_the_csv_library_reads_it(
            table in proptest::collection::vec(
                proptest::collection::vec("[a-z许𠮷,\"\r\n ]{0,6}", 3), 1..8),
            windows_lines in any::<bool>(),
            piece in 1_usize..40,
        ) {
            let terminator = if windows_lines { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let ours: Vec<Vec<String>> =
                rows(&bytes, piece, Encoding::Utf8).into_iter().map(|(_, cells, _)| cells).collect();
            prop_assert_eq!(&ours, &table);
        }

        #[test]
        fn any_bytes_are_read_to_their_end(
            bytes in proptest::collection::vec(
                prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..300),
            piece in 1_usize..40,
        ) {
            let whole = rows(&bytes, 1000, Encoding::Utf8);
            prop_assert_eq!(&rows(&bytes, piece, Encoding::Utf8), &whole);
            prop_assert!(whole.len() <= bytes.len() + 1);
            rows(&bytes, piece, Encoding::Gb18030);
        }
    }

    #[test]
    fn an_empty_file_has_no_rows() {
        assert!(cells(b"").is_empty());
        assert!(cells(b"\r\n\n").is_empty());
    }
}
