//! One disclosure: a salt, a name and a value (RFC 9901 §4.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::{VerifyError, json, jws};

/// Names that mean something to the format itself (RFC 9901 §4.1).
pub(crate) const RESERVED: [&str; 3] = ["_sd", "...", "_sd_alg"];

/// Top-level claims on which the safety of a credential rests, so that all verifiers must see them
/// (RFC 9901 §9.7, draft-ietf-oauth-sd-jwt-vc §3.2.2.2).
pub(crate) const NEVER_DISCLOSABLE: [&str; 8] = [
    "iss",
    "aud",
    "nbf",
    "exp",
    "cnf",
    "vct",
    "vct#integrity",
    "status",
];

/// 128 bits of salt (RFC 9901 §9.3).
pub(crate) const SALT_BYTES: usize = 16;

pub(crate) type Digest = [u8; 32];

pub(crate) struct Disclosure {
    pub(crate) digest: Digest,
    /// `None` for an array element.
    pub(crate) name: Option<String>,
    pub(crate) value: Value,
}

impl Disclosure {
    pub(crate) fn parse(text: &str) -> Result<Self, VerifyError> {
        let form =
            VerifyError::Malformed("a disclosure is a list of salt, name and value, or salt and value");
        let Value::Array(parts) = json::parse(&jws::decode(text)?)? else {
            return Err(form);
        };
        let mut parts = parts.into_iter();
        let (Some(Value::String(_)), Some(second), third, None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(form);
        };
        let (name, value) = match (second, third) {
            (Value::String(name), Some(value)) => (Some(name), value),
            (_, Some(_)) => return Err(form),
            (value, None) => (None, value),
        };
        if name.as_deref().is_some_and(|name| RESERVED.contains(&name)) {
            return Err(VerifyError::Malformed("a disclosure bears a reserved name"));
        }
        Ok(Self {
            digest: sha256(text.as_bytes()),
            name,
            value,
        })
    }
}

/// Makes the text of a disclosure. `scratch` is space to work in.
pub(crate) fn write(
    salt: &[u8; SALT_BYTES],
    name: Option<&str>,
    value: &Value,
    scratch: &mut Vec<u8>,
) -> Result<String, serde_json::Error> {
    let mut encoded = [0; 22];
    // 16 bytes are 22 characters of base64url, always.
    BASE64.encode_slice(salt, &mut encoded).expect("the salt fits");
    scratch.clear();
    scratch.extend_from_slice(br#"[""#);
    scratch.extend_from_slice(&encoded);
    scratch.extend_from_slice(br#"","#);
    if let Some(name) = name {
        json::push(scratch, name)?;
        scratch.push(b',');
    }
    json::push(scratch, value)?;
    scratch.push(b']');
    Ok(BASE64.encode(&*scratch))
}

pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

/// A digest as it stands in `_sd`.
pub(crate) fn digest_text(text: &str) -> String {
    digest_bytes_text(text.as_bytes())
}

/// A digest of something that is no disclosure, as it stands in `_sd`.
pub(crate) fn digest_bytes_text(bytes: &[u8]) -> String {
    BASE64.encode(sha256(bytes))
}

/// Reads a digest as it stands in `_sd`.
pub(crate) fn parse_digest(value: &Value) -> Result<Digest, VerifyError> {
    let mut bytes = [0; 32];
    match value.as_str().map(|text| BASE64.decode_slice(text, &mut bytes)) {
        Some(Ok(32)) => Ok(bytes),
        _ => Err(VerifyError::Malformed("a digest is not 32 bytes in base64url")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Disclosure, VerifyError> {
        Disclosure::parse(&BASE64.encode(json))
    }

    #[test]
    fn the_digest_is_over_the_text_as_it_came() {
        // Two spellings of one JSON value, digests worked out apart from this crate.
        let spaced = Disclosure::parse("WyJzYWx0IiwgIm5hbWUiLCAi5p2O5ZubIl0").unwrap();
        let dense = Disclosure::parse("WyJzYWx0IiwibmFtZSIsIuadjuWbmyJd").unwrap();
        assert_eq!(spaced.value, dense.value);
        assert_eq!(
            BASE64.encode(spaced.digest),
            "MinMNdW3ZTX281uHVHpVvpwY6QTxnfDRCnLj4hA7xYA"
        );
        assert_eq!(
            BASE64.encode(dense.digest),
            "i1YOXCuRBz3hCemzWYrb6T2mnJaBEPxlKZBJQp35B0g"
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut scratch = Vec::new();
        let value = serde_json::json!({"a": ["\"", "\n", "文"]});
        for name in [Some("na\"me"), None] {
            let text = write(&[7; 16], name, &value, &mut scratch).unwrap();
            let read = Disclosure::parse(&text).unwrap();
            assert_eq!((read.name.as_deref(), &read.value), (name, &value));
        }
    }

    #[test]
    fn wrong_forms_and_reserved_names_are_refused() {
        for json in [
            "[]",
            r#"["s"]"#,
            r#"["s","n",1,2]"#,
            r#"[1,"n",1]"#,
            r#"["s",1,1]"#,
            "{}",
            "1",
            r#"["s","_sd",[]]"#,
            r#"["s","...","x"]"#,
            r#"["s","_sd_alg","sha-256"]"#,
            r#"["s","n",{"a":1,"a":1}]"#,
        ] {
            assert_eq!(parse(json).err().map(|e| e.code()), Some("malformed"), "{json}");
        }
        assert!(parse(r#"["s","n",1]"#).is_ok());
        assert!(Disclosure::parse("WyJzIiwxXQ==").is_err());
    }
}
