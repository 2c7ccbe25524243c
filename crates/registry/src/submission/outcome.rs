//! What became of each row, kept with the submission in parts.

use std::collections::BTreeSet;

use intake::{FaultCode, RejectedRow, RowFault};
use keys::{DataKey, DocumentKey, Place};
use model::{PersonId, Randomness, RecordId, SubmissionId};
use storage::{Param, StoreError, Tx};

use crate::RegistryError;

/// What became of one row.
#[derive(Clone)]
pub(crate) enum Outcome {
    Accepted { person: PersonId, record: RecordId },
    Unchanged,
    Rejected(Box<RejectedRow>),
}

impl Outcome {
    /// Why it was refused, if it was.
    pub(crate) fn refused_for(&self) -> Option<FaultCode> {
        match self {
            Self::Rejected(rejected) => Some(rejected.fault.code),
            Self::Accepted { .. } | Self::Unchanged => None,
        }
    }
}

/// The outcomes of a part of a submission, in the order of its rows.
#[derive(Default)]
pub(crate) struct Chunk {
    first_row: u64,
    /// Row's offset, person, record: 4 + 16 + 16 bytes each.
    accepted: Vec<u8>,
    /// Offsets of rows that were there already: 4 bytes each.
    unchanged: Vec<u8>,
    rejected: Vec<StoredRejected>,
    /// Rows may be numbered with gaps, as the lines of a file with blank ones are.
    last_row: u64,
    /// The people under whose numbers rows came with another name. Not stored with the part: each has an event.
    other_names: BTreeSet<PersonId>,
    /// Documents whose records had ended and that came in again. Not stored either.
    again: Vec<(PersonId, DocumentKey)>,
}

const ACCEPTED: usize = 36;

/// A rejected row as it is kept: the fault's words follow from its code.
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredRejected {
    number: u64,
    line: u64,
    code: String,
    column: Option<String>,
    cells: Vec<String>,
    raw: Option<String>,
}

impl From<RejectedRow> for StoredRejected {
    fn from(row: RejectedRow) -> Self {
        let RejectedRow {
            number,
            line,
            fault,
            cells,
            raw,
        } = row;
        // The line holds what is in a field outside the list. Nothing of that is kept, sealed or not: the
        // cells of the listed fields are, and the name of the other one.
        let outside = matches!(fault.code, FaultCode::FieldUnknown | FaultCode::FieldTwice);
        Self {
            number,
            line,
            code: fault.code.to_string(),
            column: fault.column,
            cells,
            raw: raw.filter(|_| !outside),
        }
    }
}

impl From<StoredRejected> for RejectedRow {
    fn from(row: StoredRejected) -> Self {
        // Codes are never taken away; one of a newer program reads as a row that could not be read.
        let code = row.code.parse().unwrap_or(FaultCode::FileUnreadable);
        let fault = match row.column {
            Some(column) => RowFault::at(code, column),
            None => RowFault::new(code),
        };
        Self {
            number: row.number,
            line: row.line,
            fault,
            cells: row.cells,
            raw: row.raw,
        }
    }
}

impl Chunk {
    pub(crate) fn new(first_row: u64) -> Self {
        Self {
            first_row,
            last_row: first_row,
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, row: u64, outcome: Outcome) {
        self.last_row = row;
        // A part holds far fewer rows than 2^32.
        let offset = ((row - self.first_row) as u32).to_be_bytes();
        match outcome {
            Outcome::Accepted { person, record } => {
                self.accepted.extend_from_slice(&offset);
                self.accepted.extend_from_slice(person.as_bytes());
                self.accepted.extend_from_slice(record.as_bytes());
            }
            Outcome::Unchanged => self.unchanged.extend_from_slice(&offset),
            Outcome::Rejected(rejected) => self.rejected.push(StoredRejected::from(*rejected)),
        }
    }

    /// A row about this person was refused because they are known by another name.
    pub(crate) fn note_other_name(&mut self, person: PersonId) {
        self.other_names.insert(person);
    }

    /// The people under whose numbers rows came with another name.
    pub(crate) fn other_names(&self) -> &BTreeSet<PersonId> {
        &self.other_names
    }

    /// A document whose record had ended came in again.
    pub(crate) fn note_again(&mut self, person: PersonId, document: DocumentKey) {
        self.again.push((person, document));
    }

    /// The documents whose records had ended and that came in again.
    pub(crate) fn again(&self) -> &[(PersonId, DocumentKey)] {
        &self.again
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            accepted: (self.accepted.len() / ACCEPTED) as u64,
            unchanged: (self.unchanged.len() / 4) as u64,
            rejected: self.rejected.len() as u64,
        }
    }

