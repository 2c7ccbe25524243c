#![no_main]
//! See [`fuzz_targets::log_receipts`].

use fuzz_targets::log_receipts::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
