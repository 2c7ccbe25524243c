//! Copies of an installation: made while it is served, without its secret, and put back.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn standing(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_standing"))
        .args(arguments)
        .env("LC_ALL", "en_GB.UTF-8")
        .output()
        .unwrap()
}

fn succeeds(arguments: &[&str]) -> String {
    let done = standing(arguments);
    assert!(done.status.success(), "{arguments:?}: {done:?}");
    String::from_utf8(done.stdout).unwrap()
}

fn fails(arguments: &[&str]) -> String {
    let done = standing(arguments);
    assert_eq!(done.status.code(), Some(1), "{arguments:?}: {done:?}");
    String::from_utf8(done.stderr).unwrap()
}

#[test]
fn a_copy_made_while_serving_is_put_back_and_holds_no_secret_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (data, profile) = (path("data"), project("profiles/gansu").display().to_string());
    let url = "https://standing.example";
    succeeds(&[
        "init",
        "--data",
        &data,
        "--profile",
        &profile,
        "--public-url",
        url,
    ]);

    let mut server = Command::new(env!("CARGO_BIN_EXE_standing"))
        .args(["serve", "--data", &data, "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("listening"), "{line}");
    succeeds(&["backup", &data, "--to", &path("copy")]);
    succeeds(&["backup", &data, "--to", &path("whole"), "--with-secret"]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(fails(&["backup", &data, "--to", &path("copy")]).contains("exists already"));

    assert!(!folder.path().join("copy/keys").exists());
    let secret = fs::read(folder.path().join("data/keys/installation.key")).unwrap();
    assert_eq!(
        fs::read(folder.path().join("whole/keys/installation.key")).unwrap(),
        secret
    );

    // Whole, it opens by itself; without the secret, once that is put there.
    assert!(
        succeeds(&["restore", &path("whole"), "--to", &path("one")])
            .contains("0 erasures were done again, 0 withdrawals too")
    );
    succeeds(&["log", "verify", "--data", &path("one")]);
    assert!(succeeds(&["restore", &path("copy"), "--to", &path("two")]).contains("secret"));
    fs::create_dir_all(folder.path().join("two/keys")).unwrap();
    fs::copy(
        folder.path().join("data/keys/installation.key"),
        folder.path().join("two/keys/installation.key"),
    )
    .unwrap();
    succeeds(&["log", "verify", "--data", &path("two")]);
    assert!(fails(&["restore", &path("copy"), "--to", &path("two")]).contains("move it away first"));

    // Into the old folder, whose own file of erasures is kept; not beside one of another history.
    fs::remove_file(folder.path().join("data/standing.db")).unwrap();
    for beside in ["standing.db-wal", "standing.db-shm"] {
        let _ = fs::remove_file(folder.path().join("data").join(beside));
    }
    let erasures = folder.path().join("data/erasures.log");
    let kept = fs::read(&erasures).unwrap();
    fs::write(&erasures, b"standing erasures v1\nsomething else\n").unwrap();
    fs::write(
        folder.path().join("copy/erasures.log"),
        b"standing erasures v1\nanother history\n",
    )
    .unwrap();
    assert!(fails(&["restore", &path("copy"), "--to", &data]).contains("docs/backup.md"));
    fs::write(&erasures, &kept).unwrap();
    fs::write(folder.path().join("copy/erasures.log"), &kept).unwrap();
    succeeds(&["restore", &path("copy"), "--to", &data]);

    // A file of erasures that somebody changed is refused, whatever else is right.
    fs::write(
        &erasures,
        [&kept[..], b"void 00000000000000000000000000000000 00\n"].concat(),
    )
    .unwrap();
    assert!(fails(&["log", "verify", "--data", &data]).contains("line 2 of the erasures"));
}

#[test]
fn a_receipt_of_something_else_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let profile = project("profiles/gansu").display().to_string();
    let url = "https://standing.example";
    succeeds(&[
        "init",
        "--data",
        &path("data"),
        "--profile",
        &profile,
        "--public-url",
        url,
    ]);
    fs::write(
        path("receipt.json"),
        r#"{"statement":"{}","salt":"","entry":"","proof":""}"#,
    )
    .unwrap();
    let said = fails(&[
        "erase",
        "verify",
        "--receipt",
        &path("receipt.json"),
        "--data",
        &path("data"),
    ]);
    assert!(
        said.contains("a receipt of a filed record or of an erasure is expected"),
        "{said}"
    );
    // One of another log says what does not hold, line by line.
    let statement = format!(
        r#"{{"what":"filed","record":"{0}","version":1,"kind":"licence","person":"{0}"}}"#,
        "0".repeat(32)
    );
    let receipt = serde_json::json!({ "statement": statement, "salt": "", "entry": "", "proof": "" });
    fs::write(path("receipt.json"), receipt.to_string()).unwrap();
    let done = standing(&[
        "erase",
        "verify",
        "--receipt",
        &path("receipt.json"),
        "--data",
        &path("data"),
    ]);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains("NO:  the receipt does not hold"), "{said}");
}
