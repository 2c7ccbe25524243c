//! Verifier keys: names, key ids, their text form.

use crate::hash::sha256;
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, UnparsedPublicKey};
use std::{fmt, str::FromStr};

/// The most bytes the text of a verifier key can have.
pub const MAX_KEY_BYTES: usize = 8 * 1024;

/// How a key signs: the signature type byte of the specification.
///
/// Type `0x06`, ML-DSA-44, has its place in the format but not in this crate: such a key is refused by
/// [`KeyError::Unsupported`], and lines signed by one are ignored like those of any unknown key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Algorithm {
    /// Ed25519 over the note's text.
    Ed25519 = 0x01,
    /// Ed25519 of a witness over the time and the note's text.
    Cosignature = 0x04,
}

impl Algorithm {
    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::Cosignature]
            .into_iter()
            .find(|algorithm| *algorithm as u8 == byte)
    }
}

/// The first four bytes of `SHA-256(name ‖ 0A ‖ type ‖ public key)`. Printed as eight hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// The id of a key by the specification's rule.
    #[must_use]
    pub fn of(name: &str, algorithm: Algorithm, public_key: &[u8]) -> Self {
        let hash = sha256(&[name.as_bytes(), b"\n", &[algorithm as u8], public_key]);
        Self([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// Why a text is not a verifier key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is too long.
    #[error("a verifier key has at most {MAX_KEY_BYTES} bytes")]
    TooLong,
    /// Not of the form.
    #[error("a verifier key is name+keyid+base64, with eight lower-case hexadecimal digits in the middle")]
    Form,
    /// The name is empty or has blanks, control characters or a plus sign.
    #[error("a key's name is not empty and has no blanks, control characters or plus signs")]
    Name,
    /// The algorithm is one that this crate doesn't verify.
    #[error("keys of signature type 0x{0:02x} are not supported; 0x01 and 0x04 are")]
    Unsupported(u8),
    /// The public key has another length than the algorithm's.
    #[error("an Ed25519 public key has 32 bytes; this one has {0}")]
    Length(usize),
    /// The key id isn't that of this name and key: one of them was altered or mistyped.
    #[error("the key id is {found}, but this name and key have {expected}")]
    Id {
        /// The id by the rule.
        expected: KeyId,
        /// The id in the text.
        found: KeyId,
    },
}

/// A signature that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invalid;

/// A public key under a name, to verify notes with. Its text form is `name+hex(key id)+base64(type ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    public_key: [u8; 32],
    id: KeyId,
}

impl VerifierKey {
    /// A key of either algorithm.
    ///
    /// # Errors
    /// When the name isn't one.
    pub fn new(
        name: impl Into<String>,
        algorithm: Algorithm,
        public_key: [u8; 32],
    ) -> Result<Self, KeyError> {
        let name = name.into();
        if !is_name(&name) {
            return Err(KeyError::Name);
        }
        let id = KeyId::of(&name, algorithm, &public_key);
        Ok(Self {
            name,
            algorithm,
            public_key,
            id,
        })
    }

    /// The key's name; for a log's key, the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How the key signs.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key's 32 bytes.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    /// Verifies a signature over a note's text; gives the time of a cosignature.
    pub(crate) fn verify(&self, text: &[u8], signature: &[u8]) -> Result<Option<u64>, Invalid> {
        let key = UnparsedPublicKey::new(&ED25519, self.public_key);
        match self.algorithm {
            Algorithm::Ed25519 => key.verify(text, signature).map(|()| None).map_err(|_| Invalid),
            Algorithm::Cosignature => {
                let (time, signature) = signature.split_first_chunk::<8>().ok_or(Invalid)?;
                let time = u64::from_be_bytes(*time);
                let message = [format!("cosignature/v1\ntime {time}\n").as_bytes(), text].concat();
                key.verify(&message, signature)
                    .map(|()| Some(time))
                    .map_err(|_| Invalid)
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = [&[self.algorithm as u8][..], &self.public_key].concat();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(encoded))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_KEY_BYTES {
            return Err(KeyError::TooLong);
        }
        // The base64 may have plus signs of its own.
        let mut fields = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(KeyError::Form);
        };
        let id = parse_id(id).ok_or(KeyError::Form)?;
        let key = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let (kind, key) = key.split_first().ok_or(KeyError::Form)?;
        let algorithm = Algorithm::from_byte(*kind).ok_or(KeyError::Unsupported(*kind))?;
        let public_key = key.try_into().map_err(|_| KeyError::Length(key.len()))?;
        let parsed = Self::new(name, algorithm, public_key)?;
        if parsed.id != id {
            return Err(KeyError::Id {
                expected: parsed.id,
                found: id,
            });
        }
        Ok(parsed)
    }
}

fn parse_id(text: &str) -> Option<KeyId> {
    let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 8 || !text.bytes().all(lower_hex) {
        return None;
    }
    u32::from_str_radix(text, 16)
        .ok()
        .map(|id| KeyId(id.to_be_bytes()))
}

/// Whether a text can name a key: not empty, no blanks of any script, no control characters, no plus sign.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule: name ‖ 0A ‖ type ‖ Ed25519 public key of the seed of 32 bytes 01, hashed with SHA-256, cut to 4 bytes.
    const NAME: &str = "made-up.example/log";
    const PUBLIC_KEY: &str = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";
    const VKEY: &str = "made-up.example/log+73549e89+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
    const COSIGNER_VKEY: &str = "made-up.example/log+8ebfa909+BIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";

    fn public_key() -> [u8; 32] {
        hex::decode(PUBLIC_KEY).unwrap().try_into().unwrap()
    }

    #[test]
    fn key_ids_and_texts_follow_the_rule() {
        for (algorithm, text) in [
            (Algorithm::Ed25519, VKEY),
            (Algorithm::Cosignature, COSIGNER_VKEY),
        ] {
            let key = VerifierKey::new(NAME, algorithm, public_key()).unwrap();
            assert_eq!(key.to_string(), text);
            assert_eq!(text.parse(), Ok(key));
        }
    }

    #[test]
    fn any_altered_character_is_noticed() {
        for place in 0..VKEY.len() {
            let mut altered = VKEY.as_bytes().to_vec();
            altered[place] = if altered[place] == b'a' { b'b' } else { b'a' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(altered.parse::<VerifierKey>().is_err(), "{altered}");
        }
    }

    #[test]
    fn the_fault_of_a_key_is_named() {
        let with = |kind: u8, length: usize| {
            format!(
                "{NAME}+00000000+{}",
                STANDARD.encode([&[kind][..], &vec![1; length]].concat())
            )
        };
        assert_eq!(
            with(6, 1312).parse::<VerifierKey>(),
            Err(KeyError::Unsupported(6))
        );
        assert_eq!(with(1, 31).parse::<VerifierKey>(), Err(KeyError::Length(31)));
        assert!(matches!(
            with(1, 32).parse::<VerifierKey>(),
            Err(KeyError::Id { .. })
        ));
        assert_eq!("name+00000000".parse::<VerifierKey>(), Err(KeyError::Form));
        assert_eq!(VKEY.to_uppercase().parse::<VerifierKey>(), Err(KeyError::Form));
        assert_eq!(
            "a".repeat(MAX_KEY_BYTES + 1).parse::<VerifierKey>(),
            Err(KeyError::TooLong)
        );
        for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb", "a\u{7f}"] {
            let fault = VerifierKey::new(name, Algorithm::Ed25519, public_key());
            assert_eq!(fault, Err(KeyError::Name), "{name:?}");
        }
    }
}
