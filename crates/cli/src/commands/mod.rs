//! One command a file.

pub(crate) mod auditor;
pub(crate) mod backup;
pub(crate) mod breach;
pub(crate) mod call;
pub(crate) mod certificate;
pub(crate) mod due;
pub(crate) mod erase;
pub(crate) mod init;
pub(crate) mod inquire;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod mail;
pub(crate) mod mandate;
mod own_number;
pub(crate) mod peer;
mod person;
pub(crate) mod profile;
pub(crate) mod receipt;
mod rejected;
pub(crate) mod reviewer;
mod said;
pub(crate) mod serve;
pub(crate) mod staff;
pub(crate) mod submit;
pub(crate) mod take_back;

/// A runtime for operations that are asynchronous.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
