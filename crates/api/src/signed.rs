//! Signed requests. A handler that takes `Signed<…>` gets its body only after the signature over it was
//! checked, and learns who asks from the key alone.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, header, request::Parts},
};
use futures_util::StreamExt as _;
use http_signatures::{DigestCheck, Policy, SignatureError, Verified, VerifyingKey, verify};
use registry::{ForBody, KeyHolder};
use serde::de::DeserializeOwned;

use crate::{
    json,
    keys::Known,
    problem::{Code, Problem},
    state::Shared,
};

/// The tag that signatures for this interface bear (RFC 9421, section 2.3).
pub const TAG: &str = "standing";

/// How old a signature may be, in seconds.
pub const MAX_AGE_SECONDS: i64 = 300;

/// How far the clocks of sender and receiver may differ, in seconds.
pub const CLOCK_SKEW_SECONDS: i64 = 60;

/// Which path and query were meant is checked in [`covers_target`], since there are two ways to say it.
pub(crate) const POLICY: Policy<'_> = Policy {
    required: &["@method"],
    tag: TAG,
    max_age: MAX_AGE_SECONDS,
    clock_skew: CLOCK_SKEW_SECONDS,
};

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(120);

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller(Arc<Known>);

impl Caller {
    /// The authority whose key it is.
    pub(crate) fn authority(&self) -> &str {
        &self.0.key.authority
    }

    /// The name of the key.
    pub(crate) fn key_id(&self) -> &str {
        &self.0.key.key_id
    }

    /// The member of the body's staff whose key it is by name, if it is anybody's.
    pub(crate) async fn holder(&self, state: &Shared) -> Result<Option<KeyHolder>, Problem> {
        let registry = state.registry();
        Ok(registry.staff_of_key(self.authority(), self.key_id()).await?)
    }
}

/// What makes a request one of a kind.
pub(crate) struct Nonce {
    /// The nonce itself.
    pub(crate) text: String,
    /// Until when it has to be remembered, in seconds after 1970: the signature counts no longer then.
    pub(crate) until: i64,
}

/// A body that can be signed.
pub(crate) trait SignedBody: Sized + Send {
    /// Its type. None: there is no body.
    const CONTENT_TYPE: Option<&'static str>;
    /// The most bytes.
    const LIMIT: usize = 64 * 1024;
    /// Header fields that it is read with, which the signature has to cover too.
    const FIELDS: &'static [&'static str] = &[];

    /// Reads it. Its signature and digest were checked.
    fn read(headers: &HeaderMap, body: Vec<u8>) -> Result<Self, Problem>;
}

/// No body.
pub(crate) struct Nothing;

impl SignedBody for Nothing {
    const CONTENT_TYPE: Option<&'static str> = None;

    fn read(_: &HeaderMap, body: Vec<u8>) -> Result<Self, Problem> {
        if body.is_empty() {
            Ok(Self)
        } else {
            Err(Problem::new(Code::BodyMalformed))
        }
    }
}

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> SignedBody for JsonBody<T> {
    const CONTENT_TYPE: Option<&'static str> = Some("application/json");

    fn read(_: &HeaderMap, body: Vec<u8>) -> Result<Self, Problem> {
        json::read(&body).map(Self)
    }
}

/// A JSON body that may hold a list of very many people.
pub(crate) struct LongJson<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> SignedBody for LongJson<T> {
    const CONTENT_TYPE: Option<&'static str> = Some("application/json");
    const LIMIT: usize = 8 * 1024 * 1024;

    fn read(_: &HeaderMap, body: Vec<u8>) -> Result<Self, Problem> {
        json::read(&body).map(Self)
    }
}

/// A request that was signed by a registered key, and never received before. A key that is somebody's by name opens
/// nothing any more once their account was stopped or ended.
pub(crate) struct Signed<B> {
    /// Who asks.
    pub(crate) caller: Caller,
    /// The member of the body's staff whose key it is by name, if it is anybody's. Their account may be used.
    pub(crate) staff: Option<String>,
    /// What they sent.
    pub(crate) body: B,
}