    /// Writes the part; the rejected rows, which hold the sender's cells, under the submission's key.
    pub(crate) fn insert(
        &self,
        tx: &mut dyn Tx,
        submission: SubmissionId,
        key: &DataKey,
        randomness: &dyn Randomness,
    ) -> Result<(), RegistryError> {
        let sealed = if self.rejected.is_empty() {
            None
        } else {
            let plain =
                serde_json::to_vec(&self.rejected).map_err(|_| RegistryError::Stored("rejected rows"))?;
            let first_row = self.first_row.to_be_bytes();
            Some(key.seal(
                &rejected_place(&[submission.as_bytes(), &first_row]),
                &plain,
                randomness,
            )?)
        };
        let counts = self.counts();
        tx.execute(
            "INSERT INTO submission_chunk (submission, first_row, last_row, accepted, unchanged, rejected_kept, \
             accepted_rows, other_rows, sealed_rejected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                Param::Blob(submission.as_bytes()),
                Param::Int(self.first_row as i64),
                Param::Int(self.last_row as i64),
                Param::Int(counts.accepted as i64),
                Param::Int(counts.unchanged as i64),
                Param::Int(counts.rejected as i64),
                Param::Blob(&self.accepted),
                Param::Blob(&self.unchanged),
                sealed.as_ref().map_or(Param::Null, |sealed| Param::Blob(sealed)),
            ],
        )?;
        Ok(())
    }

    /// Reads the part that holds `from_row`, or the first one after it.
    pub(crate) fn next(
        tx: &mut dyn Tx,
        submission: SubmissionId,
        key: &DataKey,
        from_row: u64,
    ) -> Result<Option<Self>, RegistryError> {
        read(
            tx,
            submission,
            key,
            "last_row >= $2 ORDER BY first_row LIMIT 1",
            from_row,
        )
    }

    /// Reads the part that begins with this row.
    pub(crate) fn at(
        tx: &mut dyn Tx,
        submission: SubmissionId,
        key: &DataKey,
        first_row: u64,
    ) -> Result<Option<Self>, RegistryError> {
        read(tx, submission, key, "first_row = $2", first_row)
    }

    /// The last row of this part.
    pub(crate) fn last_row(&self) -> u64 {
        self.last_row
    }

    /// The accepted rows: number, person and record of each.
    pub(crate) fn accepted(&self) -> impl Iterator<Item = (u64, PersonId, RecordId)> + '_ {
        self.accepted.chunks_exact(ACCEPTED).map(|bytes| {
            let (offset, ids) = bytes.split_at(4);
            let mut person = [0; 16];
            let mut record = [0; 16];
            person.copy_from_slice(&ids[..16]);
            record.copy_from_slice(&ids[16..]);
            let row = self.first_row + number(offset);
            (row, PersonId::from_bytes(person), RecordId::from_bytes(record))
        })
    }

    /// All rows in the order of the file.
    pub(crate) fn into_rows(self) -> Vec<(u64, Outcome)> {
        let mut rows: Vec<(u64, Outcome)> = self
            .accepted()
            .map(|(row, person, record)| (row, Outcome::Accepted { person, record }))
            .chain(
                self.unchanged
                    .chunks_exact(4)
                    .map(|at| (self.first_row + number(at), Outcome::Unchanged)),
            )
            .collect();
        rows.extend(
            self.rejected
                .into_iter()
                .map(|row| (row.number, Outcome::Rejected(Box::new(row.into())))),
        );
        rows.sort_by_key(|(row, _)| *row);
        rows
    }
}

/// A part as far as it is known without reading its rows.
pub(crate) struct Part {
    pub(crate) first_row: u64,
    /// Its rows by what became of them. Rejected ones that are no longer kept are not counted.
    pub(crate) counts: Counts,
}

