#![no_main]
//! See [`fuzz_targets::intake_sheets`].

use fuzz_targets::intake_sheets::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
