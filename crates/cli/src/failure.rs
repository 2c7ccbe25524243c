//! What a command says when it fails: one plain line on standard error, and exit status 1.

use std::{error::Error, fmt, process::ExitCode};

use crate::{
    errors::InChinese,
    words::{Language, Text2, both},
};

/// Why a command could not do what it was asked, in both languages.
#[derive(Debug)]
pub(crate) struct Failure(Text2);

/// What a command answers: an exit status, or why it failed.
pub(crate) type Outcome = Result<ExitCode, Failure>;

impl Failure {
    /// A failure in these words.
    pub(crate) const fn new(words: Text2) -> Self {
        Self(words)
    }

    /// What it says.
    pub(crate) fn get(&self, language: Language) -> &str {
        self.0.get(language)
    }

    /// Says so and gives the exit status.
    pub(crate) fn print(&self, language: Language) -> ExitCode {
        warn(&self.0, language);
        ExitCode::FAILURE
    }
}

/// As the log says it, which is in English.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

/// Any error that has words in Chinese; in English with its causes.
impl<E: InChinese> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Text2 {
            zh: error.zh(),
            en: with_causes(&error),
        })
    }
}

/// An error with its causes, in its own words.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            words.push_str(": ");
            words.push_str(&text);
        }
        cause = error.source();
    }
    words
}

/// Prints a line on standard error that begins with who says so: this program.
pub(crate) fn warn(words: &Text2, language: Language) {
    let Text2 { zh, en } = words;
    remark(both!("standing：{zh}", "standing: {en}").get(language));
}

/// Prints a line on standard output, where a command's answer goes. A reader who has gone is no failure.
pub(crate) fn say(line: impl fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints a line on standard error, where remarks go.
pub(crate) fn remark(line: impl fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
