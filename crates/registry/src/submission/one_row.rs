//! A single row that no file brought: a correction that a procedure asks for, or a commendation that was proposed. It is
//! read, checked, prepared and filed as every row is.

use std::io::Cursor;

use intake::{Format, Intake, OpenOptions, RowFault};
use model::{PersonId, RecordId, RecordKind, SubmissionId};
use profile::FieldKind;
use serde_json::{Map, Value};
use storage::Tx;

use super::{
    filing,
    incoming::{Common, Incoming},
    outcome::Outcome,
    part::Part,
    prepare::Bench,
};
use crate::{Registry, RegistryError, procedure::readmit};

/// A row that passed the checks, ready to be filed.
pub(crate) struct OneRow {
    common: Common,
    row: Part,
}

/// What became of it.
pub(crate) enum Filed {
    As { person: PersonId, record: RecordId },
    Unchanged,
    Rejected(RowFault),
}

impl OneRow {
    /// Files it in this transaction.
    pub(crate) fn file(&self, tx: &mut dyn Tx, this: &Registry) -> Result<Filed, RegistryError> {
        let chunk = filing::file(tx, &this.keys, &*this.randomness, &self.common, &self.row)?;
        readmit::in_step(tx, this, chunk.again())?;
        Ok(match chunk.into_rows().pop() {
            Some((_, Outcome::Accepted { person, record })) => Filed::As { person, record },
            Some((_, Outcome::Unchanged)) => Filed::Unchanged,
            Some((_, Outcome::Rejected(rejected))) => Filed::Rejected(rejected.fault),
            None => return Err(RegistryError::Stored("a row")),
        })
    }
}

impl Registry {
    /// Checks a correction, a JSON object under the names of its fields, as the authority's row. `by` stands in the
    /// place of a submission.
    pub(crate) fn prepare_row(
        &self,
        authority: &str,
        kind: RecordKind,
        row: &str,
        by: [u8; 16],
    ) -> Result<Result<OneRow, RowFault>, RegistryError> {
        let Ok(Value::Object(mut fields)) = serde_json::from_str(row) else {
            return Ok(Err(RowFault::new(intake::FaultCode::JsonMalformed)));
        };
        let record_type = self.profile.record_type(kind);
        let correction = record_type.and_then(|one| {
            let mut fields = one.fields.iter();
            fields.find(|field| matches!(field.kind, FieldKind::Correction { .. }))
        });
        if let Some(field) = correction {
            // Why it is put right stands with the procedure.
            fields.insert(field.name.clone(), "procedure".into());
        }
        self.prepare_fields(authority, kind, fields, by)
    }

    /// Checks a row under the names of its fields, as the authority's. `by` stands in the place of a submission.
    pub(crate) fn prepare_fields(
        &self,
        authority: &str,
        kind: RecordKind,
        fields: Map<String, Value>,
        by: [u8; 16],
    ) -> Result<Result<OneRow, RowFault>, RegistryError> {
        let common = Common {
            submission: SubmissionId::from_bytes(by),
            authority: authority.into(),
            kind,
            at: self.clock.now(),
            today: self.today(),
        };
        let Ok(checker) = intake::Checker::new(&self.profile, kind, authority, common.today) else {
            return Err(RegistryError::Stored("an authority that files"));
        };
        let options = OpenOptions {
            name: String::new(),
            encoding: None,
            format: Some(Format::JsonLines),
        };
        let line = Value::Object(fields).to_string();
        let mut rows = match Intake::open(Cursor::new(line.into_bytes()), &options, &checker) {
            Ok(rows) => rows,
            Err(fault) => return Ok(Err(RowFault::new(fault.code))),
        };
        let bench = Bench {
            keys: &self.keys,
            profile: &self.profile,
            randomness: &*self.randomness,
            common: &common,
        };
        let prepared = match rows.next() {
            None => return Ok(Err(RowFault::new(intake::FaultCode::JsonMalformed))),
            Some(Err(rejected)) => return Ok(Err(rejected.fault)),
            Some(Ok(checked)) => bench.prepare(checked, rows.kept())?,
        };
        let row = Part::of(vec![Incoming::Checked(prepared)]);
        Ok(Ok(OneRow { common, row }))
    }
}
