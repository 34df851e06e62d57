//! Answers as bytes.

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Serialize;

use crate::config::ServePlan;

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

/// Why a request has no body that can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyProblem {
    /// It is longer than bodies may be.
    TooLong { limit: usize },
    /// It did not come as a whole.
    BrokeOff,
}

/// The body of a request, if it is not too long and comes as a whole.
pub(super) async fn read_body(body: Body, plan: &ServePlan) -> Result<Bytes, BodyProblem> {
    let limit = plan.max_body_bytes;
    // What says itself that it is too long is not read at all.
    if body.size_hint().lower() > limit as u64 {
        return Err(BodyProblem::TooLong { limit });
    }
    match Limited::new(body, limit).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyProblem::TooLong { limit }),
        Err(_) => Err(BodyProblem::BrokeOff),
    }
}
