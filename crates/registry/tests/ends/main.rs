//! Ends that hold in backups: what was destroyed stays destroyed when an older copy of the database is put back.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod proofs;
mod restores;
mod withdrawals;
