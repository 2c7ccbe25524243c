//! The answer to a submission, written part by part, so that memory does not grow with the file.

use axum::body::{Body, Bytes};
use futures_util::stream;
use intake::{MessageLanguage, RowFault};
use registry::{RegistryError, RowOutcome, RowView, Submission};
use serde::Serialize;

use crate::{signed::Caller, state::Shared};

/// What became of one row.
#[derive(Serialize)]
struct Row<'a> {
    row: u64,
    outcome: RowOutcome,
    fault: Option<&'static str>,
    column: Option<&'a str>,
    message: Option<String>,
}

impl<'a> Row<'a> {
    fn of(view: &'a RowView, language: MessageLanguage) -> Self {
        let fault = view.fault.as_ref();
        Self {
            row: view.row,
            outcome: view.outcome,
            fault: fault.map(|fault| fault.code.as_str()),
            column: fault.and_then(|fault| fault.column.as_deref()),
            message: fault.map(|fault| message(fault, language)),
        }
    }
}

fn message(fault: &RowFault, language: MessageLanguage) -> String {
    match language {
        MessageLanguage::Zh => format!("{}。{}。", fault.message.zh, fault.expected.zh),
        MessageLanguage::En => format!("{}; right would be: {}", fault.message.en, fault.expected.en),
    }
}

/// How far the answer is written.
enum Place {
    Head,
    /// The next row.
    Rows(u64),
    End,
}

/// Why an answer ended before its end. The connection is cut then, so that nobody takes it for whole.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The body that says what became of a submission.
pub(super) fn body(state: Shared, caller: Caller, filed: Submission, language: MessageLanguage) -> Body {
    Body::from_stream(stream::try_unfold(Place::Head, move |place| {
        let (state, caller, filed) = (state.clone(), caller.clone(), filed.clone());
        async move {
            let part = next(&state, &caller, &filed, language, place).await;
            if let Err(error) = &part {
                tracing::error!(%error, "an answer broke off");
            }
            part
        }
    }))
}

async fn next(
    state: &Shared,
    caller: &Caller,
    filed: &Submission,
    language: MessageLanguage,
    place: Place,
) -> Result<Option<(Bytes, Place)>, Broken> {
    let from = match place {
        Place::Head => return Ok(Some((head(filed).into(), Place::Rows(1)))),
        Place::Rows(from) => from,
        Place::End => return Ok(None),
    };
    let rows = state
        .registry()
        .submission_rows(caller.authority(), filed.submission, from)
        .await?;
    match rows {
        Some(rows) => {
            let after = rows.last().map_or(from, |row| row.row) + 1;
            Ok(Some((
                part(&rows, from > 1, language)?.into(),
                Place::Rows(after),
            )))
        }
        None => {
            let receipt = serde_json::to_string(&filed.receipt)?;
            Ok(Some((format!("],\"receipt\":{receipt}}}").into(), Place::End)))
        }
    }
}

fn head(filed: &Submission) -> String {
    format!(
        r#"{{"submission":"{}","file_sha256":"{}","accepted":{},"unchanged":{},"rejected":{},"rows":["#,
        filed.submission,
        filed.file_sha256,
        filed.counts.accepted,
        filed.counts.unchanged,
        filed.counts.rejected
    )
}

fn part(rows: &[RowView], goes_on: bool, language: MessageLanguage) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(rows.len() * 80);
    for (place, row) in rows.iter().enumerate() {
        if goes_on || place > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut out, &Row::of(row, language))?;
    }
    Ok(out)
}
