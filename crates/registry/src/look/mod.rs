//! Inquiry: one look at one person, by a body, under a law or by consent. It is authorised and on disk before
//! anything is answered; so is one that was refused, and one that found nobody.
//!
//! | room | holds |
//! | --- | --- |
//! | `ask` | what a body wishes and what it is answered |
//! | `ceiling` | the day's ceilings, of looks and of requests for consent |
//! | `inquire` | the look: one transaction that decides, logs and reads, then the answer |
//! | `fruitless` | looks that were refused or found nobody: their entry, the notice, the queue |
//! | `queue` | why reviewers look into a look |
//! | `store` | the SQL: looks, counters, who was given what |
//! | `wait` | notices that a law lets wait: sent on their day, renewed by a reviewer alone |
//! | `receipt` | the body's receipt of a look, and the list of its own looks |
//! | `detail` | a look as the person it was at reads it |
//! | `under` | the looks under one consent, as the person who gave it reads them |

mod ask;
mod ceiling;
mod detail;
mod fruitless;
mod inquire;
mod queue;
mod receipt;
mod store;
mod under;
mod wait;

pub use ask::{InquiryAnswer, InquiryError, InquiryRequest, LookReceipt, SeenRecord, Under};
pub use detail::LookDetail;
pub use receipt::OwnLook;
pub use under::LookUnder;

pub(crate) use ceiling::Attempt;
pub(crate) use fruitless::Fruitless;
pub(crate) use inquire::account;
pub(crate) use store::{SEEN, find_reviewed, recipients, recipients_told_of, remember_nonce};
pub(crate) use wait::show_now;
