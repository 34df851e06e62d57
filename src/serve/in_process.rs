//! The server without a socket: what it would answer, for programs and tests that have it in their own process.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt as _;

use crate::config::ServePlan;
use crate::pipeline::Live;

use super::app::App;
use super::clock::Clock;
use super::files::Files;
use super::perspective::GoogleError;
use super::router::router;

/// The server without a socket. Limits of connections are not its affair.
#[derive(Debug, Clone)]
pub struct InProcess {
    router: Router,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status of HTTP.
    pub status: u16,
    /// The headers in their order, names in small letters; values that are no text have signs in place of bytes.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answered {
    /// The first value of a header, whose name is in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl InProcess {
    /// A server that answers as one with this plan and no label store would.
    #[must_use]
    pub fn new(plan: ServePlan, live: Live, clock: Clock) -> Self {
        Self { router: router(Arc::new(App::new(plan, live, None, Files::default(), clock))) }
    }

    /// Answers a request; within a runtime of tokio. What can be no request of HTTP is answered as a bad one.
    pub async fn answer(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answered {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match request.body(Body::from(body.to_vec())) {
            Ok(request) => match self.router.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            Err(_) => GoogleError::invalid_argument("The request is none of HTTP.").respond(true),
        };
        let (parts, body) = response.into_parts();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
        // A body that breaks off is as long as it came.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
        Answered { status: parts.status.as_u16(), headers, body }
    }
}
