#![no_main]
//! See [`fuzz_targets::erasure_lines`].

use fuzz_targets::erasure_lines::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