/// The parts of a submission in the order of the file; with `rejected_only` those that have rejected rows.
pub(crate) fn parts(
    tx: &mut dyn Tx,
    submission: SubmissionId,
    rejected_only: bool,
) -> Result<Vec<Part>, StoreError> {
    let rows = tx.query(
        "SELECT first_row, accepted, unchanged, rejected_kept FROM submission_chunk \
         WHERE submission = $1 AND rejected_kept >= $2 ORDER BY first_row",
        &[
            Param::Blob(submission.as_bytes()),
            Param::Int(i64::from(rejected_only)),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Part {
                first_row: row.int()? as u64,
                counts: Counts {
                    accepted: row.int()? as u64,
                    unchanged: row.int()? as u64,
                    rejected: row.int()? as u64,
                },
            })
        })
        .collect()
}

/// The rejected rows of one part.
pub(crate) struct RejectedPart {
    /// The last row of the part, rejected or not.
    pub(crate) last_row: u64,
    pub(crate) rows: Vec<RejectedRow>,
}

impl RejectedPart {
    /// Reads those of the part that begins with this row.
    pub(crate) fn at(
        tx: &mut dyn Tx,
        submission: SubmissionId,
        key: &DataKey,
        first_row: u64,
    ) -> Result<Option<Self>, RegistryError> {
        Self::read(tx, submission, key, "first_row = $2", first_row)
    }

    /// Reads those of the first part behind row `after` that has any.
    pub(crate) fn next(
        tx: &mut dyn Tx,
        submission: SubmissionId,
        key: &DataKey,
        after: u64,
    ) -> Result<Option<Self>, RegistryError> {
        Self::read(
            tx,
            submission,
            key,
            "first_row > $2 AND rejected_kept > 0 ORDER BY first_row LIMIT 1",
            after,
        )
    }

    fn read(
        tx: &mut dyn Tx,
        submission: SubmissionId,
        key: &DataKey,
        which: &str,
        row: u64,
    ) -> Result<Option<Self>, RegistryError> {
        let rows = tx.query(
            &format!(
                "SELECT first_row, last_row, sealed_rejected FROM submission_chunk WHERE submission = $1 AND {which}"
            ),
            &[Param::Blob(submission.as_bytes()), Param::Int(row as i64)],
        )?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let (first_row, last_row) = (row.int()? as u64, row.int()? as u64);
        let rows = open_rejected(submission, key, first_row, row.opt_blob()?)?;
        Ok(Some(Self {
            last_row,
            rows: rows.into_iter().map(RejectedRow::from).collect(),
        }))
    }
}

/// Reads the first part that `which` finds for a submission and a row.
fn read(
    tx: &mut dyn Tx,
    submission: SubmissionId,
    key: &DataKey,
    which: &str,
    row: u64,
) -> Result<Option<Chunk>, RegistryError> {
    let rows = tx.query(
        &format!(
            "SELECT first_row, last_row, accepted_rows, other_rows, sealed_rejected FROM submission_chunk \
             WHERE submission = $1 AND {which}"
        ),
        &[Param::Blob(submission.as_bytes()), Param::Int(row as i64)],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let (first_row, last_row) = (row.int()? as u64, row.int()? as u64);
    let (accepted, unchanged) = (row.blob()?, row.blob()?);
    if accepted.len() % ACCEPTED != 0 || unchanged.len() % 4 != 0 {
        return Err(StoreError::Shape("rows of a submission are expected").into());
    }
    Ok(Some(Chunk {
        first_row,
        accepted,
        unchanged,
        rejected: open_rejected(submission, key, first_row, row.opt_blob()?)?,
        last_row,
        other_names: BTreeSet::new(),
        again: Vec::new(),
    }))
}

/// Opens the rejected rows of the part that begins with this row. None are left once they are destroyed.
fn open_rejected(
    submission: SubmissionId,
    key: &DataKey,
    first_row: u64,
    sealed: Option<Vec<u8>>,
) -> Result<Vec<StoredRejected>, RegistryError> {
    let Some(sealed) = sealed else {
        return Ok(Vec::new());
    };
    let place = first_row.to_be_bytes();
    let plain = key.open(&rejected_place(&[submission.as_bytes(), &place]), &sealed)?;
    serde_json::from_slice(&plain).map_err(|_| RegistryError::Stored("rejected rows"))
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn rejected_place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "submission_chunk",
        column: "sealed_rejected",
        row,
    }
}

/// How many rows got in, were there already, or were refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// New records and corrections.
    pub accepted: u64,
    /// Rows whose document was there already with the same content.
    pub unchanged: u64,
    /// Rows that were refused.
    pub rejected: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
    }
}
