//! What a server reads before it begins, checked all together.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls;

use crate::config::ServePlan;

use super::api::ApiState;
use super::key_file::{self, KeyFileError};
use super::keys::KeyEntry;
use super::server::ServeError;
use super::tls::{self, TlsError};

/// What a server has read before it begins.
#[derive(Debug, Default)]
pub struct Files {
    pub(super) keys: Option<Vec<KeyEntry>>,
    pub(super) tls: Option<Arc<rustls::ServerConfig>>,
    pub(super) api: ApiState,
}

/// Why a server could not begin with what it was given.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file of API keys.
    #[error("[serve] `keys_file`: {0}")]
    Keys(KeyFileError),
    /// The certificate or its key.
    #[error("[serve] {0}")]
    Tls(TlsError),
    /// The secret of Coral's requests.
    #[error(transparent)]
    Coral(ServeError),
}

impl Files {
    /// Reads and checks all that a plan names. Nothing is left behind.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn open(plan: &ServePlan) -> Result<Self, Vec<FileError>> {
        let mut problems = Vec::new();
        let keys = plan.keys_file.as_ref().and_then(|file| {
            let read = key_file::read(file, plan.requests_per_minute);
            read.map_err(|found| problems.extend(found.into_iter().map(FileError::Keys))).ok()
        });
        let tls = plan.tls.as_ref().and_then(|tls| {
            tls::load(tls).map_err(|found| problems.extend(found.into_iter().map(FileError::Tls))).ok()
        });
        let api = ApiState::open(plan).map_err(|problem| problems.push(FileError::Coral(problem))).unwrap_or_default();
        if problems.is_empty() { Ok(Self { keys, tls, api }) } else { Err(problems) }
    }

    /// How many API keys may ask; `None` where none is asked for.
    #[must_use]
    pub fn key_count(&self) -> Option<usize> {
        self.keys.as_ref().map(Vec::len)
    }
}

/// About what a judgement takes in the store.
const PROBE_BYTES: usize = 4 << 10;

/// Whether a label store is there, and there is room beside it. The store itself is not opened: where a file is closed, the
/// process loses all its locks on it, `SQLite`'s too (POSIX), and what was acknowledged could be lost.
///
/// # Errors
/// What the system says.
pub(super) fn check_label_store(store: &Path) -> io::Result<()> {
    store.metadata()?;
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A file without a name: it goes as soon as it is closed. SQLite makes files beside the store.
    tempfile::tempfile_in(folder)?.write_all(&[0; PROBE_BYTES])
}
