//! One row as it was read: the cells in one text, so that a row costs no allocation once the buffers fit.

use crate::{
    FaultCode,
    check::text::{is_blank, narrow},
    limits,
};

/// What a cell was in the file. Text files know text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Text, or anything in a text file.
    Text,
    /// A number cell of a spreadsheet, or a JSON number.
    Number,
    /// A formula of a spreadsheet.
    Formula,
}

/// A row as it was read. Readers fill it anew for each row.
#[derive(Debug, Default)]
pub struct RawRow {
    /// The number of the data row, from 1; the headings are not counted. In JSON Lines, the line.
    pub number: u64,
    /// The line of the file on which the row begins, from 1; in a spreadsheet, its row.
    pub line: u64,
    text: String,
    ends: Vec<usize>,
    kinds: Vec<CellKind>,
    fault: Option<ReadFault>,
    raw: String,
}

/// What a reader found wrong with the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadFault {
    pub(crate) code: FaultCode,
    pub(crate) place: Place,
}

/// Where in the row a fault lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Row,
    Cell(usize),
    /// The name of a JSON field that is none of ours.
    Named(String),
}

impl RawRow {
    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell in column `index`, counted from 0; empty where there is none.
    pub fn cell(&self, index: usize) -> &str {
        let start = if index == 0 {
            0
        } else {
            self.ends.get(index - 1).copied().unwrap_or(self.text.len())
        };
        let end = self.ends.get(index).copied().unwrap_or(self.text.len());
        if index < self.ends.len() {
            &self.text[start..end]
        } else {
            ""
        }
    }

    /// What the cell in column `index` was in the file.
    pub fn kind(&self, index: usize) -> CellKind {
        self.kinds.get(index).copied().unwrap_or(CellKind::Text)
    }

    /// All cells, in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.cell(index))
    }

    /// The line as sent, where its cells could not be told apart.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// All cells in one piece: each after its length in four bytes, which the limit of a row is far below.
    pub(crate) fn packed(&self) -> Box<[u8]> {
        let mut packed = Vec::with_capacity(self.text.len() + 4 * self.ends.len());
        for cell in self.cells() {
            packed.extend_from_slice(&(cell.len() as u32).to_le_bytes());
            packed.extend_from_slice(cell.as_bytes());
        }
        packed.into()
    }

    pub(crate) fn fault(&self) -> Option<&ReadFault> {
        self.fault.as_ref()
    }

    pub(crate) fn start(&mut self, number: u64, line: u64) {
        self.number = number;
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.kinds.clear();
        self.raw.clear();
        self.fault = None;
    }

    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.end_cell();
    }

    pub(crate) fn push_kind(&mut self, cell: &str, kind: CellKind) {
        self.kinds.resize(self.ends.len(), CellKind::Text);
        self.kinds.push(kind);
        self.push(cell);
    }

    /// The text to which a reader appends the cell that it is at; [`RawRow::end_cell`] ends it.
    pub(crate) fn text_mut(&mut self) -> &mut String {
        &mut self.text
    }

    pub(crate) fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    pub(crate) fn set_raw(&mut self, line: &str) {
        self.raw.clear();
        self.raw.push_str(line);
    }

    /// Notes a fault; the first one stays.
    pub(crate) fn set_fault(&mut self, code: FaultCode, place: Place) {
        self.fault.get_or_insert(ReadFault { code, place });
    }

    /// Notes the faults that any of the first `count` cells can have, in any format: length, control characters,
    /// formulas.
    pub(crate) fn look_over(&mut self, count: usize) {
        if let Some((code, index)) = self.cell_fault(count.min(self.len())) {
            self.set_fault(code, Place::Cell(index));
        }
    }

    fn cell_fault(&self, count: usize) -> Option<(FaultCode, usize)> {
        let text = &self.text[..count.checked_sub(1).map_or(0, |last| self.ends[last])];
        // Most rows are short and hold nothing odd: one look at all bytes tells.
        let odd = text.bytes().fold(false, |odd, b| odd | is_control_byte(b));
        if odd && let Some(index) = (0..count).find(|&index| has_control(self.cell(index))) {
            return Some((FaultCode::ControlCharacters, index));
        }
        if text.len() > limits::CELL_CHARS {
            let long =
                |cell: &str| cell.len() > limits::CELL_CHARS && cell.chars().count() > limits::CELL_CHARS;
            if let Some(index) = (0..count).find(|&index| long(self.cell(index))) {
                return Some((FaultCode::CellTooLong, index));
            }
        }
        if let Some(index) = (0..count).find(|&index| self.kind(index) == CellKind::Formula) {
            return Some((FaultCode::Formula, index));
        }
        (0..count)
            .find(|&index| self.kind(index) == CellKind::Text && is_formula(self.cell(index)))
            .map(|index| (FaultCode::Formula, index))
    }
}

