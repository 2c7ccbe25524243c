//! XLSX ([ECMA-376 part 1](https://ecma-international.org/publications-and-standards/standards/ecma-376/),
//! section 18.3.1), read by `calamine` cell by cell from the first sheet, after
//! [the archive was looked over](super::xlsx_guard).
//!
//! The library borrows the workbook while it reads and can stop hard on a file made to hurt it, so it runs on
//! a thread of its own, which hands rows over in small batches: whatever happens there is here the end of the
//! file with a fault. In scope: texts, numbers, dates, true and false. A date cell becomes `YYYY-MM-DD`.
//! Formula cells are marked, their computed values are not used. Out of scope: further sheets, hidden rows,
//! merged cells.

use std::{
    io::{Read, Seek},
    mem,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};

use super::{Line, xlsx_guard};
use crate::{
    FaultCode, FileFault, limits,
    row::{CellKind, Place, RawRow},
};

/// How many rows, or bytes of their texts, are handed over at once.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 256 * 1024;
/// How many batches wait for the reader of the rows.
const BATCHES: usize = 2;

/// One row of the sheet: its number there, and its cells with their column.
#[derive(Default)]
struct SheetRow {
    line: u64,
    cells: Vec<(usize, CellKind, String)>,
    too_long: bool,
}

enum Message {
    Rows(Vec<SheetRow>),
    Done,
    Fault(FaultCode),
}

/// Reads rows of the first sheet.
pub(crate) struct XlsxRows {
    messages: Receiver<Message>,
    batch: std::vec::IntoIter<SheetRow>,
    over: bool,
    /// Rows are as wide as the headings, whichever of their last cells are there.
    width: Option<usize>,
}

impl XlsxRows {
    /// Looks the archive over and begins to read.
    ///
    /// # Errors
    /// What [`xlsx_guard::look_over`] refuses.
    pub(crate) fn open<R: Read + Seek + Send + 'static>(mut source: R) -> Result<Self, FileFault> {
        xlsx_guard::look_over(&mut source)?;
        source
            .rewind()
            .map_err(|_| FileFault::new(FaultCode::FileUnreadable))?;
        let (sender, messages) = sync_channel(BATCHES);
        thread::Builder::new()
            .name("xlsx".into())
            .spawn(move || {
                // Whoever no longer wants the rows has dropped the other end.
                let _ = match read_sheet(source, &sender) {
                    Ok(()) => sender.send(Message::Done),
                    Err(Stop::Fault(code)) => sender.send(Message::Fault(code)),
                    Err(Stop::Unwanted) => Ok(()),
                };
            })
            .map_err(|_| FileFault::new(FaultCode::FileUnreadable))?;
        Ok(Self {
            messages,
            batch: Vec::new().into_iter(),
            over: false,
            width: None,
        })
    }

    /// Reads the next row that has cells into `row`, numbered `number`. A sheet that breaks off gives one last
    /// row with a fault.
    pub(crate) fn read(&mut self, number: u64, row: &mut RawRow) -> Line {
        let line = row.line + 1;
        loop {
            if let Some(found) = self.batch.next() {
                self.fill(found, number, row);
                return Line::Row;
            }
            if self.over {
                return Line::End;
            }
            match self.messages.recv() {
                Ok(Message::Rows(rows)) => self.batch = rows.into_iter(),
                Ok(Message::Done) => self.over = true,
                other => {
                    self.over = true;
                    row.start(number, line);
                    let code = if let Ok(Message::Fault(code)) = other {
                        code
                    } else {
                        FaultCode::FileDamaged
                    };
                    row.set_fault(code, Place::Row);
                    return Line::Row;
                }
            }
        }
    }

    fn fill(&mut self, found: SheetRow, number: u64, row: &mut RawRow) {
        row.start(number, found.line);
        for (column, kind, text) in &found.cells {
            while row.len() < *column && row.len() <= limits::COLUMNS {
                row.push_kind("", CellKind::Text);
            }
            if row.len() <= limits::COLUMNS {
                row.push_kind(text, *kind);
            }
        }
        let width = *self.width.get_or_insert(row.len());
        while row.len() < width {
            row.push_kind("", CellKind::Text);
        }
        if found.too_long {
            row.set_fault(FaultCode::RowTooLong, Place::Row);
        }
    }
}

