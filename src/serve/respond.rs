//! Answers as bytes.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::config::ServePlan;

use super::perspective::GoogleError;

/// An answer in JSON, indented as Google's are unless `is_pretty` is false.
pub(super) fn json(status: StatusCode, value: &impl Serialize, is_pretty: bool) -> Response<Body> {
    let written = if is_pretty { serde_json::to_vec_pretty(value) } else { serde_json::to_vec(value) };
    let (status, mut bytes) = match written {
        Ok(bytes) => (status, bytes),
        // Strings, finite numbers and lists always serialise.
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    };
    bytes.push(b'\n');
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    response
}

/// The body of a request, if it is not too long and comes as a whole.
pub(super) async fn read_body(body: Body, plan: &ServePlan) -> Result<Bytes, GoogleError> {
    let limit = plan.max_body_bytes;
    to_bytes(body, limit).await.map_err(|error| {
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            if inner.is::<http_body_util::LengthLimitError>() {
                return GoogleError::too_long(limit);
            }
            cause = inner.source();
        }
        GoogleError::invalid_argument("The body of the request broke off.")
    })
}
