//! Checking a certificate, with nothing but a small trust file: no account, no network, no store.
//!
//! The answer always says what became of the status: checked, as of when; or not checked, and why. A
//! certificate whose status could not be checked is never called valid.

use std::collections::HashMap;

use sd_jwt::{
    Algorithm, IssuerMetadata, Status, StatusReference, VerifiedStatusList, VerifyError, VerifyOptions,
    verify_status_list,
};
use serde_json::{Map, Value};

/// The kind of credential that a certificate is (`vct` of SD-JWT VC).
pub const VCT: &str = "urn:standing:certificate:1";

/// How far the clocks of issuer and verifier may differ, in seconds.
const LEEWAY_SECONDS: u32 = 60;

/// The algorithms that issuers sign with.
const ALGORITHMS: &[Algorithm] = &[Algorithm::Es256];

/// The issuers that a verifier trusts, with their keys, and the status lists that they had when the file was
/// made. A file of a few kilobytes is enough to check certificates without a network.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// The issuers and their keys.
    pub issuers: Vec<IssuerMetadata>,
    /// Signed status lists.
    #[serde(default)]
    pub status_lists: Vec<String>,
}

/// A trust file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It is not the JSON that is expected.
    #[error(
        "the trust file cannot be read: {0}; what is expected: issuers with their keys, and status lists"
    )]
    Malformed(#[from] serde_json::Error),
}

/// What the certificate says: the claims that its holder disclosed.
pub type Claims = Map<String, Value>;

/// What is known of the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "known", content = "as_of")]
pub enum StatusKnown {
    /// It was checked against a list signed at this time, in seconds after 1970.
    Checked(i64),
    /// There is no list for it here.
    NoList,
    /// The list here is too old to be relied on; it was signed at this time.
    ListTooOld(i64),
}

/// The answer, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Genuine, in date, not revoked.
    Valid,
    /// Genuine and in date; whether it was revoked could not be checked.
    StatusNotChecked,
    /// Revoked.
    Revoked,
    /// Its time is over.
    Expired,
    /// Its time is still to come.
    NotYetValid,
    /// It is not what the issuer signed.
    Altered,
    /// It is by an issuer that is not trusted here.
    UnknownIssuer,
    /// It is no certificate of Standing.
    NotACertificate,
}

impl Answer {
    /// Every one.
    pub const ALL: &'static [Answer] = &[
        Self::Valid,
        Self::StatusNotChecked,
        Self::Revoked,
        Self::Expired,
        Self::NotYetValid,
        Self::Altered,
        Self::UnknownIssuer,
        Self::NotACertificate,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::StatusNotChecked => "status-not-checked",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Altered => "altered",
            Self::UnknownIssuer => "unknown-issuer",
            Self::NotACertificate => "not-a-certificate",
        }
    }
}

/// The outcome of a check. As JSON, what it says is `claims` where the certificate is valid, and else
/// `claims_as_issued`, for nobody knows then whether it still holds.
#[derive(Debug, Clone)]
pub struct Check {
    /// The answer.
    pub answer: Answer,
    /// What is known of the status, where the certificate is genuine.
    pub status: Option<StatusKnown>,
    /// What it says, where it is genuine. Expired and revoked ones too: so that it is plain which.
    pub claims: Option<Claims>,
    /// Who issued it, where it is genuine.
    pub issuer: Option<String>,
    /// The last second of its time, in seconds after 1970.
    pub expires_at: Option<i64>,
    /// Whether the presenter proved to be its holder; only where it was bound to a key.
    pub holder_proven: bool,
    /// Whether it is altered because its text is cut short.
    pub incomplete: bool,
}

