//! What Prometheus is told. Labels are route templates, names of keys and the like: there are never more of them than the
//! program and its configuration have.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::feedback::{LabelStore, StoreCounts};
use crate::pipeline::{Live, Tally};
use crate::telemetry;

/// The bounds of the latency histogram, in seconds.
const LATENCY_BOUNDS: [f64; 15] =
    [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// The kind of text that the metrics are.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReloadLabels {
    what: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ModelLabels {
    stage: String,
    model: String,
}

/// A label of its own name.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Named(&'static str, String);

impl EncodeLabelSet for Named {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> Result<(), fmt::Error> {
        [(self.0, self.1.as_str())].encode(encoder)
    }
}

type Counters<L> = Family<L, Counter>;

/// Everything that is counted.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Counters<RequestLabels>,
    seconds: Family<RouteLabel, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    connections: Gauge,
    refused_keys: Counters<Named>,
    rate_limited: Counters<Named>,
    shed: Counters<Named>,
    timed_out: Counters<Named>,
    tls_failures: Counter,
    reloads: Counters<ReloadLabels>,
    comments_scored: Counter,
    actions: Counters<Named>,
    high_scores: Counters<Named>,
    store_writes: Counters<Named>,
    store_is_failing: Gauge,
    store_waiting: Gauge,
    waiting: Gauge,
    models: Family<ModelLabels, Gauge>,
    lost_log_lines: Counter,
    resident_memory: Gauge,
}

/// A request that is being answered, or a connection that is open, until it is dropped.
#[derive(Debug)]
pub(super) struct InFlight(Gauge);

impl InFlight {
    fn begin(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn histogram() -> Histogram {
    Histogram::new(LATENCY_BOUNDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("threadsieve"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            refused_keys: Family::default(),
            rate_limited: Family::default(),
            shed: Family::default(),
            timed_out: Family::default(),
            tls_failures: Counter::default(),
            reloads: Family::default(),
            comments_scored: Counter::default(),
            actions: Family::default(),
            high_scores: Family::default(),
            store_writes: Family::default(),
            store_is_failing: Gauge::default(),
            store_waiting: Gauge::default(),
            waiting: Gauge::default(),
            models: Family::default(),
            lost_log_lines: Counter::default(),
            resident_memory: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests answered", self.requests.clone());
        registry.register("request_seconds", "From a request's headers to the end of its answer", self.seconds.clone());
        registry.register("requests_in_flight", "Requests that are being answered", self.in_flight.clone());
        registry.register("connections", "Connections that are open", self.connections.clone());
        registry.register("refused_keys", "Requests without a key that may ask", self.refused_keys.clone());
        registry.register("rate_limited", "Requests over the limit of their key", self.rate_limited.clone());
        registry.register("shed", "Requests turned away for want of room", self.shed.clone());
        registry.register("timed_out", "Requests that took too long", self.timed_out.clone());
        registry.register("tls_failures", "TLS handshakes that failed", self.tls_failures.clone());
        registry.register("reloads", "Models, keys and certificates loaded again", self.reloads.clone());
        registry.register("comments_scored", "Comments that were scored", self.comments_scored.clone());
        registry.register("actions", "Records by what the policy would do", self.actions.clone());
        registry.register("high_scores", "Scores of at least 0.8, by attribute", self.high_scores.clone());
        registry.register(
            "label_store_writes",
            "Judgements that came, by what became of them",
            self.store_writes.clone(),
        );
        let help = "Whether the label store could not be written the last time";
        registry.register("label_store_is_failing", help, self.store_is_failing.clone());
        registry.register("label_store_queue_depth", "Judgements that wait to be written", self.store_waiting.clone());
        registry.register("queue_depth", "Texts that wait for a thread", self.waiting.clone());
        registry.register("model", "Models in force: always 1", self.models.clone());
        registry.register("lost_log_lines", "Lines that nobody took off the log in time", self.lost_log_lines.clone());
        registry.register("resident_memory_bytes", "Memory of the process", self.resident_memory.clone());
    }

    /// Counts a request until what is given back is dropped.
    pub(super) fn in_flight(&self) -> InFlight {
        InFlight::begin(&self.in_flight)
    }

    /// How many requests are being answered.
    pub(super) fn count_in_flight(&self) -> i64 {
        self.in_flight.get()
    }

    /// Counts a connection until what is given back is dropped.
    pub(super) fn connection(&self) -> InFlight {
        InFlight::begin(&self.connections)
    }

    /// An answer has gone out.
    pub(super) fn answered(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), method, status }).inc();
        self.seconds.get_or_create(&RouteLabel { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    pub(super) fn refused_key(&self, why: &'static str) {
        self.refused_keys.get_or_create(&Named("why", why.to_owned())).inc();
    }

    pub(super) fn rate_limited(&self, key: &Arc<str>) {
        self.rate_limited.get_or_create(&Named("key", key.to_string())).inc();
    }

    pub(super) fn shed(&self, room: &'static str) {
        self.shed.get_or_create(&Named("room", room.to_owned())).inc();
    }

    pub(super) fn timed_out(&self, what: &'static str) {
        self.timed_out.get_or_create(&Named("what", what.to_owned())).inc();
    }

    pub(super) fn tls_failed(&self) {
        self.tls_failures.inc();
    }

    /// Something was loaded again, or could not be.
    pub(super) fn reloaded(&self, what: &'static str, is_good: bool) {
        let outcome = if is_good { "ok" } else { "failed" };
        self.reloads.get_or_create(&ReloadLabels { what, outcome }).inc();
    }

    /// Comments were scored, in whatever way they came.
    pub(super) fn scored(&self, comments: u64) {
        self.comments_scored.inc_by(comments);
    }

    /// Records were made.
    pub(super) fn recorded(&self, tally: &Tally) {
        self.scored(tally.records);
        for (action, records) in &tally.by_action {
            self.actions.get_or_create(&Named("action", action.clone())).inc_by(*records);
        }
    }

    /// An attribute has a score of at least 0.8. The name has to be one of the models'.
    pub(super) fn scored_high(&self, attribute: &str) {
        self.high_scores.get_or_create(&Named("attribute", attribute.to_owned())).inc();
    }

    /// All of it, as text.
    pub(super) fn text(&self, live: &Live, store: Option<&LabelStore>) -> String {
        if let Some(store) = store {
            let StoreCounts { written, failed, refused, is_failing } = store.counts();
            for (outcome, count) in [("written", written), ("failed", failed), ("refused", refused)] {
                let counter = self.store_writes.get_or_create_owned(&Named("outcome", outcome.to_owned()));
                counter.inner().store(count, Ordering::Relaxed);
            }
            self.store_is_failing.set(i64::from(is_failing));
            self.store_waiting.set(i64::try_from(store.waiting()).unwrap_or(i64::MAX));
        }
        self.waiting.set(i64::try_from(live.waiting()).unwrap_or(i64::MAX));
        self.models.clear();
        for (stage, citation) in live.citations() {
            let labels = ModelLabels { stage: stage.to_string(), model: citation.to_string() };
            self.models.get_or_create(&labels).set(1);
        }
        self.lost_log_lines.inner().store(telemetry::lost_log_lines(), Ordering::Relaxed);
        if let Some(bytes) = resident_memory() {
            self.resident_memory.set(bytes);
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Memory of the process in bytes, where the system tells it (Linux does).
fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    value.trim().strip_suffix("kB")?.trim_end().parse::<i64>().ok()?.checked_mul(1024)
}
