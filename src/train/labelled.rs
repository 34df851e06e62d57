//! Reads labelled texts: JSON lines, plain or compressed with gzip or zstd.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead as _, Read as _};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::data_file::{file_name, open, sha256_of_file};
use crate::classify::labelled::{LabelledSet, LabelledText};

const MAX_LINE_BYTES: u64 = 16 << 20;
/// How many bad rows a report names by line.
const NAMED_BAD_ROWS: usize = 20;

/// Which labels are read, and how a row states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelScheme {
    /// `"labels": {"toxicity": 1, "threat": 0.2, "insult": null}`: 0 to 1, the share of people who said yes; from one
    /// half on it counts as a yes. A label that is null or missing is unknown. Labels of other names are left alone.
    Named(Vec<String>),
    /// `"emotions": ["joy", "curiosity"]`: a text has a label where one of the label's emotions is among them, and does
    /// not have the others. An emotion that belongs to no label makes the row bad.
    Emotions(Vec<(String, Vec<String>)>),
}

impl LabelScheme {
    /// The labels, in order.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        match self {
            Self::Named(labels) => labels.clone(),
            Self::Emotions(groups) => groups.iter().map(|(label, _)| label.clone()).collect(),
        }
    }
}

/// What may be wrong with a row. It is left out and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadRow {
    /// Not a JSON object with `text` and labels of the right types, or not UTF-8.
    Unreadable,
    /// Longer than 16 MiB.
    TooLong,
    /// No text but white space.
    EmptyText,
    /// A label that is not in 0..=1.
    LabelOutsideRange,
    /// An emotion that no label knows.
    UnknownEmotion,
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
    /// Rows that are used.
    pub rows: usize,
    /// Rows that are left out, by what is wrong.
    pub bad_rows: BTreeMap<BadRow, usize>,
    /// The first twenty of them: line number, 1 for the first, and what is wrong.
    pub first_bad_rows: Vec<(u64, BadRow)>,
}

/// Why a file could not be read to its end.
#[derive(Debug, thiserror::Error)]
#[error("{path}: cannot read labelled texts")]
pub struct LabelledError {
    /// The file.
    pub path: String,
    /// Why.
    pub source: std::io::Error,
}

#[derive(Deserialize)]
struct RawRow {
    text: String,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, Option<f64>>,
    #[serde(default)]
    emotions: Option<Vec<String>>,
}

/// Appends the rows of a file to a set that has the scheme's labels. Bad rows are left out and reported.
///
/// # Errors
/// Where the file cannot be opened, read or decompressed.
pub fn read_labelled(path: &Path, scheme: &LabelScheme, set: &mut LabelledSet) -> Result<FileReport, LabelledError> {
    let failed = |source| LabelledError { path: path.display().to_string(), source };
    let mut reader = open(path).map_err(failed)?;
    let mut report = FileReport {
        file: file_name(path),
        sha256: sha256_of_file(path).map_err(failed)?,
        rows: 0,
        bad_rows: BTreeMap::new(),
        first_bad_rows: Vec::new(),
    };
    let mut sources: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line).map_err(failed)?;
        if length == 0 {
            break;
        }
        let parsed = if length as u64 == MAX_LINE_BYTES && line.last() != Some(&b'\n') {
            reader.skip_until(b'\n').map_err(failed)?;
            Err(BadRow::TooLong)
        } else if line.trim_ascii().is_empty() {
            continue;
        } else {
            parse(&line, scheme, &mut sources)
        };
        match parsed {
            Ok(row) => {
                set.rows.push(row);
                report.rows += 1;
            }
            Err(bad) => {
                *report.bad_rows.entry(bad).or_default() += 1;
                if report.first_bad_rows.len() < NAMED_BAD_ROWS {
                    report.first_bad_rows.push((number, bad));
                }
            }
        }
    }
    Ok(report)
}

