#![no_main]
//! See [`fuzz_targets::log_notes`].

use fuzz_targets::log_notes::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
