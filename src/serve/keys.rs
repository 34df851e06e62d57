//! Who may ask: API keys, found without telling how near a wrong one was, each with its limit of requests.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use sha2::{Digest as _, Sha256};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};

use super::clock::Clock;

type Limiter = RateLimiter<NotKeyed, InMemoryState, Clock, NoOpMiddleware<std::time::Instant>>;

/// A key as its file states it; the key itself is known to its owner alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyEntry {
    /// Whose it is, for logs and metrics.
    pub(super) name: Arc<str>,
    /// SHA-256 of the key.
    pub(super) sha256: [u8; 32],
    /// How often it may ask.
    pub(super) rate: Option<Rate>,
    /// Whether it may send judgements of moderators.
    pub(super) may_suggest: bool,
}

/// A limit of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) requests_per_minute: NonZeroU32,
    /// Requests that may come at once after a silence.
    pub(super) burst: NonZeroU32,
}

/// A key that may ask.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) entry: KeyEntry,
    limiter: Option<Limiter>,
}

/// A key has asked too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooOften {
    pub(super) rate: Rate,
    /// After so long it may ask again.
    pub(super) wait: Duration,
}

/// The keys in force.
#[derive(Debug)]
pub(super) struct Keys {
    in_force: RwLock<Arc<[Arc<Key>]>>,
    clock: Clock,
}

impl Keys {
    pub(super) fn new(entries: Vec<KeyEntry>, clock: Clock) -> Self {
        let keys = entries.into_iter().map(|entry| Arc::new(Key::new(entry, clock))).collect();
        Self { in_force: RwLock::new(keys), clock }
    }

    fn now(&self) -> Arc<[Arc<Key>]> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts others in force. What a key that stays as it is has used up of its limit stays used up.
    pub(super) fn replace(&self, entries: Vec<KeyEntry>) {
        let before = self.now();
        let same = |entry: &KeyEntry| before.iter().find(|key| key.entry == *entry).cloned();
        let keys = entries
            .into_iter()
            .map(|entry| same(&entry).unwrap_or_else(|| Arc::new(Key::new(entry, self.clock))))
            .collect();
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// The key that this is, if it is one. Takes as long for each of the keys, and for none.
    pub(super) fn find(&self, presented: &str) -> Option<Arc<Key>> {
        let keys = self.now();
        let hash: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
        let nowhere = u64::MAX;
        let mut found = nowhere;
        for (place, key) in (0_u64..).zip(keys.iter()) {
            found.conditional_assign(&place, key.entry.sha256.ct_eq(&hash));
        }
        if found == nowhere { None } else { keys.get(usize::try_from(found).ok()?).cloned() }
    }
}

impl Key {
    fn new(entry: KeyEntry, clock: Clock) -> Self {
        let limiter = entry.rate.map(|rate| {
            let quota = Quota::per_minute(rate.requests_per_minute).allow_burst(rate.burst);
            RateLimiter::direct_with_clock(quota, clock)
        });
        Self { entry, limiter }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// Where there were too many.
    pub(super) fn count_request(&self, clock: &Clock) -> Result<(), TooOften> {
        let (Some(limiter), Some(rate)) = (&self.limiter, self.entry.rate) else { return Ok(()) };
        limiter.check().map_err(|until| TooOften { rate, wait: until.wait_time_from(clock.now()) })
    }
}

/// The key that a request brings: behind its path, in Google's header, or as a bearer's.
pub(super) fn presented<'r>(query: Option<&'r str>, headers: &'r HeaderMap) -> Option<Cow<'r, str>> {
    let in_query = || {
        let query = query.filter(|query| query.contains("key="))?;
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| matches!(&**name, "key" | "$key")).map(|pair| pair.1)
    };
    let is_one = |key: &Cow<str>| !key.is_empty();
    let in_header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = || {
        let (scheme, key) = in_header(AUTHORIZATION.as_str())?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("Bearer").then(|| key.trim())
    };
    let in_headers = || in_header("x-goog-api-key").or_else(bearer).map(Cow::Borrowed);
    in_query().filter(is_one).or_else(|| in_headers().filter(is_one))
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Instant, SystemTime};

