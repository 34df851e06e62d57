//! Names of requests, by which a log and an answer can be brought together.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::clock::Clock;

/// Where a request's name stands, coming and going.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer names are not taken over.
const MAX_BYTES: usize = 64;

/// Makes names that no other server makes, as good as surely.
#[derive(Debug)]
pub(super) struct RequestIds {
    prefix: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(clock: &Clock) -> Self {
        let mut random = [0; 8];
        // Names are for people who read logs: where the system has nothing random, the time does.
        let prefix = match getrandom::fill(&mut random) {
            Ok(()) => u64::from_be_bytes(random),
            Err(_) => clock.unix_time().as_nanos() as u64,
        };
        Self { prefix, next: AtomicU64::new(0) }
    }

    /// The name that a request came with, if it can stand in a log as it is; else a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        headers.get(X_REQUEST_ID).filter(|value| is_sane(value.as_bytes())).cloned().unwrap_or_else(|| self.make())
    }

    fn make(&self) -> HeaderValue {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        HeaderValue::try_from(format!("{:016x}-{number:x}", self.prefix)).unwrap_or_else(|_| HeaderValue::from(number))
    }
}

fn is_sane(name: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    (1..=MAX_BYTES).contains(&name.len()) && name.iter().all(is_plain)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn sane_names_are_kept() {
        #[allow(clippy::disallowed_methods, reason = "a clock for a test")]
        let clock = Clock { monotonic: std::time::Instant::now, wall: || SystemTime::UNIX_EPOCH };
        let ids = RequestIds::new(&clock);
        let longest = "a".repeat(MAX_BYTES);
        for (name, is_kept) in [
            ("4bf92f3577b34da6-a3.c:d_e", true),
            (longest.as_str(), true),
            (&format!("{longest}a"), false),
            ("", false),
            ("two words", false),
            ("key=value\"", false),
        ] {
            let headers: HeaderMap = [(X_REQUEST_ID, HeaderValue::from_str(name).unwrap())].into_iter().collect();
            assert_eq!(ids.of(&headers) == name, is_kept, "{name}");
        }
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
    }
}
