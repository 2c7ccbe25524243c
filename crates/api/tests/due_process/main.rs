//! Inquiry and due process over the router: bodies' members of staff, and reviewers. Every body and every answer is held
//! against its schema.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

#[path = "../common/mod.rs"]
mod common;
mod consents;
mod disputes;
mod hostile;
mod keys;
mod kit;
mod oversight;
mod restorations;
mod reviews;
mod staff;
