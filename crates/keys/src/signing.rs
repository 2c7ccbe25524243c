//! Signing keys: Ed25519 (RFC 8032) for the log and for requests, ECDSA P-256 with SHA-256 (FIPS 186-5) for
//! certificates. A pair is kept as PKCS #8 (RFC 5958), sealed.

use ring::{
    rand,
    signature::{self, KeyPair as _},
};
use zeroize::Zeroizing;

use crate::SystemRandomness;

/// Why a key could not be made or used.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum SigningError {
    /// The stored key is not what it should be.
    #[error("the signing key cannot be read: a PKCS #8 key of the expected algorithm is needed")]
    Key,
    /// The signature failed.
    #[error("the signature could not be made")]
    Sign,
}

/// An Ed25519 pair.
pub struct Ed25519Pair(signature::Ed25519KeyPair);

/// An ECDSA P-256 pair.
pub struct P256Pair {
    pair: signature::EcdsaKeyPair,
    random: rand::SystemRandom,
}

impl Ed25519Pair {
    /// A new pair as PKCS #8, to be sealed and kept.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(randomness: &SystemRandomness) -> Result<Zeroizing<Vec<u8>>, SigningError> {
        let document = signature::Ed25519KeyPair::generate_pkcs8(&randomness.0).map_err(|_| SigningError::Key)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The pair in this PKCS #8 document.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_pkcs8(document: &[u8]) -> Result<Self, SigningError> {
        signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map(Self).map_err(|_| SigningError::Key)
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> [u8; 32] {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        key
    }

    /// The signature of a message, 64 bytes.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.0.sign(message).as_ref());
        signature
    }
}

impl P256Pair {
    /// A new pair as PKCS #8, to be sealed and kept.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(randomness: &SystemRandomness) -> Result<Zeroizing<Vec<u8>>, SigningError> {
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let document =
            signature::EcdsaKeyPair::generate_pkcs8(algorithm, &randomness.0).map_err(|_| SigningError::Key)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The pair in this PKCS #8 document.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_pkcs8(document: &[u8], randomness: &SystemRandomness) -> Result<Self, SigningError> {
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = signature::EcdsaKeyPair::from_pkcs8(algorithm, document, &randomness.0);
        Ok(Self { pair: pair.map_err(|_| SigningError::Key)?, random: randomness.0.clone() })
    }

    /// The public key as an uncompressed point, 65 bytes (SEC 1 section 2.3.3).
    pub fn public_key(&self) -> [u8; 65] {
        let mut key = [0; 65];
        key.copy_from_slice(self.pair.public_key().as_ref());
        key
    }

    /// The signature of a message: r and s, 64 bytes (RFC 7518 section 3.4).
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError> {
        let made = self.pair.sign(&self.random, message).map_err(|_| SigningError::Sign)?;
        made.as_ref().try_into().map_err(|_| SigningError::Sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_sign_what_their_public_keys_verify() {
        let randomness = SystemRandomness::new();
        let ed = Ed25519Pair::from_pkcs8(&Ed25519Pair::generate(&randomness).unwrap()).unwrap();
        let key = signature::UnparsedPublicKey::new(&signature::ED25519, ed.public_key());
        assert!(key.verify(b"message", &ed.sign(b"message")).is_ok());
        assert!(key.verify(b"another", &ed.sign(b"message")).is_err());
        let p256 = P256Pair::from_pkcs8(&P256Pair::generate(&randomness).unwrap(), &randomness).unwrap();
        let key = signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, p256.public_key());
        assert!(key.verify(b"message", &p256.sign(b"message").unwrap()).is_ok());
    }

    #[test]
    fn another_document_is_not_a_key() {
        assert_eq!(Ed25519Pair::from_pkcs8(b"no key").err(), Some(SigningError::Key));
        assert_eq!(P256Pair::from_pkcs8(b"no key", &SystemRandomness::new()).err(), Some(SigningError::Key));
    }
}
