//! `GET /api/v1/submissions/{submission}/rejected.csv`: the rejected rows in the sender's own columns with two
//! more, to mend and send again.

use std::io::{self, Write};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use tokio::sync::mpsc::{self, Sender};

use super::path::Named;
use crate::{
    language::Asked,
    problem::{Code, Problem},
    signed::{Nothing, Signed},
    state::Shared,
};

/// How much is sent at once.
const PART: usize = 64 * 1024;

/// Sends the file.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Named(id): Named,
    language: Asked,
    signed: Signed<Nothing>,
) -> Result<Response, Problem> {
    let (sender, mut parts) = mpsc::channel(2);
    let registry = state.registry().clone();
    let for_body = signed.for_body();
    let work = tokio::task::spawn_blocking(move || {
        let mut out = Out {
            sender: sender.clone(),
            part: Vec::new(),
        };
        let written = registry.rejected_csv(&for_body, id, language.messages(), &mut out);
        match written.and_then(|there| out.flush().map(|()| there).map_err(Into::into)) {
            Ok(there) => Ok(there),
            Err(error) => {
                // Whoever reads learns that the file is not whole. Nobody reads any more: nothing to tell.
                let _ = sender.blocking_send(Err(io::ErrorKind::BrokenPipe.into()));
                Err(error)
            }
        }
    });
    let Some(first) = parts.recv().await else {
        // Nothing came: either there is no such submission or the work failed.
        let there = work.await??;
        return Err(Problem::new(if there {
            Code::Internal
        } else {
            Code::NoSuchSubmission
        }));
    };
    let Ok(first) = first else {
        return Err(work
            .await?
            .err()
            .map_or(Problem::new(Code::Internal), Problem::from));
    };
    let mut first = Some(Ok(first));
    let body = stream::poll_fn(move |context| match first.take() {
        Some(part) => std::task::Poll::Ready(Some(part)),
        None => parts.poll_recv(context),
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"rejected.csv\"",
        ),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// Hands on what is written, part by part. Waits while the reader is slow.
struct Out {
    sender: Sender<io::Result<Bytes>>,
    part: Vec<u8>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= PART {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() {
            return Ok(());
        }
        let part = std::mem::take(&mut self.part).into();
        self.sender
            .blocking_send(Ok(part))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