    use axum::http::HeaderValue;

    use super::*;

    /// Milliseconds; each test that moves it has a clock of its own.
    static LIMITS: AtomicU64 = AtomicU64::new(0);

    #[allow(clippy::disallowed_methods, reason = "where a test's clock begins makes no difference")]
    fn begin() -> Instant {
        static BEGIN: OnceLock<Instant> = OnceLock::new();
        *BEGIN.get_or_init(Instant::now)
    }

    fn clock() -> Clock {
        let monotonic = || begin() + Duration::from_millis(LIMITS.load(Ordering::Relaxed));
        Clock { monotonic, wall: || SystemTime::UNIX_EPOCH }
    }

    fn entry(name: &str, rate: Option<(u32, u32)>) -> KeyEntry {
        let rate = rate.map(|(each_minute, burst)| Rate {
            requests_per_minute: NonZeroU32::new(each_minute).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        });
        let sha256 = Sha256::digest(format!("key of {name}")).into();
        KeyEntry { name: name.into(), sha256, rate, may_suggest: true }
    }

    #[test]
    fn a_key_is_found_by_all_of_it() {
        let keys = Keys::new(vec![entry("a", None), entry("b", None)], clock());
        let name = |key: &str| keys.find(key).map(|key| key.entry.name.to_string());
        assert_eq!(name("key of a").as_deref(), Some("a"));
        assert_eq!(name("key of b").as_deref(), Some("b"));
        for other in ["", "key of ", "key of a ", "key of A", "a"] {
            assert_eq!(name(other), None, "{other}");
        }
        keys.replace(vec![entry("b", None)]);
        assert_eq!((name("key of a"), name("key of b").as_deref()), (None, Some("b")));
    }

    #[test]
    fn a_key_that_asks_too_often_is_told_when_to_come_again() {
        let (clock, keys) = (clock(), Keys::new(vec![entry("a", Some((60, 3))), entry("b", None)], clock()));
        let ask = |key: &str| keys.find(key).unwrap().count_request(&clock).map_err(|too_often| too_often.wait);
        assert_eq!([ask("key of a"), ask("key of a"), ask("key of a")], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(ask("key of a"), Err(Duration::from_secs(1)));
        assert_eq!(ask("key of b"), Ok(()), "each key has its own limit");
        keys.replace(vec![entry("b", None), entry("a", Some((60, 3)))]);
        assert_eq!(ask("key of a"), Err(Duration::from_secs(1)), "a key that stays has used up what it has");
        LIMITS.fetch_add(1_000, Ordering::Relaxed);
        assert_eq!([ask("key of a"), ask("key of a")], [Ok(()), Err(Duration::from_secs(1))]);
        keys.replace(vec![entry("a", Some((600, 3)))]);
        assert_eq!(ask("key of a"), Ok(()), "another limit begins anew");
    }

    #[test]
    fn a_key_may_stand_in_three_places() {
        let check = |query: Option<&str>, headers: &[(&'static str, &str)], expected: Option<&str>| {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
                .collect();
            assert_eq!(presented(query, &headers).as_deref(), expected, "{query:?} {headers:?}");
        };
        check(Some("alt=json&key=a%2Bb"), &[], Some("a+b"));
        check(Some("monkey=a"), &[], None);
        check(Some("key="), &[("x-goog-api-key", "g")], Some("g"));
        check(Some("alt=json"), &[("x-goog-api-key", "g"), ("authorization", "Bearer t")], Some("g"));
        check(None, &[("authorization", "bearer t ")], Some("t"));
        check(None, &[("authorization", "Basic t")], None);
        check(None, &[("authorization", "Bearer")], None);
        check(None, &[], None);
    }
}
