//! The body of a request, read up to its limit.

use axum::body::{Body, Bytes, HttpBody as _};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::super::app::App;
use super::error::ApiError;

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// The body of a request, if it is not too long, not empty, and comes as a whole.
pub(super) async fn read_body(body: Body, app: &App) -> Result<Bytes, ApiError> {
    let limit = app.plan.max_body_bytes;
    let too_large = || {
        let message = format!("the body is longer than {limit} bytes");
        ApiError::too_large("body_too_large", message, "send it in parts, or raise `max_body_bytes` of [serve]")
    };
    // What says itself that it is too long is not read at all.
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let read = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return too_large();
        }
        ApiError::bad_request("body_broke_off", "the body broke off", "send it again as a whole")
    })?;
    let bytes = read.to_bytes();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::bad_request("empty_body", "the body is empty", "send JSON (docs/api.md)"));
    }
    Ok(bytes)
}

/// A body without the mark that some editors put before UTF-8.
pub(super) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(UTF8_BOM).unwrap_or(body)
}
