//! The file of a checkpoint: there as a whole, or as it was before.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::error::Category;

use super::document::SCHEMA;
use super::{Checkpoint, CheckpointError};
use crate::sink::sync_folder_of;

/// How the schema of every version begins.
const FAMILY: &str = "threadsieve.checkpoint/";

/// Where the checkpoints of a run go, one in the place of the other.
#[derive(Debug, Clone)]
pub struct CheckpointFile {
    path: PathBuf,
}

#[derive(Deserialize)]
struct AnyVersion {
    schema: String,
}

impl CheckpointFile {
    /// A file, which need not exist.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Where a checkpoint is written before it takes the place of the last one. What a killed run leaves there means nothing.
    #[must_use]
    pub fn partial(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        self.path.with_file_name(name)
    }

    /// The checkpoint; `None` where there is no file.
    ///
    /// # Errors
    /// Where it cannot be read, or is something else.
    pub fn read(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|source| CheckpointError::Read { name: self.name(), source })?,
        };
        let malformed = |problem: String| CheckpointError::Malformed { name: self.name(), problem };
        let AnyVersion { schema } = serde_json::from_slice(&text).map_err(|error| malformed(told(&error)))?;
        if schema != SCHEMA {
            let is_ours = schema.starts_with(FAMILY);
            let schema = if is_ours { format!("`{schema}`") } else { "that it is something else".to_owned() };
            return Err(malformed(format!("it says {schema}, not `{SCHEMA}`")));
        }
        serde_json::from_slice(&text).map(Some).map_err(|error| malformed(told(&error)))
    }

    /// Writes a checkpoint. Whenever the process is killed or the power fails, the file is the one before or this one.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn write(&self, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
        let write = || -> io::Result<()> {
            let mut text = serde_json::to_vec(checkpoint)?;
            text.push(b'\n');
            let partial = self.partial();
            let mut file = File::create(&partial)?;
            file.write_all(&text)?;
            file.sync_all()?;
            drop(file);
            fs::rename(&partial, &self.path)?;
            sync_folder_of(&self.path)
        };
        write().map_err(|source| CheckpointError::Write { name: self.name(), source })
    }
}

/// What is wrong, without anything of what stands there: the file may be one of comments.
fn told(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Io | Category::Eof => "it ends too early",
        Category::Syntax => "it is not JSON",
        Category::Data => "a field is missing, or is not what it should be",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::super::{Identity, Progress};
    use super::*;
    use crate::pipeline::Tally;

    #[test]
    fn a_checkpoint_is_replaced_as_a_whole_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = CheckpointFile::new(folder.path().join("run.checkpoint"));
        assert_eq!(file.read().unwrap(), None);
        let first = Checkpoint::new(Identity::default(), Tally::default(), Progress::Complete);
        let tally = Tally { read: 3, records: 2, rejects: 1, ..Tally::default() };
        let second = Checkpoint::new(Identity::default(), tally, Progress::Complete);
        for checkpoint in [&first, &second] {
            file.write(checkpoint).unwrap();
            assert_eq!(file.read().unwrap().as_ref(), Some(checkpoint));
        }
        fs::write(file.partial(), b"{\"schema\":").unwrap();
        assert_eq!(file.read().unwrap(), Some(second), "what was only begun means nothing");
    }

    #[test]
    fn what_is_no_checkpoint_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = CheckpointFile::new(folder.path().join("run.checkpoint"));
        let check = |text: &str, expected: &str| {
            fs::write(file.path(), text).unwrap();
            let error = file.read().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("", "it ends too early (line 1, column 0)");
        check("[]", "a field is missing");
        check("{oops", "it is not JSON");
        check("{\"schema\":\"words\"}", "it says that it is something else, not `threadsieve.checkpoint/1`");
        check("{\"schema\":\"threadsieve.checkpoint/2\"}", "it says `threadsieve.checkpoint/2`");
        check("{\"schema\":\"threadsieve.checkpoint/1\"}", "a field is missing, or is not what it should be (line 1");
    }
}
