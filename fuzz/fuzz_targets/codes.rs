#![no_main]
//! See [`fuzz_targets::codes`].

use fuzz_targets::codes::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