impl serde::Serialize for Check {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let (now, as_issued) = if self.claims_hold() {
            (self.claims.as_ref(), None)
        } else {
            (None, self.claims.as_ref())
        };
        let mut out = serializer.serialize_struct("Check", 9)?;
        out.serialize_field("answer", &self.answer)?;
        out.serialize_field("incomplete", &self.incomplete)?;
        out.serialize_field("status", &self.status)?;
        out.serialize_field("licence_status", &self.licence_status())?;
        out.serialize_field("claims", &now)?;
        out.serialize_field("claims_as_issued", &as_issued)?;
        out.serialize_field("issuer", &self.issuer)?;
        out.serialize_field("expires_at", &self.expires_at)?;
        out.serialize_field("holder_proven", &self.holder_proven)?;
        out.end()
    }
}

/// Checks certificates against a trust file.
pub struct Checker {
    issuers: Vec<IssuerMetadata>,
    lists: HashMap<String, VerifiedStatusList>,
    stale: HashMap<String, i64>,
}

impl Checker {
    /// A checker that trusts what this file names, at the time `now` in seconds after 1970. Lists that are
    /// damaged, foreign or too old are left out, and the answers say so.
    pub fn new(trust: Trust, now: i64) -> Self {
        let mut checker = Self {
            issuers: trust.issuers,
            lists: HashMap::new(),
            stale: HashMap::new(),
        };
        for token in &trust.status_lists {
            checker.add_status_list(token, now);
        }
        checker
    }

