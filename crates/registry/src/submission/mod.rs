//! Submissions: one signed batch of one authority, answered row by row, with a receipt.

mod announce;
pub(crate) mod desk;
mod early;
mod filing;
pub(crate) mod incoming;
pub(crate) mod one_row;
mod other_name;
mod outcome;
mod part;
mod prepare;
mod rejected;
mod rows;
pub(crate) mod spool;
mod stored;
mod submit;
mod take_back;
mod upload;

pub use announce::UploadRequest;
pub use desk::{SubmissionState, SubmissionView};
pub use outcome::Counts;
pub use rows::{RowFilter, RowOutcome, RowView};
pub use submit::{Submission, SubmissionFile, SubmitError};
pub use take_back::{Left, TakeBack, TakeBackError};
pub use upload::{Upload, UploadError};
