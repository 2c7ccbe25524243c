#![no_main]
//! See [`fuzz_targets::alert_messages`].

use fuzz_targets::alert_messages::TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.prepare(), |bytes: &[u8]| (TARGET.run)(bytes));
