//! The clock that a server is given: nothing below `cli` reads one by itself.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Reads the time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// For durations: never goes back.
    pub monotonic: fn() -> Instant,
    /// For times of day.
    pub wall: fn() -> SystemTime,
}

impl Clock {
    /// Now, for durations.
    #[must_use]
    pub fn now(&self) -> Instant {
        (self.monotonic)()
    }

    /// Seconds since 1970 in UTC.
    #[must_use]
    pub fn unix_time(&self) -> Duration {
        (self.wall)().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

impl governor::clock::Clock for Clock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        (self.monotonic)()
    }
}