/// Control bytes other than tab and line breaks, and the first byte of U+0080 to U+009F (shared with
/// U+00A0 to U+00BF, which [`has_control`] tells apart).
const fn is_control_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t' && byte != b'\n' && byte != b'\r') || byte == 0x7F || byte == 0xC2
}

fn has_control(cell: &str) -> bool {
    cell.chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// Whether a spreadsheet would take the text for a formula, as sent or in its canonical form, which has fewer
/// blanks and fewer full-width forms. A signed number is data, and so is a sign before Chinese text.
fn is_formula(cell: &str) -> bool {
    // A byte tells for nearly all cells: the four signs, or the first byte of a blank or of a full-width form.
    match cell.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b' ' | b'\t' | b'\n' | b'\r' | 0xC2 | 0xE1..=0xE3 | 0xEF) => {}
        _ => return false,
    }
    let mut characters = cell.chars().filter(|c| !is_blank(*c)).map(narrow);
    match characters.next() {
        Some('=' | '@') => true,
        Some('+' | '-') => {
            let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '%');
            !characters.clone().all(number) && characters.all(|c| c.is_ascii())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> RawRow {
        let mut row = RawRow::default();
        row.start(1, 2);
        for cell in cells {
            row.push(cell);
        }
        row.look_over(cells.len());
        row
    }

    fn fault(cell: &str) -> Option<FaultCode> {
        row(&["first", cell]).fault().map(|fault| {
            assert_eq!(fault.place, Place::Cell(1));
            fault.code
        })
    }

    #[test]
    fn cells_come_back_as_they_were_pushed() {
        let row = row(&["", "a", "", "𠮷", ""]);
        assert_eq!(row.cells().collect::<Vec<_>>(), ["", "a", "", "𠮷", ""]);
        assert_eq!((row.len(), row.cell(5), row.is_empty()), (5, "", false));
    }

    #[test]
    fn formulas_are_told_from_signed_numbers() {
        for cell in [
            "=HYPERLINK(\"x\")",
            " =1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "\t=1",
            "＝1",
            "-A1",
            "+A1",
            "\u{2003}=1",
            "\u{a0}=1",
            "\u{1680}=1",
            "\u{200b}=1",
            "\u{2060}=1",
            "\u{feff}=1",
            "-\u{200b}A1",
            "＋Ａ1",
        ] {
            assert_eq!(fault(cell), Some(FaultCode::Formula), "{cell}");
        }
        for cell in [
            "-3",
            "+3.50",
            "-",
            "- 1,000",
            "－3",
            "-无",
            "a=b",
            "x@example",
            "1-2",
            "　许拟松",
            "-3％",
        ] {
            assert_eq!(fault(cell), None, "{cell}");
        }
    }

    #[test]
    fn control_characters_are_found_and_line_breaks_are_not() {
        for cell in ["a\0", "\u{1b}[31m", "\u{7f}", "a\u{85}b", "\u{9b}x"] {
            assert_eq!(fault(cell), Some(FaultCode::ControlCharacters));
        }
        for cell in ["a\r\nb\tc", "杨·买买提", "§ 5", "\u{a0}"] {
            assert_eq!(fault(cell), None, "{cell:?}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(fault(&"记".repeat(limits::CELL_CHARS)), None);
        assert_eq!(
            fault(&"记".repeat(limits::CELL_CHARS + 1)),
            Some(FaultCode::CellTooLong)
        );
    }
}
