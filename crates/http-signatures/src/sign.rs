//! Signing a request (RFC 9421, section 3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use ring::signature::Ed25519KeyPair;

use crate::base::signature_base;
use crate::digest::{self, ContentDigest};
use crate::{Request, SignatureError};

/// Whoever holds a private key; a key in a file or in a device.
pub trait SigningKey {
    /// The Ed25519 signature of a message.
    fn sign(&self, message: &[u8]) -> Vec<u8>;
}

impl SigningKey for Ed25519KeyPair {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        Ed25519KeyPair::sign(self, message).as_ref().to_vec()
    }
}

/// The parameters of a signature (RFC 9421, section 2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureParams {
    /// When it is made, in seconds since 1970.
    pub created: i64,
    /// When it ends, in seconds since 1970; [`crate::verify`] asks for it.
    pub expires: Option<i64>,
    /// Different for every request: 8 to 128 printable ASCII characters.
    pub nonce: String,
    /// The name under which the receiver knows the key.
    pub key_id: String,
    /// What the signature is for.
    pub tag: String,
}

/// The header fields that a signature adds to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Content-Digest`; none for a request without a body.
    pub content_digest: Option<String>,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

/// The label of our signatures within the two dictionaries; it has no meaning.
const LABEL: &str = "sig1";

/// Signs a request. Covered are `@method`, `@authority`, `@path`, `@query`, the digest of the body and
/// `content-type` where there is a body, and the named fields, in that order.
///
/// # Errors
/// [`SignatureError::ComponentMissing`] for a named field that the request hasn't,
/// [`SignatureError::ComponentUnsupported`], [`SignatureError::Unwritable`].
pub fn sign(
    request: &Request<'_>,
    body: Option<&ContentDigest>,
    fields: &[&str],
    key: &dyn SigningKey,
    params: &SignatureParams,
) -> Result<SignedHeaders, SignatureError> {
    let mut components: Vec<String> = ["@method", "@authority", "@path", "@query"]
        .map(String::from)
        .to_vec();
    let mut headers: HeaderMap = request.headers.clone();
    headers.remove(digest::FIELD);
    if let Some(digest) = body {
        let value = digest
            .as_str()
            .parse()
            .map_err(|_| SignatureError::Unwritable("content-digest"))?;
        headers.insert(digest::FIELD, value);
        components.push(digest::FIELD.to_owned());
        if headers.contains_key("content-type") {
            components.push("content-type".to_owned());
        }
    }
    for field in fields {
        let field = field.to_ascii_lowercase();
        if !components.contains(&field) {
            components.push(field);
        }
    }
    let input = input(&components, params)?;
    let base = signature_base(
        &Request {
            headers: &headers,
            ..*request
        },
        &components,
        &input,
    )?;
    Ok(SignedHeaders {
        content_digest: body.map(|digest| digest.as_str().to_owned()),
        signature_input: format!("{LABEL}={input}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(key.sign(&base))),
    })
}

/// The inner list of components with its parameters, as it is sent and signed.
fn input(components: &[String], params: &SignatureParams) -> Result<String, SignatureError> {
    let quoted: Vec<String> = components
        .iter()
        .map(|name| string(name, "component"))
        .collect::<Result<_, _>>()?;
    let mut input = format!("({});created={}", quoted.join(" "), params.created);
    if let Some(expires) = params.expires {
        input.push_str(&format!(";expires={expires}"));
    }
    for (name, value) in [
        ("nonce", &params.nonce),
        ("keyid", &params.key_id),
        ("tag", &params.tag),
    ] {
        input.push_str(&format!(";{name}={}", string(value, name)?));
    }
    // RFC 9421, section 2.3, would have "alg" told by the key instead, so that it can't be swapped.
    Ok(input)
}

/// A structured string (RFC 9651, section 4.1.6).
fn string(value: &str, name: &'static str) -> Result<String, SignatureError> {
    if !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err(SignatureError::Unwritable(name));
    }
    Ok(format!(
        "\"{}\"",
        value.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}
