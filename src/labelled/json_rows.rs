//! Rows of training data as JSON lines, read one by one.

use std::io::{BufRead as _, Read as _};
use std::path::Path;

use serde::de::DeserializeOwned;

use super::data_file;
use crate::config::Limits;

/// Why rows could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// The file cannot be read.
    #[error("{path}: cannot read the data")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no row.
    #[error("{path}:{line}: {what}")]
    BadRow {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

impl RowsError {
    /// A file that cannot be read.
    #[must_use]
    pub fn unreadable(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.display().to_string(), source }
    }
}

/// Calls `each` with every line of a file that is not blank, as an object, in order, and returns their number; `each` says
/// what is wrong with one. Plain, gzip or zstd, told by the first bytes. One line is in memory at a time. `expected` says
/// what shape a line should have had.
///
/// # Errors
/// Where the file cannot be read, a line is too long or no such object, or `each` refuses it: training data is to be sound.
pub fn read_json_rows<T: DeserializeOwned>(
    path: &Path,
    expected: &str,
    mut each: impl FnMut(T) -> Result<(), String>,
) -> Result<u64, RowsError> {
    let unreadable = |source| RowsError::unreadable(path, source);
    let mut reader = data_file::open(path).map_err(unreadable)?;
    let max_line_bytes = Limits::default().max_line_bytes;
    let (mut line, mut line_number, mut rows) = (Vec::new(), 0_u64, 0_u64);
    loop {
        line.clear();
        line_number += 1;
        let bad = |what| RowsError::BadRow { path: path.display().to_string(), line: line_number, what };
        let read = (&mut reader).take(max_line_bytes as u64 + 1).read_until(b'\n', &mut line).map_err(unreadable)?;
        if read == 0 {
            return Ok(rows);
        }
        if line.len() > max_line_bytes {
            return Err(bad(format!("longer than {max_line_bytes} bytes")));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        // The parser's own message may hold words of the row.
        let row = serde_json::from_slice(&line).map_err(|_| bad(expected.to_owned()))?;
        each(row).map_err(bad)?;
        rows += 1;
    }
}