enum Stop {
    Fault(FaultCode),
    Unwanted,
}

/// Hands rows over in batches.
struct Batches<'s> {
    sender: &'s SyncSender<Message>,
    rows: Vec<SheetRow>,
    bytes: usize,
}

impl Batches<'_> {
    fn push(&mut self, row: SheetRow, bytes: usize) -> Result<(), Stop> {
        if row.cells.is_empty() && !row.too_long {
            return Ok(());
        }
        self.rows.push(row);
        self.bytes += bytes;
        if self.rows.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
            self.send()
        } else {
            Ok(())
        }
    }

    fn send(&mut self) -> Result<(), Stop> {
        self.bytes = 0;
        let rows = mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        self.sender.send(Message::Rows(rows)).map_err(|_| Stop::Unwanted)
    }
}

fn read_sheet<R: Read + Seek>(source: R, sender: &SyncSender<Message>) -> Result<(), Stop> {
    let mut batches = Batches {
        sender,
        rows: Vec::new(),
        bytes: 0,
    };
    let read = read_cells(source, &mut batches);
    // Rows before a break are good rows.
    batches.send()?;
    read
}

fn read_cells<R: Read + Seek>(source: R, batches: &mut Batches<'_>) -> Result<(), Stop> {
    let damaged = |_| Stop::Fault(FaultCode::FileDamaged);
    let mut book = Xlsx::new(source).map_err(damaged)?;
    let first = book
        .sheet_names()
        .first()
        .cloned()
        .ok_or(Stop::Fault(FaultCode::FileEmpty))?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(damaged)?;
    let mut row = SheetRow::default();
    let mut bytes = 0;
    // Each formula is marked; its text is bounded like that of any other cell.
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
        let line = u64::from(cell.pos.0) + 1;
        if line < row.line {
            return Err(Stop::Fault(FaultCode::FileDamaged));
        }
        if line > row.line {
            batches.push(
                mem::replace(
                    &mut row,
                    SheetRow {
                        line,
                        ..SheetRow::default()
                    },
                ),
                bytes,
            )?;
            bytes = 0;
        }
        let column = cell.pos.1 as usize;
        let (kind, text) = match cell.formula {
            Some(_) => (CellKind::Formula, String::new()),
            None => text_of(&cell.value),
        };
        bytes += text.len() + mem::size_of::<(usize, CellKind, String)>();
        if bytes > limits::ROW_BYTES {
            row.too_long = true;
        } else if kind == CellKind::Formula || !text.is_empty() {
            row.cells.push((column, kind, text));
        }
    }
    batches.push(row, bytes)
}

fn text_of(value: &DataRef<'_>) -> (CellKind, String) {
    match value {
        DataRef::Int(number) => (CellKind::Number, number.to_string()),
        DataRef::Float(number) => (CellKind::Number, number.to_string()),
        DataRef::String(text) => (CellKind::Text, text.clone()),
        DataRef::SharedString(text) => (CellKind::Text, (*text).to_owned()),
        DataRef::Bool(value) => (CellKind::Text, value.to_string()),
        DataRef::DateTime(day) => (CellKind::Text, date_text(day)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (CellKind::Text, text.clone()),
        // What a spreadsheet shows for a formula that failed.
        DataRef::Error(_) => (CellKind::Formula, String::new()),
        DataRef::Empty => (CellKind::Text, String::new()),
    }
}

fn date_text(day: &ExcelDateTime) -> String {
    let (year, month, date, hour, minute, second, _) = day.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{date:02}")
    } else {
        format!("{year:04}-{month:02}-{date:02} {hour:02}:{minute:02}:{second:02}")
    }
}
