//! The dead letter: an item of the input that could not become a record.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::Reject;

/// One item of the input that could not become a record. None of its words appear, unless `raw` is switched on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeadLetter<'a> {
    /// The file as it was named on the command line, or `stdin`.
    pub source: &'a str,
    /// Line, counted from 1; for CSV the line on which the row begins.
    pub line: u64,
    /// Where it failed: `read`, `prepare`, `context` or `score`.
    pub stage: &'a str,
    /// Why, from a closed list.
    pub kind: &'a str,
    /// What exactly was wrong.
    pub detail: &'a str,
    /// The raw line, bytes that are not UTF-8 replaced by U+FFFD; only with `raw_dead_letters = true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<Cow<'a, str>>,
}

impl<'a> From<&'a Reject> for DeadLetter<'a> {
    fn from(reject: &'a Reject) -> Self {
        Self {
            source: &reject.origin.source,
            line: reject.origin.line,
            stage: reject.stage.name(),
            kind: reject.kind.name(),
            detail: &reject.detail,
            raw: reject.raw.as_deref().map(String::from_utf8_lossy),
        }
    }
}
