//! What due process promises: how a record is disputed, reconsidered, restored and complained about, what happens when
//! nobody answers, who may do what, and that no kill loses or doubles a step.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod afterwards;
mod amended;
mod breaches;
mod complaints;
mod court;
mod disputes;
mod inbox_and_mail;
mod kit;
mod limits;
mod named;
mod random;
mod readmission;
mod reconsiderations;
mod reentry;
mod restarts;
mod restorations;
mod retention;
mod told_before;
mod waiting_looks;
mod who;
