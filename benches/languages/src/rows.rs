//! Rows to measure on: JSON lines, plain or gzip.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

/// A text and the language that it is in.
#[derive(Debug, Deserialize)]
pub struct Row {
    /// ISO 639-1 code, or `hbs`: Bosnian, Croatian or Serbian, whichever.
    pub lang: String,
    /// The text.
    pub text: String,
    /// Where it is from, such as `wesnoth`; for `--source`.
    #[serde(default)]
    pub source: String,
}

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// All rows of a file, those of one source only where `source` is not empty: each whose source begins with it.
///
/// # Errors
///
/// The file cannot be read, a line is no row, or there is none.
pub fn read(path: &Path, source: &str) -> Result<Vec<Row>> {
    let mut reader = BufReader::new(File::open(path).with_context(|| path.display().to_string())?);
    let is_gzip = reader.fill_buf()?.starts_with(&GZIP);
    let content: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
    let mut rows = Vec::new();
    for (index, line) in BufReader::new(content).lines().enumerate() {
        let place = || format!("{}:{}", path.display(), index + 1);
        let line = line.with_context(place)?;
        if line.trim().is_empty() {
            continue;
        }
        // The error of `serde_json` says where and what, and shows nothing of the text.
        let row: Row = serde_json::from_str(&line).with_context(place)?;
        if row.source.starts_with(source) {
            rows.push(row);
        }
    }
    ensure!(!rows.is_empty(), "{}: no rows to measure on", path.display());
    Ok(rows)
}
