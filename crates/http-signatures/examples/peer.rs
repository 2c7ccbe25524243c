//! The other side for foreign libraries: reads one request as JSON from standard input, signs or verifies it,
//! and writes JSON to standard output.
//!
//! ```text
//! {"do": "sign", "method", "url", "headers": [[name, value]…], "body"?, "fields"?: […], "key": hex seed,
//!  "created", "expires", "nonce", "keyid", "tag"}        → {"headers": [[name, value]…]}
//! {"do": "verify", "method", "url", "headers", "body"?, "required"?: […], "key": hex public key, "now", "tag"}
//!                                                        → {"ok": true, "keyid", "nonce"} or {"ok": false, "code"}
//! ```

use std::error::Error;
use std::io::{Read as _, Write as _};

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use http_signatures::{
    ContentDigest, Policy, Request, SignatureError, SignatureParams, VerifyingKey, sign, verify,
};
use ring::signature::Ed25519KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Message {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    key: String,
    tag: String,
    #[serde(flatten)]
    task: Task,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Task {
    Sign {
        #[serde(default)]
        fields: Vec<String>,
        created: i64,
        expires: i64,
        nonce: String,
        keyid: String,
    },
    Verify {
        #[serde(default)]
        required: Vec<String>,
        now: i64,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let message: Message = serde_json::from_str(&text)?;
    let uri: Uri = message.url.parse()?;
    let mut headers = HeaderMap::new();
    for (name, value) in &message.headers {
        headers.append(name.parse::<HeaderName>()?, value.parse::<HeaderValue>()?);
    }
    let request = Request {
        method: &message.method,
        scheme: uri.scheme_str().ok_or("an address with its scheme")?,
        authority: uri.authority().ok_or("an address with its host")?.as_str(),
        path_and_query: uri.path_and_query().map_or("/", |target| target.as_str()),
        headers: &headers,
    };
    let key = bytes(&message.key)?;
    let answer = match &message.task {
        Task::Sign { .. } => signed(&message, &request, &key)?,
        Task::Verify { required, now } => match verified(&message, &request, &key, required, *now) {
            Ok((keyid, nonce)) => json!({"ok": true, "keyid": keyid, "nonce": nonce}),
            Err(error) => json!({"ok": false, "code": error.code()}),
        },
    };
    writeln!(std::io::stdout(), "{answer}")?;
    Ok(())
}

fn signed(message: &Message, request: &Request<'_>, seed: &[u8]) -> Result<Value, Box<dyn Error>> {
    let Task::Sign {
        fields,
        created,
        expires,
        nonce,
        keyid,
    } = &message.task
    else {
        return Err("not a message to sign".into());
    };
    let key = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| "a seed of 32 bytes")?;
    let params = SignatureParams {
        created: *created,
        expires: Some(*expires),
        nonce: nonce.clone(),
        key_id: keyid.clone(),
        tag: message.tag.clone(),
    };
    let digest = message
        .body
        .as_ref()
        .map(|body| ContentDigest::of(body.as_bytes()));
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let signed = sign(request, digest.as_ref(), &fields, &key, &params)?;
    let mut headers = vec![
        ("Signature-Input".to_owned(), signed.signature_input),
        ("Signature".to_owned(), signed.signature),
    ];
    headers.extend(
        signed
            .content_digest
            .map(|digest| ("Content-Digest".to_owned(), digest)),
    );
    Ok(json!({"headers": headers}))
}

fn verified(
    message: &Message,
    request: &Request<'_>,
    public: &[u8],
    required: &[String],
    now: i64,
) -> Result<(String, String), SignatureError> {
    let required: Vec<&str> = required.iter().map(String::as_str).collect();
    let policy = Policy {
        required: &required,
        ..Policy::request(&message.tag)
    };
    let mut verified = verify(request, &policy, now, |_| {
        public.try_into().ok().map(VerifyingKey::ed25519)
    })?;
    verified
        .body
        .update(message.body.as_deref().unwrap_or_default().as_bytes());
    verified.body.finish()?;
    Ok((verified.key_id, verified.nonce))
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return Err("a key in hex".into());
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| Ok(u8::from_str_radix(&hex[at..at + 2], 16)?))
        .collect()
}
