//! A procedure with the record that it is about, for who has to answer it. The authority that filed the record reads
//! all that it filed; a reviewer reads it without whom it is about.

use model::ProcedureId;
use storage::Access;

use super::{ProcedureError, ProcedureView, Reader};
use crate::{RecordView, Registry};

/// The kinds of field that tell whom a record is about.
const WHOM: [&str; 4] = ["name", "id-number", "id-type", "birth-date"];

impl Registry {
    /// What is in one procedure, with its record as it stands now. That it was opened is on disk when this answers. No
    /// record: it is about a look, the record is erased, or it is another body's.
    ///
    /// # Errors
    /// When there is no such procedure, or the reader takes no part in it.
    pub async fn read_procedure_record(
        &self,
        reader: Reader,
        procedure: ProcedureId,
    ) -> Result<(ProcedureView, Option<RecordView>), ProcedureError> {
        let held = match self.opened(reader.clone(), procedure).await {
            Err(ProcedureError::NoSuchProcedure) => {
                return Ok((self.read_erased(reader, procedure).await?, None));
            }
            opened => opened?,
        };
        let this = self.clone();
        self.store
            .run_async("procedure.record", Access::Read, move |tx| {
                let record = match held.record {
                    Some(record) => match this.record_of(tx, held.person, record) {
                        Ok((_, view)) => this.for_reader(view, &reader),
                        Err(ProcedureError::NoSuchRecord) => None,
                        Err(other) => return Err(other),
                    },
                    None => None,
                };
                let view = this.viewed(tx, &held, &reader)?;
                Ok((view, record))
            })
            .await
    }

    /// The record as far as the reader may see it.
    fn for_reader(&self, mut view: RecordView, reader: &Reader) -> Option<RecordView> {
        match reader {
            Reader::Person(_) => Some(view),
            // To read records is a scope of its own.
            Reader::Representative(_) => None,
            Reader::Body(body) | Reader::Staff { body, .. } => (view.authority == *body).then_some(view),
            Reader::Reviewer(_) => {
                let record_type = self.profile.record_type(view.kind)?;
                let tells = |name: &str| {
                    let field = record_type.field(name);
                    field.is_none_or(|field| WHOM.contains(&field.kind.as_str()))
                };
                view.fields.retain(|name, _| !tells(name));
                // Earlier versions tell the same, and more.
                view.versions.clear();
                Some(view)
            }
        }
    }
}
