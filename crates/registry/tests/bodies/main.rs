//! What the pages of bodies and reviewers ask the registry for: who is still at work, what the oversight did to a body,
//! alerts without whom they are about, and a procedure with the record that it is about.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod alerts;
mod at_work;
mod leads;
mod records;
