//! Sealing: AES-256-GCM, bound to a place.

use model::{Randomness, RandomnessError};
use ring::aead;
use zeroize::Zeroizing;

const NONCE: usize = 12;
const TAG: usize = 16;

/// A key under another: nonce, ciphertext and tag.
pub type WrappedKey = [u8; NONCE + 32 + TAG];

/// Why a seal could not be made or opened.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum SealError {
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The ciphertext is damaged, is of another place, or was sealed under another key.
    #[error("sealed data does not open: it is damaged, or belongs to another place or key")]
    DoesNotOpen,
}

/// Where a ciphertext stands: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key, its parts one after another; all parts but the last are of fixed length.
    pub row: &'a [&'a [u8]],
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        let rows: usize = self.row.iter().map(|part| part.len() + 2).sum();
        let mut bytes = Vec::with_capacity(self.table.len() + self.column.len() + 2 + rows);
        for part in [self.table.as_bytes(), self.column.as_bytes()] {
            bytes.extend_from_slice(part);
            bytes.push(0);
        }
        for part in self.row {
            // Keys are far shorter than 64 KiB; the length keeps parts apart.
            bytes.extend_from_slice(&(part.len() as u16).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

/// A key for data: a person's, a record's, a submission's or the installation's own.
pub struct DataKey {
    bytes: Zeroizing<[u8; 32]>,
    key: aead::LessSafeKey,
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(secret)")
    }
}

impl DataKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        // 32 bytes are what AES-256 takes, so this cannot fail.
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, bytes).expect("a key of 32 bytes");
        Self {
            bytes: Zeroizing::new(*bytes),
            key: aead::LessSafeKey::new(key),
        }
    }

    /// A new key.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(randomness: &dyn Randomness) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        randomness.fill(&mut bytes[..])?;
        Ok(Self::from_bytes(&bytes))
    }

    /// Seals `plain` for `place`: nonce, ciphertext and tag, 28 bytes longer than `plain`.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(
        &self,
        place: &Place<'_>,
        plain: &[u8],
        randomness: &dyn Randomness,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        randomness.fill(&mut nonce)?;
        let mut sealed = vec![0; NONCE + plain.len() + TAG];
        self.seal_into(place, plain, randomness, &mut sealed)?;
        Ok(sealed)
    }

    /// Writes the seal of `plain` to `sealed`, which is as long as it.
    fn seal_into(
        &self,
        place: &Place<'_>,
        plain: &[u8],
        randomness: &dyn Randomness,
        sealed: &mut [u8],
    ) -> Result<(), SealError> {
        let (nonce, body) = sealed.split_at_mut(NONCE);
        let (content, tag) = body.split_at_mut(plain.len());
        let mut bytes = [0; NONCE];
        randomness.fill(&mut bytes)?;
        nonce.copy_from_slice(&bytes);
        content.copy_from_slice(plain);
        let made = self
            .key
            .seal_in_place_separate_tag(
                aead::Nonce::assume_unique_for_key(bytes),
                aead::Aad::from(place.bytes()),
                content,
            )
            .map_err(|_| SealError::DoesNotOpen)?;
        tag.copy_from_slice(made.as_ref());
        Ok(())
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or(SealError::DoesNotOpen)?;
        let mut plain = body.to_vec();
        let length = self
            .key
            .open_in_place(
                aead::Nonce::assume_unique_for_key(*nonce),
                aead::Aad::from(place.bytes()),
                &mut plain,
            )
            .map_err(|_| SealError::DoesNotOpen)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// Wraps another key for `place`.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn wrap(
        &self,
        place: &Place<'_>,
        key: &DataKey,
        randomness: &dyn Randomness,
    ) -> Result<WrappedKey, SealError> {
        let mut wrapped = [0; NONCE + 32 + TAG];
        self.seal_into(place, &key.bytes[..], randomness, &mut wrapped)?;
        Ok(wrapped)
    }

    /// Unwraps a key that was wrapped for `place`.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub fn unwrap_key(&self, place: &Place<'_>, wrapped: &[u8]) -> Result<DataKey, SealError> {
        let plain = Zeroizing::new(self.open(place, wrapped)?);
        let bytes: &[u8; 32] = plain.as_slice().try_into().map_err(|_| SealError::DoesNotOpen)?;
        Ok(Self::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandomness;

    #[test]
    fn a_seal_opens_in_its_place_and_nowhere_else() {
        let randomness = SystemRandomness::new();
        let key = DataKey::generate(&randomness).unwrap();
        let here = Place {
            table: "person",
            column: "sealed_identity",
            row: &[b"row"],
        };
        let sealed = key.seal(&here, b"content", &randomness).unwrap();
        assert_eq!(key.open(&here, &sealed).unwrap(), b"content");
        for place in [
            Place {
                table: "other",
                ..here
            },
            Place {
                column: "other",
                ..here
            },
            Place {
                row: &[b"other"],
                ..here
            },
            Place {
                row: &[b"r", b"ow"],
                ..here
            },
        ] {
            assert_eq!(key.open(&place, &sealed), Err(SealError::DoesNotOpen));
        }
        let other = DataKey::generate(&randomness).unwrap();
        assert_eq!(other.open(&here, &sealed), Err(SealError::DoesNotOpen));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let randomness = SystemRandomness::new();
        let key = DataKey::generate(&randomness).unwrap();
        let place = Place {
            table: "t",
            column: "c",
            row: &[],
        };
        let sealed = key.seal(&place, b"short", &randomness).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(&place, &changed), Err(SealError::DoesNotOpen));
            assert_eq!(key.open(&place, &sealed[..at]), Err(SealError::DoesNotOpen));
        }
    }

    #[test]
    fn a_wrapped_key_is_the_key() {
        let randomness = SystemRandomness::new();
        let (outer, inner) = (
            DataKey::generate(&randomness).unwrap(),
            DataKey::generate(&randomness).unwrap(),
        );
        let place = Place {
            table: "t",
            column: "c",
            row: &[b"1"],
        };
        let wrapped = outer.wrap(&place, &inner, &randomness).unwrap();
        let again = outer.unwrap_key(&place, &wrapped).unwrap();
        let sealed = inner.seal(&place, b"x", &randomness).unwrap();
        assert_eq!(again.open(&place, &sealed).unwrap(), b"x");
    }
}
