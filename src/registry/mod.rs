//! Models in folders: versions of a model side by side, which of them is current, and what is wrong with any of them.
//!
//! ```text
//! REGISTRY/NAME/VERSION/{weights.bin,manifest.toml,card.md,report.json}
//! REGISTRY/NAME/current        the name of the version in force, on a line
//! REGISTRY/NAME/history.jsonl  every change of it
//! ```

mod embedded;
mod entry;
mod error;
mod gate;
mod history;
mod inspection;
mod plain_name;
mod promotion;

use std::path::{Path, PathBuf};

pub use embedded::{EMBEDDED, EmbeddedModel, embedded};
pub use entry::{Entry, Located, WEIGHTS, current_text, locate};
pub use error::RegistryError;
pub use gate::{ComparedFigure, Comparison, DEFAULT_MAX_DROP, NotComparable};
pub use history::{Change, GateNote, HISTORY, HistoryLine, Verdict, history};
pub use inspection::{CARD, FILES, Finding, Inspection, Loaded, MANIFEST, ModelSource, REPORT, is_model_folder};
pub use plain_name::PlainName;
pub use promotion::{Incoming, roll_back};

/// A folder of entries.
#[derive(Debug, Clone)]
pub struct Registry {
    root: PathBuf,
}

impl Registry {
    /// A registry by its folder, which need not exist.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All entries with their names, in the order of these: folders with a version, or with `current`.
    ///
    /// # Errors
    /// Where a folder cannot be read.
    pub fn entries(&self) -> Result<Vec<(PlainName, Entry)>, RegistryError> {
        let mut entries = Vec::new();
        for name in entry::plain_names(&self.root)? {
            entries.extend(self.entry(&name)?.map(|entry| (name, entry)));
        }
        entries.sort_by(|left, right| left.0.cmp(&right.0));
        Ok(entries)
    }

    fn entry(&self, name: &PlainName) -> Result<Option<Entry>, RegistryError> {
        let entry = Entry::at(self.root.join(name.as_str()));
        if !entry.folder().is_dir() || (entry.versions()?.is_empty() && !entry.folder().join(entry::CURRENT).exists()) {
            return Ok(None);
        }
        Ok(Some(entry))
    }

    /// The entry of a name.
    ///
    /// # Errors
    /// Where there is none, with the names that there are.
    pub fn find(&self, name: &str) -> Result<Entry, RegistryError> {
        let found = PlainName::new(name).map(|name| self.entry(&name)).transpose()?.flatten();
        found.ok_or_else(|| {
            let names = self.entries().unwrap_or_default().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
            let hint = if self.root.is_dir() {
                format!("the models in it are: {}", entry::joined(&names))
            } else {
                "there is no such folder; --registry DIR names another one".to_owned()
            };
            RegistryError::UnknownName { registry: self.root.display().to_string(), name: name.to_owned(), hint }
        })
    }
}
