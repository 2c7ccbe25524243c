//! What inquiry promises: who may look under a law or by consent, what is logged and told, how misuse is stopped and
//! looked into, and who acts for whom.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod consents;
mod fruitless;
mod kit;
mod looks;
mod mandates;
mod misuse;
mod sequences;

mod waits;
