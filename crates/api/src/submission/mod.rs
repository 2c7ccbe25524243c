//! Submissions: announced, sent in pieces, filed, answered row by row.

pub(crate) mod announce;
mod answer;
pub(crate) mod append;
pub(crate) mod file;
mod filing;
mod path;
pub(crate) mod progress;
pub(crate) mod rejected;
pub(crate) mod take_back;

use registry::{Submission, SubmitError, UploadError};

pub use append::PIECE_BYTES;
pub(crate) use filing::Filing;

use crate::problem::{Code, Problem};

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NoSuchUpload => Self::new(Code::NoSuchSubmission),
            UploadError::Offset { received } => Self::new(Code::Offset).with("received", received),
            UploadError::TooLong => Self::new(Code::PieceTooLong),
            UploadError::NotWhole { received, length } => Self::new(Code::NotWhole)
                .with("received", received)
                .with("length", length),
            UploadError::OtherFile => Self::new(Code::OtherFile),
            UploadError::TooLarge(limit) => Self::new(Code::FileTooLarge).with("limit", limit),
            UploadError::TooMuchUnderWay {
                uploads,
                most_uploads,
                bytes,
                most_bytes,
            } => announce::too_much(uploads, most_uploads, bytes, most_bytes),
            UploadError::Submit(error) => error.into(),
            UploadError::Registry(error) => error.into(),
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::File(fault) => Self::file(fault),
            SubmitError::NotYours(_) => Self::new(Code::NotYours),
            SubmitError::NoSuchSubmission => Self::new(Code::NoSuchSubmission),
            SubmitError::Registry(error) => error.into(),
        }
    }
}
