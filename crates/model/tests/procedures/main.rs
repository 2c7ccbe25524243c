//! What holds for all four procedures, whatever is tried on them in whichever order and on whichever days.
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod attempts;
mod everywhere;
mod lives;
mod random;
mod stored;
