//! From a file to checked rows.

use std::io::{self, Read, Seek, SeekFrom};

use crate::{
    Binding, CheckedRow, Checker, Encoding, FaultCode, FileFault, RawRow, RowFault, encoding,
    read::{CsvRows, JsonRows, Line, XlsxRows},
};

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// JSON Lines.
    JsonLines,
    /// An Office Open XML spreadsheet.
    Xlsx,
}

impl Format {
    /// The format of a file with this name that begins with these bytes (64 will do). What the bytes say
    /// comes first.
    ///
    /// # Errors
    /// An old or protected spreadsheet, or a format that is none of the three.
    pub fn detect(name: &str, head: &[u8]) -> Result<Self, FileFault> {
        // MS-CFB: old binary workbooks, and any workbook with a password.
        if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
            return Err(FileFault::new(FaultCode::FileEncrypted));
        }
        let extension = name
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
            .to_ascii_lowercase();
        if matches!(extension.as_str(), "xlsm" | "xltm" | "xlsb") {
            return Err(FileFault::new(FaultCode::FileMacros));
        }
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Self::Xlsx);
        }
        let binary: [&[u8]; 5] = [b"%PDF", b"\x89PNG", b"\x1F\x8B", b"PK\x05\x06", b"\xFF\xD8\xFF"];
        if binary.iter().any(|magic| head.starts_with(magic)) {
            return Err(FileFault::new(FaultCode::FormatUnknown));
        }
        match extension.as_str() {
            "csv" | "txt" => Ok(Self::Csv),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            // Named a spreadsheet, but not one: cut short, or something else.
            "xlsx" => Err(FileFault::new(FaultCode::FileDamaged)),
            _ => {
                let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
                match text.iter().find(|b| !b.is_ascii_whitespace()) {
                    Some(b'{') => Ok(Self::JsonLines),
                    Some(_) if !text.contains(&0) => Ok(Self::Csv),
                    Some(_) => Err(FileFault::new(FaultCode::FormatUnknown)),
                    None => Err(FileFault::new(FaultCode::FileEmpty)),
                }
            }
        }
    }
}

/// What the sender says of a file.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// The file's name; its ending tells the format where the bytes do not.
    pub name: String,
    /// The encoding, where the sender or the profile names it. A byte-order mark comes before it.
    pub encoding: Option<Encoding>,
    /// The format, where the sender names it.
    pub format: Option<Format>,
}

/// A row that was not taken, with its cells as sent, to be given back.
///
/// It has no `Debug`: cells hold names and numbers, which must not get into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// The number of the data row, from 1; in JSON Lines, the line.
    pub number: u64,
    /// The line of the file on which it begins.
    pub line: u64,
    /// Why it was not taken.
    pub fault: RowFault,
    /// Its cells, under [`RowStream::headings`]; none where they could not be told apart.
    pub cells: Vec<String>,
    /// The line as sent, where the cells do not hold all of it.
    pub raw: Option<String>,
}

/// A row as sent, packed into one text.
///
/// It has no `Debug`: cells hold names and numbers, which must not get into a log.
pub struct KeptRow {
    number: u64,
    line: u64,
    packed: Box<[u8]>,
    headings: usize,
}

impl KeptRow {
    /// How many bytes it holds in memory.
    pub fn held(&self) -> usize {
        self.packed.len()
    }

    /// The row as refused for what is stored already: the fault lies in no column in particular.
    pub fn rejected(&self, code: FaultCode) -> RejectedRow {
        let mut rest = &*self.packed;
        let cells = std::iter::from_fn(|| {
            let (length, text) = rest.split_first_chunk()?;
            let (cell, after) = text.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = after;
            Some(String::from_utf8_lossy(cell).into_owned())
        });
        RejectedRow {
            number: self.number,
            line: self.line,
            fault: RowFault::new(code),
            cells: cells.take(self.headings).collect(),
            raw: None,
        }
    }
}

enum Rows {
    Csv(CsvRows<Box<dyn Read + Send>>),
    Json(JsonRows<Box<dyn Read + Send>>),
    Xlsx(XlsxRows),
}

impl Rows {
    /// Reads the next row; numbers rows `number` where lines do not number them.
    fn read(&mut self, number: u64, row: &mut RawRow) -> io::Result<Line> {
        match self {
            Self::Csv(rows) => rows.read(number, row),
            Self::Json(rows) => rows.read(row),
            Self::Xlsx(rows) => Ok(rows.read(number, row)),
        }
    }
}

/// Opens files.
#[derive(Debug)]
pub struct Intake;

