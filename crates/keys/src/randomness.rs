//! The real source of randomness, and one that fetches it by the page.

use std::sync::Mutex;

use model::{Randomness, RandomnessError};
use ring::rand::SecureRandom as _;
use zeroize::Zeroize as _;

/// The operating system's randomness.
#[derive(Debug, Clone)]
pub struct SystemRandomness(pub(crate) ring::rand::SystemRandom);

impl SystemRandomness {
    /// The one real source; everything else takes it as a parameter.
    #[expect(clippy::disallowed_methods, reason = "this is the place that may name it")]
    pub fn new() -> Self {
        Self(ring::rand::SystemRandom::new())
    }

    /// The source in the form that signing with ECDSA asks for.
    pub fn source(&self) -> ring::rand::SystemRandom {
        self.0.clone()
    }
}

impl Default for SystemRandomness {
    fn default() -> Self {
        Self::new()
    }
}

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        self.0.fill(bytes).map_err(|_| RandomnessError)
    }
}

const PAGE: usize = 16 * 1024;

/// Fetches randomness a page at a time, for loads of many small keys. Bytes given out are wiped here.
pub struct BufferedRandomness<'a> {
    source: &'a dyn Randomness,
    page: Mutex<(Vec<u8>, usize)>,
}

impl<'a> BufferedRandomness<'a> {
    /// A buffer before `source`.
    pub fn new(source: &'a dyn Randomness) -> Self {
        Self {
            source,
            page: Mutex::new((vec![0; PAGE], PAGE)),
        }
    }
}

impl Randomness for BufferedRandomness<'_> {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        if bytes.len() > PAGE {
            return self.source.fill(bytes);
        }
        let mut guard = self
            .page
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (page, used) = &mut *guard;
        if PAGE - *used < bytes.len() {
            self.source.fill(page)?;
            *used = 0;
        }
        let given = &mut page[*used..*used + bytes.len()];
        bytes.copy_from_slice(given);
        given.zeroize();
        *used += bytes.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_never_gives_the_same_bytes_twice() {
        let system = SystemRandomness::new();
        let buffered = BufferedRandomness::new(&system);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..4000 {
            let mut bytes = [0; 16];
            buffered.fill(&mut bytes).unwrap();
            assert_ne!(bytes, [0; 16]);
            assert!(seen.insert(bytes));
        }
    }
}
