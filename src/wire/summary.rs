//! The summary of a run.

use std::collections::BTreeMap;

use serde::Serialize;

/// Name and version of the summary's shape.
pub const SCHEMA: &str = "threadsieve.summary/1";

/// Counts of a whole run. `read = records + dead_letters`, always.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Always `threadsieve.summary/1`.
    pub schema: &'static str,
    /// Items read: comments, and whatever should have been one.
    pub read: u64,
    /// Records written.
    pub records: u64,
    /// Items that became dead letters.
    pub dead_letters: u64,
    /// Thread headers read; they are neither records nor dead letters.
    pub threads: u64,
    /// What was left out on purpose, by what it is (`pingback`, `more`, …); neither records nor dead letters. Missing where
    /// there was nothing of the kind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<String, u64>,
    /// Records by action.
    pub by_action: BTreeMap<String, u64>,
    /// Records by language; `unsure`, `too_short` and `no_text` where it is not known.
    pub by_language: BTreeMap<String, u64>,
    /// Records by tone; `absent` where there is none.
    pub by_tone: BTreeMap<String, u64>,
    /// Dead letters by kind.
    pub dead_letters_by_kind: BTreeMap<String, u64>,
    /// Records with a translation by a translator of the site's.
    pub machine_translations: u64,
    /// Records that such a translator was asked for in vain: they wait under `translate` like those that nobody was asked
    /// for.
    pub translation_failures: u64,
    /// The same by what went wrong.
    pub translation_failures_by_kind: BTreeMap<String, u64>,
    /// Records whose off-topic score is the cascade's, and those that its sentence encoder made nothing of, so that the first
    /// score stands; missing where it looked at none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cascade: Option<CascadeSummary>,
    /// Inputs in the order given, with the format that each was read as.
    pub inputs: Vec<InputSummary>,
    /// Whether the run was interrupted before the end of its input.
    pub interrupted: bool,
    /// Items that an earlier run had read, where this one went on from its checkpoint; missing where it began at the beginning.
    /// The counts are those of the whole, the seconds and the speed those of this run alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_after: Option<u64>,
    /// Wall-clock seconds from the first read to the last write.
    pub seconds: f64,
    /// Items read per second.
    pub comments_per_second: f64,
}

/// What the cascade did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CascadeSummary {
    /// Records whose off-topic score is the cascade's.
    pub scored: u64,
    /// Records whose first score stands because the sentence encoder made nothing of a text.
    pub failures: u64,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputSummary {
    /// The file as it was named on the command line, or `stdin`.
    pub source: String,
    /// What it was read as.
    pub format: String,
}
