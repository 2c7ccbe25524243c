//! Profiles as a whole: what they say, how their faults are told, and what they can't ask for.
#![expect(clippy::unwrap_used, reason = "a test that can't set itself up fails")]

mod associations;
mod broken;
mod by_day;
mod calendar;
mod common;
mod consent;
mod enactments;
mod limits;
mod numbers;
mod profiles;
