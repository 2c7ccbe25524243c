//! Copies of an installation: made while it is served, without its secret, and put back.

use std::fs;

use crate::support::{Server, fails, init, standing, succeeds, text};

#[test]
fn a_copy_made_while_serving_is_put_back_and_holds_no_secret_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let data = path("data");
    init(&data, "profiles/gansu", "https://standing.example", &[]);

    let server = Server::start(&data, "127.0.0.1:0");
    succeeds(&["backup", &data, "--to", &path("copy")]);
    succeeds(&["backup", &data, "--to", &path("whole"), "--with-secret"]);
    drop(server);
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
    assert!(succeeds(&["peer", "put-back", "--data", &path("one")]).contains("issued since the copy"));
    // Whether it has peers cannot be read yet.
    let back = standing(&["restore", &path("copy"), "--to", &path("two")]);
    assert!(
        back.status.success() && text(&back.stdout).contains("secret"),
        "{back:?}"
    );
    for said in ["standing peer put-back", "issued since the copy are not valid"] {
        assert!(text(&back.stderr).contains(said), "{back:?}");
    }
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
    // Without its database it is not begun anew; and what belonged to another one does not stay beside what is put there.
    for empty in [false, true] {
        if empty {
            fs::write(folder.path().join("data/standing.db"), b"").unwrap();
        }
        for refused in [
            &["due", "--data", &data][..],
            &["backup", &data, "--to", &path("none")],
        ] {
            assert!(
                fails(refused).contains("put a copy of its database back"),
                "{refused:?}"
            );
        }
    }
    for there in ["standing.db", "standing.db-wal"] {
        fs::write(folder.path().join("data").join(there), b"").unwrap();
        let refused = fails(&["restore", &path("copy"), "--to", &data]);
        assert!(
            refused.contains("move it away first") && refused.contains(there),
            "{refused}"
        );
        for left in ["standing.db", "standing.db-wal", "standing.db-shm"] {
            let _ = fs::remove_file(folder.path().join("data").join(left));
        }
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
    init(&path("data"), "profiles/gansu", "https://standing.example", &[]);
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
    let said = text(&done.stdout);
    assert!(said.contains("NO:  the receipt does not hold"), "{said}");
}
