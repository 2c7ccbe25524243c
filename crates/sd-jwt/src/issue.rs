//! Issuing a credential (RFC 9901 §4, draft-ietf-oauth-sd-jwt-vc §3).

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::disclosure::{self, NEVER_DISCLOSABLE, RESERVED, SALT_BYTES};
use crate::hide::{Hider, hide_parts};
use crate::{
    CREDENTIAL_TYPE, MAX_DEPTH, MAX_DISCLOSURES, MAX_TEXT_BYTES, PublicKey, SignError, Signer,
    StatusReference, json, jws,
};

/// Claims that have a method of their own in [`Credential`].
pub(crate) const OWN_METHOD: [&str; 7] = ["iss", "vct", "iat", "nbf", "exp", "cnf", "status"];

/// The most decoy digests in one credential.
const MAX_DECOYS: usize = 100;

/// Why a credential could not be issued. Names of claims may appear in the message, values never.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The name belongs to the format, or has a method of its own.
    #[error("the claim name {0:?} is reserved")]
    ReservedName(String),
    /// The claim was given twice.
    #[error("the claim {0:?} was given twice")]
    Twice(String),
    /// The claim must always be visible.
    #[error("the claim {0:?} must always be visible")]
    NotDisclosable(String),
    /// No object member or list element is at the JSON pointer.
    #[error("nothing to hide at {0:?}")]
    NoSuchPart(String),
    /// More than [`MAX_DISCLOSURES`] disclosures, or more than 100 decoys.
    #[error("more than {MAX_DISCLOSURES} disclosures or {MAX_DECOYS} decoys")]
    TooMany,
    /// The claims nest deeper than [`MAX_DEPTH`].
    #[error("the claims nest deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// The text would be longer than [`MAX_TEXT_BYTES`].
    #[error("the credential would be longer than {MAX_TEXT_BYTES} bytes")]
    TooLarge,
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be written: {0}")]
    Unwritable(String),
    /// The key could not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// A credential about to be issued. Times are unix seconds.
#[derive(Debug, Clone)]
pub struct Credential {
    visible: Map<String, Value>,
    disclosable: Vec<(String, Value)>,
    parts: Vec<String>,
    decoys: usize,
    fault: Option<IssueError>,
}

impl Credential {
    /// A credential of kind `vct` from `issuer`.
    #[must_use]
    pub fn new(issuer: &str, vct: &str) -> Self {
        let mut visible = Map::new();
        visible.insert("iss".to_owned(), Value::from(issuer));
        visible.insert("vct".to_owned(), Value::from(vct));
        Self {
            visible,
            disclosable: Vec::new(),
            parts: Vec::new(),
            decoys: 0,
            fault: None,
        }
    }

    /// When it was issued (`iat`).
    #[must_use]
    pub fn issued_at(self, at: i64) -> Self {
        self.own("iat", Value::from(at))
    }

    /// From when it is valid (`nbf`).
    #[must_use]
    pub fn not_before(self, at: i64) -> Self {
        self.own("nbf", Value::from(at))
    }

    /// Until when it is valid (`exp`); at that second it no longer is.
    #[must_use]
    pub fn expires_at(self, at: i64) -> Self {
        self.own("exp", Value::from(at))
    }

    /// Where its status stands (`status`, draft-ietf-oauth-status-list §6).
    #[must_use]
    pub fn status(self, status: &StatusReference) -> Self {
        self.own(
            "status",
            json!({"status_list": {"idx": status.index, "uri": status.uri}}),
        )
    }

    /// The key that the holder proves to have (`cnf`, RFC 7800 §3.2).
    #[must_use]
    pub fn holder_key(self, key: &PublicKey) -> Self {
        let jwk = key.to_jwk();
        let mut members = json!({"kty": jwk.kty, "crv": jwk.crv, "x": jwk.x});
        if let (Some(y), Some(map)) = (jwk.y, members.as_object_mut()) {
            map.insert("y".to_owned(), Value::from(y));
        }
        self.own("cnf", json!({"jwk": members}))
    }

