#![no_main]
//! See [`fuzz_targets::log_tiles`].

use fuzz_targets::log_tiles::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
