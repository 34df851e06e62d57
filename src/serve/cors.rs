//! Pages of other origins that may ask from a browser: those that the configuration names, and no others.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use crate::config::ServePlan;

/// The answer to a browser that asks whether a page may ask.
pub(super) fn preflight(method: &Method, headers: &HeaderMap, plan: &ServePlan) -> Option<Response<Body>> {
    let is_preflight = method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        && !plan.cors_origins.is_empty();
    is_preflight.then(|| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        if allowed(headers, plan).is_some() {
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
            let named = "authorization, content-type, x-goog-api-client, x-goog-api-key, x-request-id";
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(named));
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
        response
    })
}

/// The origin of a request, where the configuration names it.
fn allowed<'h>(headers: &'h HeaderMap, plan: &ServePlan) -> Option<&'h HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    plan.cors_origins.iter().any(|named| named.as_bytes() == origin.as_bytes()).then_some(origin)
}

/// Whose pages may read an answer.
pub(super) fn add_headers(request: &HeaderMap, answer: &mut HeaderMap, plan: &ServePlan) {
    if plan.cors_origins.is_empty() {
        return;
    }
    // What is kept for one origin must not be given to another.
    answer.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed(request, plan) {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, x-request-id"));
    }
}
