//! What can go wrong at the client's end.

use std::fmt;

use super::KeyFileError;

/// What the server refused, in its own words (RFC 9457).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Refusal {
    /// The status; 0 where it was not said.
    #[serde(default)]
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What it says to people.
    pub title: String,
    /// The code of the fault for which nothing of a file could be read.
    #[serde(default)]
    pub fault: Option<String>,
    /// The column at fault.
    #[serde(default)]
    pub column: Option<String>,
    /// What is wrong, more closely.
    #[serde(default)]
    pub message: Option<String>,
    /// What would be right.
    #[serde(default)]
    pub expected: Option<String>,
    /// The public name of the server that requests are to be signed for.
    #[serde(default)]
    pub authority: Option<String>,
    /// How many bytes of a file the server has.
    #[serde(default)]
    pub received: Option<u64>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.title, self.code)?;
        if let Some(message) = &self.message {
            match &self.fault {
                Some(fault) => write!(f, ": {fault}: {message}")?,
                None => write!(f, ": {message}")?,
            }
        }
        if let Some(column) = &self.column {
            write!(f, " ({column})")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, "; {expected}")?;
        }
        if let Some(authority) = &self.authority {
            write!(f, "; the server's public name is {authority}")?;
        }
        Ok(())
    }
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error("the server's address is not one: https://HOST is expected")]
    Address,
    /// The file with the key is none.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// A file cannot be read or written.
    #[error("a file cannot be read or written: {0}")]
    File(std::io::Error),
    /// The server could not be reached, however often it was tried.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The server refused.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The server answered something that this client does not understand.
    #[error("the server's answer is not understood: {0}")]
    Answer(&'static str),
    /// The request could not be signed.
    #[error("the request could not be signed: {0}")]
    Signature(#[from] http_signatures::SignatureError),
    /// There is no randomness.
    #[error(transparent)]
    Randomness(#[from] model::RandomnessError),
}
