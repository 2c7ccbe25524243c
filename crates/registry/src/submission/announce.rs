//! Announcing a file. What an authority has under way at once is bounded, so that nobody fills the disk.

use keys::DataKey;
use model::{RecordKind, SubmissionId};
use storage::{Access, Param, StoreError, Tx};

use super::upload::{Upload, UploadError, place, read};
use crate::{Registry, RegistryError};

/// The longest file that is taken over a connection, in bytes.
const LONGEST_FILE: u64 = 4 * 1024 * 1024 * 1024;

/// How many uploads of one authority are under way at most: more than its machines send at the same time, with
/// room for some that broke off.
const MOST_UPLOADS: u64 = 16;

/// How many bytes the uploads of one authority that are under way have at most, as announced: two of the longest
/// files, so that one can come in while the other is filed.
const MOST_BYTES: u64 = 2 * LONGEST_FILE;

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

impl Registry {
    /// Announces a file. The answer names the submission that it will be. A file that is under way already
    /// is gone on with.
    ///
    /// # Errors
    /// When it is too long, too much is under way, or the store fails.
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
        let this = self.clone();
        self.store
            .run_async("upload.announce", Access::Write, move |tx| {
                if let Some(upload) = go_on(tx, &this, &request, at.as_second())? {
                    return Ok(upload);
                }
                make_sure_of_room(tx, &request)?;
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
                Ok(Upload {
                    submission: id,
                    received: 0,
                    length: request.length,
                })
            })
            .await
    }
}

/// The upload of this very file, if it is under way. One whose submission has ended is not: whoever announces
/// the file anew wants it filed anew. Nor is one whose spool file is lost.
fn go_on(
    tx: &mut dyn Tx,
    this: &Registry,
    request: &UploadRequest,
    now: i64,
) -> Result<Option<Upload>, UploadError> {
    let rows = tx.query(
        "SELECT submission FROM upload u WHERE authority = $1 AND file_sha256 = $2 AND length = $3 AND \
         NOT EXISTS (SELECT 1 FROM submission s WHERE s.submission = u.submission AND s.state <> 'open')",
        &[
            Param::Text(&request.authority),
            Param::Blob(&request.sha256),
            Param::Int(request.length as i64),
        ],
    )?;
    for mut row in rows {
        let id = SubmissionId::from_bytes(row.array()?);
        let Some(stored) = read(tx, this, id)? else {
            continue;
        };
        let same = stored.request.kind == request.kind && stored.request.name == request.name;
        if !same || !this.spool.holds(id, stored.received) {
            continue;
        }
        tx.execute(
            "UPDATE upload SET touched_at = $1 WHERE submission = $2",
            &[Param::Int(now), Param::Blob(id.as_bytes())],
        )?;
        return Ok(Some(Upload {
            submission: id,
            received: stored.received,
            length: request.length,
        }));
    }
    Ok(None)
}

/// Refuses a file that would be too much. Of two that are announced at once, the second sees the first: writes
/// are serialised.
fn make_sure_of_room(tx: &mut dyn Tx, request: &UploadRequest) -> Result<(), UploadError> {
    let rows = tx.query(
        "SELECT COUNT(*), CAST(COALESCE(SUM(length), 0) AS BIGINT) FROM upload WHERE authority = $1",
        &[Param::Text(&request.authority)],
    )?;
    let mut row = rows
        .into_iter()
        .next()
        .ok_or(StoreError::Shape("a count is expected"))?;
    let (uploads, bytes) = (row.int()? as u64, row.int()? as u64);
    if uploads < MOST_UPLOADS && bytes + request.length <= MOST_BYTES {
        return Ok(());
    }
    Err(UploadError::TooMuchUnderWay {
        uploads,
        most_uploads: MOST_UPLOADS,
        bytes,
        most_bytes: MOST_BYTES,
    })
}
