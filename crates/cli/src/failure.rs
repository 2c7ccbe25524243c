//! What a command says when it fails: one plain line on standard error, and exit status 1.

use std::{error::Error, fmt, process::ExitCode};

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What a command answers: an exit status, or why it failed.
pub(crate) type Outcome = Result<ExitCode, Failure>;

impl Failure {
    /// A failure in these words.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// Says so and gives the exit status.
    #[expect(
        clippy::print_stderr,
        reason = "standard error is where a command says why it failed"
    )]
    pub(crate) fn print(self) -> ExitCode {
        eprintln!("standing: {}", self.0);
        ExitCode::FAILURE
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Any error, with its causes.
impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
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
        Self(words)
    }
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
