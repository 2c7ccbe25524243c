#![no_main]
//! See [`fuzz_targets::credential_claims`].

use fuzz_targets::credential_claims::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
