//! The signed part: JWS in compact serialisation (RFC 7515 §7.1), written and read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Map, Value};

use crate::{Algorithm, PublicKey, SignError, Signer, VerifyError, json};

/// A JWS that was read but not yet verified.
pub(crate) struct Jws<'a> {
    signing_input: &'a str,
    signature: Vec<u8>,
    algorithm: Option<Algorithm>,
    typ: Option<String>,
    kid: Option<String>,
    /// The payload; not to be believed before [`Jws::check`].
    pub(crate) payload: Map<String, Value>,
}

impl<'a> Jws<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, VerifyError> {
        let form = VerifyError::Malformed("a signed token is three parts of base64url, parted by dots");
        let (signing_input, signature) = text.rsplit_once('.').ok_or(form.clone())?;
        let (header, payload) = signing_input.split_once('.').ok_or(form.clone())?;
        if payload.contains('.') {
            return Err(form);
        }
        let header = json::parse_object(&decode(header)?)?;
        if header.contains_key("crit") {
            // RFC 7515 §4.1.11: extensions that are not understood must be refused, and none is.
            return Err(VerifyError::Malformed("the header has a critical extension"));
        }
        let Some(algorithm) = text_member(&header, "alg")? else {
            return Err(VerifyError::Malformed("the header names no algorithm"));
        };
        Ok(Self {
            signing_input,
            signature: decode(signature)?,
            algorithm: Algorithm::from_name(&algorithm),
            typ: text_member(&header, "typ")?,
            kid: text_member(&header, "kid")?,
            payload: json::parse_object(&decode(payload)?)?,
        })
    }

    pub(crate) fn expect_type(&self, expected: &'static str) -> Result<(), VerifyError> {
        if self.typ.as_deref() == Some(expected) {
            Ok(())
        } else {
            Err(VerifyError::WrongType { expected })
        }
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm of the header, if it is on the list.
    pub(crate) fn allowed_algorithm(&self, allowed: &[Algorithm]) -> Result<Algorithm, VerifyError> {
        self.algorithm
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or(VerifyError::AlgorithmNotAllowed)
    }

    /// Checks the algorithm against the list and the key, then the signature.
    pub(crate) fn check(&self, key: &PublicKey, allowed: &[Algorithm]) -> Result<(), VerifyError> {
        if self.allowed_algorithm(allowed)? != key.algorithm() {
            return Err(VerifyError::AlgorithmNotAllowed);
        }
        if key.verifies(self.signing_input.as_bytes(), &self.signature) {
            Ok(())
        } else {
            Err(VerifyError::Altered("the signature does not fit"))
        }
    }
}

/// Appends a signed token to `out`.
pub(crate) fn push_signed(
    out: &mut String,
    typ: &str,
    payload: &[u8],
    signer: &dyn Signer,
) -> Result<(), SignError> {
    let start = out.len();
    let mut header = Vec::with_capacity(128);
    header.extend_from_slice(br#"{"alg":""#);
    header.extend_from_slice(signer.algorithm().name().as_bytes());
    header.extend_from_slice(br#"","kid":"#);
    json::push(&mut header, signer.kid()).map_err(|error| SignError(error.to_string()))?;
    header.extend_from_slice(br#","typ":""#);
    header.extend_from_slice(typ.as_bytes());
    header.extend_from_slice(br#""}"#);
    BASE64.encode_string(&header, out);
    out.push('.');
    BASE64.encode_string(payload, out);
    let signature = signer.sign(&out.as_bytes()[start..])?;
    out.push('.');
    BASE64.encode_string(signature, out);
    Ok(())
}

/// Base64url without padding, and nothing else.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, VerifyError> {
    BASE64
        .decode(text)
        .map_err(|_| VerifyError::Malformed("a part is not base64url without padding"))
}

/// A member that must be text if it is there.
pub(crate) fn text_member(map: &Map<String, Value>, name: &str) -> Result<Option<String>, VerifyError> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(VerifyError::Malformed("a member that must be text is not")),
    }
}

/// A time that must be whole unix seconds if it is there.
pub(crate) fn time_member(map: &Map<String, Value>, name: &str) -> Result<Option<i64>, VerifyError> {
    match map.get(name) {
        None => Ok(None),
        Some(value) => {
            let time = value.as_i64();
            time.map(Some)
                .ok_or(VerifyError::Malformed("a time is not in whole unix seconds"))
        }
    }
}

/// Reads `nbf`, `iat` and `exp`.
pub(crate) fn times(map: &Map<String, Value>) -> Result<Times, VerifyError> {
    Ok(Times {
        issued_at: time_member(map, "iat")?,
        not_before: time_member(map, "nbf")?,
        expires_at: time_member(map, "exp")?,
    })
}

/// Reads `nbf`, `iat` and `exp` and checks them, see [`Times::check`].
pub(crate) fn check_times(
    map: &Map<String, Value>,
    now: i64,
    leeway_seconds: u32,
) -> Result<Times, VerifyError> {
    let times = times(map)?;
    times.check(now, leeway_seconds)?;
    Ok(times)
}

/// The times that a token gives of itself, in unix seconds.
pub(crate) struct Times {
    pub(crate) issued_at: Option<i64>,
    pub(crate) not_before: Option<i64>,
    pub(crate) expires_at: Option<i64>,
}

impl Times {
    /// Checks them against `now`, each with `leeway_seconds` in the token's favour.
    pub(crate) fn check(&self, now: i64, leeway_seconds: u32) -> Result<(), VerifyError> {
        let leeway = i64::from(leeway_seconds);
        if let Some(valid_from) = self.issued_at.max(self.not_before)
            && now.saturating_add(leeway) < valid_from
        {
            return Err(VerifyError::NotYetValid { valid_from });
        }
        if let Some(expired_at) = self.expires_at
            && now.saturating_sub(leeway) >= expired_at
        {
            return Err(VerifyError::Expired { expired_at });
        }
        Ok(())
    }
}