impl<B> Signed<B> {
    /// The same as who acts for the body. Any key of its own does; whose it is by name, the person sees.
    pub(crate) fn for_body(&self) -> ForBody {
        let body = self.caller.authority();
        self.staff
            .as_deref()
            .map_or_else(|| ForBody::unnamed(body), |staff| ForBody::staff(body, staff))
    }
}

impl<B: SignedBody> FromRequest<Shared> for Signed<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Problem> {
        let SignedOnce { caller, body, nonce } = SignedOnce::from_request(request, state).await?;
        if !state
            .registry()
            .first_time(caller.key_id(), &nonce.text, nonce.until)
            .await?
        {
            return Err(Problem::new(Code::Replayed));
        }
        let staff = match caller.holder(state).await? {
            Some(holder) if !holder.active => return Err(Problem::new(Code::StaffStopped)),
            holder => holder.map(|holder| holder.staff),
        };
        Ok(Self { caller, staff, body })
    }
}

/// A request that was signed by a registered key. Its nonce is for the handler to remember in the same
/// transaction as what it does, and so is whether the account behind the key may still be used: a refusal of that is
/// written down.
pub(crate) struct SignedOnce<B> {
    /// Who asks.
    pub(crate) caller: Caller,
    /// What they sent.
    pub(crate) body: B,
    /// To be remembered.
    pub(crate) nonce: Nonce,
}

impl<B: SignedBody> FromRequest<Shared> for SignedOnce<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let (caller, verified) = check(&parts, state).await?;
        let (body, nonce) = whole(&parts, body, verified).await?;
        Ok(Self { caller, body, nonce })
    }
}

/// The name of the key that a request says it is signed with. Lets nothing through: it is read once for this, and once
/// more with the key.
pub(crate) fn names(parts: &Parts, state: &Shared) -> Result<String, Problem> {
    let mut named = None;
    let now = state.registry().now().as_second();
    let read = verify(&describe(parts, state), &POLICY, now, |key_id| {
        named = Some(key_id.to_owned());
        None
    });
    match (named, read) {
        (Some(key_id), _) => Ok(key_id),
        (None, Err(fault)) => Err(refused(&fault, state)),
        (None, Ok(_)) => Err(Problem::new(Code::KeyUnknown)),
    }
}

/// The body of a request that this key signed, and that was never received before.
pub(crate) async fn by_key<B: SignedBody>(
    parts: &Parts,
    body: Body,
    state: &Shared,
    (key_id, public_key): (&str, [u8; 32]),
) -> Result<B, Problem> {
    let registry = state.registry();
    let now = registry.now().as_second();
    let verified = verify(&describe(parts, state), &POLICY, now, |_| {
        Some(VerifyingKey::ed25519(public_key))
    });
    let verified = verified.map_err(|fault| refused(&fault, state))?;
    let (body, nonce) = whole(parts, body, verified).await?;
    if registry.first_time(key_id, &nonce.text, nonce.until).await? {
        Ok(body)
    } else {
        Err(Problem::new(Code::Replayed))
    }
}

/// The body of a request whose signature holds, if that covers what it has to, and what makes the request one of a
/// kind.
pub(crate) async fn whole<B: SignedBody>(
    parts: &Parts,
    body: Body,
    verified: Verified,
) -> Result<(B, Nonce), Problem> {
    covers_target(parts, &verified)?;
    let has_type = B::CONTENT_TYPE.map(|_| "content-type");
    for field in has_type.into_iter().chain(B::FIELDS.iter().copied()) {
        covers(&verified, field)?;
    }
    if let Some(expected) = B::CONTENT_TYPE {
        content_type(&parts.headers, expected)?;
    }
    let nonce = nonce(&verified);
    let whole = in_time(&parts.headers, body, B::LIMIT, verified.body).await?;
    Ok((B::read(&parts.headers, whole)?, nonce))
}

/// A request as its signature speaks of it.
pub(crate) fn describe<'r>(parts: &'r Parts, state: &'r Shared) -> http_signatures::Request<'r> {
    http_signatures::Request {
        method: parts.method.as_str(),
        scheme: state.scheme(),
        authority: state.authority(),
        path_and_query: parts.uri.path_and_query().map_or("/", |target| target.as_str()),
        headers: &parts.headers,
    }
}

