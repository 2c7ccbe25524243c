#![no_main]
//! See [`fuzz_targets::status_lists`].

use fuzz_targets::status_lists::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