    /// A claim that everybody sees who sees the credential.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        if self.name_is_free(name) {
            self.visible.insert(name.to_owned(), value.into());
        }
        self
    }

    /// A claim that the holder may disclose or not.
    #[must_use]
    pub fn disclosable(mut self, name: &str, value: impl Into<Value>) -> Self {
        if NEVER_DISCLOSABLE.contains(&name) {
            self.fault
                .get_or_insert(IssueError::NotDisclosable(name.to_owned()));
        } else if self.name_is_free(name) {
            self.disclosable.push((name.to_owned(), value.into()));
        }
        self
    }

    /// Makes a part within a claim disclosable on its own: a member or a list element, at a JSON pointer
    /// (RFC 6901) such as `/address/street` or `/languages/1`.
    #[must_use]
    pub fn disclosable_part(mut self, pointer: &str) -> Self {
        self.parts.push(pointer.to_owned());
        self
    }

    /// Adds `count` digests that belong to nothing (RFC 9901 §4.2.5), so that their number does not tell how
    /// many claims there are.
    #[must_use]
    pub fn decoys(mut self, count: usize) -> Self {
        self.decoys = count;
        self
    }

    /// Issues: the compact text with all disclosures, ending in a tilde.
    ///
    /// `random` fills its argument with randomness fit for keys. Digests are sorted, so their order tells
    /// nothing.
    ///
    /// # Errors
    /// An [`IssueError`]; also for faults in what was given to the other methods.
    pub fn sign(
        mut self,
        signer: &dyn Signer,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<String, IssueError> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let count = self.disclosable.len() + self.parts.len();
        if count > MAX_DISCLOSURES || self.decoys > MAX_DECOYS {
            return Err(IssueError::TooMany);
        }
        for value in self
            .visible
            .values()
            .chain(self.disclosable.iter().map(|(_, value)| value))
        {
            check_value(value, 1)?;
        }
        let mut salts = vec![0; (count + self.decoys) * SALT_BYTES];
        random(&mut salts);
        let (salts, _) = salts.as_chunks::<SALT_BYTES>();
        let mut hider = Hider {
            salts,
            scratch: Vec::with_capacity(512),
            disclosures: Vec::with_capacity(count),
        };

        hide_parts(
            &mut self.visible,
            &mut self.disclosable,
            std::mem::take(&mut self.parts),
            &mut hider,
        )?;
        let mut digests = Vec::with_capacity(self.disclosable.len() + self.decoys);
        for (name, value) in &self.disclosable {
            digests.push(hider.hide(Some(name), value)?);
        }
        for decoy in hider.salts {
            digests.push(disclosure::digest_bytes_text(decoy));
        }
        digests.sort_unstable();

        let payload = self.payload(&digests)?;
        let disclosures_length: usize = hider.disclosures.iter().map(|text| text.len() + 1).sum();
        let mut text = String::with_capacity(payload.len() * 4 / 3 + 320 + disclosures_length);
        jws::push_signed(&mut text, CREDENTIAL_TYPE, &payload, signer)?;
        text.push('~');
        for disclosure in &hider.disclosures {
            text.push_str(disclosure);
            text.push('~');
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(IssueError::TooLarge);
        }
        Ok(text)
    }

    fn own(mut self, name: &str, value: Value) -> Self {
        if self.visible.insert(name.to_owned(), value).is_some() {
            self.fault.get_or_insert(IssueError::Twice(name.to_owned()));
        }
        self
    }

    fn name_is_free(&mut self, name: &str) -> bool {
        let fault = if RESERVED.contains(&name) || OWN_METHOD.contains(&name) {
            IssueError::ReservedName(name.to_owned())
        } else if self.visible.contains_key(name) || self.disclosable.iter().any(|(given, _)| given == name) {
            IssueError::Twice(name.to_owned())
        } else {
            return true;
        };
        self.fault.get_or_insert(fault);
        false
    }

    /// The JSON of the signed payload.
    fn payload(&self, digests: &[String]) -> Result<Vec<u8>, IssueError> {
        let mut out = Vec::with_capacity(512 + digests.len() * 46);
        out.push(b'{');
        if !digests.is_empty() {
            out.extend_from_slice(br#""_sd":"#);
            json::push(&mut out, digests).map_err(unwritable)?;
            out.push(b',');
        }
        out.extend_from_slice(br#""_sd_alg":"sha-256""#);
        for (name, value) in &self.visible {
            out.push(b',');
            json::push(&mut out, name).map_err(unwritable)?;
            out.push(b':');
            json::push(&mut out, value).map_err(unwritable)?;
        }
        out.push(b'}');
        Ok(out)
    }
}

/// Reserved names and too deep nesting are refused before anything is signed.
fn check_value(value: &Value, depth: usize) -> Result<(), IssueError> {
    match value {
        Value::Object(_) | Value::Array(_) if depth > MAX_DEPTH => Err(IssueError::TooDeep),
        Value::Object(map) => map.iter().try_for_each(|(name, value)| {
            if RESERVED.contains(&name.as_str()) {
                return Err(IssueError::ReservedName(name.clone()));
            }
            check_value(value, depth + 1)
        }),
        Value::Array(list) => list.iter().try_for_each(|value| check_value(value, depth + 1)),
        _ => Ok(()),
    }
}

pub(crate) fn unwritable(error: serde_json::Error) -> IssueError {
    IssueError::Unwritable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ed25519Signer;

    fn refused(change: impl FnOnce(Credential) -> Credential) -> IssueError {
        let signer = Ed25519Signer::from_seed(&[1; 32]).unwrap();
        let credential = change(Credential::new("https://a.example", "kind"));
        credential.sign(&signer, &mut |bytes| bytes.fill(7)).unwrap_err()
    }

    #[test]
    fn reserved_and_repeated_names_are_refused() {
        for name in ["_sd", "...", "_sd_alg", "iss", "exp", "status"] {
            assert_eq!(
                refused(|c| c.claim(name, 1)),
                IssueError::ReservedName(name.into())
            );
        }
        for name in ["iss", "exp", "vct", "cnf", "aud", "status"] {
            assert_eq!(
                refused(|c| c.disclosable(name, 1)),
                IssueError::NotDisclosable(name.into())
            );
        }
        assert_eq!(
            refused(|c| c.disclosable("a", 1).claim("a", 1)),
            IssueError::Twice("a".into())
        );
        assert_eq!(
            refused(|c| c.issued_at(1).issued_at(1)),
            IssueError::Twice("iat".into())
        );
        assert_eq!(
            refused(|c| c.claim("a", json!([{"_sd": []}]))),
            IssueError::ReservedName("_sd".into())
        );
    }

    #[test]
    fn too_much_is_refused() {
        let many = |n: usize| {
            move |mut c: Credential| {
                for i in 0..n {
                    c = c.disclosable(&i.to_string(), i);
                }
                c
            }
        };
        assert_eq!(refused(many(MAX_DISCLOSURES + 1)), IssueError::TooMany);
        assert_eq!(refused(|c| c.decoys(101)), IssueError::TooMany);
        assert_eq!(
            refused(|c| c.claim("a", "x".repeat(MAX_TEXT_BYTES))),
            IssueError::TooLarge
        );
        let deep = (0..MAX_DEPTH).fold(json!([]), |inner, _| json!([inner]));
        assert_eq!(refused(|c| c.claim("a", deep)), IssueError::TooDeep);
    }

    #[test]
    fn a_part_that_is_not_there_is_refused() {
        let claims = |c: Credential| c.claim("list", json!([1])).disclosable("map", json!({"a": 1}));
        for pointer in [
            "", "x", "/x", "/list", "/list/1", "/list/00", "/list/-", "/map/b", "/map/a/b", "/iss/x",
        ] {
            assert_eq!(
                refused(|c| claims(c).disclosable_part(pointer)),
                IssueError::NoSuchPart(pointer.into()),
                "{pointer}"
            );
        }
        assert_eq!(
            refused(|c| claims(c).disclosable_part("/list/0").disclosable_part("/list/0")),
            IssueError::NoSuchPart("/list/0".into())
        );
    }
}
