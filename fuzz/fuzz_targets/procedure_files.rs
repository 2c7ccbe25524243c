#![no_main]
//! See [`fuzz_targets::procedure_files`].

use fuzz_targets::procedure_files::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
