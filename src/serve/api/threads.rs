//! `POST /v1/threads`: whole threads in any form that can be read, their records as a stream.

use std::io::Cursor;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::Response;

use crate::source::{InputSpec, Inputs, RawInput, RequestedFormat};

use super::super::app::App;
use super::body::read_body;
use super::error::ApiError;
use super::record_stream::RecordStream;
use super::scoring::Memory;

/// What messages call the body of a request.
pub(super) const SOURCE: &str = "request";

/// Answers a request.
pub(super) async fn threads(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    answered(app, request).await.unwrap_or_else(|error| error.respond())
}

async fn answered(app: Arc<App>, request: Request) -> Result<Response<Body>, ApiError> {
    let (parts, body) = request.into_parts();
    let format = format(parts.uri.query().unwrap_or_default())?;
    let body = read_body(body, &app).await?;
    let settings = app.live.read_settings(format);
    let memory = Memory::OfRequest(app.live.whole_threads());
    RecordStream::new(app, Inputs::new(vec![spec(body)], settings), memory).respond().await
}

/// The body as an input.
fn spec(body: Bytes) -> InputSpec {
    let open = move || Ok(RawInput::Stream(Box::new(Cursor::new(body.clone()))));
    InputSpec { name: SOURCE.to_owned(), open: Box::new(open), can_reopen: true }
}

/// The format that is asked for.
fn format(query: &str) -> Result<RequestedFormat, ApiError> {
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "format");
    let Some((_, name)) = named else { return Ok(RequestedFormat::Auto) };
    name.parse().map_err(|_| {
        let known = RequestedFormat::names().join(", ");
        let hint = format!("leave `format` away, or name one of: {known}");
        ApiError::bad_request("unknown_format", "the parameter `format` names no format", hint)
    })
}
