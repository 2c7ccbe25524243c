//! Alerts among those who license the same profession: who is told what, that the person is told too, that an end
//! closes them everywhere, and that no cut, repeat, reordering or kill changes what a receiver ends up with.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod disputed;
mod due_process;
mod here;
mod kit;
mod later;
mod peers;
mod put_back;
mod random;
