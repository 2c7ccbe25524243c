//! Uploads in pieces: a file comes in over a connection that may break, and is kept sealed until it is whole.
//!
//! A piece is acknowledged when it is on disk, in the [spool](super::spool).

use std::{collections::HashSet, io};

use keys::{DataKey, Place};
use model::SubmissionId;
use storage::{Access, Param, StoreError, Tx};

use super::{
    announce::UploadRequest,
    submit::{Submission, SubmissionFile, SubmitError},
};
use crate::{Registry, RegistryError};

/// In seconds.
const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// How far an upload has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Upload {
    /// The submission that it will be.
    pub submission: SubmissionId,
    /// How many bytes are on disk.
    pub received: u64,
    /// How many there will be.
    pub length: u64,
}

/// Why a file or a piece was not taken, or an upload could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The authority has no such upload.
    #[error("there is no such upload")]
    NoSuchUpload,
    /// The piece does not begin where the last one ended.
    #[error("the piece begins at another place than the last one ended: {received} bytes are here")]
    Offset {
        /// How many bytes are here.
        received: u64,
    },
    /// The piece is longer than what is left.
    #[error("the piece is longer than what is left of the file")]
    TooLong,
    /// The file is not whole yet.
    #[error("the file is not whole: {received} of {length} bytes are here")]
    NotWhole {
        /// How many bytes are here.
        received: u64,
        /// How many there will be.
        length: u64,
    },
    /// The file is another than was announced.
    #[error("the file is not the one that was announced: its SHA-256 differs")]
    OtherFile,
    /// The file is longer than is taken.
    #[error("a file has at most {0} bytes")]
    TooLarge(u64),
    /// The authority has as much under way as it may have at once.
    #[error(
        "{uploads} of at most {most_uploads} uploads and {bytes} of at most {most_bytes} bytes are under way"
    )]
    TooMuchUnderWay {
        /// How many uploads are under way.
        uploads: u64,
        /// How many may be.
        most_uploads: u64,
        /// How many bytes they have, as announced.
        bytes: u64,
        /// How many they may have.
        most_bytes: u64,
    },
    /// The submission failed.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for UploadError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl From<io::Error> for UploadError {
    fn from(error: io::Error) -> Self {
        Self::Registry(error.into())
    }
}

/// An upload as it is stored.
pub(super) struct StoredUpload {
    pub(super) request: UploadRequest,
    pub(super) key: DataKey,
    pub(super) received: u64,
}

impl Registry {
    /// How far an authority's upload has come.
    ///
    /// # Errors
    /// When there is no such upload, or the store fails.
    pub async fn upload(&self, authority: &str, id: SubmissionId) -> Result<Upload, UploadError> {
        let this = self.clone();
        let stored = self
            .store
            .run_async("upload.read", Access::Read, move |tx| read(tx, &this, id))
            .await?;
        let stored = stored
            .filter(|one| one.request.authority == authority)
            .ok_or(UploadError::NoSuchUpload)?;
        Ok(Upload {
            submission: id,
            received: stored.received,
            length: stored.request.length,
        })
    }

    /// Takes the next piece of an upload, that begins at `offset`. It is on disk when this answers. Blocks.
    ///
    /// # Errors
    /// [`UploadError`]; nothing of the piece is taken then.
    pub fn append(
        &self,
        authority: &str,
        id: SubmissionId,
        offset: u64,
        piece: &[u8],
    ) -> Result<Upload, UploadError> {
        let _one = self.spool.one_piece();
        let stored = self.stored_upload(authority, id)?;
        if stored.received != offset {
            return Err(UploadError::Offset {
                received: stored.received,
            });
        }
        let length = stored.request.length;
        let received = offset + piece.len() as u64;
        if received > length {
            return Err(UploadError::TooLong);
        }
        self.spool
            .append(id, &stored.key, offset, piece, &*self.randomness)?;
        let now = self.clock.now().as_second();
        self.store.run("upload.append", Access::Write, move |tx| {
            tx.execute(
                "UPDATE upload SET received = $1, touched_at = $2 WHERE submission = $3",
                &[
                    Param::Int(received as i64),
                    Param::Int(now),
                    Param::Blob(id.as_bytes()),
                ],
            )?;
            Ok::<_, UploadError>(())
        })?;
        Ok(Upload {
            submission: id,
            received,
            length,
        })
    }

