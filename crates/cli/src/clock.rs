//! The real clock, named here and nowhere else.

use jiff::Timestamp;
use model::Clock;

/// The system's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place that may name it")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
