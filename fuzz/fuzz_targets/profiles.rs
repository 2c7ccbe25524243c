#![no_main]
//! See [`fuzz_targets::profiles`].

use fuzz_targets::profiles::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