fn parse(line: &[u8], scheme: &LabelScheme, sources: &mut BTreeSet<Arc<str>>) -> Result<LabelledText, BadRow> {
    let raw: RawRow = serde_json::from_slice(line).map_err(|_| BadRow::Unreadable)?;
    if raw.text.trim().is_empty() {
        return Err(BadRow::EmptyText);
    }
    let answers = match scheme {
        LabelScheme::Named(labels) => {
            if raw.labels.values().flatten().any(|share| !(0.0..=1.0).contains(share)) {
                return Err(BadRow::LabelOutsideRange);
            }
            labels.iter().map(|label| raw.labels.get(label)?.map(|share| share >= 0.5)).collect()
        }
        LabelScheme::Emotions(groups) => grouped(&raw.emotions.ok_or(BadRow::Unreadable)?, groups)?,
    };
    if answers.iter().all(Option::is_none) {
        return Err(BadRow::NoKnownLabel);
    }
    let name = raw.source.unwrap_or_default();
    // There are few sources and many rows: all rows share the one name.
    let source = sources.get(name.as_str()).cloned().unwrap_or_else(|| {
        let source: Arc<str> = name.into();
        sources.insert(Arc::clone(&source));
        source
    });
    Ok(LabelledText { text: raw.text, source, answers })
}

fn grouped(emotions: &[String], groups: &[(String, Vec<String>)]) -> Result<Vec<Option<bool>>, BadRow> {
    if emotions.is_empty() {
        return Err(BadRow::NoKnownLabel);
    }
    if emotions.iter().any(|emotion| !groups.iter().any(|(_, members)| members.contains(emotion))) {
        return Err(BadRow::UnknownEmotion);
    }
    Ok(groups.iter().map(|(_, members)| Some(emotions.iter().any(|emotion| members.contains(emotion)))).collect())
}

/// The bad rows of some files in words, a line each; empty where there are none.
#[must_use]
pub fn describe_bad_rows(files: &[FileReport]) -> Vec<String> {
    let mut lines = Vec::new();
    for file in files {
        for (bad, count) in &file.bad_rows {
            let is_this = |(line, kind): &(u64, BadRow)| (kind == bad).then(|| line.to_string());
            let named: Vec<String> = file.first_bad_rows.iter().filter_map(is_this).collect();
            lines.push(format!("{}: {count} rows left out: {}: lines {}", file.file, bad.as_str(), named.join(", ")));
        }
    }
    lines
}

/// Texts that occur more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeats {
    /// Rows whose text stood in an earlier row, letter for letter.
    pub repeated_rows: usize,
    /// Those of them that answer a label the other way than the earlier row.
    pub contradicting_rows: usize,
}

