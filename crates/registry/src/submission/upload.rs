//! Uploads in pieces: a file comes in over a connection that may break, and is kept sealed until it is whole.
//!
//! Pieces are appended to a spool file as frames, each sealed under the upload's key for its place in the
//! file. A piece is acknowledged when it is on disk. The spool file is removed once its rows are filed.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    sync::Arc,
};

use keys::{DataKey, Place};
use model::{Randomness, RecordKind, SubmissionId};
use storage::{Access, Param, StoreError, Tx};

use super::submit::{Submission, SubmissionFile, SubmitError};
use crate::{Registry, RegistryError};

/// The most bytes of a file in one frame.
const FRAME: usize = 64 * 1024;
/// In seconds.
const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
/// What a frame is longer than its content: its length, and nonce and tag of the seal.
const FRAME_HEAD: u64 = 4;
const SEAL: u64 = 28;

/// A file that an authority wants to send.
#[derive(Debug, Clone)]
pub struct UploadRequest {
    /// The authority.
    pub authority: String,
    /// The kind of its records.
    pub kind: RecordKind,
    /// The file's name.
    pub name: String,
    /// The file's length in bytes.
    pub length: u64,
    /// The file's SHA-256.
    pub sha256: [u8; 32],
}

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

/// Why a piece was not taken, or an upload could not be finished.
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

/// The longest file that is taken over a connection, in bytes.
pub(super) const LONGEST_FILE: u64 = 4 * 1024 * 1024 * 1024;

struct StoredUpload {
    request: UploadRequest,
    key: DataKey,
    received: u64,
}

impl Registry {
    /// Announces a file. The answer names the submission that it will be.
    ///
    /// # Errors
    /// When it is too long, or the store fails.
    pub async fn announce(&self, request: UploadRequest) -> Result<Upload, UploadError> {
        if request.length > LONGEST_FILE {
            return Err(UploadError::TooLarge(LONGEST_FILE));
        }
        let at = self.clock.now();
        let randomness = &*self.randomness;
        let id = SubmissionId::new(at, randomness).map_err(RegistryError::from)?;
        let key = DataKey::generate(randomness).map_err(RegistryError::from)?;
        let row: [&[u8]; 1] = [id.as_bytes()];
        let wrap = self
            .keys
            .wrapping()
            .wrap(&place("wrapped_key", &row), &key, randomness);
        let wrapped_key = wrap.map_err(RegistryError::from)?;
        let name = key.seal(
            &place("sealed_file_name", &row),
            request.name.as_bytes(),
            randomness,
        );
        let name = name.map_err(RegistryError::from)?;
        let upload = Upload {
            submission: id,
            received: 0,
            length: request.length,
        };
        File::create_new(self.spool_file(id))?.sync_all()?;
        self.store
            .run_async("upload.announce", Access::Write, move |tx| {
                tx.execute(
                    "INSERT INTO upload (submission, authority, kind, file_sha256, wrapped_key, sealed_file_name, \
                     length, received, created_at, touched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)",
                    &[
                        Param::Blob(id.as_bytes()),
                        Param::Text(&request.authority),
                        Param::Text(request.kind.as_str()),
                        Param::Blob(&request.sha256),
                        Param::Blob(&wrapped_key),
                        Param::Blob(&name),
                        Param::Int(request.length as i64),
                        Param::Int(at.as_second()),
                    ],
                )?;
                Ok(upload)
            })
            .await
    }

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
        // One piece at a time: two of one upload would write over each other.
        let _one = self
            .uploading
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
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
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(self.spool_file(id))?;
        // What a kill left behind the last acknowledged piece is written over.
        let (frames, end) = Spool::frames(&mut file, offset)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        for (place, part) in (frames.len() as u64..).zip(piece.chunks(FRAME)) {
            let sealed = seal_frame(&stored.key, id, place, part, &*self.randomness)?;
            file.write_all(&(part.len() as u32).to_be_bytes())?;
            file.write_all(&sealed)?;
        }
        file.sync_all()?;
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
        let mut spool = Spool::open(File::open(self.spool_file(id))?, key, id, received)?;
        if super::submit::hash(&mut spool)? != request.sha256 {
            self.drop_upload(id)?;
            return Err(UploadError::OtherFile);
        }
        let file = SubmissionFile {
            authority: request.authority,
            kind: request.kind,
            name: request.name,
            encoding: None,
        };
        let outcome = self.submit_as(id, &file, spool, &|_| ());
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
        Ok(remove(&self.spool_file(id))?)
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
        let kept: std::collections::HashSet<String> =
            self.store.run("upload.sweep", Access::Write, move |tx| {
                tx.execute(
                    "DELETE FROM upload WHERE touched_at < $1 AND submission NOT IN \
                     (SELECT submission FROM submission WHERE state = 'open')",
                    &[Param::Int(before)],
                )?;
                let rows = tx.query("SELECT submission FROM upload", &[])?;
                rows.into_iter()
                    .map(|mut row| Ok(SubmissionId::from_bytes(row.array()?).to_string()))
                    .collect::<Result<_, UploadError>>()
            })?;
        for entry in std::fs::read_dir(&*self.spool)? {
            let entry = entry?;
            let modified = match entry.metadata().and_then(|data| data.modified()) {
                // Its upload was finished meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                modified => modified?,
            };
            let old = modified.elapsed().is_ok_and(|age| age.as_secs() > 60 * 60);
            if old && !kept.contains(entry.file_name().to_string_lossy().as_ref()) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    fn spool_file(&self, id: SubmissionId) -> PathBuf {
        self.spool.join(id.to_string())
    }
}

/// Removes a file that somebody else may have removed already.
fn remove(file: &std::path::Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "upload",
        column,
        row,
    }
}

