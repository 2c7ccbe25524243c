//! What the registry issues and logs, checked by libraries that share no code with it.
//!
//! They run under `cargo xtask test`, which installs them and says where they are.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::Timestamp;
use model::RecordKind;
use registry::EventKind;
use serde_json::{Value, json};
use testkit::{Engine, Installation, NOW, licences_csv, made_up};
use tlog::{EntriesId, TileId, TilePath};

fn variable(name: &str) -> PathBuf {
    std::env::var_os(name)
        .unwrap_or_else(|| panic!("{name} is not set: run cargo xtask test"))
        .into()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/foreign")
        .join(name)
}

fn run(command: &mut Command, input: &Value) -> Value {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn python(name: &str, input: &Value) -> Value {
    run(Command::new(variable("FOREIGN_PYTHON")).arg(script(name)), input)
}

/// Node finds packages beside the script, so the script runs from a folder beside them.
fn node(name: &str, input: &Value) -> Value {
    let modules = variable("FOREIGN_NODE_MODULES");
    let beside = modules.parent().unwrap().join(name.replace('/', "-"));
    fs::copy(script(name), &beside).unwrap();
    run(Command::new("node").arg(beside), input)
}

#[test]
fn foreign_a_certificate_is_verified_and_a_revoked_one_refused() {
    let here = Installation::new(Engine::Sqlite, "gansu");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    here.submit("law-bureau", RecordKind::Licence, "l.csv", licences_csv(1, 3))
        .unwrap();
    let who = made_up(2);
    let registry = &here.registry;
    let person = runtime
        .block_on(registry.find_person(&who.number, &who.name))
        .unwrap()
        .unwrap();
    let file = runtime
        .block_on(registry.person_file(person, EventKind::OwnLook))
        .unwrap();
    let issued = runtime
        .block_on(registry.issue_certificate(person, file.records[0].record, None))
        .unwrap();
    let shown = sd_jwt::present(&issued.text, &["name", "licence_number"]).unwrap();
    let now = NOW.parse::<Timestamp>().unwrap().as_second();
    let case = |text: &str| {
        json!({
            "compact": text,
            "jwks": registry.issuer().jwks,
            "issuer": registry.public_url(),
            "vct": registry::VCT,
            "now": now,
            "status_list_token": runtime.block_on(registry.status_list(0)).unwrap(),
            "status_list_uri": registry.status_list_uri(0),
        })
    };
    let both = |text: &str| {
        [
            python("sd-jwt/verify.py", &case(text)),
            node("sd-jwt/verify.mjs", &case(text)),
        ]
    };
    for answer in both(&shown) {
        assert_eq!(answer["valid"], true, "{}", answer["error"]);
        assert_eq!(answer["claims"]["name"], who.name);
        assert_eq!(answer["claims"]["licence_status"], "in-force");
        assert_eq!(answer["claims"]["first_granted_on"], Value::Null);
    }
    let changed = shown.replacen(".", ".A", 1);
    for answer in both(&changed) {
        assert_eq!(answer["valid"], false);
    }
    assert!(
        runtime
            .block_on(registry.revoke_certificate(person, issued.certificate))
            .unwrap()
    );
    for answer in both(&shown) {
        assert_eq!(answer["valid"], false);
    }
}

#[test]
fn foreign_the_log_and_its_receipts_are_verified() {
    let here = Installation::new(Engine::Sqlite, "gansu");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let registry = &here.registry;
    let done = here
        .submit("law-bureau", RecordKind::Licence, "l.csv", licences_csv(1, 700))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let summary = runtime.block_on(registry.log_summary()).unwrap();
    assert_eq!(summary.size, 701);
    fs::write(folder.path().join("checkpoint"), &summary.checkpoint).unwrap();
    let keep = |name: String, path: TilePath| {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, runtime.block_on(registry.log_tile(path)).unwrap().unwrap()).unwrap();
    };
    for id in TileId::all(summary.size) {
        keep(id.to_string(), TilePath::Hashes(id));
    }
    for id in EntriesId::all(summary.size) {
        keep(id.to_string(), TilePath::Entries(id));
    }
    let mut case = json!({
        "folder": folder.path(),
        "vkey": summary.verifier_key,
        "receipts": [{"proof": done.receipt.proof, "entry": done.receipt.entry}],
    });
    let answer = python("log/verify.py", &case);
    assert_eq!(answer["valid"], true, "{}", answer["error"]);
    assert_eq!(answer["size"], 701);
    let other = done.receipt.entry.replace(&done.receipt.entry[..2], "00");
    case["receipts"][0]["entry"] = json!(other);
    assert_eq!(python("log/verify.py", &case)["valid"], false);
    let tile = folder.path().join("tile/0/000");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    fs::write(&tile, bytes).unwrap();
    case["receipts"] = json!([]);
    assert_eq!(python("log/verify.py", &case)["valid"], false);
}
