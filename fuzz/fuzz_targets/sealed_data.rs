#![no_main]
//! See [`fuzz_targets::sealed_data`].

use fuzz_targets::sealed_data::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
