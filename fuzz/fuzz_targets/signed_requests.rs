#![no_main]
//! See [`fuzz_targets::signed_requests`].

use fuzz_targets::signed_requests::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
