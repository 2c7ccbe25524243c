//! What is wrong with a profile: where, what, and what would be right.

use std::{fmt, path::PathBuf};

use crate::{Language, Text2};

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
    pub message: Text2,
    /// What would be right.
    pub expected: Text2,
}

impl ProfileFault {
    /// The fault as a line in this language.
    pub fn line_in(&self, language: Language) -> String {
        let Self {
            file,
            line,
            key,
            message,
            expected,
        } = self;
        let (file, message, expected) = (file.display(), message.get(language), expected.get(language));
        let (colon, expect) = match language {
            Language::Zh => ("：", "；应为："),
            Language::En => (": ", "; expected "),
        };
        let colon = if key.is_empty() { "" } else { colon };
        format!("{file}:{line}: {key}{colon}{message}{expect}{expected}")
    }
}

/// As the log says it, which is in English.
impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line_in(Language::En))
    }
}
