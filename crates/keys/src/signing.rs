//! New signing keys, as PKCS #8 (RFC 5958), to be sealed and kept: Ed25519 (RFC 8032) for the log and for
//! requests, ECDSA P-256 (FIPS 186-5) for certificates. The formats that sign know how to use them.

use ring::signature;
use zeroize::Zeroizing;

use crate::SystemRandomness;

/// A key could not be made.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("a signing key could not be made")]
pub struct SigningError;

/// A new Ed25519 key.
///
/// # Errors
/// When there is no randomness.
pub fn new_ed25519(randomness: &SystemRandomness) -> Result<Zeroizing<Vec<u8>>, SigningError> {
    let made = signature::Ed25519KeyPair::generate_pkcs8(&randomness.0).map_err(|_| SigningError)?;
    Ok(Zeroizing::new(made.as_ref().to_vec()))
}

/// A new ECDSA P-256 key.
///
/// # Errors
/// When there is no randomness.
pub fn new_p256(randomness: &SystemRandomness) -> Result<Zeroizing<Vec<u8>>, SigningError> {
    let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    let made = signature::EcdsaKeyPair::generate_pkcs8(algorithm, &randomness.0).map_err(|_| SigningError)?;
    Ok(Zeroizing::new(made.as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_keys_are_read_by_what_signs_with_them_and_differ() {
        let randomness = SystemRandomness::new();
        let (one, two) = (
            new_ed25519(&randomness).unwrap(),
            new_ed25519(&randomness).unwrap(),
        );
        assert_ne!(one, two);
        assert!(signature::Ed25519KeyPair::from_pkcs8(&one).is_ok());
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = new_p256(&randomness).unwrap();
        assert!(signature::EcdsaKeyPair::from_pkcs8(algorithm, &key, &randomness.source()).is_ok());
    }
}
