//! Submitting a file: announce it, send it in pieces, file it, keep the answer. Whatever breaks on the way, it
//! goes on from where the server says it is.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

use http::Response;
use model::RecordKind;
use registry::Counts;
use ring::digest;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;
use ureq::Body;

use super::{
    Client, ClientError,
    exchange::{Ask, Broken, Failed, Failures, failed},
};
use crate::PIECE_BYTES;

/// A submission that was filed, with the server's answer in a temporary file: it says every row's outcome, so
/// it grows with the submission.
#[derive(Debug)]
pub struct Filed {
    /// The submission's identifier.
    pub submission: String,
    /// What became of its rows.
    pub counts: Counts,
    answer: File,
}

impl Filed {
    /// Writes the whole answer, one JSON document.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_json(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.answer.seek(SeekFrom::Start(0))?;
        io::copy(&mut self.answer, out)?;
        Ok(())
    }
}

#[derive(Deserialize)]
struct Upload {
    submission: String,
    received: u64,
}

/// How far the server is; nothing once the file is filed.
#[derive(Deserialize)]
struct Progress {
    received: Option<u64>,
}

/// The answer, read to its end. What breaks off is no answer.
#[derive(Deserialize)]
struct Whole {
    submission: String,
    accepted: u64,
    unchanged: u64,
    rejected: u64,
    #[serde(rename = "rows")]
    _rows: IgnoredAny,
    #[serde(rename = "receipt")]
    _receipt: IgnoredAny,
}

impl Client {
    /// Submits a file. `progress` hears how many bytes the server has. Blocks until every row is filed or
    /// refused.
    ///
    /// # Errors
    /// [`ClientError`]; sending the file again is harmless.
    pub fn submit(
        &self,
        path: &Path,
        kind: RecordKind,
        progress: &dyn Fn(u64),
    ) -> Result<Filed, ClientError> {
        let mut source = File::open(path).map_err(ClientError::File)?;
        let (length, sha256) = measure(&mut source).map_err(ClientError::File)?;
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default();
        let mut body = json!({
            "kind": kind.as_str(),
            "file_name": name,
            "length": length,
            "sha256": hex::encode(sha256),
        });
        if let Some(named) = &self.files_for {
            body["authority"] = named.as_str().into();
        }
        let body = body.to_string();
        let body = Some(("application/json", body.as_bytes()));
        let announce = Ask {
            method: "POST",
            path: "/api/v1/submissions",
            body,
            offset: None,
        };
        let upload: Upload = self.patiently(|| self.json(&announce))?;
        let path = format!("/api/v1/submissions/{}", upload.submission);
        self.send(&path, &mut source, length, upload.received, progress)?;
        self.patiently(|| self.file(&format!("{path}/file")))
    }

    /// The rejected rows of a submission, to mend and send again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn rejected_csv(&self, submission: &str) -> Result<Vec<u8>, ClientError> {
        let path = format!("/api/v1/submissions/{submission}/rejected.csv");
        self.patiently(|| {
            let mut response = self.once(&Ask::get(&path))?;
            // As long as the rejected rows are; the sender has the file that they come from.
            let config = response.body_mut().with_config();
            config.limit(u64::MAX).read_to_vec().map_err(failed)
        })
    }

    /// Sends what the server does not have. Ends early where the file is filed already.
    fn send(
        &self,
        path: &str,
        source: &mut File,
        length: u64,
        mut received: u64,
        progress: &dyn Fn(u64),
    ) -> Result<(), ClientError> {
        let mut piece = Vec::with_capacity(PIECE_BYTES.min(length as usize));
        let mut failures = Failures::default();
        while received < length {
            read_piece(source, received, &mut piece).map_err(ClientError::File)?;
            if piece.is_empty() {
                return Err(ClientError::File(io::ErrorKind::UnexpectedEof.into()));
            }
            let body = Some(("application/octet-stream", piece.as_slice()));
            let before = received;
            match self.once(&Ask {
                method: "PATCH",
                path,
                body,
                offset: Some(received),
            }) {
                Ok(response) => received = offset(&response)?,
                // The server has another part of the file than this end believes: it is right.
                Err(Failed::For(ClientError::Refused(refusal))) if refusal.code == "offset" => {
                    self.wait(&mut failures, Broken::passing(refusal.to_string()))?;
                    received = refusal
                        .received
                        .ok_or(ClientError::Answer("an offset is missing"))?;
                }
                // Somebody who sends the same file was first. What became of it is asked for next.
                Err(Failed::For(ClientError::Refused(refusal))) if refusal.code == "no-such-submission" => {
                    return Ok(());
                }
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::UnderWay) => return Err(ClientError::Answer("a piece is not filed")),
                Err(Failed::Again(broken)) => {
                    self.wait(&mut failures, broken)?;
                    let now: Progress = self.patiently(|| self.json(&Ask::get(path)))?;
                    match now.received {
                        Some(count) => received = count,
                        // As above.
                        None => return Ok(()),
                    }
                }
            }
            if received > before {
                failures = Failures::default();
            }
            progress(received);
        }
        Ok(())
    }

    /// Files what was sent, and keeps the answer once it is whole.
    fn file(&self, path: &str) -> Result<Filed, Failed> {
        let mut response = self.once(&Ask::post(path))?;
        let mut answer = tempfile::tempfile().map_err(ClientError::File)?;
        let mut reader = response.body_mut().as_reader();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => answer.write_all(&buffer[..count]).map_err(ClientError::File)?,
                Err(error) => return Err(Failed::Again(Broken::passing(error.to_string()))),
            }
        }
        answer.seek(SeekFrom::Start(0)).map_err(ClientError::File)?;
        let whole: Whole = serde_json::from_reader(BufReader::new(&answer)).map_err(|error| {
            if error.is_eof() {
                Failed::Again(Broken::passing("the answer broke off"))
            } else {
                Failed::For(ClientError::Answer("JSON of another shape"))
            }
        })?;
        let Whole {
            submission,
            accepted,
            unchanged,
            rejected,
            ..
        } = whole;
        Ok(Filed {
            submission,
            counts: Counts {
                accepted,
                unchanged,
                rejected,
            },
            answer,
        })
    }
}

/// Where the server is after a piece.
fn offset(response: &Response<Body>) -> Result<u64, ClientError> {
    let value = response
        .headers()
        .get("upload-offset")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    value.ok_or(ClientError::Answer("an offset is missing"))
}

fn read_piece(source: &mut File, from: u64, piece: &mut Vec<u8>) -> io::Result<()> {
    piece.clear();
    source.seek(SeekFrom::Start(from))?;
    source.take(PIECE_BYTES as u64).read_to_end(piece)?;
    Ok(())
}

/// The SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let (_, sha256) = measure(&mut File::open(path)?)?;
    Ok(hex::encode(sha256))
}

/// Length and SHA-256 of a file.
fn measure(source: &mut File) -> io::Result<(u64, [u8; 32])> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 128 * 1024];
    let mut length = 0;
    loop {
        let count = source.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        context.update(&buffer[..count]);
        length += count as u64;
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(context.finish().as_ref());
    Ok((length, sha256))
}
