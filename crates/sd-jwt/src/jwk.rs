//! Public keys as JSON (RFC 7517, RFC 7518 §6.2, RFC 8037 §2) and their names (RFC 7638).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Algorithm, PublicKey};

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The kind of key is not one of this crate's.
    #[error("the key is neither EC P-256 nor OKP Ed25519")]
    UnknownKind,
    /// A coordinate is missing, has the wrong length, or is not base64url without padding.
    #[error("a coordinate of the key is not 32 bytes in base64url")]
    Coordinate,
    /// The key is said to be for another algorithm or use.
    #[error("the key is for another algorithm or use")]
    WrongUse,
    /// The document is not a private key of the kind asked for.
    #[error("the document is not a private key of this kind")]
    PrivateKey,
}

/// A public key as JSON. Other members than these are ignored when read; a private part is never written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `EC` or `OKP`.
    pub kty: String,
    /// `P-256` or `Ed25519`.
    pub crv: String,
    /// The x coordinate, or the Ed25519 key: 32 bytes in base64url.
    pub x: String,
    /// The y coordinate; only for `EC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The name of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The one algorithm that the key is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// What the key is for; `sig` when given.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

/// A set of public keys (RFC 7517 §5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl Jwk {
    /// The key itself.
    ///
    /// # Errors
    /// A [`KeyError`] when the key is of an unknown kind, for another use, or not in form. That a point lies
    /// on the curve is checked with each signature.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        let key = match (self.kty.as_str(), self.crv.as_str()) {
            ("EC", "P-256") => {
                let y = self.y.as_deref().ok_or(KeyError::Coordinate)?;
                let mut point = [0; 65];
                point[0] = 0x04;
                point[1..33].copy_from_slice(&coordinate(&self.x)?);
                point[33..].copy_from_slice(&coordinate(y)?);
                PublicKey::P256(point)
            }
            ("OKP", "Ed25519") => PublicKey::Ed25519(coordinate(&self.x)?),
            _ => return Err(KeyError::UnknownKind),
        };
        let algorithm_fits = self.alg.as_deref().is_none_or(|alg| {
            alg == key.algorithm().name() || (alg == "Ed25519" && key.algorithm() == Algorithm::EdDsa)
        });
        if !algorithm_fits || self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(KeyError::WrongUse);
        }
        Ok(key)
    }
}

impl JwkSet {
    /// The key named `kid`; without a name, the only key of the set.
    #[must_use]
    pub fn find(&self, kid: Option<&str>) -> Option<PublicKey> {
        let jwk = match kid {
            Some(kid) => self.keys.iter().find(|jwk| jwk.kid.as_deref() == Some(kid))?,
            None => match self.keys.as_slice() {
                [only] => only,
                _ => return None,
            },
        };
        jwk.public_key().ok()
    }
}

impl PublicKey {
    /// This key as JSON, named by its thumbprint, for signatures only.
    #[must_use]
    pub fn to_jwk(&self) -> Jwk {
        let (kty, crv, x, y) = match self {
            Self::P256(point) => ("EC", "P-256", &point[1..33], Some(BASE64.encode(&point[33..]))),
            Self::Ed25519(key) => ("OKP", "Ed25519", &key[..], None),
        };
        Jwk {
            kty: kty.to_owned(),
            crv: crv.to_owned(),
            x: BASE64.encode(x),
            y,
            kid: Some(self.thumbprint()),
            alg: Some(self.algorithm().name().to_owned()),
            usage: Some("sig".to_owned()),
        }
    }

    /// The SHA-256 thumbprint in base64url (RFC 7638 §3, RFC 8037 appendix A.3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let canonical = match self {
            Self::P256(point) => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                BASE64.encode(&point[1..33]),
                BASE64.encode(&point[33..])
            ),
            Self::Ed25519(key) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, BASE64.encode(key))
            }
        };
        BASE64.encode(digest(&SHA256, canonical.as_bytes()))
    }
}

fn coordinate(text: &str) -> Result<[u8; 32], KeyError> {
    let mut bytes = [0; 32];
    match BASE64.decode_slice(text, &mut bytes) {
        Ok(32) => Ok(bytes),
        _ => Err(KeyError::Coordinate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ed25519() -> Jwk {
        // The public key of RFC 8037, appendix A.2.
        serde_json::from_str(
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","extra":1}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_thumbprint_is_that_of_the_specification() {
        // RFC 8037, appendix A.3.
        let thumbprint = ed25519().public_key().unwrap().thumbprint();
        assert_eq!(thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn keys_survive_json_and_wrong_ones_are_refused() {
        let key = ed25519().public_key().unwrap();
        let jwk = key.to_jwk();
        let again: Jwk = serde_json::from_str(&serde_json::to_string(&jwk).unwrap()).unwrap();
        assert_eq!(again, jwk);
        assert_eq!(again.public_key().unwrap(), key);

        let refused = |change: &dyn Fn(&mut Jwk)| {
            let mut jwk = ed25519();
            change(&mut jwk);
            jwk.public_key().unwrap_err()
        };
        assert_eq!(refused(&|j| j.crv = "X25519".into()), KeyError::UnknownKind);
        assert_eq!(refused(&|j| j.x.push('A')), KeyError::Coordinate);
        assert_eq!(refused(&|j| j.x.push('=')), KeyError::Coordinate);
        assert_eq!(refused(&|j| j.alg = Some("ES256".into())), KeyError::WrongUse);
        assert_eq!(refused(&|j| j.usage = Some("enc".into())), KeyError::WrongUse);
        assert_eq!(
            refused(&|j| {
                j.kty = "EC".into();
                j.crv = "P-256".into();
            }),
            KeyError::Coordinate
        );
    }

    #[test]
    fn a_set_finds_by_name_and_guesses_only_when_there_is_one() {
        let one = PublicKey::Ed25519([1; 32]);
        let two = PublicKey::Ed25519([2; 32]);
        let mut set = JwkSet {
            keys: vec![one.to_jwk()],
        };
        assert_eq!(set.find(None), Some(one));
        set.keys.push(two.to_jwk());
        assert_eq!(set.find(None), None);
        assert_eq!(set.find(Some(&two.thumbprint())), Some(two));
        assert_eq!(set.find(Some("other")), None);
    }
}
