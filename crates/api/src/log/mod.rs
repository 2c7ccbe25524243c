//! The log as C2SP `tlog-tiles` wants it served.

pub(crate) mod checkpoint;
pub(crate) mod tile;
pub(crate) mod vkey;