/// Counts repeated texts, and how many of the repeats contradict the first one. They are kept: where people disagree,
/// the truth lies between.
#[must_use]
pub fn count_repeats(set: &LabelledSet) -> Repeats {
    let mut first: HashMap<&str, &[Option<bool>]> = HashMap::with_capacity(set.rows.len());
    let mut repeats = Repeats::default();
    for row in &set.rows {
        let Some(earlier) = first.get(row.text.as_str()) else {
            first.insert(&row.text, &row.answers);
            continue;
        };
        repeats.repeated_rows += 1;
        let contradicts = earlier
            .iter()
            .zip(&row.answers)
            .any(|(earlier, answer)| matches!((earlier, answer), (Some(one), Some(other)) if one != other));
        repeats.contradicting_rows += usize::from(contradicts);
    }
    repeats
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const LINES: &str = concat!(
        "{\"text\":\"well said\",\"labels\":{\"toxicity\":0,\"threat\":null},\"source\":\"forum\",\"id\":\"1\"}\n",
        "{\"text\":\"you fool\",\"labels\":{\"toxicity\":0.5,\"other\":1}}\n",
        "\n",
        "{\"text\":\" \",\"labels\":{\"toxicity\":0}}\n",
        "{\"text\":\"too much\",\"labels\":{\"toxicity\":1.5}}\n",
        "{\"text\":\"no label\",\"labels\":{\"other\":1}}\n",
        "{\"text\":\"broken\"\n",
        "{\"text\":\"well said\",\"labels\":{\"toxicity\":1,\"threat\":0}}\n",
        "{\"text\":\"last\",\"labels\":{\"threat\":1}}",
    );

    fn scheme() -> LabelScheme {
        LabelScheme::Named(vec!["toxicity".into(), "threat".into()])
    }

    fn read(bytes: &[u8], scheme: &LabelScheme) -> (LabelledSet, FileReport) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rows.jsonl");
        std::fs::write(&path, bytes).unwrap();
        let mut set = LabelledSet::new(scheme.labels());
        let report = read_labelled(&path, scheme, &mut set).unwrap();
        (set, report)
    }

    #[test]
    fn good_rows_are_read_and_bad_ones_named() {
        let (set, report) = read(LINES.as_bytes(), &scheme());
        let answers: Vec<_> = set.rows.iter().map(|row| row.answers.clone()).collect();
        assert_eq!(answers, [[Some(false), None], [Some(true), None], [Some(true), Some(false)], [None, Some(true)]]);
        assert_eq!(set.rows[0].source.as_ref(), "forum");
        assert_eq!(set.rows[1].source.as_ref(), "");
        assert_eq!(report.rows, 4);
        assert_eq!(
            report.first_bad_rows,
            [
                (4, BadRow::EmptyText),
                (5, BadRow::LabelOutsideRange),
                (6, BadRow::NoKnownLabel),
                (7, BadRow::Unreadable)
            ]
        );
        assert_eq!(report.bad_rows.values().sum::<usize>(), 4);
        assert_eq!(count_repeats(&set), Repeats { repeated_rows: 1, contradicting_rows: 1 });
    }

    #[test]
    fn compression_makes_no_difference_but_to_the_checksum() {
        let (plain, plain_report) = read(LINES.as_bytes(), &scheme());
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(LINES.as_bytes()).unwrap();
        let zstd = zstd::encode_all(LINES.as_bytes(), 1).unwrap();
        for bytes in [gzip.finish().unwrap(), zstd] {
            let (set, report) = read(&bytes, &scheme());
            assert_eq!(set, plain);
            assert_ne!(report.sha256, plain_report.sha256);
            assert_eq!(FileReport { sha256: plain_report.sha256.clone(), ..report }, plain_report);
        }
        assert_eq!(plain_report.sha256, crate::train::data_file::sha256_of(LINES.as_bytes()));
    }

    #[test]
    fn a_cut_compressed_file_is_an_error() {
        let zstd = zstd::encode_all(LINES.as_bytes(), 1).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rows.zst");
        std::fs::write(&path, &zstd[..zstd.len() / 2]).unwrap();
        let error = read_labelled(&path, &scheme(), &mut LabelledSet::new(scheme().labels())).unwrap_err();
        assert!(error.to_string().contains("rows.zst"), "{error}");
    }

    #[test]
    fn emotions_are_grouped() {
        let groups = |label: &str, members: &[&str]| (label.to_owned(), members.iter().map(|m| (*m).into()).collect());
        let scheme = LabelScheme::Emotions(vec![groups("up", &["joy", "love"]), groups("down", &["grief"])]);
        let lines = b"{\"text\":\"a\",\"emotions\":[\"love\"]}\n{\"text\":\"b\",\"emotions\":[\"joy\",\"grief\"]}\n\
            {\"text\":\"c\",\"emotions\":[\"envy\"]}\n{\"text\":\"d\"}\n{\"text\":\"e\",\"emotions\":[]}\n";
        let (set, report) = read(lines, &scheme);
        let answers: Vec<_> = set.rows.iter().map(|row| row.answers.clone()).collect();
        assert_eq!(answers, [[Some(true), Some(false)], [Some(true), Some(true)]]);
        let bad: Vec<_> = report.first_bad_rows.iter().map(|(_, bad)| *bad).collect();
        assert_eq!(bad, [BadRow::UnknownEmotion, BadRow::Unreadable, BadRow::NoKnownLabel]);
    }
}