fn read(tx: &mut dyn Tx, this: &Registry, id: SubmissionId) -> Result<Option<StoredUpload>, UploadError> {
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

fn frame_place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "spool",
        column: "frame",
        row,
    }
}

fn seal_frame(
    key: &DataKey,
    id: SubmissionId,
    frame: u64,
    part: &[u8],
    randomness: &dyn Randomness,
) -> Result<Vec<u8>, RegistryError> {
    let frame = frame.to_be_bytes();
    Ok(key.seal(&frame_place(&[id.as_bytes(), &frame]), part, randomness)?)
}

/// Where a frame's content begins in the plain file, where the frame begins on disk, and how long its content
/// is.
#[derive(Debug, Clone, Copy)]
struct Frame {
    plain: u64,
    disk: u64,
    length: u32,
}

/// A sealed spool file, read as the file that was sent.
struct Spool {
    file: File,
    key: DataKey,
    id: SubmissionId,
    frames: Arc<[Frame]>,
    length: u64,
    position: u64,
    current: Option<(usize, Vec<u8>)>,
}

impl Spool {
    /// The frames that hold the first `length` bytes, and where they end on disk.
    fn frames(file: &mut File, length: u64) -> io::Result<(Vec<Frame>, u64)> {
        let (mut frames, mut plain, mut disk) = (Vec::new(), 0, 0);
        while plain < length {
            let mut head = [0; 4];
            file.seek(SeekFrom::Start(disk))?;
            file.read_exact(&mut head)?;
            let part = u32::from_be_bytes(head);
            frames.push(Frame {
                plain,
                disk,
                length: part,
            });
            plain += u64::from(part);
            disk += FRAME_HEAD + u64::from(part) + SEAL;
        }
        if plain == length {
            Ok((frames, disk))
        } else {
            Err(damaged())
        }
    }

    fn open(mut file: File, key: DataKey, id: SubmissionId, length: u64) -> io::Result<Self> {
        let (frames, _) = Self::frames(&mut file, length)?;
        Ok(Self {
            file,
            key,
            id,
            frames: frames.into(),
            length,
            position: 0,
            current: None,
        })
    }

    fn frame(&mut self, index: usize) -> io::Result<&[u8]> {
        if self.current.as_ref().is_none_or(|(at, _)| *at != index) {
            let frame = self.frames[index];
            let mut sealed = vec![0; frame.length as usize + SEAL as usize];
            self.file.seek(SeekFrom::Start(frame.disk + FRAME_HEAD))?;
            self.file.read_exact(&mut sealed)?;
            let number = (index as u64).to_be_bytes();
            let plain = self
                .key
                .open(&frame_place(&[self.id.as_bytes(), &number]), &sealed);
            self.current = Some((index, plain.map_err(|_| damaged())?));
        }
        Ok(self.current.as_ref().map_or(&[], |(_, plain)| plain))
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the spool file is damaged")
}

impl Read for Spool {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || out.is_empty() {
            return Ok(0);
        }
        let position = self.position;
        let index = self.frames.partition_point(|frame| frame.plain <= position) - 1;
        let skip = (position - self.frames[index].plain) as usize;
        let plain = self.frame(index)?;
        let count = plain.len().saturating_sub(skip).min(out.len());
        out[..count].copy_from_slice(&plain[skip..skip + count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => i128::from(at),
            SeekFrom::End(by) => i128::from(self.length) + i128::from(by),
            SeekFrom::Current(by) => i128::from(self.position) + i128::from(by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the file's beginning");
        self.position = u64::try_from(position).map_err(|_| before())?;
        Ok(self.position)
    }
}