    /// Reads a trust file.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn from_json(json: &[u8], now: i64) -> Result<Self, TrustError> {
        Ok(Self::new(serde_json::from_slice(json)?, now))
    }

    /// Adds a status list, fetched or from a file. Answers whether it can be relied on now.
    pub fn add_status_list(&mut self, token: &str, now: i64) -> bool {
        for issuer in &self.issuers {
            let Some(uri) = list_uri(token, issuer) else {
                continue;
            };
            match verify_status_list(
                token,
                &uri,
                &issuer.issuer,
                issuer,
                ALGORITHMS,
                now,
                LEEWAY_SECONDS,
            ) {
                Ok(list) => {
                    self.stale.remove(&uri);
                    let newer = self
                        .lists
                        .get(&uri)
                        .is_none_or(|known| known.issued_at <= list.issued_at);
                    if newer {
                        self.lists.insert(uri, list);
                    }
                    return true;
                }
                Err(VerifyError::Expired { .. }) => {
                    self.stale
                        .insert(uri, claim(token, "iat").and_then(|at| at.as_i64()).unwrap_or(0));
                }
                Err(_) => {}
            }
        }
        false
    }

    /// The status list that the certificate names, if it names one: where a newer copy can be fetched.
    pub fn status_uri(text: &str) -> Option<String> {
        let status = claim(text.split('~').next()?, "status")?;
        Some(status.get("status_list")?.get("uri")?.as_str()?.to_owned())
    }

    /// Checks a certificate's compact text.
    pub fn check(&self, text: &str, now: i64) -> Check {
        let mut options = VerifyOptions::new(now, VCT);
        options.leeway_seconds = LEEWAY_SECONDS;
        match sd_jwt::verify(text, self.issuers.as_slice(), &options) {
            Ok(credential) => {
                let status = self.status(&credential.issuer, credential.status.as_ref(), now);
                let (answer, known) = match status {
                    Ok((true, as_of)) => (Answer::Valid, StatusKnown::Checked(as_of)),
                    Ok((false, as_of)) => (Answer::Revoked, StatusKnown::Checked(as_of)),
                    Err(known) => (Answer::StatusNotChecked, known),
                };
                Check {
                    answer,
                    status: Some(known),
                    issuer: Some(credential.issuer),
                    expires_at: credential.expires_at,
                    holder_proven: credential.key_bound,
                    incomplete: false,
                    claims: Some(credential.claims),
                }
            }
            Err(VerifyError::Expired { .. }) => self.out_of_date(text, Answer::Expired),
            Err(VerifyError::NotYetValid { .. }) => self.out_of_date(text, Answer::NotYetValid),
            Err(error) => {
                let answer = self.answer_to(&error, text);
                Check {
                    incomplete: answer == Answer::Altered && is_cut_short(text),
                    ..Check::bare(answer)
                }
            }
        }
    }

    /// What a genuine certificate says whose time is over or still to come: it is checked at a time of its own.
    fn out_of_date(&self, text: &str, answer: Answer) -> Check {
        let token = text.split('~').next().unwrap_or_default();
        let issued = claim(token, "iat").and_then(|at| at.as_i64());
        let Some(at) = issued else {
            return Check::bare(answer);
        };
        match self.check_at(text, at) {
            Some(mut check) => {
                check.answer = answer;
                check
            }
            None => Check::bare(answer),
        }
    }

    /// What to call a text that does not verify. What has the form of a certificate, or what is left of it, is altered:
    /// nothing else can be said of it, and nothing gentler.
    fn answer_to(&self, error: &VerifyError, text: &str) -> Answer {
        let form = match error {
            VerifyError::Altered(_) | VerifyError::KeyBindingWrong(_) => return Answer::Altered,
            // Signed, and for something else.
            VerifyError::WrongKind | VerifyError::WrongType { .. } | VerifyError::TooLarge { .. } => {
                return Answer::NotACertificate;
            }
            _ => self.form(text),
        };
        match (form, error) {
            (false, _) => Answer::NotACertificate,
            (true, VerifyError::UnknownIssuer) => Answer::UnknownIssuer,
            (true, _) => Answer::Altered,
        }
    }

    /// Whether a text looks like a certificate or the damaged rest of one: by its header, by its payload, or, where
    /// neither can be read, by how they begin.
    fn form(&self, text: &str) -> bool {
        let parts: Vec<&str> = text.split(['.', '~']).take(3).collect();
        let says = |json: &Value, name| json.get(name).and_then(Value::as_str).map(str::to_owned);
        let of_issuer = |iss: String| self.issuers.iter().any(|one| one.issuer == iss);
        let header = |json: &Value| says(json, "typ").as_deref() == Some(sd_jwt::CREDENTIAL_TYPE);
        let payload = |json: &Value| {
            says(json, "vct").as_deref() == Some(VCT) || says(json, "iss").is_some_and(of_issuer)
        };
        let read = parts.iter().map(|part| decoded(part)).collect::<Vec<_>>();
        match &read[..] {
            [Some(first), ..] if header(first) => true,
            // A dot that came in makes the payload the third part.
            [_, rest @ ..] if rest.iter().flatten().any(payload) => true,
            [None, None, ..] => text.contains('~') && parts.iter().any(|part| part.starts_with(JSON_BEGINS)),
            _ => false,
        }
    }

    fn check_at(&self, text: &str, at: i64) -> Option<Check> {
        let options = VerifyOptions::new(at, VCT);
        let credential = sd_jwt::verify(text, self.issuers.as_slice(), &options).ok()?;
        Some(Check {
            answer: Answer::Expired,
            status: None,
            issuer: Some(credential.issuer),
            expires_at: credential.expires_at,
            holder_proven: false,
            incomplete: false,
            claims: Some(credential.claims),
        })
    }

    fn status(
        &self,
        issuer: &str,
        reference: Option<&StatusReference>,
        now: i64,
    ) -> Result<(bool, i64), StatusKnown> {
        let reference = reference.ok_or(StatusKnown::NoList)?;
        let Some(list) = self
            .lists
            .get(&reference.uri)
            .filter(|list| list.issuer == issuer)
        else {
            return Err(self
                .stale
                .get(&reference.uri)
                .map_or(StatusKnown::NoList, |at| StatusKnown::ListTooOld(*at)));
        };
        if list
            .expires_at
            .is_some_and(|end| end.saturating_add(LEEWAY_SECONDS.into()) < now)
        {
            return Err(StatusKnown::ListTooOld(list.issued_at));
        }
        let status = list.status_at(reference).map_err(|_| StatusKnown::NoList)?;
        Ok((status == Status::Valid, list.issued_at))
    }
}

