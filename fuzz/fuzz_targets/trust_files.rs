#![no_main]
//! See [`fuzz_targets::trust_files`].

use fuzz_targets::trust_files::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
