//! The interface for machines over a whole installation, for targets that post to it: requests signed here, and what
//! every answer promises, whatever is sent.

use std::cell::Cell;

use api::Options;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::response::Parts,
};
use http::{HeaderMap, Request, StatusCode, header};
use http_signatures::{ContentDigest, SignatureParams, sign};
use ring::signature::Ed25519KeyPair;
use serde_json::Value;
use testkit::{Engine, Installation, wait};
use tower::ServiceExt as _;

const HOST: &str = "standing.example";

/// An installation with its interface.
pub(crate) struct Interface {
    pub(crate) installation: Installation,
    app: Router,
    nonce: Cell<u64>,
}

/// Who signs.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) key: &'a Ed25519KeyPair,
}

impl Interface {
    pub(crate) fn new() -> Self {
        let installation = Installation::new(Engine::Sqlite, "gansu");
        Self {
            app: api::router(installation.registry.clone(), Options::default()),
            installation,
            nonce: Cell::new(0),
        }
    }

    /// Posts a JSON body, signed, and answers what came back, which is held to what every answer promises.
    pub(crate) fn post(&self, by: Signer<'_>, path: &str, body: &[u8]) -> (StatusCode, Bytes) {
        let (parts, answer) = wait(async {
            let response = self
                .app
                .clone()
                .oneshot(self.signed(by, path, body))
                .await
                .unwrap();
            let (parts, answer) = response.into_parts();
            (parts, to_bytes(answer, usize::MAX).await.unwrap())
        });
        promised(&parts, &answer, body);
        (parts.status, answer)
    }

    fn signed(&self, by: Signer<'_>, path: &str, body: &[u8]) -> Request<Body> {
        self.nonce.set(self.nonce.get() + 1);
        let created = self.installation.registry.now().as_second();
        let params = SignatureParams {
            created,
            expires: Some(created + 60),
            nonce: format!("nonce-{:08}", self.nonce.get()),
            key_id: by.key_id.into(),
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
        let signed = sign(&parts, Some(&ContentDigest::of(body)), &[], by.key, &params).unwrap();
        Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("content-digest", signed.content_digest.unwrap())
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature)
            .body(Body::from(body.to_vec()))
            .unwrap()
    }
}

/// No answer is a failure of the program, each is of its form, and none repeats what was in the body.
fn promised(parts: &Parts, answer: &[u8], body: &[u8]) {
    assert!(
        !parts.status.is_server_error(),
        "{} is no fault of a sender's",
        parts.status
    );
    if parts.status == StatusCode::NO_CONTENT {
        assert!(answer.is_empty(), "nothing is nothing");
        return;
    }
    let document: Value = serde_json::from_slice(answer).expect("an answer is JSON");
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
    let answer = String::from_utf8_lossy(answer);
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
