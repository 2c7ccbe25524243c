//! Signing notes.

use super::key::{Algorithm, KeyError, KeyId, VerifierKey};
use ring::signature::{Ed25519KeyPair, KeyPair};

/// Why a note could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The signer's name can't stand in a signature line.
    #[error("a signer's name is not empty and has no blanks, control characters or plus signs")]
    Name,
    /// The key could not be used, such as when a key device is away.
    #[error("the signing key is not available")]
    Unavailable,
}

/// Signs notes with Ed25519 under a name, wherever the key is kept.
pub trait NoteSigner {
    /// The key's name; for a log's key, the log's origin.
    fn name(&self) -> &str;

    /// The key's id: see [`KeyId::of`].
    fn key_id(&self) -> KeyId;

    /// The Ed25519 signature of a message: 64 bytes.
    ///
    /// # Errors
    /// When the key can't be used.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

/// A signer whose key is in memory.
#[derive(Debug)]
pub struct Ed25519Signer {
    pair: Ed25519KeyPair,
    key: VerifierKey,
}

impl Ed25519Signer {
    /// A signer with this key pair.
    ///
    /// # Errors
    /// When the name isn't one.
    pub fn new(name: impl Into<String>, pair: Ed25519KeyPair) -> Result<Self, KeyError> {
        let found = pair.public_key().as_ref();
        let public_key = found.try_into().map_err(|_| KeyError::Length(found.len()))?;
        let key = VerifierKey::new(name, Algorithm::Ed25519, public_key)?;
        Ok(Self { pair, key })
    }

    /// A signer with the key pair of a 32-byte seed (RFC 8032).
    ///
    /// # Errors
    /// When the name isn't one.
    pub fn from_seed(name: impl Into<String>, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Length(seed.len()))?;
        Self::new(name, pair)
    }

    /// The key to verify with.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.key.clone()
    }
}

impl NoteSigner for Ed25519Signer {
    fn name(&self) -> &str {
        self.key.name()
    }

    fn key_id(&self) -> KeyId {
        self.key.id()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        self.pair
            .sign(message)
            .as_ref()
            .try_into()
            .map_err(|_| SignError::Unavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Note, NoteError};
    use super::*;

    struct Away(&'static str);

    impl NoteSigner for Away {
        fn name(&self) -> &str {
            self.0
        }

        fn key_id(&self) -> KeyId {
            KeyId([0; 4])
        }

        fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignError> {
            Err(SignError::Unavailable)
        }
    }

    #[test]
    fn a_signer_that_cannot_sign_leaves_the_note_as_it_was() {
        let mut note = Note::new("text\n").unwrap();
        assert_eq!(
            note.sign(&Away("log")),
            Err(NoteError::Sign(SignError::Unavailable))
        );
        assert_eq!(
            note.sign(&Away("two words")),
            Err(NoteError::Sign(SignError::Name))
        );
        assert!(note.signatures().is_empty());
    }

    #[test]
    fn what_is_signed_verifies_under_the_signers_key() {
        let signer = Ed25519Signer::from_seed("log", &[9; 32]).unwrap();
        let mut note = Note::new("text\n").unwrap();
        note.sign(&signer).unwrap();
        let verified = note.verify(&[signer.verifier_key()]).unwrap();
        assert_eq!((verified.len(), verified[0].algorithm), (1, Algorithm::Ed25519));
    }

    #[test]
    fn a_signers_debug_text_does_not_show_its_seed() {
        let signer = Ed25519Signer::from_seed("log", &[0xab; 32]).unwrap();
        let text = format!("{signer:?}");
        assert!(!text.contains("abababab") && !text.contains("171, 171"));
    }
}
