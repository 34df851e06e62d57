//! Errors of our own interface: what, and what to do about it.

use axum::body::Body;
use axum::extract::OriginalUri;
use axum::http::{Method, Response, StatusCode};
use serde::Serialize;

use super::super::respond;

/// Why a request got no other answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    hint: String,
}

#[derive(Serialize)]
pub(super) struct ErrorBody<'e> {
    error: ErrorFields<'e>,
}

#[derive(Serialize)]
struct ErrorFields<'e> {
    code: &'e str,
    message: &'e str,
    hint: &'e str,
}

impl ApiError {
    /// An error; `code` is for programs, and neither message nor hint holds words of a comment.
    pub(in super::super) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { status, code, message: message.into(), hint: hint.into() }
    }

    /// A mistake in what was sent.
    pub(super) fn bad_request(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message, hint)
    }

    /// More was sent than is taken at a time.
    pub(super) fn too_large(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, message, hint)
    }

    /// What was sent is not JSON, or other JSON than it should be. Messages about syntax hold no values.
    pub(super) fn invalid_json(error: &serde_json::Error, expected: &str) -> Self {
        let message = if error.is_data() {
            format!("not {expected} (line {}, column {})", error.line(), error.column())
        } else {
            format!("not JSON: {error}")
        };
        Self::bad_request("invalid_json", message, format!("send {expected}, in UTF-8 (docs/api.md)"))
    }

    /// A failure of ours.
    pub(in super::super) fn internal() -> Self {
        let (message, hint) = ("the request failed inside of the server", "please report it as a bug");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message, hint)
    }

    /// As a body, or as a line of a stream that has begun.
    pub(super) fn body(&self) -> ErrorBody<'_> {
        ErrorBody { error: ErrorFields { code: self.code, message: &self.message, hint: &self.hint } }
    }

    /// The answer.
    pub(in super::super) fn respond(&self) -> Response<Body> {
        respond::json(self.status, &self.body(), false)
    }
}

/// Answers where there is nothing.
pub(super) async fn not_found(OriginalUri(uri): OriginalUri) -> Response<Body> {
    let message = format!("there is nothing at {}", uri.path());
    ApiError::new(StatusCode::NOT_FOUND, "not_found", message, "GET /v1/openapi.json lists what there is").respond()
}

/// Answers where a path takes other methods; which is in the header `Allow`.
pub(super) async fn method_not_allowed(method: Method, OriginalUri(uri): OriginalUri) -> Response<Body> {
    let message = format!("{} does not take {method}", uri.path());
    let hint = "the header Allow says which methods it takes";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message, hint).respond()
}
