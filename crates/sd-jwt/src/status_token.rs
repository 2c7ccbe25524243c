//! The signed form of a status list (draft-ietf-oauth-status-list §5.1 and §8.3).

use serde_json::{Value, json};

use crate::jws::{self, Jws};
use crate::{
    Algorithm, Bits, KeyResolver, MAX_TOKEN_BYTES, STATUS_LIST_TYPE, SignError, Signer, Status, StatusList,
    StatusListError, StatusReference, VerifiedCredential, VerifyError,
};

/// What a status list token says besides its list. Times are unix seconds.
#[derive(Debug, Clone, Copy)]
pub struct StatusListToken<'a> {
    /// The issuer (`iss`), the same as of the credentials.
    pub issuer: &'a str,
    /// The address of the list (`sub`).
    pub uri: &'a str,
    /// When it was made (`iat`).
    pub issued_at: i64,
    /// Until when it may be relied on (`exp`).
    pub expires_at: i64,
    /// After how many seconds a copy is to be fetched anew (`ttl`).
    pub ttl_seconds: u32,
}

impl StatusListToken<'_> {
    /// Signs the token for `list`.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(&self, list: &StatusList, signer: &dyn Signer) -> Result<String, SignError> {
        let claims = json!({
            "iss": self.issuer, "sub": self.uri, "iat": self.issued_at, "exp": self.expires_at,
            "ttl": self.ttl_seconds, "status_list": {"bits": list.bits().count(), "lst": list.to_lst()},
        });
        let mut text = String::new();
        jws::push_signed(&mut text, STATUS_LIST_TYPE, claims.to_string().as_bytes(), signer)?;
        Ok(text)
    }
}

/// A status list whose signature and times held when it was read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VerifiedStatusList {
    /// The issuer.
    pub issuer: String,
    /// The address of the list.
    pub uri: String,
    /// When it was made, in unix seconds.
    pub issued_at: i64,
    /// Until when it may be relied on, in unix seconds.
    pub expires_at: Option<i64>,
    /// After how many seconds a copy is to be fetched anew.
    pub ttl_seconds: Option<u64>,
    /// The list.
    pub list: StatusList,
}

impl VerifiedStatusList {
    /// The status of `credential`.
    ///
    /// # Errors
    /// [`StatusListError::OtherList`] when the credential names another list, no list, or is by another
    /// issuer; [`StatusListError::OutOfRange`].
    pub fn status_of(&self, credential: &VerifiedCredential) -> Result<Status, StatusListError> {
        match &credential.status {
            Some(reference) if credential.issuer == self.issuer => self.status_at(reference),
            _ => Err(StatusListError::OtherList),
        }
    }

    /// The status at a place in this list.
    ///
    /// # Errors
    /// [`StatusListError::OtherList`] when the place is in another list, [`StatusListError::OutOfRange`].
    pub fn status_at(&self, reference: &StatusReference) -> Result<Status, StatusListError> {
        if reference.uri == self.uri {
            self.list.status(reference.index)
        } else {
            Err(StatusListError::OtherList)
        }
    }

    /// Until when a copy that was fetched at `fetched_at` may be used: its end, or the end of its time to
    /// live, whichever is first. `None` when the issuer set neither. Unix seconds.
    #[must_use]
    pub fn usable_until(&self, fetched_at: i64) -> Option<i64> {
        let ttl = self.ttl_seconds.and_then(|ttl| i64::try_from(ttl).ok());
        let stale = ttl.map(|ttl| fetched_at.saturating_add(ttl));
        self.expires_at.into_iter().chain(stale).min()
    }
}

/// Verifies a status list token that was fetched from `uri` for credentials of `issuer`.
///
/// `now` is in unix seconds; `leeway_seconds` is by how much clocks may differ.
///
/// # Errors
/// A [`VerifyError`]; the status of a credential is then unknown, which is not the same as valid.
pub fn verify_status_list(
    token: &str,
    uri: &str,
    issuer: &str,
    keys: &(impl KeyResolver + ?Sized),
    algorithms: &[Algorithm],
    now: i64,
    leeway_seconds: u32,
) -> Result<VerifiedStatusList, VerifyError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(VerifyError::TooLarge {
            limit_bytes: MAX_TOKEN_BYTES,
        });
    }
    let jws = Jws::parse(token)?;
    jws.expect_type(STATUS_LIST_TYPE)?;
    jws.allowed_algorithm(algorithms)?;
    // `iss` is not required of a token; where it stands, it must be the credentials' issuer.
    if jws::text_member(&jws.payload, "iss")?.is_some_and(|named| named != issuer) {
        return Err(VerifyError::UnknownIssuer);
    }
    let key = keys.key(issuer, jws.kid()).ok_or(VerifyError::UnknownIssuer)?;
    jws.check(&key, algorithms)?;
    let times = jws::check_times(&jws.payload, now, leeway_seconds)?;
    if jws::text_member(&jws.payload, "sub")?.as_deref() != Some(uri) {
        return Err(StatusListError::OtherList.into());
    }
    let issued_at = times
        .issued_at
        .ok_or(VerifyError::Malformed("the status list token has no iat"))?;
    let ttl_seconds = match jws.payload.get("ttl") {
        None => None,
        Some(ttl) => Some(
            ttl.as_u64()
                .filter(|ttl| *ttl > 0)
                .ok_or(VerifyError::Malformed("ttl is not a number of seconds"))?,
        ),
    };
    let claim = jws.payload.get("status_list").ok_or(StatusListError::Malformed)?;
    let bits = claim
        .get("bits")
        .and_then(Value::as_u64)
        .and_then(Bits::from_count);
    let (Some(bits), Some(lst)) = (bits, claim.get("lst").and_then(Value::as_str)) else {
        return Err(StatusListError::Malformed.into());
    };
    Ok(VerifiedStatusList {
        issuer: issuer.to_owned(),
        uri: uri.to_owned(),
        issued_at,
        expires_at: times.expires_at,
        ttl_seconds,
        list: StatusList::from_lst(bits, lst)?,
    })
}
