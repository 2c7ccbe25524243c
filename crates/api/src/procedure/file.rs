//! `POST /api/v1/procedures/{procedure}/files/{file}/open`: a file that was put to a procedure. That it was opened is
//! on disk before this answers, and the person sees it.

use axum::{
    extract::State,
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use registry::Reader;

use crate::{
    by_staff::ByStaff,
    path::{Path, id},
    problem::{Code, Problem},
    signed::Nothing,
    state::Shared,
};

/// Opens it.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Path((procedure, file)): Path<(String, String)>,
    by: ByStaff<Nothing>,
) -> Result<Response, Problem> {
    content(&state, by.reader(), &procedure, &file).await
}

/// The file's content, for this reader.
pub(crate) async fn content(
    state: &Shared,
    reader: Reader,
    procedure: &str,
    file: &str,
) -> Result<Response, Problem> {
    let procedure = id(procedure, Code::ProcedureUnknown)?;
    let file = id(file, Code::FileUnknown)?;
    let content = state.registry().procedure_file(reader, procedure, file).await?;
    Ok((headers(&content), content).into_response())
}

/// What it is, which was checked when it came in, and that it is to be kept rather than shown in a page.
fn headers(content: &[u8]) -> [(HeaderName, &'static str); 2] {
    let (kind, name) = if content.starts_with(b"%PDF") {
        ("application/pdf", "attachment; filename=\"file.pdf\"")
    } else if content.starts_with(b"\x89PNG") {
        ("image/png", "attachment; filename=\"file.png\"")
    } else {
        ("image/jpeg", "attachment; filename=\"file.jpg\"")
    };
    [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)]
}
