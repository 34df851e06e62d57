//! Rows that are left out, and what is said of them.

use std::collections::BTreeMap;

use crate::classify::evaluation::MeasuredFile;

/// How many bad rows a report names by line.
const NAMED_BAD_ROWS: usize = 20;

/// What may be wrong with a row. It is left out and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadRow {
    /// No JSON object with `text` and labels of the right types; a row of CSV with more or fewer fields than the
    /// header, or a label that is no number; or not UTF-8.
    Unreadable,
    /// Longer than 16 MiB.
    TooLong,
    /// No text but white space.
    EmptyText,
    /// A label that is not in 0..=1.
    LabelOutsideRange,
    /// An emotion that no label knows.
    UnknownEmotion,
    /// A decision in a word that means neither approved nor rejected nor undecided.
    UnknownDecision,
    /// None of the labels is known.
    NoKnownLabel,
}

impl BadRow {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "not a row of labelled text",
            Self::TooLong => "longer than 16 MiB",
            Self::EmptyText => "empty text",
            Self::LabelOutsideRange => "label outside of 0 to 1",
            Self::UnknownEmotion => "unknown emotion",
            Self::UnknownDecision => "unknown decision",
            Self::NoKnownLabel => "none of the labels is known",
        }
    }
}

/// What was read from one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Name of the file, without its directory.
    pub file: String,
    /// SHA-256 of its bytes as they are on disk, in hexadecimal digits.
    pub sha256: String,
    /// What it was taken for: `JSON lines`, `CSV`, or a well-known kind of CSV.
    pub format: &'static str,
    /// Rows that are used.
    pub rows: usize,
    /// Rows that are left out, by what is wrong.
    pub bad_rows: BTreeMap<BadRow, usize>,
    /// The first twenty of them: line number, 1 for the first, and what is wrong.
    pub first_bad_rows: Vec<(u64, BadRow)>,
}

impl FileReport {
    pub(super) fn count_bad(&mut self, line: u64, bad: BadRow) {
        *self.bad_rows.entry(bad).or_default() += 1;
        if self.first_bad_rows.len() < NAMED_BAD_ROWS {
            self.first_bad_rows.push((line, bad));
        }
    }
}

impl From<&FileReport> for MeasuredFile {
    fn from(report: &FileReport) -> Self {
        Self { file: report.file.clone(), sha256: report.sha256.clone(), rows: report.rows }
    }
}

/// The bad rows of some files in words, a line each; empty where there are none.
#[must_use]
pub fn describe_bad_rows(files: &[FileReport]) -> Vec<String> {
    let mut lines = Vec::new();
    for file in files {
        for (bad, count) in &file.bad_rows {
            let is_this = |(line, kind): &(u64, BadRow)| (kind == bad).then(|| line.to_string());
            let mut named: Vec<String> = file.first_bad_rows.iter().filter_map(is_this).collect();
            if named.len() < *count {
                named.push("…".to_owned());
            }
            lines.push(format!("{}: {count} rows left out: {}: lines {}", file.file, bad.as_str(), named.join(", ")));
        }
    }
    lines
}
