//! The server without a socket: what it would answer, for programs and tests that have it in their own process.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use tower::ServiceExt as _;

use crate::config::ServePlan;
use crate::pipeline::Live;

use super::app::App;
use super::clock::Clock;
use super::files::Files;
use super::router::router;

/// The server without a socket. Limits of connections are not its affair.
#[derive(Debug, Clone)]
pub struct InProcess {
    router: Router,
}

impl InProcess {
    /// A server that answers as one with this plan would.
    #[must_use]
    pub fn new(plan: ServePlan, live: Live, clock: Clock) -> Self {
        Self { router: router(Arc::new(App::new(plan, live, None, Files::default(), clock))) }
    }

    /// Answers a request; within a runtime of tokio.
    pub async fn answer(&self, request: Request<Vec<u8>>) -> Response<Bytes> {
        let response = match self.router.clone().oneshot(request.map(Body::from)).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        // A body that breaks off is as long as it came.
        Response::from_parts(parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
    }
}
