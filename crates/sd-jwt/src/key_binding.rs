//! The proof that whoever presents holds the key (RFC 9901 §4.3 and §7.3).

use serde_json::json;

use crate::compact::Compact;
use crate::disclosure::digest_text;
use crate::jws::{self, Jws};
use crate::{Algorithm, KEY_BINDING_TYPE, PublicKey, SignError, Signer, VerifyError};

/// What a verifier expects of a key binding.
#[derive(Debug, Clone, Copy)]
pub struct KeyBinding<'a> {
    /// The verifier (`aud`).
    pub audience: &'a str,
    /// What the verifier asked the holder to sign (`nonce`).
    pub nonce: &'a str,
    /// How old the binding may be, in seconds.
    pub max_age_seconds: u32,
}

/// Signs a presentation for one verifier with the holder's key; an earlier binding is replaced.
///
/// `now` is in unix seconds.
///
/// # Errors
/// A [`BindError`] when the presentation is not in form, or the key does not sign.
pub fn bind_key(
    presentation: &str,
    holder: &dyn Signer,
    audience: &str,
    nonce: &str,
    now: i64,
) -> Result<String, BindError> {
    let presented = Compact::parse(presentation)?.presented;
    let claims = json!({"aud": audience, "iat": now, "nonce": nonce, "sd_hash": digest_text(presented)});
    let mut text = String::with_capacity(presented.len() + 512);
    text.push_str(presented);
    jws::push_signed(&mut text, KEY_BINDING_TYPE, claims.to_string().as_bytes(), holder)?;
    Ok(text)
}

/// Why a key binding could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The presentation is not in form.
    #[error(transparent)]
    Presentation(#[from] VerifyError),
    /// The holder's key could not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Checks the binding of a presentation whose credential was verified.
///
/// The signature and the digest are checked whenever there is a binding, the rest when it is asked for.
/// Gives whether the presentation is bound.
pub(crate) fn check(
    compact: &Compact<'_>,
    holder: Option<&PublicKey>,
    allowed: &[Algorithm],
    expected: Option<&KeyBinding<'_>>,
    now: i64,
    leeway_seconds: u32,
) -> Result<bool, VerifyError> {
    let wrong = |what| Err(VerifyError::KeyBindingWrong(what));
    let Some(text) = compact.key_binding else {
        return if expected.is_some() {
            Err(VerifyError::KeyBindingMissing)
        } else {
            Ok(false)
        };
    };
    let Some(holder) = holder else {
        return wrong("the credential names no holder's key");
    };
    let jws = Jws::parse(text)?;
    jws.expect_type(KEY_BINDING_TYPE)?;
    match jws.check(holder, allowed) {
        Err(VerifyError::Altered(_)) => return wrong("the signature is not by the holder's key"),
        other => other?,
    }
    let text_claim = |name| jws.payload.get(name).and_then(serde_json::Value::as_str);
    if text_claim("sd_hash") != Some(digest_text(compact.presented).as_str()) {
        return wrong("it was made for another presentation");
    }
    let Some(issued_at) = jws::time_member(&jws.payload, "iat")? else {
        return wrong("it has no time");
    };
    let (Some(audience), Some(nonce)) = (text_claim("aud"), text_claim("nonce")) else {
        return wrong("it names no verifier or no nonce");
    };
    if let Some(expected) = expected {
        if audience != expected.audience {
            return wrong("it was made for another verifier");
        }
        if nonce != expected.nonce {
            return wrong("it has another nonce");
        }
        let leeway = i64::from(leeway_seconds);
        let oldest = now
            .saturating_sub(i64::from(expected.max_age_seconds))
            .saturating_sub(leeway);
        if issued_at < oldest || issued_at > now.saturating_add(leeway) {
            return wrong("it is too old, or from the future");
        }
    }
    Ok(true)
}
