//! Signature algorithms, signers and public keys (RFC 7518 §3.4, RFC 8037 §3.1).

use ring::rand::SystemRandom;
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    UnparsedPublicKey,
};
use thiserror::Error;

use crate::KeyError;

/// A signature algorithm of JOSE. `none` and the symmetric ones have no place here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; signatures are r and s, 32 bytes each (RFC 7518 §3.4).
    Es256,
    /// Ed25519 (RFC 8037 §3.1).
    EdDsa,
}

impl Algorithm {
    /// The value of the `alg` header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of an `alg` header; `None` for any other, `none` included.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A key could not sign.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the key could not sign: {0}")]
pub struct SignError(
    /// What went wrong, for the log; holds nothing of the key or the message.
    pub String,
);

/// Something that signs: a key in memory, or a device that keeps it.
pub trait Signer {
    /// The algorithm of the signatures.
    fn algorithm(&self) -> Algorithm;
    /// The name under which the issuer publishes the public key; goes into the `kid` header.
    fn kid(&self) -> &str;
    /// The signature over `message`, in the form that JOSE asks for.
    ///
    /// # Errors
    /// When the key or its device refuses.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A public key that verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// A P-256 point, uncompressed: 0x04, x, y.
    P256([u8; 65]),
    /// An Ed25519 key.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// The algorithm that this key verifies; a key never verifies another.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::P256(_) => Algorithm::Es256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// Whether `signature` was made over `message` with the private half of this key.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
            Self::Ed25519(key) => UnparsedPublicKey::new(&signature::ED25519, key)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

/// An ES256 key in memory.
pub struct P256Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    public: PublicKey,
    kid: String,
}

impl P256Signer {
    /// Reads a PKCS#8 document. The key's name is its RFC 7638 thumbprint.
    ///
    /// `random` is what ECDSA draws a part of its nonces from.
    ///
    /// # Errors
    /// [`KeyError::PrivateKey`] when the document is not a P-256 key.
    pub fn from_pkcs8(pkcs8: &[u8], random: SystemRandom) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random)
            .map_err(|_| KeyError::PrivateKey)?;
        let point = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| KeyError::PrivateKey)?;
        let public = PublicKey::P256(point);
        Ok(Self {
            pair,
            random,
            public,
            kid: public.thumbprint(),
        })
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public
    }
}

impl Signer for P256Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn kid(&self) -> &str {
        &self.kid
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self
            .pair
            .sign(&self.random, message)
            .map_err(|_| SignError("no randomness".to_owned()))?;
        Ok(signature.as_ref().to_vec())
    }
}

/// An Ed25519 key in memory.
pub struct Ed25519Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
    kid: String,
}

impl Ed25519Signer {
    /// Reads a PKCS#8 document (v1 or v2). The key's name is its RFC 7638 thumbprint.
    ///
    /// # Errors
    /// [`KeyError::PrivateKey`] when the document is not an Ed25519 key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        Self::from_pair(Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8))
    }

    /// Takes the 32 bytes of a private key's seed.
    ///
    /// # Errors
    /// [`KeyError::PrivateKey`] when the seed is not 32 bytes long.
    pub fn from_seed(seed: &[u8]) -> Result<Self, KeyError> {
        Self::from_pair(Ed25519KeyPair::from_seed_unchecked(seed))
    }

    fn from_pair(pair: Result<Ed25519KeyPair, ring::error::KeyRejected>) -> Result<Self, KeyError> {
        let pair = pair.map_err(|_| KeyError::PrivateKey)?;
        let key = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| KeyError::PrivateKey)?;
        let public = PublicKey::Ed25519(key);
        Ok(Self {
            pair,
            public,
            kid: public.thumbprint(),
        })
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public
    }
}

impl Signer for Ed25519Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn kid(&self) -> &str {
        &self.kid
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.pair.sign(message).as_ref().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_and_symmetric_algorithms_are_unknown() {
        for name in ["none", "None", "HS256", "RS256", "es256", "ES384", ""] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
    }

    #[test]
    fn a_signature_fits_only_its_message_and_key() {
        let first = Ed25519Signer::from_seed(&[1; 32]).unwrap();
        let second = Ed25519Signer::from_seed(&[2; 32]).unwrap();
        let signature = first.sign(b"message").unwrap();
        assert!(first.public_key().verifies(b"message", &signature));
        assert!(!first.public_key().verifies(b"massage", &signature));
        assert!(!second.public_key().verifies(b"message", &signature));
        assert!(!first.public_key().verifies(b"message", &signature[..63]));
        assert!(Ed25519Signer::from_seed(&[1; 31]).is_err());
    }
}
