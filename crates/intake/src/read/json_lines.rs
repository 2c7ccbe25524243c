//! JSON Lines: one JSON object ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)) a line, in UTF-8 or, as
//! some senders write it, GB18030. The fields are put into the order of the record type, so that a line
//! becomes a row like any other.
//!
//! In scope: texts, numbers, true, false and null as values. Out of scope: lists and objects as values.

use std::{
    collections::HashMap,
    fmt,
    io::{self, BufRead, BufReader, Read},
};

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use super::Line;
use crate::{
    Encoding, FaultCode, limits,
    row::{CellKind, Place, RawRow},
};

/// Which column a name stands for; none: the field is not ours.
pub(crate) type FindColumn = Box<dyn Fn(&str) -> Option<usize> + Send>;

/// Reads rows of JSON Lines from bytes without a byte-order mark.
pub(crate) struct JsonRows<R> {
    source: BufReader<R>,
    encoding: Encoding,
    /// How many columns a row has, and which of them a name stands for; none: the field is not ours.
    columns: usize,
    column: FindColumn,
    known: HashMap<String, Option<usize>>,
    line: u64,
    bytes: Vec<u8>,
    text: String,
    cells: Vec<Option<(CellKind, String)>>,
}

impl<R: Read> JsonRows<R> {
    pub(crate) fn new(source: R, encoding: Encoding, columns: usize, column: FindColumn) -> Self {
        Self {
            source: BufReader::with_capacity(64 * 1024, source),
            encoding,
            columns,
            column,
            known: HashMap::new(),
            line: 0,
            bytes: Vec::new(),
            text: String::new(),
            cells: Vec::new(),
        }
    }

    /// Reads the next line that is not blank into `row`. It is numbered by its line.
    pub(crate) fn read(&mut self, row: &mut RawRow) -> io::Result<Line> {
        loop {
            self.bytes.clear();
            let limit = limits::ROW_BYTES as u64 + 2;
            let read = self
                .source
                .by_ref()
                .take(limit)
                .read_until(b'\n', &mut self.bytes)?;
            if read == 0 {
                return Ok(Line::End);
            }
            self.line += 1;
            row.start(self.line, self.line);
            let too_long = self.bytes.len() as u64 == limit && !self.bytes.ends_with(b"\n");
            if too_long {
                self.skip_rest_of_line()?;
            }
            while self.bytes.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
                self.bytes.pop();
            }
            if self.bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.text.clear();
            let good = self.encoding.decode_into(&self.bytes, &mut self.text);
            row.set_raw(&self.text);
            if too_long {
                row.set_fault(FaultCode::RowTooLong, Place::Row);
            } else if !good {
                row.set_fault(FaultCode::Encoding, Place::Row);
            } else {
                self.fill(row);
            }
            return Ok(Line::Row);
        }
    }

    fn skip_rest_of_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.source.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = memchr::memchr(b'\n', buffer);
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.source.consume(used);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    fn fill(&mut self, row: &mut RawRow) {
        let Ok(Fields(fields)) = serde_json::from_str::<Fields>(&self.text) else {
            row.set_fault(FaultCode::JsonMalformed, Place::Row);
            return;
        };
        self.cells.clear();
        self.cells.resize(self.columns, None);
        for (name, value) in fields {
            match self.column(&name) {
                None => row.set_fault(FaultCode::FieldUnknown, Place::Named(name)),
                Some(column) => {
                    let Some(cell) = self.cells.get_mut(column) else {
                        continue;
                    };
                    if cell.is_some() {
                        row.set_fault(FaultCode::FieldTwice, Place::Cell(column));
                    }
                    *cell = Some(value);
                }
            }
        }
        for cell in &self.cells {
            match cell {
                Some((kind, text)) => row.push_kind(text, *kind),
                None => row.push_kind("", CellKind::Text),
            }
        }
    }

    fn column(&mut self, name: &str) -> Option<usize> {
        if let Some(column) = self.known.get(name) {
            return *column;
        }
        let column = (self.column)(name);
        // Senders' names are few; a file of made-up names must not fill the memory.
        if self.known.len() < limits::COLUMNS && name.len() < 256 {
            self.known.insert(name.to_owned(), column);
        }
        column
    }
}

