//! Why a request is turned away before anything is scored, told in the shape that its sender knows.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode, Uri};

use super::api::ApiError;
use super::keys::TooOften;
use super::perspective::{Detail, GoogleError, Link, Metadata, Query};

/// The service whose clients ask.
const SERVICE: &str = "commentanalyzer.googleapis.com";
/// Where there is no room now, there is likely some after so long.
const UNTIL_THERE_IS_ROOM: Duration = Duration::from_secs(1);

/// Why a request is turned away.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    /// It brings no key.
    NoKey,
    /// Its key is none.
    BadKey,
    /// Its key may ask, but not this.
    NotAllowed,
    /// Its key has asked too often.
    TooOften { key: String, limit: TooOften },
    /// As much is worked on as there is room for.
    NoRoom,
    /// Its body is longer than bodies may be.
    TooLong { limit: usize },
    /// Its first line and headers are longer than they may be.
    LongHead { limit: usize },
    /// It was not read in time.
    SlowRequest,
    /// It was not answered in time.
    SlowAnswer,
    /// Our bug.
    Bug,
}

impl Refusal {
    /// The answer to what stands behind `uri`.
    pub(super) fn respond(&self, uri: &Uri) -> Response<Body> {
        let mut response = if is_own(uri.path()) {
            let (status, code, message, hint) = self.own();
            ApiError::new(status, code, message, hint).respond()
        } else {
            let is_pretty = Query::read(uri.query().unwrap_or_default()).map_or(true, |query| query.is_pretty());
            self.google().respond(is_pretty)
        };
        let headers = response.headers_mut();
        match self {
            Self::NoKey | Self::BadKey if is_own(uri.path()) => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooOften { limit, .. } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(limit.wait)));
            }
            Self::NoRoom => {
                headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(UNTIL_THERE_IS_ROOM)));
            }
            // What still comes of it is of no use.
            Self::TooLong { .. } | Self::LongHead { .. } | Self::SlowRequest => {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }

    fn google(&self) -> GoogleError {
        let new = |code, status, message: &str| GoogleError::new(code, status, message);
        match self {
            Self::NoKey => new(
                StatusCode::FORBIDDEN,
                "PERMISSION_DENIED",
                "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other \
                 form of API consumer identity to call this API.",
            ),
            Self::BadKey => {
                let message = "API key not valid. Please pass a valid API key.";
                let metadata = Metadata(vec![("service", SERVICE.to_owned())]);
                let detail = Detail::ErrorInfo { reason: "API_KEY_INVALID", domain: "googleapis.com", metadata };
                GoogleError { details: vec![detail], ..GoogleError::invalid_argument(message) }
            }
            Self::NotAllowed => new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "The caller does not have permission"),
            Self::TooOften { key, limit } => too_often(key, limit),
            Self::NoRoom => new(
                StatusCode::TOO_MANY_REQUESTS,
                "RESOURCE_EXHAUSTED",
                "The server is working on as much as it has room for. Try again later.",
            ),
            Self::TooLong { limit } => GoogleError::too_long(*limit),
            Self::LongHead { limit } => new(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "INVALID_ARGUMENT",
                &format!("Request headers exceed the limit: {limit} bytes."),
            ),
            Self::SlowRequest => {
                new(StatusCode::REQUEST_TIMEOUT, "DEADLINE_EXCEEDED", "The request was not read in time.")
            }
            Self::SlowAnswer => new(
                StatusCode::GATEWAY_TIMEOUT,
                "DEADLINE_EXCEEDED",
                "Deadline expired before operation could complete.",
            ),
            Self::Bug => GoogleError::internal(),
        }
    }

    fn own(&self) -> (StatusCode, &'static str, String, &'static str) {
        let keys = "send a key as X-Goog-Api-Key, as Authorization: Bearer, or as ?key=";
        match self {
            Self::NoKey => (StatusCode::UNAUTHORIZED, "no_key", "an API key is asked for".to_owned(), keys),
            Self::BadKey => {
                (StatusCode::UNAUTHORIZED, "bad_key", "the API key is none of this server's".to_owned(), keys)
            }
            Self::NotAllowed => {
                let message = "the API key may not do this".to_owned();
                (StatusCode::FORBIDDEN, "not_allowed", message, "the file of keys says what each may do")
            }
            Self::TooOften { limit, .. } => {
                let message = format!("more than {} requests a minute", limit.rate.requests_per_minute);
                (StatusCode::TOO_MANY_REQUESTS, "too_often", message, "wait as long as Retry-After says")
            }
            Self::NoRoom => {
                let message = "the server is working on as much as it has room for".to_owned();
                (StatusCode::TOO_MANY_REQUESTS, "no_room", message, "wait as long as Retry-After says")
            }
            Self::TooLong { limit } => {
                let message = format!("the body is longer than {limit} bytes");
                let hint = "send it in parts, or raise `max_body_bytes` of [serve]";
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message, hint)
            }
            Self::LongHead { limit } => {
                let message = format!("the headers are longer than {limit} bytes");
                let hint = "send fewer, or raise `max_header_bytes` of [serve]";
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large", message, hint)
            }
            Self::SlowRequest => {
                let message = "the request was not read in time".to_owned();
                (StatusCode::REQUEST_TIMEOUT, "slow_request", message, "send it faster, or raise `request_timeout_ms`")
            }
            Self::SlowAnswer => {
                let message = "there was no answer in time".to_owned();
                (StatusCode::GATEWAY_TIMEOUT, "slow_answer", message, "send less at a time, or try again later")
            }
            Self::Bug => {
                let message = "the server failed on this request".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", message, "please report it as a bug")
            }
        }
    }
}