impl Intake {
    /// Opens a file whose rows `checker` shall check: finds its format and encoding, reads its headings.
    /// A text file whose encoding nobody names is read through once to find it.
    ///
    /// # Errors
    /// Why nothing of the file can be read.
    pub fn open<'c, R>(
        mut source: R,
        options: &OpenOptions,
        checker: &'c Checker,
    ) -> Result<RowStream<'c>, FileFault>
    where
        R: Read + Seek + Send + 'static,
    {
        let unreadable = |_| FileFault::new(FaultCode::FileUnreadable);
        let mut head = Vec::with_capacity(64);
        source.rewind().map_err(unreadable)?;
        source
            .by_ref()
            .take(64)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        if head.is_empty() {
            return Err(FileFault::new(FaultCode::FileEmpty));
        }
        let found = Format::detect(&options.name, &head);
        let format = match options.format {
            // A spreadsheet is known by its bytes alone.
            Some(Format::Xlsx) | None => found?,
            Some(named) => named,
        };
        if options.format == Some(Format::Xlsx) && format != Format::Xlsx {
            return Err(FileFault::new(FaultCode::FileDamaged));
        }
        if format == Format::Xlsx {
            return RowStream::with_headings(Rows::Xlsx(XlsxRows::open(source)?), checker, Encoding::Utf8);
        }
        let (encoding, mark) = encoding::detect(&mut source, options.encoding)?;
        source.seek(SeekFrom::Start(mark)).map_err(unreadable)?;
        let source: Box<dyn Read + Send> = Box::new(source);
        if format == Format::Csv {
            return RowStream::with_headings(Rows::Csv(CsvRows::new(source, encoding)), checker, encoding);
        }
        let binding = Binding::of_fields(checker.record_type());
        let record_type = checker.record_type().clone();
        let column = move |key: &str| {
            let field = record_type.field_for_heading(key)?;
            record_type.fields.iter().position(|one| one.name == field.name)
        };
        let rows = JsonRows::new(source, encoding, binding.headings().len(), Box::new(column));
        RowStream::new(Rows::Json(rows), binding, checker, encoding).with_a_row(FaultCode::FileEmpty)
    }
}

/// The rows of one file, read and checked one at a time.
pub struct RowStream<'c> {
    rows: Rows,
    binding: Binding,
    checker: &'c Checker,
    encoding: Encoding,
    row: RawRow,
    number: u64,
    /// What reading the first row gave, until it is asked for: the row itself is in `row`.
    ahead: Option<io::Result<Line>>,
    over: bool,
}

impl<'c> RowStream<'c> {
    fn new(rows: Rows, binding: Binding, checker: &'c Checker, encoding: Encoding) -> Self {
        Self {
            rows,
            binding,
            checker,
            encoding,
            row: RawRow::default(),
            number: 0,
            ahead: None,
            over: false,
        }
    }

    /// Reads the first row ahead. A file in which there is none is refused for `none`.
    fn with_a_row(mut self, none: FaultCode) -> Result<Self, FileFault> {
        match self.rows.read(1, &mut self.row) {
            Ok(Line::End) => return Err(FileFault::new(none)),
            read => self.ahead = Some(read),
        }
        Ok(self)
    }

    fn with_headings(mut rows: Rows, checker: &'c Checker, encoding: Encoding) -> Result<Self, FileFault> {
        let mut row = RawRow::default();
        match rows.read(0, &mut row) {
            Err(_) => return Err(FileFault::new(FaultCode::FileUnreadable)),
            Ok(Line::End) => return Err(FileFault::new(FaultCode::FileEmpty)),
            Ok(Line::Row) => {}
        }
        if row.fault().is_none() && row.len() <= crate::limits::COLUMNS {
            row.look_over(row.len());
        }
        if let Some(fault) = row.fault() {
            return Err(FileFault::new(fault.code));
        }
        let binding = Binding::of_headings(checker.record_type(), &row)?;
        Self::new(rows, binding, checker, encoding).with_a_row(FaultCode::NoRows)
    }

    /// The headings as sent; of JSON Lines, the names of the fields.
    pub fn headings(&self) -> &[String] {
        self.binding.headings()
    }

    /// The encoding in which the file is read, and in which rejected rows go back.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The row that was read last, kept as sent at little cost, to be given back if what is stored already
    /// keeps it out.
    pub fn kept(&self) -> KeptRow {
        KeptRow {
            number: self.row.number,
            line: self.row.line,
            packed: self.row.packed(),
            headings: self.binding.headings().len(),
        }
    }

    fn rejected(&self, fault: RowFault) -> RejectedRow {
        let headings = self.binding.headings().len();
        let row = &self.row;
        // Blank columns and our own are not the sender's, but cells beyond all headings are.
        let cells: Vec<String> = row.cells().take(headings).map(str::to_owned).collect();
        let beyond = row.len() > headings && !self.binding.fits(row);
        let raw = match &self.rows {
            // A field that is not ours has no column; the line itself has it.
            Rows::Json(_) if matches!(fault.code, FaultCode::FieldUnknown | FaultCode::FieldTwice) => {
                Some(row.raw())
            }
            Rows::Json(_) if row.is_empty() => Some(row.raw()),
            Rows::Csv(_) if !row.raw().is_empty() => Some(row.raw()),
            _ => None,
        };
        let raw = raw
            .map(str::to_owned)
            .or_else(|| beyond.then(|| row.cells().skip(headings).collect::<Vec<_>>().join(",")));
        RejectedRow {
            number: row.number,
            line: row.line,
            fault,
            cells,
            raw,
        }
    }
}

impl Iterator for RowStream<'_> {
    type Item = Result<CheckedRow, RejectedRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        self.number += 1;
        let read = match self.ahead.take() {
            Some(read) => read,
            None => self.rows.read(self.number, &mut self.row),
        };
        match read {
            Ok(Line::Row) => {}
            Ok(Line::End) => {
                self.over = true;
                return None;
            }
            Err(_) => {
                self.over = true;
                let (number, line) = (self.number.max(self.row.number), self.row.line);
                self.row.start(number, line);
                return Some(Err(self.rejected(RowFault::new(FaultCode::FileUnreadable))));
            }
        }
        if self.row.fault().is_none() && self.binding.fits(&self.row) {
            // What stands in our own columns is not the sender's.
            self.row.look_over(self.binding.headings().len());
        }
        let checked = self.checker.check(&self.row, &self.binding);
        Some(checked.map_err(|fault| self.rejected(fault)))
    }
}
