//! A body's own looks: their list, and a receipt for each.

pub(crate) mod list;
pub(crate) mod receipt;