/// The fields of one object in their order, twice where they stand twice.
struct Fields(Vec<(String, (CellKind, String))>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some((name, Plain(kind, text))) = map.next_entry()? {
                    if fields.len() == limits::COLUMNS {
                        return Err(de::Error::custom("too many fields"));
                    }
                    fields.push((name, (kind, text)));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A value that is neither a list nor an object, as text.
struct Plain(CellKind, String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = Plain;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true, false or null")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Plain, E> {
                Ok(Plain(CellKind::Text, text.to_owned()))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Plain, E> {
                Ok(Plain(CellKind::Text, text))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Plain, E> {
                Ok(Plain(CellKind::Number, number.to_string()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Plain, E> {
                Ok(Plain(CellKind::Number, number.to_string()))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Plain, E> {
                Ok(Plain(CellKind::Number, number.to_string()))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Plain, E> {
                Ok(Plain(CellKind::Text, value.to_string()))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Plain, E> {
                Ok(Plain(CellKind::Text, String::new()))
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its number, its cells, its fault.
    type Found = (u64, Vec<String>, Option<(FaultCode, Place)>);

    fn rows(bytes: &[u8]) -> Vec<Found> {
        let column = |name: &str| ["name", "hours"].iter().position(|one| *one == name);
        let mut reader = JsonRows::new(bytes, Encoding::Utf8, 2, Box::new(column));
        let mut row = RawRow::default();
        let mut all = Vec::new();
        while let Line::Row = reader.read(&mut row).unwrap() {
            let fault = row.fault().map(|fault| (fault.code, fault.place.clone()));
            all.push((row.number, row.cells().map(str::to_owned).collect(), fault));
        }
        all
    }

    #[test]
    fn fields_come_in_the_order_of_the_type_whatever_the_line_says() {
        let found = rows("{\"hours\": 30, \"name\": \"许\"}\r\n\n{\"name\": null}".as_bytes());
        assert_eq!(found[0], (1, vec!["许".into(), "30".into()], None));
        assert_eq!(found[1], (3, vec![String::new(), String::new()], None));
    }

    #[test]
    fn faulty_lines_are_told_apart() {
        let long = format!("{{\"name\": \"{}\"}}\n{{}}", "x".repeat(2 * limits::ROW_BYTES));
        assert_eq!(
            rows(long.as_bytes())[0].2,
            Some((FaultCode::RowTooLong, Place::Row))
        );
        assert_eq!(rows(long.as_bytes())[1].0, 2);
        let fault = |line: &str| rows(line.as_bytes())[0].2.clone();
        for line in [
            "{\"name\": \"x",
            "[]",
            "1",
            "{\"name\": []}",
            "{\"name\": {}}",
            "{} {}",
            "nul",
            "{\"hours\": 1e999}",
        ] {
            assert_eq!(
                fault(line),
                Some((FaultCode::JsonMalformed, Place::Row)),
                "{line}"
            );
        }
        let deep = "[".repeat(100_000);
        assert_eq!(fault(&deep), Some((FaultCode::JsonMalformed, Place::Row)));
        assert_eq!(
            fault("{\"religion\": 1}"),
            Some((FaultCode::FieldUnknown, Place::Named("religion".into())))
        );
        assert_eq!(
            fault("{\"name\": \"a\", \"name\": \"b\"}"),
            Some((FaultCode::FieldTwice, Place::Cell(0)))
        );
        assert_eq!(
            rows(b"{\"name\": \"\xFF\"}")[0].2,
            Some((FaultCode::Encoding, Place::Row))
        );
    }
}
