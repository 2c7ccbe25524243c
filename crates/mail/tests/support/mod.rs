//! A mail server that others wrote, run for one test.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::Value;

/// How long a letter that was taken may be on its way here.
const SOON: Duration = Duration::from_secs(20);

fn python(name: &str) -> Command {
    let variable = "FOREIGN_PYTHON";
    let python =
        std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: run cargo xtask test"));
    let mut command = Command::new(python);
    command.arg(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/foreign/mail")
            .join(name),
    );
    command
}

/// A server, ended when this goes.
pub(crate) struct MailServer {
    child: Child,
    said: Receiver<Value>,
    folder: tempfile::TempDir,
    /// Where it listens.
    pub(crate) port: u16,
}

impl MailServer {
    /// Starts a server; `settings` are told in `tests/foreign/mail/server.py`.
    pub(crate) fn start(settings: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings.clone();
        settings["folder"] = folder.path().to_str().unwrap().into();
        let mut child = python("server.py")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "{settings}").unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).unwrap());
            }
        });
        let first: Value = said.recv_timeout(SOON).expect("the server starts");
        let port = first["port"].as_u64().unwrap().try_into().unwrap();
        Self {
            child,
            said,
            folder,
            port,
        }
    }

    /// The certificates to trust, where it has any.
    pub(crate) fn roots(&self) -> Option<Vec<u8>> {
        std::fs::read(self.roots_file()).ok()
    }

    /// The file that they are in.
    pub(crate) fn roots_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The next letter that it has taken.
    pub(crate) fn letter(&mut self) -> Value {
        self.said.recv_timeout(SOON).expect("a letter")
    }

    /// How many letters it has taken beside those that were asked for. Letters are told of before they are answered,
    /// so there is nothing to wait for.
    pub(crate) fn letters_left(&mut self) -> usize {
        std::thread::sleep(Duration::from_millis(100));
        self.said.try_iter().count()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The subject and text of a letter, as Python's own library reads them.
pub(crate) fn read_by_others(letter: &str) -> Value {
    let mut child = python("read.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(letter.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
