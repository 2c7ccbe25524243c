//! Readers: one a format, all giving rows with their line numbers, none holding more than a row and a buffer.

mod csv;
mod json_lines;
mod xlsx;
mod xlsx_guard;

pub(crate) use csv::CsvRows;
pub(crate) use json_lines::JsonRows;
pub(crate) use xlsx::XlsxRows;

/// Whether there was another row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Row,
    End,
}
