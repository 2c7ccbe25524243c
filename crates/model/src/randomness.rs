//! Randomness comes in as a parameter, like time.

/// The source of randomness failed; nothing may be made without it.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("the source of randomness failed")]
pub struct RandomnessError;

/// A source of random bytes. The real one is cryptographic; tests bring a seeded one.
pub trait Randomness: Send + Sync {
    /// Fills `bytes` whole, or fails and leaves them unusable.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError>;
}
