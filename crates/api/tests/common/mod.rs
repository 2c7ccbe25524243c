//! An interface on an installation of its own, and an authority that signs.
#![allow(dead_code, reason = "every test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use api::{Options, client::AuthorityKeyFile};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use http_signatures::{ContentDigest, SignatureParams, sign};
use registry::{AuthorityKey, Registry};
use serde_json::Value;
use testkit::{Engine, Installation, SeededRandomness};
use tower::ServiceExt as _;

/// The name of the law bureau's key.
pub(crate) const KEY: &str = "law-bureau-1";
/// The public name of the service.
pub(crate) const AUTHORITY: &str = "standing.example";

/// A new key, registered for an authority.
pub(crate) fn register(registry: &Registry, key_id: &str, authority: &str, seed: u64) -> AuthorityKeyFile {
    let (text, _) = AuthorityKeyFile::generate(key_id, &SeededRandomness::new(seed)).unwrap();
    let key = AuthorityKeyFile::read(&text).unwrap();
    let public_key = key.public_key().try_into().unwrap();
    let row = AuthorityKey {
        key_id: key_id.into(),
        authority: authority.into(),
        public_key,
    };
    registry.add_authority_key(row).unwrap();
    testkit::name_staff(registry, authority, key_id);
    key
}

pub(crate) struct Kit {
    pub(crate) installation: Installation,
    pub(crate) app: Router,
    pub(crate) key: AuthorityKeyFile,
    nonces: Arc<AtomicU64>,
    schemas: Value,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a problem document, which is checked to be one.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        let code = document["code"].as_str().unwrap();
        assert_eq!(document["type"], format!("urn:standing:problem:{code}"));
        code.to_owned()
    }
}

/// A request to be signed, with whatever a test wants wrong with it.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) fields: Vec<&'static str>,
    pub(crate) authority: &'static str,
    pub(crate) age: i64,
    pub(crate) nonce: Option<String>,
}

impl Ask {
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: HeaderMap::new(),
            body: None,
            fields: vec![],
            authority: AUTHORITY,
            age: 0,
            nonce: None,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self.header("content-type", "application/json")
    }

    pub(crate) fn piece(mut self, offset: u64, bytes: &[u8]) -> Self {
        self.body = Some(bytes.to_vec());
        self.fields.push("upload-offset");
        self.header("content-type", "application/octet-stream")
            .header("upload-offset", &offset.to_string())
    }
}

impl Kit {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        Self::of(Installation::new(Engine::Sqlite, "gansu"), "law-bureau", options)
    }

    /// With the key of another authority, in another profile.
    pub(crate) fn of(installation: Installation, authority: &str, options: Options) -> Self {
        let app = api::router(installation.registry.clone(), options);
        let key = register(&installation.registry, KEY, authority, 3);
        Self {
            installation,
            app,
            key,
            nonces: Arc::default(),
            schemas: Value::Null,
        }
    }

    /// The request with its signature.
    pub(crate) fn sign(&self, ask: &Ask) -> Request<Body> {
        self.sign_as(&self.key, ask)
    }

    pub(crate) fn sign_as(&self, key: &AuthorityKeyFile, ask: &Ask) -> Request<Body> {
        let created = self.installation.registry.now().as_second() - ask.age;
        let count = self.nonces.fetch_add(1, Ordering::Relaxed);
        let params = SignatureParams {
            created,
            expires: Some(created + 300),
            nonce: ask.nonce.clone().unwrap_or(format!("nonce-{count:08}")),
            key_id: key.key_id().to_owned(),
            tag: api::TAG.to_owned(),
        };
        let parts = http_signatures::Request {
            method: ask.method,
            scheme: "https",
            authority: ask.authority,
            path_and_query: &ask.path,
            headers: &ask.headers,
        };
        let digest = ask.body.as_ref().map(|body| ContentDigest::of(body));
        let signed = sign(&parts, digest.as_ref(), &ask.fields, key, &params).unwrap();
        let mut request = Request::builder()
            .method(ask.method)
            .uri(&ask.path)
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature);
        if let Some(digest) = signed.content_digest {
            request = request.header("content-digest", digest);
        }
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        request
            .body(ask.body.clone().map_or_else(Body::empty, Body::from))
            .unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn ask(&self, ask: &Ask) -> Answer {
        self.send(self.sign(ask)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Holds an answer to the shape that the OpenAPI document promises.
    pub(crate) async fn hold(&mut self, schema: &str, answer: &Value) {
        if self.schemas.is_null() {
            self.schemas = self.get("/api/v1/openapi.json").await.json();
        }
        let mut document = self.schemas.clone();
        document["$ref"] = format!("#/components/schemas/{schema}").into();
        let faults: Vec<String> = jsonschema::draft202012::new(&document)
            .unwrap()
            .iter_errors(answer)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{schema}: {faults:?}");
    }

    /// Announces a file, sends it in one piece, and answers its submission.
    pub(crate) async fn upload(&self, kind: &str, bytes: &[u8]) -> String {
        let upload = self.ask(&announce(kind, bytes)).await;
        assert_eq!(upload.status, StatusCode::CREATED, "{upload:?}");
        let path = upload.header("location").to_owned();
        let piece = self.ask(&Ask::new("PATCH", &path).piece(0, bytes)).await;
        assert_eq!(piece.status, StatusCode::NO_CONTENT, "{piece:?}");
        path
    }
}

/// The announcement of a file.
pub(crate) fn announce(kind: &str, bytes: &[u8]) -> Ask {
    let sha256 = ring::digest::digest(&ring::digest::SHA256, bytes);
    Ask::new("POST", "/api/v1/submissions").json(&serde_json::json!({
        "kind": kind,
        "file_name": "file.csv",
        "length": bytes.len(),
        "sha256": hex::encode(sha256),
    }))
}
