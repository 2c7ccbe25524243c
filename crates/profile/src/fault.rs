//! What is wrong with a profile: where, what, and what would be right.

use std::{fmt, path::PathBuf};

/// One fault of a profile. `profile check` shows every one of them, not only the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct ProfileFault {
    /// The file, relative to the profile's directory.
    pub file: PathBuf,
    /// The line, counted from 1. It is 0 when the file itself could not be read.
    pub line: usize,
    /// The key, with dots between its parts; entries of a list are counted from 1, as in `field[3].kind`.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub expected: String,
}

impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            key,
            message,
            expected,
        } = self;
        write!(
            f,
            "{}:{line}: {key}: {message}; expected {expected}",
            file.display()
        )
    }
}