/// Google's words for a quota that is used up; the consumer is the key's name.
fn too_often(key: &str, limit: &TooOften) -> GoogleError {
    let message = format!(
        "Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit 'Analysis requests (AnalyzeComment) per \
         minute' of service '{SERVICE}' for consumer 'project_number:{key}'."
    );
    let metadata = Metadata(vec![
        ("quota_location", "global".to_owned()),
        ("quota_metric", "CommentAnalyzerService/analyze_requests".to_owned()),
        ("quota_limit_value", limit.rate.requests_per_minute.to_string()),
        ("quota_limit", "AnalyzeRequestsPerMinutePerProject".to_owned()),
        ("service", SERVICE.to_owned()),
        ("consumer", format!("projects/{key}")),
    ]);
    let info = Detail::ErrorInfo { reason: "RATE_LIMIT_EXCEEDED", domain: "googleapis.com", metadata };
    let url = "https://cloud.google.com/docs/quota#requesting_higher_quota";
    let help = Detail::Help { links: [Link { description: "Request a higher quota limit.", url }] };
    GoogleError {
        details: vec![info, help],
        ..GoogleError::new(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", message)
    }
}

/// Whether a path is one of our own interface, whose errors are ours.
fn is_own(path: &str) -> bool {
    path.starts_with("/v1/") || matches!(path, "/metrics" | "/healthz" | "/readyz")
}

/// Waiting a little longer than need be is better than asking in vain.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use axum::body::to_bytes;

    use super::super::keys::Rate;
    use super::*;

    /// The status, the headers that matter, and the body on one line.
    fn told(refusal: &Refusal, uri: &'static str) -> (u16, String, String) {
        let response = refusal.respond(&Uri::from_static(uri));
        let header = |name| response.headers().get(name).map_or("", |value: &HeaderValue| value.to_str().unwrap());
        let headers = [header(RETRY_AFTER), header(WWW_AUTHENTICATE), header(CONNECTION)].concat();
        let status = response.status().as_u16();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let body = runtime.block_on(to_bytes(response.into_body(), 1 << 20)).unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap().trim_end().to_owned())
    }

    const ANALYZE: &str = "/v1alpha1/comments:analyze?prettyPrint=false";

    fn rate_limited() -> Refusal {
        let one = |number| NonZeroU32::new(number).unwrap();
        let rate = Rate { requests_per_minute: one(60), burst: one(1) };
        Refusal::TooOften { key: "forum".to_owned(), limit: TooOften { rate, wait: Duration::from_millis(1_001) } }
    }

    #[test]
    fn google_s_words_are_google_s() {
        let check = |refusal: Refusal, status: u16, headers: &str, body: &str| {
            assert_eq!(told(&refusal, ANALYZE), (status, headers.to_owned(), body.to_owned()));
        };
        check(
            Refusal::NoKey,
            403,
            "",
            r#"{"error":{"code":403,"message":"Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.","status":"PERMISSION_DENIED"}}"#,
        );
        check(
            Refusal::BadKey,
            400,
            "",
            r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"commentanalyzer.googleapis.com"}}]}}"#,
        );
        check(
            rate_limited(),
            429,
            "2",
            r#"{"error":{"code":429,"message":"Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit 'Analysis requests (AnalyzeComment) per minute' of service 'commentanalyzer.googleapis.com' for consumer 'project_number:forum'.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED","domain":"googleapis.com","metadata":{"quota_location":"global","quota_metric":"CommentAnalyzerService/analyze_requests","quota_limit_value":"60","quota_limit":"AnalyzeRequestsPerMinutePerProject","service":"commentanalyzer.googleapis.com","consumer":"projects/forum"}},{"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Request a higher quota limit.","url":"https://cloud.google.com/docs/quota#requesting_higher_quota"}]}]}}"#,
        );
    }

    #[test]
    fn each_shape_has_its_statuses() {
        let check = |refusal: Refusal, google: u16, own: (u16, &str), headers: &str| {
            let (status, _, body) = told(&refusal, ANALYZE);
            let value: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!((status, value["error"]["code"].as_u64()), (google, Some(u64::from(google))), "{body}");
            let (status, found, body) = told(&refusal, "/v1/comments");
            let value: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!((status, value["error"]["code"].as_str()), (own.0, Some(own.1)), "{body}");
            assert!(value["error"]["hint"].is_string() && value["error"]["message"].is_string(), "{body}");
            assert_eq!(found, headers, "{body}");
        };
        check(Refusal::NoKey, 403, (401, "no_key"), "Bearer");
        check(Refusal::BadKey, 400, (401, "bad_key"), "Bearer");
        check(Refusal::NotAllowed, 403, (403, "not_allowed"), "");
        check(rate_limited(), 429, (429, "too_often"), "2");
        check(Refusal::NoRoom, 429, (429, "no_room"), "1");
        check(Refusal::TooLong { limit: 5 }, 400, (413, "body_too_large"), "close");
        check(Refusal::SlowRequest, 408, (408, "slow_request"), "close");
        check(Refusal::SlowAnswer, 504, (504, "slow_answer"), "");
        check(Refusal::Bug, 500, (500, "internal"), "");
    }
}
