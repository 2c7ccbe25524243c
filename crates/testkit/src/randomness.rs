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