/// What makes a checked request one of a kind.
pub(crate) fn nonce(verified: &Verified) -> Nonce {
    Nonce {
        text: verified.nonce.clone(),
        until: verified.expires.min(verified.created + MAX_AGE_SECONDS) + CLOCK_SKEW_SECONDS + 1,
    }
}

/// The whole body, its digest checked, if it arrives in time.
pub(crate) async fn in_time(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    digest: DigestCheck,
) -> Result<Vec<u8>, Problem> {
    let whole = tokio::time::timeout(BODY_TIME, collect(headers, body, limit, digest));
    whole.await.map_err(|_| Problem::new(Code::BodyTooSlow))?
}

/// Checks the signature and finds whose it is.
async fn check(parts: &Parts, state: &Shared) -> Result<(Caller, Verified), Problem> {
    let now = state.registry().now().as_second();
    let request = describe(parts, state);
    let mut used = None;
    let mut asked = None;
    let cached = verify(&request, &POLICY, now, |key_id| {
        asked = Some(key_id.to_owned());
        used = state.keys().get(key_id, now);
        used.as_ref().map(verifies)
    });
    let verified = match (cached, asked) {
        (Err(SignatureError::KeyUnknown), Some(key_id)) => {
            used = state.keys().fetch(state.registry(), &key_id).await?;
            verify(&request, &POLICY, now, |_| used.as_ref().map(verifies))
        }
        (outcome, _) => outcome,
    };
    let verified = verified.map_err(|fault| refused(&fault, state))?;
    let key = used.ok_or(Problem::new(Code::KeyUnknown))?;
    Ok((Caller(key), verified))
}

fn verifies(known: &Arc<Known>) -> VerifyingKey {
    known.verifies.clone()
}

pub(crate) fn refused(fault: &SignatureError, state: &Shared) -> Problem {
    let problem = Problem::new(Code::find(fault.code()).unwrap_or(Code::SignatureInvalid));
    match fault {
        SignatureError::Malformed { field, .. } => problem.with("field", *field),
        SignatureError::ParameterMissing(name) => problem.with("parameter", *name),
        SignatureError::ComponentMissing(name) | SignatureError::ComponentUnsupported(name) => {
            problem.with("component", name.as_str())
        }
        // The commonest mistake is to sign for another name of the service than its public one.
        SignatureError::Invalid => problem.with("authority", state.authority()),
        _ => problem,
    }
}

/// Whether the signature says which address was meant: by `@target-uri`, or by `@authority`, `@path` and,
/// where there is a query, `@query`.
pub(crate) fn covers_target(parts: &Parts, verified: &Verified) -> Result<(), Problem> {
    if verified.covered.iter().any(|name| name == "@target-uri") {
        return Ok(());
    }
    covers(verified, "@authority")?;
    covers(verified, "@path")?;
    if parts.uri.query().is_some() {
        covers(verified, "@query")
    } else {
        Ok(())
    }
}

pub(crate) fn covers(verified: &Verified, component: &str) -> Result<(), Problem> {
    if verified.covered.iter().any(|name| name == component) {
        return Ok(());
    }
    Err(Problem::new(Code::ComponentMissing).with("component", component))
}

pub(crate) fn content_type(headers: &HeaderMap, expected: &'static str) -> Result<(), Problem> {
    let sent = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(Problem::new(Code::ContentType).with("expected", expected))
}

/// The whole body, its digest checked.
async fn collect(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    mut digest: DigestCheck,
) -> Result<Vec<u8>, Problem> {
    let too_large = || Problem::new(Code::TooLarge).with("limit", limit);
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let announced: usize = announced.unwrap_or(0);
    if announced > limit {
        return Err(too_large());
    }
    let mut whole = Vec::with_capacity(announced);
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Problem::new(Code::BodyInterrupted))?;
        if whole.len() + part.len() > limit {
            return Err(too_large());
        }
        digest.update(&part);
        whole.extend_from_slice(&part);
    }
    let checked = digest.finish();
    checked.map_err(|fault| Problem::new(Code::find(fault.code()).unwrap_or(Code::DigestMismatch)))?;
    Ok(whole)
}
