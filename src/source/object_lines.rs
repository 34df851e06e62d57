//! Exports with an object a line, each on its own.

use std::collections::VecDeque;
use std::io::BufRead;

use serde_json::{Map, Value};

use super::input::Defect;
use super::lines::{LineReader, Step};
use super::{Format, Input, Source};
use crate::domain::{Item, RejectKind};

/// The fields of an object.
pub(super) type Fields = Map<String, Value>;

/// What an object of an export becomes.
pub(super) trait ReadObject: Send {
    /// Appends the items of an object to `items`.
    fn read(&mut self, fields: &Fields, place: &Place<'_>, items: &mut VecDeque<Item>) -> Result<(), Defect>;

    /// Appends what was held back: the input has ended.
    fn finish(&mut self, _items: &mut VecDeque<Item>) {}
}

/// Where an object stands.
pub(super) struct Place<'a> {
    pub(super) input: &'a Input,
    /// Its line, counted from 1.
    pub(super) line: u64,
    /// The line itself.
    pub(super) raw: &'a str,
}

/// Reads objects line by line. A bad line is a reject, and the next one is read.
pub(super) struct ObjectLines<'r, R> {
    lines: LineReader<'r>,
    reader: R,
    input: Input,
    ready: VecDeque<Item>,
    ended: bool,
}

impl<'r, R: ReadObject> ObjectLines<'r, R> {
    pub(super) fn new(lines: Box<dyn BufRead + Send + 'r>, reader: R, input: Input) -> Self {
        let lines = LineReader::new(lines, input.limits.max_line_bytes);
        Self { lines, reader, input, ready: VecDeque::new(), ended: false }
    }

    fn read_line(&mut self) {
        let defect = match self.lines.advance() {
            Step::Line => match self.read() {
                Ok(()) => return,
                Err(defect) => defect,
            },
            Step::TooLong { bytes } => Defect::line_too_long(bytes, self.input.limits.max_line_bytes),
            Step::End => {
                self.ended = true;
                self.reader.finish(&mut self.ready);
                return;
            }
            Step::Failed(error) => {
                self.ended = true;
                self.reader.finish(&mut self.ready);
                Defect::unreadable(&error)
            }
        };
        let reject = self.input.reject(self.lines.number(), defect, Some(self.lines.bytes()));
        self.ready.push_back(reject);
    }

    fn read(&mut self) -> Result<(), Defect> {
        let bytes = self.lines.bytes();
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let raw = std::str::from_utf8(bytes).map_err(|error| Defect::invalid_utf8(error.valid_up_to()))?;
        let fields: Fields = serde_json::from_str(raw).map_err(|error| match error.classify() {
            // Such a message may hold values.
            serde_json::error::Category::Data => Defect::new(RejectKind::InvalidJson, "not a JSON object"),
            _ => Defect::new(
                RejectKind::InvalidJson,
                format!("not JSON: {error}").replace(" at line 1 column", " at byte"),
            ),
        })?;
        let place = Place { input: &self.input, line: self.lines.number(), raw };
        self.reader.read(&fields, &place, &mut self.ready)
    }
}

impl<R: ReadObject> Source for ObjectLines<'_, R> {
    fn next_item(&mut self) -> Option<Item> {
        while self.ready.is_empty() && !self.ended {
            self.read_line();
        }
        self.ready.pop_front()
    }
}

/// The format whose objects look like the first line, if it is one of those that have an object a line.
pub(super) fn format_of(line: &[u8]) -> Option<Format> {
    let fields: Fields = serde_json::from_slice(line).ok()?;
    let has = |name: &str| fields.contains_key(name);
    let is_coral = (has("storyID") && has("revisions"))
        || (has("commentID") && (has("actionType") || has("status")) && has("id"))
        || (has("id") && has("url") && has("siteID") && (has("commentCounts") || has("metadata") || has("scrapedAt")));
    if is_coral {
        return Some(Format::Coral);
    }
    let is_comment = has("body") && has("link_id");
    if (is_comment || (has("selftext") && has("title"))) && (has("subreddit") || has("subreddit_id")) {
        return Some(Format::Reddit);
    }
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_item = has("by") || has("kids") || has("deleted") || has("dead") || has("parent");
    let is_hacker_news = has("id") && has("time") && is_item && !has("children");
    if is_hacker_news && ["comment", "story", "job", "poll", "pollopt"].contains(&kind) {
        return Some(Format::HackerNewsItems);
    }
    None
}

/// A string that is not empty.
pub(super) fn text_of<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// Seconds since 1970 as RFC 3339 in UTC; as they are where they are no such seconds.
pub(super) fn time_of(seconds: &Value) -> Option<String> {
    let written = match seconds {
        Value::Number(number) => number.to_string(),
        Value::String(text) if !text.is_empty() => text.clone(),
        _ => return None,
    };
    Some(rfc3339(&written).unwrap_or(written))
}

fn rfc3339(seconds: &str) -> Option<String> {
    /// 9999-12-31T23:59:59Z
    const LAST: u64 = 253_402_300_799;
    let seconds = seconds.strip_suffix(".0").unwrap_or(seconds).parse().ok().filter(|seconds| *seconds <= LAST)?;
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    Some(humantime::format_rfc3339_seconds(time).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_alike() {
        for (seconds, expected) in [
            ("1700000000", Some("2023-11-14T22:13:20Z")),
            ("1700000000.0", Some("2023-11-14T22:13:20Z")),
            ("\"1700000000\"", Some("2023-11-14T22:13:20Z")),
            ("\"2024-01-02\"", Some("2024-01-02")),
            ("-5", Some("-5")),
            ("99999999999999", Some("99999999999999")),
            ("null", None),
        ] {
            let value: Value = serde_json::from_str(seconds).unwrap();
            assert_eq!(time_of(&value).as_deref(), expected, "{seconds}");
        }
    }
}
