//! Running other programs: each is shown before it runs, and a failure says which one it was.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::process::{Command, Stdio};

/// Why a task ended early, in words for the terminal.
#[derive(Debug)]
pub(crate) struct Fault(String);

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Adds what was being done to an error of the operating system.
pub(crate) fn while_doing<T, E: fmt::Display>(what: &str, result: Result<T, E>) -> Result<T, Fault> {
    result.map_err(|error| Fault(format!("{what}: {error}")))
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{word}'")
    }
}

/// Shows and runs a command; anything but success is a fault.
pub(crate) fn run(command: &mut Command) -> Result<(), Fault> {
    println!("+ {}", shown(command));
    let status = while_doing(&format!("cannot start {}", shown(command)), command.status())?;
    if status.success() {
        Ok(())
    } else {
        Err(Fault(format!("{} ended with {status}", shown(command))))
    }
}

/// Runs a command silently and gives its standard output; anything but success is a fault.
pub(crate) fn output(command: &mut Command) -> Result<String, Fault> {
    let run = command.stdin(Stdio::null()).output();
    let done = while_doing(&format!("cannot start {}", shown(command)), run)?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        return Err(Fault(format!(
            "{} ended with {}\n{}",
            shown(command),
            done.status,
            said.trim_end()
        )));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// True when the command can be started and ends well; its output is thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// True when a program of this name is on the search path.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The cargo that runs this, or the one on the search path.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// True for the superuser.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("cargo");
        command.args(["test", "--", "two words", "", "-p=x"]);
        assert_eq!(shown(&command), "cargo test -- 'two words' '' -p=x");
    }

    #[test]
    fn a_failing_command_is_named_with_what_it_said() {
        let fault =
            output(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).expect_err("exit 3 fails");
        assert!(fault.to_string().contains("exit status: 3"), "{fault}");
        assert!(fault.to_string().ends_with("why"), "{fault}");
    }

    #[test]
    fn a_program_that_is_missing_is_a_fault_not_a_panic() {
        assert!(run(&mut Command::new("no-such-program-here")).is_err());
        assert!(!succeeds(&mut Command::new("no-such-program-here")));
        assert!(!on_path("no-such-program-here"));
        assert!(on_path("sh"));
    }
}
