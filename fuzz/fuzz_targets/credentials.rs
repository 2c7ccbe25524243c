#![no_main]
//! See [`fuzz_targets::credentials`].

use fuzz_targets::credentials::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
