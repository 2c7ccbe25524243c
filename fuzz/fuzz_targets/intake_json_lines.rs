#![no_main]
//! See [`fuzz_targets::intake_json_lines`].

use fuzz_targets::intake_json_lines::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
