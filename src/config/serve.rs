//! `[serve]`: how the server listens, what it lets in, and how it answers.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::plan::Reader;

/// The mix of comments that the scores of the Perspective interface are probabilities for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScorePrior {
    /// As many comments with a label as without it, as Perspective's scores are.
    Even,
    /// The mix that a model was calibrated on, as in records.
    Natural,
}

/// A certificate chain and its private key, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsPlan {
    /// The certificates, the server's own first.
    pub certificate: PathBuf,
    /// The private key: PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
}

/// How the server works, checked. Nothing of it has been opened yet.
#[derive(Debug, Clone, PartialEq)]
pub struct ServePlan {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What is before the paths in addresses that it gives of itself; from the request where it is not stated.
    pub root_url: Option<String>,
    /// The mix that scores of the Perspective interface are for.
    pub score_prior: ScorePrior,
    /// The file of API keys; without it only loopback is listened on, and no key is asked for.
    pub keys_file: Option<PathBuf>,
    /// TLS, where the server is to speak it itself.
    pub tls: Option<TlsPlan>,
    /// The file that judgements of `comments:suggestscore` go to.
    pub label_store: Option<PathBuf>,
    /// The environment variable with the secret that Coral signs its requests with.
    pub coral_secret_env: Option<String>,
    /// Origins whose pages may ask the server from a browser; none by default.
    pub cors_origins: Vec<String>,
    /// Longest body of a request, in bytes; also of all parts of a batch together.
    pub max_body_bytes: usize,
    /// Bytes of the bodies of all requests that are worked on at a time; more are answered 429.
    pub max_bodies_bytes: usize,
    /// Longest line and headers of a request, in bytes.
    pub max_header_bytes: usize,
    /// Connections that are open at a time; more wait to be accepted.
    pub max_connections: usize,
    /// Requests that are worked on at a time; more are answered 429.
    pub max_in_flight: usize,
    /// Within this time a connection has to have sent the headers of its next request.
    pub header_timeout: Duration,
    /// Within this time a request has to have been read and answered.
    pub request_timeout: Duration,
    /// So long a server that was told to stop waits for what it took.
    pub shutdown_timeout: Duration,
    /// Requests a minute of a key for which its file states no other limit; `None` for no limit.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Whether each request is logged, without its text.
    pub access_log: bool,
    /// Whether the log says where requests come from.
    pub log_client_address: bool,
}

impl ServePlan {
    /// The same at another address.
    ///
    /// # Errors
    /// What is wrong, where the address is none for a server without keys.
    pub fn listening_on(self, listen: SocketAddr) -> Result<Self, String> {
        match open_to_all(listen, self.keys_file.is_some()) {
            None => Ok(Self { listen, ..self }),
            Some((message, hint)) => Err(format!("{message}\n  hint: {hint}")),
        }
    }
}

/// What is wrong, and what to do, where an address can be reached by others and no keys are asked for.
fn open_to_all(listen: SocketAddr, has_keys: bool) -> Option<(String, &'static str)> {
    let message = format!("[serve] `listen`: {listen} can be reached by others, and no API keys are asked for");
    let is_open = !listen.ip().is_loopback() && !has_keys;
    is_open.then_some((message, "name a `keys_file`, or listen on 127.0.0.1 behind a proxy"))
}

/// `[serve]` as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ServeSection {
    listen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_url: Option<String>,
    score_prior: ScorePrior,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_certificate: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_key: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_store: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coral_secret_env: Option<String>,
    cors_origins: Vec<String>,
    max_body_bytes: usize,
    max_bodies_bytes: usize,
    max_header_bytes: usize,
    max_connections: usize,
    max_in_flight: usize,
    header_timeout_ms: u64,
    request_timeout_ms: u64,
    shutdown_timeout_ms: u64,
    requests_per_minute: u32,
    access_log: bool,
    log_client_address: bool,
}

impl Default for ServeSection {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            root_url: None,
            score_prior: ScorePrior::Even,
            keys_file: None,
            tls_certificate: None,
            tls_key: None,
            label_store: None,
            coral_secret_env: None,
            cors_origins: Vec::new(),
            max_body_bytes: 16 << 20,
            max_bodies_bytes: 256 << 20,
            max_header_bytes: 32 << 10,
            max_connections: 16_384,
            max_in_flight: 512,
            header_timeout_ms: 30_000,
            request_timeout_ms: 30_000,
            shutdown_timeout_ms: 30_000,
            requests_per_minute: 0,
            access_log: true,
            log_client_address: false,
        }
    }
}

impl ServeSection {
    /// As it would have to be written to make a plan.
    pub(super) fn of(plan: &ServePlan) -> Self {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            listen: plan.listen.to_string(),
            root_url: plan.root_url.clone(),
            score_prior: plan.score_prior,
            keys_file: plan.keys_file.clone(),
            tls_certificate: plan.tls.as_ref().map(|tls| tls.certificate.clone()),
            tls_key: plan.tls.as_ref().map(|tls| tls.key.clone()),
            label_store: plan.label_store.clone(),
            coral_secret_env: plan.coral_secret_env.clone(),
            cors_origins: plan.cors_origins.clone(),
            max_body_bytes: plan.max_body_bytes,
            max_bodies_bytes: plan.max_bodies_bytes,
            max_header_bytes: plan.max_header_bytes,
            max_connections: plan.max_connections,
            max_in_flight: plan.max_in_flight,
            header_timeout_ms: milliseconds(plan.header_timeout),
            request_timeout_ms: milliseconds(plan.request_timeout),
            shutdown_timeout_ms: milliseconds(plan.shutdown_timeout),
            requests_per_minute: plan.requests_per_minute.map_or(0, NonZeroU32::get),
            access_log: plan.access_log,
            log_client_address: plan.log_client_address,
        }
    }
}

