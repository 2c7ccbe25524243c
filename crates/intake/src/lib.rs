//! Intake: from an authority's file to checked rows.
//!
//! [`Intake::open`] finds format (CSV, JSON Lines, XLSX) and encoding (UTF-8, GB18030) of a file and gives a
//! [`RowStream`]: row by row a [`CheckedRow`], or a [`RejectedRow`] with the one fault that kept it out. One
//! bad row never stops the others. [`RejectedWriter`] gives rejected rows back in the sender's own columns.
//!
//! Everything streams: memory does not grow with the file ([`limits`] says how much of it is held at once).
//! Nothing here knows what is stored already; the faults that only the registry can find have their codes in
//! [`FaultCode`] all the same, so that there is one list of them.

mod check;
mod encoding;
mod fault;
mod headings;
pub mod limits;
mod read;
mod rejected;
mod row;
mod stream;

pub use check::{CheckedRow, Checker, CheckerError, normalise_name};
pub use encoding::Encoding;
pub use fault::{FaultCode, FileFault, RowFault, Text2, UnknownCode};
pub use headings::Binding;
pub use rejected::{MessageLanguage, RejectedWriter};
pub use row::{CellKind, RawRow};
pub use stream::{Format, Intake, KeptRow, OpenOptions, RejectedRow, RowStream};
