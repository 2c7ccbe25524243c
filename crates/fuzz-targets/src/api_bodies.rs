//! JSON bodies of the interface for machines, signed here and sent to a whole installation: every answer is of
//! its form, none is a failure of the program, and none repeats what was in the body.

use std::cell::Cell;

use api::Options;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, header},
};
use http_signatures::{ContentDigest, SignatureParams, sign};
use model::RecordKind;
use registry::AuthorityKey;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::Value;
use testkit::{Engine, Installation, licences_csv, made_up, wait};
use tower::ServiceExt as _;

use crate::{Target, choices, seed};

/// See [`crate::api_bodies`].
pub const TARGET: Target = Target {
    name: "api_bodies",
    run,
    seeds,
    words: &[
        "{\"",
        "\":\"",
        "\",\"",
        "\"}",
        "\"purpose\"",
        "\"profession\"",
        "\"id_number\"",
        "\"name\"",
        "\"kind\"",
        "\"file_name\"",
        "\"length\"",
        "\"sha256\"",
        "licence",
        "lawyer",
        "[]",
        "null",
        "\\ud800",
        "18446744073709551615",
    ],
};

const KEY: &str = "law-bureau-1";
const HOST: &str = "standing.example";

/// What is posted to, and read as JSON.
const PATHS: [&str; 2] = ["/api/v1/inquiries", "/api/v1/submissions"];

/// An installation with some people in it, and an authority's key.
struct Kit {
    installation: Installation,
    app: Router,
    key: Ed25519KeyPair,
    nonce: Cell<u64>,
}

impl Kit {
    fn new() -> Self {
        let installation = Installation::new(Engine::Sqlite, "gansu");
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let row = AuthorityKey {
            key_id: KEY.into(),
            authority: "law-bureau".into(),
            public_key: key.public_key().as_ref().try_into().unwrap(),
        };
        installation.registry.add_authority_key(row).unwrap();
        let filed = installation.submit("law-bureau", RecordKind::Licence, "x.csv", licences_csv(0, 3));
        filed.expect("the made-up licences are filed");
        Self {
            app: api::router(installation.registry.clone(), Options::default()),
            installation,
            key,
            nonce: Cell::new(0),
        }
    }

    fn signed(&self, path: &str, body: &[u8]) -> Request<Body> {
        self.nonce.set(self.nonce.get() + 1);
        let created = self.installation.registry.now().as_second();
        let params = SignatureParams {
            created,
            expires: Some(created + 60),
            nonce: format!("nonce-{:08}", self.nonce.get()),
            key_id: KEY.into(),
            tag: api::TAG.into(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        let parts = http_signatures::Request {
            method: "POST",
            scheme: "https",
            authority: HOST,
            path_and_query: path,
            headers: &headers,
        };
        let signed = sign(&parts, Some(&ContentDigest::of(body)), &[], &self.key, &params).unwrap();
        Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("content-digest", signed.content_digest.unwrap())
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature)
            .body(Body::from(body.to_vec()))
            .unwrap()
    }
}

fn run(bytes: &[u8]) {
    thread_local! {
        static KIT: Kit = Kit::new();
    }
    let ([which], body) = choices(bytes);
    let path = PATHS[usize::from(which) % PATHS.len()];
    let (parts, answer) = KIT.with(|kit| {
        wait(async {
            let response = kit.app.clone().oneshot(kit.signed(path, body)).await.unwrap();
            let (parts, answer) = response.into_parts();
            (parts, to_bytes(answer, usize::MAX).await.unwrap())
        })
    });
    assert!(
        !parts.status.is_server_error(),
        "{} is no fault of a sender's",
        parts.status
    );
    let document: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
    if parts.status.is_success() {
        return;
    }
    assert_eq!(
        parts.headers[header::CONTENT_TYPE],
        "application/problem+json",
        "a refusal is a problem document"
    );
    assert_eq!(
        document["status"],
        parts.status.as_u16(),
        "a problem names its status"
    );
    assert!(
        document["code"].is_string() && document["title"].is_string(),
        "a problem has a code and a title"
    );
    let answer = String::from_utf8_lossy(&answer);
    for value in values(body) {
        assert!(!answer.contains(&value), "a refusal repeats nothing of a body");
    }
}

/// The long values of a body that stand in it once; a value may be the name of a field as well.
fn values(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let long = members.into_iter().filter_map(|(_, value)| match value {
        Value::String(value) if value.len() >= 12 && text.matches(value.as_str()).count() == 1 => Some(value),
        _ => None,
    });
    // A kind of record or a purpose is a word of the interface, not of the sender.
    long.filter(|value| value.bytes().any(|byte| byte.is_ascii_digit()))
        .collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let person = made_up(1);
    let inquiry = serde_json::json!({
        "purpose": "licensing-renewal",
        "profession": "lawyer",
        "id_number": person.number,
        "name": person.name,
    });
    let mut several = inquiry.clone();
    several["id_number"] = Value::from(vec![person.number]);
    let announced = serde_json::json!({
        "kind": "licence",
        "file_name": "file.csv",
        "length": 7,
        "sha256": "0a".repeat(32),
    });
    vec![
        seed(&[0], inquiry.to_string()),
        seed(&[0], several.to_string()),
        seed(&[1], announced.to_string()),
    ]
}
