//! The four procedures as they are kept: opened, moved on, carried out, read. What may follow on what is said by
//! the machines of `model::procedure`; here each step is read, done and written in one transaction, with its event,
//! its leaf and its notices.
//!
//! | file | holds |
//! | --- | --- |
//! | `stored` | the table; loading, stepping and saving, in one place |
//! | `beside` | what lists and jobs find a procedure by |
//! | `who` | who may do a step |
//! | `tell` | who is told of a step |
//! | `files`, `file_check` | files that a party puts to a procedure |
//! | `carry_out`, `end` | what an answer does to the record |
//! | `end_with_record` | what the end of a record does to what is under way about it |
//! | `readmit` | what an order that a record comes in again brings with it |
//! | `erase_alone` | the end of what was opened by somebody about whom nothing is held any more |
//! | `open_…`, `answer_…` and the others | one operation each |
//! | `show_recipients` | bodies that the person may know of from now on |
//! | `named_records` | the records that a procedure can be about, without what is in them |
//! | `list`, `read` | lists and what is in a procedure, for each side |
//! | `days` | what days that are over ask for |

mod add_statement;
mod answer_dispute;
mod answer_restoration;
mod apply_restoration;
mod assign;
mod beside;
mod carry_out;
mod confirm_stopped;
mod days;
mod end;
mod end_with_record;
mod erase_alone;
mod error;
mod file_check;
mod files;
mod find;
mod follow;
mod follow_look;
mod list;
mod named_records;
mod open_complaint;
mod open_dispute;
mod open_reconsideration;
mod outside;
mod part;
mod read;
mod read_record;
pub(crate) mod readmit;
mod reconsider;
mod show_recipients;
mod stored;
mod take_back;
mod tell;
mod who;

pub use answer_dispute::Answer;
pub use answer_restoration::RestorationAnswer;
pub use apply_restoration::Apply;
pub(crate) use beside::{RECIPIENTS, REVIEWERS};
pub use carry_out::CarryOut;
pub(crate) use end_with_record::end_with_record;
pub(crate) use erase_alone::forget_alone;
pub use error::ProcedureError;
pub use file_check::{FileFault, whole as file_whole};
pub use find::{Finding, Found};
pub use list::{DeskProcedure, ProcedureSummary};
pub use named_records::NamedRecord;
pub use open_complaint::Complain;
pub use open_dispute::OpenDispute;
pub(crate) use open_dispute::records_under_way;
pub use open_reconsideration::Reconsider;
pub use outside::OutsideOrder;
pub(crate) use part::{has_or_judged, looked};
pub use read::{ProcedureView, Reader, TimelineStep};
pub(crate) use show_recipients::show_recipients;
pub(crate) use stored::Sealed;
pub(crate) use tell::person as tell_person;
pub(crate) use who::only_reviewers;