/// hyper's reader of requests takes no less.
const LEAST_HEADER_BYTES: usize = 8 << 10;

impl Reader<'_> {
    /// Checks the section.
    pub(super) fn serve(&mut self, section: ServeSection) -> Option<ServePlan> {
        let before = self.problems.len();
        let listen: Option<SocketAddr> = section.listen.parse().ok();
        if listen.is_none() {
            let message =
                format!("[serve] `listen`: `{}` is no address and port, such as 127.0.0.1:8080", section.listen);
            self.problem(message);
        }
        if let Some((message, hint)) = listen.and_then(|listen| open_to_all(listen, section.keys_file.is_some())) {
            self.problem_with_hint(message, hint);
        }
        let is_address = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        if let Some(url) = section.root_url.as_deref().filter(|url| !is_address(url)) {
            self.problem(format!("[serve] `root_url`: `{url}` does not begin with http:// or https://"));
        }
        for origin in section.cors_origins.iter().filter(|origin| !is_address(origin) || origin.ends_with('/')) {
            let hint = "write it as a browser sends it: https://example.org, without a path";
            self.problem_with_hint(format!("[serve] `cors_origins`: `{origin}` is no origin"), hint);
        }
        let tls = match (section.tls_certificate, section.tls_key) {
            (Some(certificate), Some(key)) => Some(TlsPlan { certificate, key }),
            (None, None) => None,
            _ => {
                self.problem("[serve] `tls_certificate` and `tls_key` go together");
                None
            }
        };
        let counts = [
            ("max_body_bytes", section.max_body_bytes),
            ("max_connections", section.max_connections),
            ("max_in_flight", section.max_in_flight),
        ];
        for (name, _) in counts.iter().filter(|(_, value)| *value == 0) {
            self.problem(format!("[serve] `{name}` must be at least 1"));
        }
        if section.max_header_bytes < LEAST_HEADER_BYTES {
            self.problem(format!("[serve] `max_header_bytes` must be at least {LEAST_HEADER_BYTES}"));
        }
        if section.max_bodies_bytes < section.max_body_bytes {
            self.problem(
                "[serve] `max_bodies_bytes` must be at least `max_body_bytes`: there would be no room for one",
            );
        }
        let times =
            [("header_timeout_ms", section.header_timeout_ms), ("request_timeout_ms", section.request_timeout_ms)];
        for (name, _) in times.iter().filter(|(_, value)| *value == 0) {
            self.problem(format!("[serve] `{name}` must be at least 1"));
        }
        let listen = listen.filter(|_| self.problems.len() == before)?;
        Some(ServePlan {
            listen,
            root_url: section.root_url.map(|url| url.trim_end_matches('/').to_owned()),
            score_prior: section.score_prior,
            keys_file: section.keys_file,
            tls,
            label_store: section.label_store,
            coral_secret_env: section.coral_secret_env,
            cors_origins: section.cors_origins,
            max_body_bytes: section.max_body_bytes,
            max_bodies_bytes: section.max_bodies_bytes,
            max_header_bytes: section.max_header_bytes,
            max_connections: section.max_connections,
            max_in_flight: section.max_in_flight,
            header_timeout: Duration::from_millis(section.header_timeout_ms),
            request_timeout: Duration::from_millis(section.request_timeout_ms),
            shutdown_timeout: Duration::from_millis(section.shutdown_timeout_ms),
            requests_per_minute: NonZeroU32::new(section.requests_per_minute),
            access_log: section.access_log,
            log_client_address: section.log_client_address,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{parse, render};

    #[test]
    fn what_is_written_is_what_is_meant() {
        let text = "[serve]\nlisten = \"[::1]:80\"\nroot_url = \"https://a.example/\"\nscore_prior = \"natural\"\n\
                    tls_certificate = \"c\"\ntls_key = \"k\"\nrequests_per_minute = 60\ncors_origins = [\"https://b.example\"]\n";
        let plan = parse("test", text).unwrap();
        assert_eq!(plan.serve.root_url.as_deref(), Some("https://a.example"));
        assert_eq!(parse("shown", &render(&plan).unwrap()).unwrap(), plan);
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let check = |text: &str, expected: &str| {
            let found = parse("pipeline.toml", &format!("[serve]\n{text}\n")).expect_err(text);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert!(found.join("\n").contains(expected), "{text}: {found:?}");
        };
        check("listen = \"localhost\"", "no address and port");
        check("listen = \"0.0.0.0:80\"", "no API keys are asked for");
        check("root_url = \"example.org\"", "does not begin with http");
        check("cors_origins = [\"https://a.example/\"]", "is no origin");
        check("tls_key = \"k\"", "go together");
        check("max_in_flight = 0", "`max_in_flight` must be at least 1");
        check("max_header_bytes = 100", "must be at least 8192");
        check("max_bodies_bytes = 100", "`max_bodies_bytes` must be at least `max_body_bytes`");
        check("request_timeout_ms = 0", "must be at least 1");
        check("port = 3", "unknown field `port`");
        check("score_prior = \"odd\"", "unknown variant");
    }
}
