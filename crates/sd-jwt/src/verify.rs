//! Verifying a credential or presentation (RFC 9901 §7, draft-ietf-oauth-sd-jwt-vc §3.5).

use serde_json::{Map, Value};

use crate::compact::Compact;
use crate::resolve::resolve;
use crate::{
    Algorithm, CREDENTIAL_TYPE, Jwk, KeyBinding, KeyResolver, PublicKey, StatusReference, VerifyError, jws,
    key_binding,
};

/// What a verifier expects.
#[derive(Debug, Clone, Copy)]
pub struct VerifyOptions<'a> {
    /// The time, in unix seconds.
    pub now: i64,
    /// By how many seconds the clocks of issuer and verifier may differ.
    pub leeway_seconds: u32,
    /// The algorithms that are trusted.
    pub algorithms: &'a [Algorithm],
    /// The kind of credential (`vct`); `None` takes any kind.
    pub vct: Option<&'a str>,
    /// The key binding that was asked for; `None` when none was. One that is there is never ignored.
    pub key_binding: Option<KeyBinding<'a>>,
}

impl<'a> VerifyOptions<'a> {
    /// ES256 only, a minute of leeway, no key binding.
    #[must_use]
    pub fn new(now: i64, vct: &'a str) -> Self {
        Self {
            now,
            leeway_seconds: 60,
            algorithms: &[Algorithm::Es256],
            vct: Some(vct),
            key_binding: None,
        }
    }
}

/// A credential whose signature, times and disclosures hold. Times are unix seconds.
///
/// Whether it was revoked is not known yet: ask the status list that [`status`](Self::status) names.
/// An audience (`aud`) is left to the caller.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VerifiedCredential {
    /// The issuer (`iss`).
    pub issuer: String,
    /// The name of the issuer's key (`kid`).
    pub kid: Option<String>,
    /// The kind of credential (`vct`).
    pub vct: String,
    /// When it was issued (`iat`), if that is visible.
    pub issued_at: Option<i64>,
    /// From when it is valid (`nbf`).
    pub not_before: Option<i64>,
    /// Until when it is valid (`exp`).
    pub expires_at: Option<i64>,
    /// Where its status stands; `None` when it has none and cannot be revoked.
    pub status: Option<StatusReference>,
    /// The holder's key (`cnf`).
    pub holder_key: Option<PublicKey>,
    /// Whether the presentation proves that its presenter holds that key.
    pub key_bound: bool,
    /// All claims, the disclosed ones in their places.
    pub claims: Map<String, Value>,
    /// The JSON pointers of what was disclosed.
    pub disclosed: Vec<String>,
}

/// Verifies the compact text of a credential or presentation: the signature before anything that it signs is
/// looked into, and the times last, so that nothing that was altered is called by a gentler name.
///
/// # Errors
/// A [`VerifyError`]. Nothing of the text is to be believed then.
pub fn verify(
    compact: &str,
    keys: &(impl KeyResolver + ?Sized),
    options: &VerifyOptions<'_>,
) -> Result<VerifiedCredential, VerifyError> {
    let compact = Compact::parse(compact)?;
    let jws = compact.token()?;
    jws.allowed_algorithm(options.algorithms)?;
    let issuer = required_text(&jws.payload, "iss")?;
    let key = keys.key(&issuer, jws.kid()).ok_or(VerifyError::UnknownIssuer)?;
    jws.check(&key, options.algorithms)?;

    jws.expect_type(CREDENTIAL_TYPE)?;
    let kid = jws.kid().map(str::to_owned);
    let vct = required_text(&jws.payload, "vct")?;
    if options.vct.is_some_and(|expected| expected != vct) {
        return Err(VerifyError::WrongKind);
    }
    let status = jws
        .payload
        .get("status")
        .map(StatusReference::from_claim)
        .transpose()?;
    let holder_key = jws.payload.get("cnf").map(holder_key).transpose()?;
    let times = jws::times(&jws.payload)?;
    let resolved = resolve(jws.payload, compact.read_disclosures()?)?;
    let key_bound = key_binding::check(
        &compact,
        holder_key.as_ref(),
        options.algorithms,
        options.key_binding.as_ref(),
        options.now,
        options.leeway_seconds,
    )?;
    // Last: only what is genuine as a whole is called out of date.
    times.check(options.now, options.leeway_seconds)?;
    Ok(VerifiedCredential {
        issuer,
        kid,
        vct,
        issued_at: times.issued_at,
        not_before: times.not_before,
        expires_at: times.expires_at,
        status,
        holder_key,
        key_bound,
        claims: resolved.claims,
        disclosed: resolved.places.into_iter().map(|place| place.pointer).collect(),
    })
}

fn required_text(payload: &Map<String, Value>, name: &str) -> Result<String, VerifyError> {
    jws::text_member(payload, name)?.ok_or(VerifyError::Malformed("iss or vct is missing"))
}

fn holder_key(cnf: &Value) -> Result<PublicKey, VerifyError> {
    let jwk = cnf.get("jwk").ok_or(VerifyError::Malformed("cnf holds no jwk"))?;
    let jwk: Jwk = serde::Deserialize::deserialize(jwk)
        .map_err(|_| VerifyError::Malformed("a public key in the token is not in form"))?;
    Ok(jwk.public_key()?)
}
