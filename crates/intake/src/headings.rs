//! Which column of a file holds which field.

use profile::{RecordType, fold_heading};

use crate::{FaultCode, FileFault, RawRow, limits};

/// The names of the columns that [`RejectedWriter`](crate::RejectedWriter) adds. A mended file comes back with
/// them; they are passed over.
pub(crate) const OWN_COLUMNS: [&str; 2] = ["code", "message"];

/// Where each field of a record type stands in the rows of one file.
#[derive(Debug, Clone)]
pub struct Binding {
    headings: Vec<String>,
    /// For each field of the record type, its column.
    columns: Vec<Option<usize>>,
    /// How many cells a row has, with those that are passed over.
    width: usize,
    /// The columns without a heading, which have to be empty.
    blank: Vec<usize>,
}

impl Binding {
    /// The columns of JSON lines: the fields by their names.
    pub(crate) fn of_fields(record_type: &RecordType) -> Self {
        let headings: Vec<String> = record_type
            .fields
            .iter()
            .map(|field| field.name.clone())
            .collect();
        Self {
            columns: (0..headings.len()).map(Some).collect(),
            width: headings.len(),
            headings,
            blank: Vec::new(),
        }
    }

    /// The columns under the headings in `row`.
    ///
    /// # Errors
    /// A heading that is unknown, stands twice, or is missing; more columns than are taken.
    pub(crate) fn of_headings(record_type: &RecordType, row: &RawRow) -> Result<Self, FileFault> {
        if row.len() > limits::COLUMNS {
            return Err(FileFault::new(FaultCode::TooManyColumns));
        }
        let all: Vec<&str> = row.cells().collect();
        let known = |heading: &str| record_type.field_for_heading(heading).is_some();
        let own = |heading: &str| {
            let folded = fold_heading(heading);
            folded.is_empty() || OWN_COLUMNS.contains(&folded.as_str())
        };
        let sent = all
            .iter()
            .rposition(|heading| known(heading) || !own(heading))
            .map_or(0, |last| last + 1);
        let mut columns = vec![None; record_type.fields.len()];
        for (column, heading) in all[..sent].iter().enumerate() {
            let field = record_type.field_for_heading(heading);
            let place =
                field.and_then(|field| record_type.fields.iter().position(|one| one.name == field.name));
            let Some(place) = place else {
                return Err(FileFault::at(FaultCode::HeadingUnknown, shown(heading)));
            };
            if columns[place].replace(column).is_some() {
                return Err(FileFault::at(FaultCode::HeadingTwice, shown(heading)));
            }
        }
        for (field, column) in record_type.fields.iter().zip(&columns) {
            if field.required && column.is_none() {
                return Err(FileFault::at(
                    FaultCode::HeadingMissing,
                    heading_of(record_type, &field.name),
                ));
            }
        }
        let blank = (sent..all.len())
            .filter(|column| fold_heading(all[*column]).is_empty())
            .collect();
        let headings = all[..sent].iter().map(|heading| (*heading).to_owned()).collect();
        Ok(Self {
            headings,
            columns,
            width: all.len(),
            blank,
        })
    }

    /// The headings as sent, without the columns that are passed over.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The column of the field at `place` in the record type.
    pub(crate) fn column(&self, place: usize) -> Option<usize> {
        self.columns.get(place).copied().flatten()
    }

    /// Whether the row has as many cells as there are headings, and none that stands under no heading.
    pub(crate) fn fits(&self, row: &RawRow) -> bool {
        row.len() == self.width
            && self
                .blank
                .iter()
                .all(|column| row.cell(*column).trim().is_empty())
    }
}

/// A heading as a fault may show it: short, and without control characters.
pub(crate) fn shown(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(64)
        .collect()
}

/// A heading under which senders know the field; the field's own name where there is no other.
fn heading_of(record_type: &RecordType, field: &str) -> String {
    let known = record_type
        .headings
        .iter()
        .find(|(heading, name)| *name == field && *heading != field);
    known.map_or(field, |(heading, _)| heading.as_str()).to_owned()
}
