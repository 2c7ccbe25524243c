//! Forms with a file. They are read in the order in which a browser sends them, so a form has its token
//! first and its file last; nothing of a file is taken in before the token is found to be right.

use std::{sync::Arc, time::Duration};

use axum::extract::{Multipart, multipart::Field};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::Fault;

/// How long a field that is no file may be, in bytes.
const LONGEST_FIELD: usize = 256 * 1024;

/// Receives a form when it is its turn, and only for so long: whoever sends slowly does not keep others
/// waiting for ever. The turn lasts until the permit is dropped.
pub(crate) async fn in_turn<T>(
    turns: &Arc<Semaphore>,
    limit: Duration,
    receive: impl Future<Output = Result<T, Fault>>,
) -> Result<(T, OwnedSemaphorePermit), Fault> {
    let turn = turns.clone().acquire_owned().await.map_err(|_| Fault::Internal)?;
    let received = tokio::time::timeout(limit, receive)
        .await
        .map_err(|_| Fault::TooSlow)??;
    Ok((received, turn))
}

/// A file as sent. Its name and content may be about people: neither is ever logged.
pub(crate) struct SentFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The next field of the form, if there is one.
pub(crate) async fn next(form: &mut Multipart) -> Result<Option<(String, Field<'_>)>, Fault> {
    let field = form.next_field().await.map_err(|error| fault(error.status()))?;
    Ok(field.map(|field| (field.name().unwrap_or_default().to_owned(), field)))
}

/// The text of a field.
pub(crate) async fn text(field: Field<'_>) -> Result<String, Fault> {
    let bytes = bytes(field, LONGEST_FIELD).await?;
    String::from_utf8(bytes).map_err(|_| Fault::Malformed)
}

/// The file of a field, of at most `largest` bytes; none where the visitor chose none.
pub(crate) async fn file(field: Field<'_>, largest: usize) -> Result<Option<SentFile>, Fault> {
    // A browser may send a path; what counts is the name at its end.
    let name = field.file_name().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let bytes = bytes(field, largest).await?;
    Ok((!name.is_empty() || !bytes.is_empty()).then_some(SentFile { name, bytes }))
}

/// What became of the file of a field.
pub(crate) enum Received {
    /// The visitor chose none.
    None,
    /// It is longer than is taken. It was received and thrown away, so that what comes after it still is.
    TooLong,
    /// Its content.
    File(Vec<u8>),
}

/// The content of a field's file, of at most `longest` bytes. Its name is not kept.
pub(crate) async fn file_up_to(mut field: Field<'_>, longest: usize) -> Result<Received, Fault> {
    let named = field.file_name().is_some_and(|name| !name.is_empty());
    let (mut bytes, mut too_long) = (Vec::new(), false);
    while let Some(part) = field.chunk().await.map_err(|error| fault(error.status()))? {
        if too_long || bytes.len() + part.len() > longest {
            (bytes, too_long) = (Vec::new(), true);
        } else {
            bytes.extend_from_slice(&part);
        }
    }
    Ok(match bytes.is_empty() {
        _ if too_long => Received::TooLong,
        true if !named => Received::None,
        _ => Received::File(bytes),
    })
}

async fn bytes(mut field: Field<'_>, largest: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|error| fault(error.status()))? {
        if bytes.len() + part.len() > largest {
            return Err(Fault::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn fault(status: axum::http::StatusCode) -> Fault {
    if status == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge
    } else {
        Fault::Malformed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_that_comes_too_slowly_gives_its_turn_up() {
        let turns = Arc::new(Semaphore::new(1));
        let slow = in_turn::<()>(&turns, Duration::from_millis(1), std::future::pending()).await;
        assert_eq!(slow.map(|_| ()), Err(Fault::TooSlow));
        let (received, turn) = in_turn(&turns, Duration::from_secs(60), async { Ok(1) })
            .await
            .unwrap();
        assert_eq!((received, turns.available_permits()), (1, 0));
        drop(turn);
        assert_eq!(turns.available_permits(), 1);
    }
}
