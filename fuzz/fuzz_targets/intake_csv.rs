#![no_main]
//! See [`fuzz_targets::intake_csv`].

use fuzz_targets::intake_csv::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
