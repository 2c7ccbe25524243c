//! The log against a second, naive implementation; against hostile input; and as a whole.

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod tree;
#[cfg(test)]
mod whole_log;

use proptest::test_runner::{Config, RngSeed};

/// The same random cases on every run.
fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x7_106),
        ..Config::default()
    }
}
