//! Notices to a body.

pub(crate) mod list;
pub(crate) mod read;

use registry::BodyNotice;
use serde::Serialize;

/// The notices. Those that are to be confirmed come first, the earliest first; then the others, the latest first.
#[derive(Serialize)]
pub(crate) struct Notices {
    pub(crate) notices: Vec<BodyNotice>,
}