    /// Files an upload that is whole. Asked again after a kill it goes on where it was, and after it is done
    /// it answers [`UploadError::NoSuchUpload`]. Blocks.
    ///
    /// # Errors
    /// [`UploadError`].
    pub fn finish_upload(&self, authority: &str, id: SubmissionId) -> Result<Submission, UploadError> {
        let StoredUpload {
            request,
            key,
            received,
        } = self.stored_upload(authority, id)?;
        if received != request.length {
            return Err(UploadError::NotWhole {
                received,
                length: request.length,
            });
        }
        let mut source = self.spool.read(id, key, received)?;
        if super::submit::hash(&mut source)? != request.sha256 {
            self.drop_upload(id)?;
            return Err(UploadError::OtherFile);
        }
        let file = SubmissionFile {
            authority: request.authority,
            kind: request.kind,
            name: request.name,
            encoding: None,
        };
        let outcome = self.submit_as(id, &file, source, &|_| ());
        if matches!(
            outcome,
            Ok(_) | Err(SubmitError::File(_) | SubmitError::NotYours(_))
        ) {
            self.drop_upload(id)?;
        }
        Ok(outcome?)
    }

    fn stored_upload(&self, authority: &str, id: SubmissionId) -> Result<StoredUpload, UploadError> {
        let this = self.clone();
        let stored = self
            .store
            .run("upload.read", Access::Read, move |tx| read(tx, &this, id))?;
        stored
            .filter(|one| one.request.authority == authority)
            .ok_or(UploadError::NoSuchUpload)
    }

    fn drop_upload(&self, id: SubmissionId) -> Result<(), UploadError> {
        self.store.run("upload.drop", Access::Write, move |tx| {
            tx.execute(
                "DELETE FROM upload WHERE submission = $1",
                &[Param::Blob(id.as_bytes())],
            )?;
            Ok::<_, UploadError>(())
        })?;
        Ok(self.spool.remove(id)?)
    }

    /// Closes submissions that nobody went on with, with the rows that got in, so that they can be taken back:
    /// after an hour where nothing is left to go on with, after a day where the upload is still here.
    pub(crate) fn close_left_open(&self) -> Result<(), RegistryError> {
        let now = self.clock.now().as_second();
        let left = self.store.run("submission.left", Access::Read, move |tx| {
            let rows = tx.query(
                "SELECT submission FROM submission s WHERE state = 'open' AND touched_at < $1 \
                 AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.submission = s.submission AND \
                 (u.touched_at >= $2 OR s.touched_at >= $2))",
                &[Param::Int(now - HOUR), Param::Int(now - DAY)],
            )?;
            rows.into_iter()
                .map(|mut row| Ok(SubmissionId::from_bytes(row.array()?)))
                .collect::<Result<Vec<_>, RegistryError>>()
        })?;
        for id in left {
            let this = self.clone();
            self.store
                .run("submission.close", Access::Write, move |tx| this.close(tx, id))?;
        }
        Ok(())
    }

    /// Removes uploads that nobody went on with for a day, and spool files that no upload belongs to.
    pub(crate) fn sweep_uploads(&self) -> Result<(), UploadError> {
        let before = self.clock.now().as_second() - DAY;
        let kept: HashSet<SubmissionId> = self.store.run("upload.sweep", Access::Write, move |tx| {
            tx.execute(
                "DELETE FROM upload WHERE touched_at < $1 AND submission NOT IN \
                 (SELECT submission FROM submission WHERE state = 'open')",
                &[Param::Int(before)],
            )?;
            let rows = tx.query("SELECT submission FROM upload", &[])?;
            rows.into_iter()
                .map(|mut row| Ok(SubmissionId::from_bytes(row.array()?)))
                .collect::<Result<_, UploadError>>()
        })?;
        Ok(self.spool.sweep(&kept)?)
    }
}

/// Where a sealed column of an upload stands.
pub(super) fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "upload",
        column,
        row,
    }
}

/// An upload, if there is one with this identifier.
pub(super) fn read(
    tx: &mut dyn Tx,
    this: &Registry,
    id: SubmissionId,
) -> Result<Option<StoredUpload>, UploadError> {
    let rows = tx.query(
        "SELECT authority, kind, file_sha256, wrapped_key, sealed_file_name, length, received FROM upload \
         WHERE submission = $1",
        &[Param::Blob(id.as_bytes())],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let authority = row.text()?;
    let kind = row
        .text()?
        .parse()
        .map_err(|_| StoreError::Shape("a kind of record is expected"))?;
    let sha256 = row.array()?;
    let ids: [&[u8]; 1] = [id.as_bytes()];
    let key = this
        .keys
        .wrapping()
        .unwrap_key(&place("wrapped_key", &ids), &row.blob()?);
    let key = key.map_err(RegistryError::from)?;
    let name = key
        .open(&place("sealed_file_name", &ids), &row.blob()?)
        .map_err(RegistryError::from)?;
    let name = String::from_utf8(name).map_err(|_| RegistryError::Stored("the name of a file"))?;
    let (length, received) = (row.int()? as u64, row.int()? as u64);
    Ok(Some(StoredUpload {
        request: UploadRequest {
            authority,
            kind,
            name,
            length,
            sha256,
        },
        key,
        received,
    }))
}
