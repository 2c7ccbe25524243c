//! Keys at rest in memory.

use keys::DataKey;
use model::{Randomness, RandomnessError};
use zeroize::Zeroizing;

/// A key that waits to be used: its bytes alone. Made ready to seal, it takes many times as much, and a
/// part of a submission holds tens of thousands.
pub(crate) struct KeyBytes(Zeroizing<[u8; 32]>);

impl KeyBytes {
    /// A new key.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(crate) fn generate(randomness: &dyn Randomness) -> Result<Self, RandomnessError> {
        let mut bytes = Zeroizing::new([0; 32]);
        randomness.fill(&mut bytes[..])?;
        Ok(Self(bytes))
    }

    /// The key, ready to seal.
    pub(crate) fn ready(&self) -> DataKey {
        DataKey::from_bytes(&self.0)
    }
}
