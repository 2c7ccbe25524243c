//! The good record: commendations are proposed, taken up, and published only with their person's own yes; pledges and
//! training show on a certificate when its holder wants; the green channel says when it is open and nothing otherwise.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod certificates;
mod ends;
mod kit;
mod pledges;
mod proposals;
mod publication;
mod sequences;
