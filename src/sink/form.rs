//! What a file of records looks like: its format and compression, by its name or as asked for.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::Compression;

/// The format of a file of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFormat {
    /// One JSON object a line.
    JsonLines,
    /// A table with a header, fields between commas.
    Csv,
    /// The same with tabs.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// A database with one table.
    Sqlite,
}

impl RecordFormat {
    /// The names that `--output-format` takes.
    pub const NAMES: [&'static str; 4] = ["jsonl", "csv", "parquet", "sqlite"];

    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "jsonl" => Self::JsonLines,
            "csv" => Self::Csv,
            "parquet" => Self::Parquet,
            "sqlite" => Self::Sqlite,
            _ => return None,
        })
    }

    /// The name that `--output-format` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv | Self::Tsv => "csv",
            Self::Parquet => "parquet",
            Self::Sqlite => "sqlite",
        }
    }

    /// Whether it is text: then it can be compressed, and go to a pipe.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::JsonLines | Self::Csv | Self::Tsv)
    }
}

/// The format and compression of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputForm {
    /// Its format.
    pub format: RecordFormat,
    /// Its compression.
    pub compression: Compression,
}

/// What is wrong with what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormProblem {
    /// The ending of the file says something else.
    #[error(
        "the ending says {by_ending}, `--output-format` says {asked}\n  hint: leave `--output-format` out, or give the file another ending"
    )]
    Contradiction {
        /// What the ending says.
        by_ending: &'static str,
        /// What was asked for.
        asked: &'static str,
    },
    /// A format that is compressed inside, or has to be read at any place.
    #[error("{format} files are not compressed as a whole\n  hint: leave the ending .gz or .zst out")]
    Compressed {
        /// The format.
        format: &'static str,
    },
}

impl OutputForm {
    /// The form of a file: as its ending says, else as asked for, else JSON lines.
    ///
    /// # Errors
    /// Where the ending and what was asked for do not go together.
    pub fn of(path: &Path, asked: Option<RecordFormat>) -> Result<Self, FormProblem> {
        let compression = compression_of(path);
        let inner = if compression == Compression::None { path.as_os_str() } else { stem(path) };
        let by_ending = Path::new(inner).extension().and_then(format_of);
        let format = match (by_ending, asked) {
            (Some(by_ending), Some(asked)) if by_ending.name() != asked.name() => {
                return Err(FormProblem::Contradiction { by_ending: by_ending.name(), asked: asked.name() });
            }
            (by_ending, asked) => by_ending.or(asked).unwrap_or(RecordFormat::JsonLines),
        };
        if compression != Compression::None && !format.is_text() {
            return Err(FormProblem::Compressed { format: format.name() });
        }
        Ok(Self { format, compression })
    }
}

/// How a file is compressed, by its ending.
#[must_use]
pub fn compression_of(path: &Path) -> Compression {
    let ending = path.extension().map(OsStr::to_ascii_lowercase);
    match ending.as_ref().and_then(|ending| ending.to_str()) {
        Some("gz") => Compression::Gzip,
        Some("zst") => Compression::Zstd,
        _ => Compression::None,
    }
}

fn format_of(ending: &OsStr) -> Option<RecordFormat> {
    Some(match ending.to_ascii_lowercase().to_str()? {
        "jsonl" | "ndjson" | "json" => RecordFormat::JsonLines,
        "csv" => RecordFormat::Csv,
        "tsv" => RecordFormat::Tsv,
        "parquet" => RecordFormat::Parquet,
        "sqlite" | "sqlite3" | "db" => RecordFormat::Sqlite,
        _ => return None,
    })
}

fn stem(path: &Path) -> &OsStr {
    path.file_stem().unwrap_or_default()
}

/// The path with a word before its ending: `records.jsonl.zst` with `review` is `records.review.jsonl.zst`.
#[must_use]
pub fn with_word(path: &Path, word: &str) -> PathBuf {
    let is_compressed = compression_of(path) != Compression::None;
    let inner = Path::new(if is_compressed { stem(path) } else { path.file_name().unwrap_or_default() });
    let mut name: OsString = stem(inner).to_owned();
    name.push(".");
    name.push(word);
    for ending in [inner.extension(), path.extension().filter(|_| is_compressed)].into_iter().flatten() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_a_file_is() {
        use Compression::{Gzip, None, Zstd};
        use RecordFormat::{Csv, JsonLines, Parquet, Sqlite, Tsv};
        for (name, format, compression) in [
            ("records.jsonl", JsonLines, None),
            ("records.ndjson", JsonLines, None),
            ("a/b.c/records.JSON", JsonLines, None),
            ("records.jsonl.gz", JsonLines, Gzip),
            ("records.csv.zst", Csv, Zstd),
            ("records.tsv", Tsv, None),
            ("records.parquet", Parquet, None),
            ("records.sqlite", Sqlite, None),
            ("records.sqlite3", Sqlite, None),
            ("records.db", Sqlite, None),
            ("records", JsonLines, None),
            ("records.gz", JsonLines, Gzip),
            ("records.out", JsonLines, None),
            (".csv", JsonLines, None),
            ("csv", JsonLines, None),
        ] {
            assert_eq!(OutputForm::of(Path::new(name), Option::None), Ok(OutputForm { format, compression }), "{name}");
        }
    }

    #[test]
    fn what_is_asked_for_holds_where_the_ending_says_nothing() {
        let format = |name, asked| OutputForm::of(Path::new(name), Some(asked)).map(|form| form.format);
        assert_eq!(format("records", RecordFormat::Parquet), Ok(RecordFormat::Parquet));
        assert_eq!(format("records.gz", RecordFormat::Csv), Ok(RecordFormat::Csv));
        assert_eq!(format("records.tsv", RecordFormat::Csv), Ok(RecordFormat::Tsv));
        let contradiction = FormProblem::Contradiction { by_ending: "csv", asked: "jsonl" };
        assert_eq!(format("records.csv", RecordFormat::JsonLines), Err(contradiction));
        for (name, asked) in [("x.parquet.gz", RecordFormat::Parquet), ("x.zst", RecordFormat::Sqlite)] {
            assert_eq!(format(name, asked), Err(FormProblem::Compressed { format: asked.name() }), "{name}");
        }
        for name in RecordFormat::NAMES {
            assert_eq!(RecordFormat::named(name).map(RecordFormat::name), Some(name));
        }
        assert_eq!(RecordFormat::named("tsv"), None);
    }

    #[test]
    fn a_word_goes_before_the_ending() {
        for (path, expected) in [
            ("records.jsonl", "records.review.jsonl"),
            ("a/records.jsonl.zst", "a/records.review.jsonl.zst"),
            ("a.b/records", "a.b/records.review"),
            ("records.2026.out", "records.2026.review.out"),
            ("records.gz", "records.review.gz"),
            ("/tmp/r.db", "/tmp/r.review.db"),
        ] {
            assert_eq!(with_word(Path::new(path), "review"), Path::new(expected), "{path}");
        }
    }
}
