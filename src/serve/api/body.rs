//! The body of a request, read up to its limit.

use axum::body::{Body, Bytes};

use super::super::app::App;
use super::super::respond::{self, BodyProblem};
use super::error::ApiError;

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// The body of a request, if it is not too long, not empty, and comes as a whole.
pub(super) async fn read_body(body: Body, app: &App) -> Result<Bytes, ApiError> {
    let bytes = respond::read_body(body, &app.plan).await.map_err(|problem| match problem {
        BodyProblem::TooLong { limit } => {
            let message = format!("the body is longer than {limit} bytes");
            ApiError::too_large("body_too_large", message, "send it in parts, or raise `max_body_bytes` of [serve]")
        }
        BodyProblem::BrokeOff => {
            ApiError::bad_request("body_broke_off", "the body broke off", "send it again as a whole")
        }
    })?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::bad_request("empty_body", "the body is empty", "send JSON (docs/api.md)"));
    }
    Ok(bytes)
}

/// A body without the mark that some editors put before UTF-8.
pub(super) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(UTF8_BOM).unwrap_or(body)
}
