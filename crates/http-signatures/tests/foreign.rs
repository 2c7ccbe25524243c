//! Requests that libraries with no code of ours sign and verify.
//!
//! They run under `cargo xtask test`, which installs them and says where they are.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use http::{HeaderMap, HeaderName};
use http_signatures::{ContentDigest, Policy, Request, SignatureParams, VerifyingKey, sign, verify};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Map, Value, json};

const SEED: [u8; 32] = [7; 32];
const TAG: &str = "standing-submission";
const TARGET: &str = "/submissions/42?part=1&of=%E4%B8%AD";
const BODY: &str = "编号,姓名\r\n1,made up\r\n";
const COVERED: [&str; 6] = [
    "@method",
    "@authority",
    "@path",
    "@query",
    "content-digest",
    "upload-offset",
];

fn variable(name: &str) -> PathBuf {
    std::env::var_os(name)
        .unwrap_or_else(|| panic!("{name} is not set: run cargo xtask test"))
        .into()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/foreign/http-signatures")
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

fn python(input: &Value) -> Value {
    run(
        Command::new(variable("FOREIGN_PYTHON")).arg(script("peer.py")),
        input,
    )
}

/// Node finds packages beside the script, so the script runs from a folder beside them.
fn node(input: &Value) -> Value {
    let modules = variable("FOREIGN_NODE_MODULES");
    let beside = modules
        .parent()
        .unwrap()
        .join(format!("http-signatures-{}.mjs", std::process::id()));
    fs::copy(script("peer.mjs"), &beside).unwrap();
    let answer = run(Command::new("node").arg(&beside), input);
    fs::remove_file(beside).unwrap();
    answer
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap()
}

fn public() -> [u8; 32] {
    key().public_key().as_ref().try_into().unwrap()
}

fn headers(told: &Map<String, Value>) -> HeaderMap {
    told.iter()
        .map(|(name, value)| {
            (
                name.parse::<HeaderName>().unwrap(),
                value.as_str().unwrap().parse().unwrap(),
            )
        })
        .collect()
}

fn request(headers: &HeaderMap) -> Request<'_> {
    Request {
        method: "PATCH",
        scheme: "https",
        authority: "standing.example.org",
        path_and_query: TARGET,
        headers,
    }
}

fn unsigned() -> Map<String, Value> {
    let plain = json!({"Content-Type": "text/csv; charset=utf-8", "Upload-Offset": "4096"});
    plain.as_object().unwrap().clone()
}

fn told(task: &str, headers: &Map<String, Value>, body: &str, key: &[u8]) -> Value {
    json!({
        "do": task, "method": "PATCH", "url": format!("https://standing.example.org{TARGET}"),
        "headers": headers, "body": body, "key": hex(key), "tag": TAG,
        "keyid": "authority-1", "nonce": "n-0123456789", "required": COVERED,
    })
}

/// They sign and we verify, then we sign and they verify.
fn exchange(peer: impl Fn(&Value) -> Value) {
    let theirs = peer(&told("sign", &unsigned(), BODY, &SEED));
    let now = theirs["created"].as_i64().unwrap();
    let received = headers(theirs["headers"].as_object().unwrap());
    let policy = Policy {
        required: &COVERED,
        ..Policy::request(TAG)
    };
    let check = |headers: &HeaderMap, body: &str| {
        let known = |id: &str| (id == "authority-1").then(|| VerifyingKey::ed25519(public()));
        let mut verified = verify(&request(headers), &policy, now, known).map_err(|error| error.code())?;
        verified.body.update(body.as_bytes());
        verified.body.finish().map_err(|error| error.code())?;
        Ok::<_, &str>(verified.nonce)
    };
    assert_eq!(check(&received, BODY).as_deref(), Ok("n-0123456789"));
    assert_eq!(check(&received, "other"), Err("digest-mismatch"));
    let mut changed = received.clone();
    changed.insert("upload-offset", "0".parse().unwrap());
    assert_eq!(check(&changed, BODY), Err("signature-invalid"));

    let params = SignatureParams {
        created: now,
        expires: Some(now + 120),
        nonce: "ours-0123456789".into(),
        key_id: "authority-1".into(),
        tag: TAG.into(),
    };
    let plain = headers(&unsigned());
    let digest = ContentDigest::of(BODY.as_bytes());
    let ours = sign(
        &request(&plain),
        Some(&digest),
        &["upload-offset"],
        &key(),
        &params,
    )
    .unwrap();
    let mut sent = unsigned();
    sent.insert("Signature-Input".into(), ours.signature_input.into());
    sent.insert("Signature".into(), ours.signature.into());
    sent.insert("Content-Digest".into(), ours.content_digest.unwrap().into());
    let answer = peer(&told("verify", &sent, BODY, &public()));
    assert_eq!(
        (&answer["valid"], &answer["nonce"]),
        (&json!(true), &json!("ours-0123456789")),
        "{answer}"
    );
    assert_eq!(
        peer(&told("verify", &sent, "other", &public()))["valid"],
        json!(false)
    );
    sent.insert("Upload-Offset".into(), "0".into());
    assert_eq!(
        peer(&told("verify", &sent, BODY, &public()))["valid"],
        json!(false)
    );
}

#[test]
fn foreign_a_python_library_and_we_verify_each_others_signatures() {
    exchange(python);
}

#[test]
fn foreign_a_javascript_library_and_we_verify_each_others_signatures() {
    exchange(node);
}
