//! `POST /api/v1/procedures/{procedure}/open`: what is in one procedure, with the record that it is about. That it was
//! opened, and by whom, is on disk before this answers, and the person sees it.

use axum::{Json, extract::State};
use model::{RecordId, RecordKind, RecordStatus};
use registry::{Fields, ProcedureView, Reader, RecordView};
use serde::Serialize;

use crate::{
    by_staff::ByStaff,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// A procedure, opened.
#[derive(Serialize)]
pub(crate) struct Opened {
    #[serde(flatten)]
    procedure: ProcedureView,
    /// The record that it is about as it stands now, as far as the reader sees it.
    filed: Option<Filed>,
}

/// A record, for who has to answer for it.
#[derive(Serialize)]
struct Filed {
    record: RecordId,
    kind: RecordKind,
    status: RecordStatus,
    authority: String,
    profession: String,
    basis: String,
    disputed: bool,
    withheld: bool,
    fields: Fields,
}

impl From<RecordView> for Filed {
    fn from(view: RecordView) -> Self {
        Self {
            record: view.record,
            kind: view.kind,
            status: view.status,
            authority: view.authority,
            profession: view.profession,
            basis: view.basis,
            disputed: view.disputed,
            withheld: view.withheld,
            fields: view.fields,
        }
    }
}

/// Opens it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path(procedure): Path<String>,
    by: ByStaff<Nothing>,
) -> Result<Json<Opened>, Problem> {
    read(&state, by.reader(), &procedure).await.map(Json)
}

/// What is in it, for this reader.
pub(crate) async fn read(state: &Shared, reader: Reader, procedure: &str) -> Result<Opened, Problem> {
    let procedure = id(procedure, Code::ProcedureUnknown)?;
    let (procedure, record) = state.registry().read_procedure_record(reader, procedure).await?;
    Ok(Opened {
        procedure,
        filed: record.map(Into::into),
    })
}
