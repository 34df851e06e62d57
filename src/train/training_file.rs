//! A file that a model was trained or measured on, as manifests and reports name it.

use std::path::Path;

use serde::Serialize;

use crate::labelled::RowsError;
use crate::labelled::data_file::{file_name, sha256_of_file};

/// A data file, by its name alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingFile {
    /// Its name, without directories.
    pub name: String,
    /// SHA-256 of its bytes as they are on disk.
    pub sha256: String,
    /// Its rows.
    pub rows: u64,
}

impl TrainingFile {
    /// A file of which so many rows were read.
    ///
    /// # Errors
    /// Where it cannot be read again.
    pub(super) fn new(path: &Path, rows: u64) -> Result<Self, RowsError> {
        Ok(Self {
            name: file_name(path),
            sha256: sha256_of_file(path).map_err(|source| RowsError::unreadable(path, source))?,
            rows,
        })
    }
}