impl Check {
    /// Whether what the certificate says holds today. Otherwise it is what it said when it was issued: what it speaks of
    /// may have changed since, and be what ended it.
    pub fn claims_hold(&self) -> bool {
        self.answer == Answer::Valid
    }

    /// How the licence stands, where the certificate is valid: a certificate of a suspended licence is valid and says so.
    pub fn licence_status(&self) -> Option<&str> {
        let claims = self.claims.as_ref().filter(|_| self.claims_hold())?;
        claims.get("licence_status")?.as_str()
    }

    /// For how many whole years there is no decision in the certificate's profession, where that is enough for the green
    /// channel, the certificate is valid and its holder discloses it. Nothing follows from its not being there.
    pub fn green_channel_years(&self) -> Option<u64> {
        let claims = self.claims.as_ref().filter(|_| self.answer == Answer::Valid)?;
        claims.get("green_channel_years")?.as_u64()
    }

    fn bare(answer: Answer) -> Self {
        Self {
            answer,
            status: None,
            claims: None,
            issuer: None,
            expires_at: None,
            holder_proven: false,
            incomplete: false,
        }
    }
}

/// How an object of JSON begins in base64url.
const JSON_BEGINS: &str = "eyJ";

/// Whether the end of a certificate's text is missing: it ends with a tilde, or with a proof of its holder's key, which
/// has three parts.
fn is_cut_short(text: &str) -> bool {
    match text.rsplit_once('~') {
        None => true,
        Some((_, "")) => false,
        Some((_, proof)) => proof.matches('.').count() < 2 || proof.ends_with('.'),
    }
}

/// A part of a token as JSON.
fn decoded(part: &str) -> Option<Value> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A claim of a token that nobody has verified: fit to find a key or a list by, never to be believed.
fn claim(token: &str, name: &str) -> Option<Value> {
    decoded(token.split('.').nth(1)?)?.get_mut(name).map(Value::take)
}

/// The address of the list in a token, if it says to be by this issuer.
fn list_uri(token: &str, issuer: &IssuerMetadata) -> Option<String> {
    let ours = claim(token, "iss")?.as_str() == Some(&issuer.issuer);
    if ours {
        claim(token, "sub")?.as_str().map(str::to_owned)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use keys::{SystemRandomness, new_p256};
    use sd_jwt::{Bits, Credential, JwkSet, P256Signer, StatusList, StatusListToken};

    use super::*;

    const ISSUER: &str = "https://issuer.example";
    const LIST: &str = "https://issuer.example/status/1";
    const NOW: i64 = 1_767_225_600;

    #[test]
    fn a_status_list_that_never_ends_is_relied_on_at_any_time() {
        let randomness = SystemRandomness::new();
        let document = new_p256(&randomness).unwrap();
        let key = P256Signer::from_pkcs8(&document, randomness.source()).unwrap();
        let token = StatusListToken {
            issuer: ISSUER,
            uri: LIST,
            issued_at: NOW,
            expires_at: i64::MAX,
            ttl_seconds: 60,
        };
        let trust = Trust {
            issuers: vec![IssuerMetadata {
                issuer: ISSUER.into(),
                jwks: JwkSet {
                    keys: vec![key.public_key().to_jwk()],
                },
            }],
            status_lists: vec![token.sign(&StatusList::new(Bits::One, 8).unwrap(), &key).unwrap()],
        };
        let status = StatusReference {
            uri: LIST.into(),
            index: 7,
        };
        let certificate = Credential::new(ISSUER, VCT).issued_at(NOW).status(&status);
        let text = certificate.sign(&key, &mut |salt| salt.fill(7)).unwrap();
        let checker = Checker::new(trust, NOW);
        for now in [NOW, i64::MAX] {
            let check = checker.check(&text, now);
            assert_eq!(
                (check.answer, check.status),
                (Answer::Valid, Some(StatusKnown::Checked(NOW)))
            );
        }
    }
}
