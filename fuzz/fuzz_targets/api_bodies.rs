#![no_main]
//! See [`fuzz_targets::api_bodies`].

use fuzz_targets::api_bodies::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
