//! Running the program: a command and what it answers, a data directory, a server.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// A path in the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// What was written, as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a command, in English.
pub(crate) fn standing(arguments: &[&str]) -> Output {
    standing_given(arguments, "")
}

/// Runs a command, in English, with this on standard input.
pub(crate) fn standing_given(arguments: &[&str], input: &str) -> Output {
    standing_in("en_GB.UTF-8", arguments, input)
}

/// Runs a command in this locale, with this on standard input.
pub(crate) fn standing_in(locale: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_standing"))
        .args(arguments)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", locale)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Standard output of a command that does what it was asked.
pub(crate) fn succeeds(arguments: &[&str]) -> String {
    succeeds_given(arguments, "")
}

/// The same, with this on standard input.
pub(crate) fn succeeds_given(arguments: &[&str], input: &str) -> String {
    let done = standing_given(arguments, input);
    assert!(done.status.success(), "{arguments:?}: {done:?}");
    text(&done.stdout)
}

/// Standard error of a command that does not, which names nobody's number.
pub(crate) fn fails(arguments: &[&str]) -> String {
    fails_given(arguments, "")
}

/// The same, with this on standard input.
pub(crate) fn fails_given(arguments: &[&str], input: &str) -> String {
    let done = standing_given(arguments, input);
    assert!(!done.status.success(), "{arguments:?}: {done:?}");
    let said = text(&done.stderr);
    let numbers = said.split(|c: char| !c.is_ascii_digit());
    for number in numbers.filter(|number| number.starts_with("99")) {
        assert!(number.len() < 17, "a number is in what went wrong: {said}");
    }
    said
}

/// Makes a data directory.
pub(crate) fn init(data: &str, profile: &str, public_url: &str, further: &[&str]) {
    let profile = project(profile).display().to_string();
    let init = [
        "init",
        "--data",
        data,
        "--profile",
        &profile,
        "--public-url",
        public_url,
    ];
    succeeds(&[&init[..], further].concat());
}

/// Makes a key in this file, and answers the public one.
pub(crate) fn new_key(file: &str, id: &str) -> String {
    let line = succeeds(&["key", "new", file, "--id", id]);
    let mut words = line.split_whitespace();
    words.find(|word| *word == "--public-key").unwrap();
    words.next().unwrap().to_owned()
}

/// An address on this machine where nobody listens yet. Requests are signed for the address that an installation is
/// known under, so that has to be the one it listens on.
pub(crate) fn free_url() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://localhost:{}", free.local_addr().unwrap().port())
}

/// A server, ended when this goes.
pub(crate) struct Server(pub(crate) Child);

impl Server {
    /// Serves a data directory at this address.
    pub(crate) fn start(data: &str, url: &str) -> Self {
        Self::logging(data, url, Stdio::inherit())
    }

    /// The same, with its log on `log`.
    pub(crate) fn logging(data: &str, url: &str, log: Stdio) -> Self {
        let listen = url.replace("http://localhost", "127.0.0.1");
        let mut child = Command::new(env!("CARGO_BIN_EXE_standing"))
            .args(["serve", "--data", data, "--listen", &listen])
            .env("LC_ALL", "en_GB.UTF-8")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("listening"), "{line}");
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was told to stop may have gone.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
