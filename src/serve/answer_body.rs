//! Bodies of answers, followed to their end: only then a request is over, and is logged.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, Method};
use hyper::body::{Frame, SizeHint};

use super::app::App;
use super::metrics::InFlight;
use super::room::Place;
use super::seen::Seen;

/// A body with the account of its request.
pub(super) struct AnswerBody {
    pub(super) inner: Body,
    pub(super) account: Account,
}

/// What a request took and gave. It is logged and measured when it is dropped.
pub(super) struct Account {
    pub(super) app: Arc<App>,
    pub(super) seen: Arc<Seen>,
    pub(super) begun: Instant,
    pub(super) id: HeaderValue,
    pub(super) method: Method,
    pub(super) status: u16,
    pub(super) client: Option<std::net::IpAddr>,
    pub(super) bytes_out: u64,
    #[allow(dead_code, reason = "held until the answer has gone out")]
    pub(super) place: Option<Place>,
    #[allow(dead_code, reason = "held until the answer has gone out")]
    pub(super) in_flight: InFlight,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame {
            this.account.bytes_out += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The methods that have a name of their own in logs and metrics; anybody can make up others.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let took = self.app.clock.now().saturating_duration_since(self.begun);
        let route = self.seen.route.get().map_or("none", |route| route);
        let method = method_name(&self.method);
        self.app.metrics.answered(route, method, self.status, took);
        if !self.app.plan.access_log {
            return;
        }
        let scorers = self.app.live.scorers();
        let model = scorers.citations().get("tone").map_or("none", |citation| citation);
        tracing::info!(
            target: "access",
            id = self.id.to_str().unwrap_or_default(),
            key = self.seen.key.get().map(|key| &**key),
            method,
            route,
            status = self.status,
            bytes_in = self.seen.bytes_in(),
            bytes_out = self.bytes_out,
            ms = (took.as_secs_f64() * 1e5).round() / 1e2,
            model,
            client = self.client.map(tracing::field::display),
            "answered"
        );
    }
}
