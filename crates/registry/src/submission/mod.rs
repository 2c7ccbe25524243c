//! Submissions: one signed batch of one authority, answered row by row, with a receipt.

pub(crate) mod desk;
pub(crate) mod filing;
mod outcome;
mod prepare;
mod submit;
mod take_back;
mod upload;

pub use desk::{RowOutcome, RowView, SubmissionState, SubmissionView};
pub use outcome::Counts;
pub use submit::{Submission, SubmissionFile, SubmitError};
pub use take_back::{Left, TakeBack, TakeBackError};
pub use upload::{Upload, UploadError, UploadRequest};
