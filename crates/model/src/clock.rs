//! Time comes in as a parameter, so that every deadline can be tested and no code depends on the hour.

use std::sync::Mutex;

use jiff::Timestamp;

/// Tells the time. One real clock is named by the program itself; tests bring their own.
pub trait Clock: Send + Sync {
    /// The present moment, in UTC.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is moved, and refuses to go back.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock forward to `now`. Answers false, and stays where it is, if that would be back.
    pub fn set(&self, now: Timestamp) -> bool {
        let mut shown = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let forward = now >= *shown;
        if forward {
            *shown = now;
        }
        forward
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_forward_only() {
        let clock = FixedClock::new(Timestamp::UNIX_EPOCH);
        let later = Timestamp::from_second(60).unwrap();
        assert!(clock.set(later));
        assert!(!clock.set(Timestamp::UNIX_EPOCH));
        assert_eq!(clock.now(), later);
    }
}
