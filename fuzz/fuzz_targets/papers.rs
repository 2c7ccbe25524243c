#![no_main]
//! See [`fuzz_targets::papers`].

use fuzz_targets::papers::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
