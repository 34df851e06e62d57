//! `/v1/comments`: comments that come one request at a time, in threads that the server remembers.

use std::io::Cursor;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::domain::Item;
use crate::pipeline::Answers;
use crate::source::{Format, Input, RequestedFormat, open};
use crate::wire::dead_letter::DeadLetter;

use super::super::app::App;
use super::super::respond;
use super::body::read_body;
use super::comment_list::{Form, MAX_LISTED, comment_lines, too_many};
use super::error::ApiError;
use super::record_stream::{Items as _, Lines, RecordStream};
use super::scoring::{Memory, score};
use super::threads::SOURCE;

/// Bodies up to so many bytes are read where they came in; longer ones would keep others waiting.
const SHORT_BYTES: usize = 32 << 10;

/// What became of comments that were sent as one JSON value.
#[derive(Serialize)]
struct CommentsAnswer<'a> {
    records: Vec<Box<RawValue>>,
    dead_letters: Vec<DeadLetter<'a>>,
    /// Ids of comments that came without one.
    made_ids: Vec<String>,
}

/// Answers comments that are new.
pub(super) async fn add(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    answered(app, request, false).await.unwrap_or_else(|error| error.respond())
}

/// Answers comments that may have come before under the same ids.
pub(super) async fn replace(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    answered(app, request, true).await.unwrap_or_else(|error| error.respond())
}

async fn answered(app: Arc<App>, request: Request, are_edits: bool) -> Result<Response<Body>, ApiError> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (content_type, body) = (content_type.to_owned(), read_body(body, &app).await?);
    let input = input(&app);
    let memory = Memory::of_server(&app, &input.number);
    let made = format!("{}:", input.number);
    let is_short = body.len() <= SHORT_BYTES;
    let read = move || read(&body, &content_type, input, are_edits);
    let read =
        if is_short { read() } else { tokio::task::spawn_blocking(read).await.map_err(|_| ApiError::internal())? };
    let items = match read? {
        Read::Lines(lines) => return RecordStream::new(app, lines, memory).respond().await,
        Read::Whole(items) => items,
    };
    let made_ids = items.iter().filter_map(|item| made_id(item, &made)).collect();
    let answers = score(&app, items, &memory).await?;
    let status = if answers.tally.records == 0 && !answers.rejects.is_empty() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let dead_letters = answers.rejects.iter().map(DeadLetter::from).collect();
    let answer = CommentsAnswer { records: records(&answers)?, dead_letters, made_ids };
    Ok(respond::json(status, &answer, false))
}

/// What stood in a body.
enum Read {
    Whole(Vec<Item>),
    Lines(Lines),
}

fn read(body: &[u8], content_type: &str, input: Input, are_edits: bool) -> Result<Read, ApiError> {
    let (form, lines) = comment_lines(body, content_type)?;
    let mut lines = Lines { opened: open(Cursor::new(lines), input), are_edits };
    if form == Form::Lines {
        return Ok(Read::Lines(lines));
    }
    // All are read before the first becomes part of its thread, so that nothing is half done where there are too many.
    let mut items = Vec::new();
    while let Some(item) = lines.next_item() {
        if items.len() == MAX_LISTED {
            return Err(too_many());
        }
        items.push(item);
    }
    Ok(Read::Whole(items))
}

/// How the comments of the next request are read. Ids that they lack are made of its number, so that no two are the same as
/// long as the server runs.
fn input(app: &App) -> Input {
    let settings = app.live.read_settings(RequestedFormat::Fixed(Format::Jsonl));
    Input {
        number: format!("{SOURCE}-{}", app.api.next_number()).into(),
        keep_raw: settings.keep_raw,
        ..Input::named(SOURCE.into(), &settings)
    }
}

fn made_id(item: &Item, made: &str) -> Option<String> {
    let Item::Comment(comment) = item else { return None };
    Some(comment.id.as_str()).filter(|id| id.starts_with(made)).map(ToOwned::to_owned)
}

/// The records as they were written.
pub(super) fn records(answers: &Answers) -> Result<Vec<Box<RawValue>>, ApiError> {
    let lines = std::str::from_utf8(&answers.lines).map_err(|_| ApiError::internal())?;
    let records = lines.lines().map(|line| RawValue::from_string(line.to_owned()));
    records.collect::<Result<_, _>>().map_err(|_| ApiError::internal())
}
