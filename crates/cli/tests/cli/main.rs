//! The program `standing`, run as somebody runs it.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod backups;
mod due_process;
mod languages;
mod mail;
mod main_job;
mod served;
mod support;
