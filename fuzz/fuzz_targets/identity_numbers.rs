#![no_main]
//! See [`fuzz_targets::identity_numbers`].

use fuzz_targets::identity_numbers::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
