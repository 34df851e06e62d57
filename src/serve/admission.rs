//! How a request is let in, and its answer let out: limits of number, length and time before anything is looked at, and what
//! all answers have.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Request, Response, Uri};
use futures::FutureExt as _;
use tower::ServiceExt as _;

use super::answer_body::{Account, AnswerBody};
use super::app::App;
use super::cors;
use super::refusal::Refusal;
use super::request_body::RequestBody;
use super::request_id::X_REQUEST_ID;
use super::seen::Seen;

/// Paths that are answered however much there is to do: whoever watches a server needs them most then.
const ALWAYS_ANSWERED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Lets a request in and answers it.
pub(super) async fn answer<B>(app: Arc<App>, router: Router, client: IpAddr, request: Request<B>) -> Response<Body>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let begun = app.clock.now();
    let (mut parts, body) = request.into_parts();
    let id = app.request_ids.of(&parts.headers);
    let (method, headers, uri) = (parts.method.clone(), parts.headers.clone(), parts.uri.clone());
    let seen = Arc::new(Seen::default());
    let in_flight = app.metrics.in_flight();
    let body = RequestBody::new(Body::new(body), Arc::clone(&app), Arc::clone(&seen));
    let is_exempt = ALWAYS_ANSWERED.contains(&uri.path());
    let place = if is_exempt { None } else { app.room.place() };

    let limit = app.plan.max_body_bytes;
    let stated = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let mut response = if !is_exempt && place.is_none() {
        app.metrics.shed("requests");
        Refusal::NoRoom.respond(&uri)
    } else if let Some(preflight) = cors::preflight(&method, &headers, &app.plan) {
        preflight
    } else if head_bytes(&uri, &headers) > app.plan.max_header_bytes {
        // The reader of connections lets more through where it comes in one piece.
        Refusal::LongHead { limit: app.plan.max_header_bytes }.respond(&uri)
    } else if stated.is_some_and(|stated| stated > limit as u64) {
        Refusal::TooLong { limit }.respond(&uri)
    } else {
        parts.extensions.insert(Arc::clone(&seen));
        let request = Request::from_parts(parts, Body::new(body));
        let mut answering = pin!(AssertUnwindSafe(router.oneshot(request)).catch_unwind());
        let in_time = tokio::time::timeout(app.plan.request_timeout, answering.as_mut()).await;
        match in_time {
            Ok(_) if seen.found_no_room() => {
                app.metrics.shed("body_bytes");
                Refusal::NoRoom.respond(&uri)
            }
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_)) => Refusal::Bug.respond(&uri),
            Err(_) if seen.is_read() => {
                app.metrics.timed_out("answer");
                Refusal::SlowAnswer.respond(&uri)
            }
            Err(_) => {
                seen.give_up();
                app.metrics.timed_out("request");
                Refusal::SlowRequest.respond(&uri)
            }
        }
    };

    let answer_headers = response.headers_mut();
    cors::add_headers(&headers, answer_headers, &app.plan);
    answer_headers.insert(X_REQUEST_ID, id.clone());
    answer_headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer_headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let status = response.status().as_u16();
    let client = app.plan.log_client_address.then_some(client);
    let account = Account { app, seen, begun, id, method, status, client, bytes_out: 0, place, in_flight };
    response.map(|inner| Body::new(AnswerBody { inner, account }))
}

/// How long a request's first line and headers are, about.
fn head_bytes(uri: &Uri, headers: &HeaderMap) -> usize {
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let line = |(name, value): (&axum::http::HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    path + headers.iter().map(line).sum::<usize>()
}
