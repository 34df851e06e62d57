//! A server with the interface of `LibreTranslate`: `POST /translate`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Error};

use crate::domain::LanguageCode;

use super::process::max_answer_bytes;
use super::translator::Trouble;

/// What a JSON answer may have around the translation, and each of its characters written as `\u0000`.
const MAX_JSON_GROWTH: usize = 6;

/// A server, with connections that are kept for the next text.
#[derive(Clone)]
pub(super) struct LibreTranslate {
    agent: Agent,
    address: Arc<str>,
    key: Option<Arc<str>>,
    codes: Arc<BTreeMap<LanguageCode, String>>,
}

impl fmt::Debug for LibreTranslate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key stays out of logs.
        write!(f, "LibreTranslate({})", self.address)
    }
}

#[derive(Serialize)]
struct Request<'a> {
    q: &'a str,
    source: &'a str,
    target: &'a str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "translatedText")]
    translated_text: String,
}

impl LibreTranslate {
    /// A server that nothing has been sent to yet; `None` where it wants https and this machine trusts no authority.
    ///
    /// Texts go to this address and no other: redirects are not followed, and proxies of the environment not used.
    pub(super) fn new(
        url: &str,
        key: Option<String>,
        codes: BTreeMap<LanguageCode, String>,
        timeout: Duration,
    ) -> Option<Self> {
        let tls = if url.to_ascii_lowercase().starts_with("https:") { Some(tls()?) } else { None };
        let base = url.trim_end_matches('/');
        let base = base.strip_suffix("/translate").unwrap_or(base);
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("threadsieve/", env!("CARGO_PKG_VERSION")));
        let config = match tls {
            Some(tls) => config.tls_config(tls),
            None => config,
        };
        Some(Self {
            agent: config.build().new_agent(),
            address: format!("{base}/translate").into(),
            key: key.map(Into::into),
            codes: Arc::new(codes),
        })
    }

    /// Translates a text, line breaks and all. Blocks.
    ///
    /// # Errors
    /// Where the server cannot be reached, is too slow, refuses, or answers in another form.
    pub(super) fn translate(&self, text: &str, from: LanguageCode, to: LanguageCode) -> Result<String, Trouble> {
        let (source, target) = (self.code(&from), self.code(&to));
        let request = Request { q: text, source, target, format: "text", api_key: self.key.as_deref() };
        // Strings always serialise.
        let request = serde_json::to_vec(&request).map_err(|_| Trouble::Refused)?;
        let sent = self.agent.post(&*self.address).header("content-type", "application/json").send(&request);
        let mut response = sent.map_err(|error| trouble(&error))?;
        match response.status().as_u16() {
            200..=299 => {}
            status => {
                tracing::debug!(address = &*self.address, status, "refused");
                // Too many requests, or nobody behind the server's door: it may be there for the next text.
                return Err(if matches!(status, 429 | 502..=504) { Trouble::Unreachable } else { Trouble::Refused });
            }
        }
        let limit = max_answer_bytes(text.len()).saturating_mul(MAX_JSON_GROWTH) as u64;
        let answer = response.body_mut().with_config().limit(limit).read_to_vec().map_err(|error| trouble(&error))?;
        let answer: Answer = serde_json::from_slice(&answer).map_err(|_| Trouble::OutOfStep)?;
        Ok(answer.translated_text)
    }

    fn code<'a>(&'a self, language: &'a LanguageCode) -> &'a str {
        self.codes.get(language).map_or_else(|| language.as_str(), String::as_str)
    }
}

fn tls() -> Option<TlsConfig> {
    let authorities = rustls_native_certs::load_native_certs().certs;
    if authorities.is_empty() {
        return None;
    }
    let authorities: Vec<Certificate<'static>> =
        authorities.iter().map(|authority| Certificate::from_der(authority).to_owned()).collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCerts::new_with_certs(&authorities);
    Some(TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build())
}

fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Timeout(_) => Trouble::Timeout,
        Error::BodyExceedsLimit(_) | Error::Protocol(_) | Error::LargeResponseHeader(..) => Trouble::OutOfStep,
        // Of the connection alone, and nothing that was said on it.
        Error::Io(_) | Error::Rustls(_) | Error::Tls(_) | Error::HostNotFound | Error::ConnectionFailed => {
            tracing::debug!(%error, "no connection");
            Trouble::Unreachable
        }
        _ => Trouble::Unreachable,
    }
}
