//! The four procedures: dispute, reconsideration, restoration, complaint.
//!
//! Each is a state machine. A transition takes the procedure, and gives back the procedure as it stands now with
//! the notices that the step asks for, or the procedure unchanged with the reason ([`Refused`]). What is possible
//! is said once, in the machine's table ([`Machine::RULES`]); the transitions look it up there and
//! docs/state-machines is drawn from there ([`diagram`]).
//!
//! Nothing here knows the time. Days and moments come in; [`Procedure::on_day`] does what days that are over ask
//! for, however many were skipped and however often it is asked.

#[macro_use]
mod rule;

mod any;
mod assignment;
mod complaint;
mod course;
mod diagram;
mod dispute;
mod file;
mod notice;
mod party;
mod reconsideration;
mod refusal;
mod restoration;
#[cfg(test)]
mod samples;
mod words;

pub use any::Procedure;
pub use complaint::{BreachReport, Complaint, ComplaintOpening, ComplaintState, Matter};
pub use course::{Course, Due, Machine, Outcome, Step};
pub use diagram::diagram;
pub use dispute::{Dispute, DisputeOpening, DisputeState, Statement};
pub use file::{FileKind, FileRef, Files, FilesError, Sha256};
pub use notice::{Notice, NoticeKind};
pub use party::{Actor, AuthorityId, Party, PartyIdError, ReviewerId, Role, Speaker};
pub use reconsideration::{
    EarlierDecision, Order, OutsideDecision, Reconsideration, ReconsiderationOpening, ReconsiderationState,
    Reconsidered,
};
pub use refusal::{Refusal, Refused, Why};
pub use restoration::{
    Apart, Application, Prohibition, Recipient, Restoration, RestorationOpening, RestorationState, Terms,
};
pub use rule::{ProcedureKind, Rule, Status, StepName};
pub use words::{Words, WordsError};
