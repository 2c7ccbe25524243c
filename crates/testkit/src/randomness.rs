//! Randomness that is the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use model::{Randomness, RandomnessError};
use ring::digest;

/// SHA-256 over a seed and a counter: good enough to tell keys apart, and the same in every run.
#[derive(Debug)]
pub struct SeededRandomness {
    seed: u64,
    counter: AtomicU64,
}

impl SeededRandomness {
    /// The randomness of this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            counter: AtomicU64::new(0),
        }
    }

    /// Goes on with the `n`th stretch of it, however much was drawn before: how often transactions that run side by
    /// side are tried again, and draw again, is not the same in every run. A stretch that was begun is never begun again.
    ///
    /// # Panics
    /// When this stretch or a later one was begun.
    pub fn stretch(&self, n: u32) {
        let begins = u64::from(n) << 32;
        let before = self.counter.swap(begins, Ordering::Relaxed);
        assert!(before <= begins, "what was drawn would be drawn again");
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        for part in bytes.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::Relaxed);
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(&self.seed.to_be_bytes());
            context.update(&counter.to_be_bytes());
            part.copy_from_slice(&context.finish().as_ref()[..part.len()]);
        }
        Ok(())
    }
}
