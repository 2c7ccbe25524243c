//! Forms with a file. They are read in the order in which a browser sends them, so a form has its token
//! first and its file last; nothing of a file is taken in before the token is found to be right.

use std::{sync::Arc, time::Duration};

use axum::extract::{Multipart, multipart::Field};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::Fault;

/// How long a field that is no file may be, in bytes.
const LONGEST_FIELD: usize = 256 * 1024;

/// How long a form waits for room before whoever sent it is asked to come again.
const WAIT: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 5_000 });

/// A form that is being received. What it has brought counts against the room that all forms of its kind share, until
/// this is dropped: whoever sends slowly, or announces much, takes none from the others.
pub(crate) struct Receiving {
    room: Arc<Semaphore>,
    bytes: usize,
    held: Option<OwnedSemaphorePermit>,
}

impl Receiving {
    /// None of it has come yet. `room` has a permit for each KiB.
    pub(crate) fn in_room(room: &Arc<Semaphore>) -> Self {
        Self {
            room: room.clone(),
            bytes: 0,
            held: None,
        }
    }

    /// Finds room for so many bytes more.
    async fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes += bytes;
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = self.bytes.div_ceil(1024).saturating_sub(held);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| Fault::TooLarge)?;
        let found = tokio::time::timeout(WAIT, self.room.clone().acquire_many_owned(more)).await;
        let found = found.map_err(|_| Fault::Busy)?.map_err(|_| Fault::Internal)?;
        match &mut self.held {
            Some(held) => held.merge(found),
            None => self.held = Some(found),
        }
        Ok(())
    }
}

/// Receives a form for only so long.
pub(crate) async fn in_time<T>(
    limit: Duration,
    receive: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    tokio::time::timeout(limit, receive)
        .await
        .map_err(|_| Fault::TooSlow)?
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
pub(crate) async fn text(field: Field<'_>, receiving: &mut Receiving) -> Result<String, Fault> {
    let bytes = bytes(field, LONGEST_FIELD, receiving).await?;
    String::from_utf8(bytes).map_err(|_| Fault::Malformed)
}

/// The file of a field, of at most `largest` bytes; none where the visitor chose none.
pub(crate) async fn file(
    field: Field<'_>,
    largest: usize,
    receiving: &mut Receiving,
) -> Result<Option<SentFile>, Fault> {
    // A browser may send a path; what counts is the name at its end.
    let name = field.file_name().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let bytes = bytes(field, largest, receiving).await?;
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
pub(crate) async fn file_up_to(
    mut field: Field<'_>,
    longest: usize,
    receiving: &mut Receiving,
) -> Result<Received, Fault> {
    let named = field.file_name().is_some_and(|name| !name.is_empty());
    let (mut bytes, mut too_long) = (Vec::new(), false);
    while let Some(part) = field.chunk().await.map_err(|error| fault(error.status()))? {
        if too_long || bytes.len() + part.len() > longest {
            (bytes, too_long) = (Vec::new(), true);
        } else {
            receiving.take(part.len()).await?;
            bytes.extend_from_slice(&part);
        }
    }
    Ok(match bytes.is_empty() {
        _ if too_long => Received::TooLong,
        true if !named => Received::None,
        _ => Received::File(bytes),
    })
}

async fn bytes(mut field: Field<'_>, largest: usize, receiving: &mut Receiving) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|error| fault(error.status()))? {
        if bytes.len() + part.len() > largest {
            return Err(Fault::TooLarge);
        }
        receiving.take(part.len()).await?;
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
    async fn a_form_that_comes_too_slowly_is_given_up() {
        let slow = in_time::<()>(Duration::from_millis(1), std::future::pending()).await;
        assert_eq!(slow, Err(Fault::TooSlow));
    }

    #[tokio::test]
    async fn a_form_takes_as_much_room_as_it_has_brought_and_gives_it_back() {
        let room = Arc::new(Semaphore::new(4));
        // Whoever has sent nothing, or drips, takes next to nothing.
        let idle: Vec<Receiving> = (0..100).map(|_| Receiving::in_room(&room)).collect();
        let mut drips = Receiving::in_room(&room);
        for _ in 0..1024 {
            drips.take(1).await.unwrap();
        }
        assert_eq!(room.available_permits(), 3);
        let mut large = Receiving::in_room(&room);
        large.take(3 * 1024).await.unwrap();
        let mut late = Receiving::in_room(&room);
        assert_eq!(late.take(1).await, Err(Fault::Busy));
        drop(large);
        let mut again = Receiving::in_room(&room);
        again.take(3 * 1024).await.unwrap();
        drop((again, late, drips, idle));
        assert_eq!(room.available_permits(), 4);
    }
}
