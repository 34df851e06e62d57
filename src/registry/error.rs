//! What can be wrong with a registry.

use std::io;

/// Why a registry cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A file or folder of it cannot be read or written.
    #[error("{path}: cannot {what}")]
    Io {
        /// The file or folder.
        path: String,
        /// What was tried, such as `read`.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// `current` holds something else than the name of a version.
    #[error(
        "{path}: is not the name of a version, alone on a line\n  hint: `threadsieve models rollback NAME --to VERSION` writes it anew"
    )]
    BrokenCurrent {
        /// The file.
        path: String,
    },
    /// `current` names a version that is not there.
    #[error(
        "{path}: names the version `{version}`, which is not there\n  hint: `threadsieve models rollback NAME --to VERSION` chooses another one"
    )]
    DanglingCurrent {
        /// The file.
        path: String,
        /// What it names.
        version: String,
    },
    /// There is no entry of that name.
    #[error("registry {registry}: no model `{name}`\n  hint: {hint}")]
    UnknownName {
        /// The registry's folder.
        registry: String,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        hint: String,
    },
    /// The entry has no such version.
    #[error("{entry}: no version `{wanted}`\n  hint: {hint}")]
    UnknownVersion {
        /// The entry's folder.
        entry: String,
        /// The version that was asked for.
        wanted: String,
        /// The versions that there are.
        hint: String,
    },
    /// Several versions begin like this.
    #[error("{entry}: several versions begin with `{wanted}`\n  hint: choose one of {hint}")]
    AmbiguousVersion {
        /// The entry's folder.
        entry: String,
        /// The version that was asked for.
        wanted: String,
        /// Those that begin so.
        hint: String,
    },
    /// There is nothing to roll back to.
    #[error(
        "{entry}: the history names no version before `{current}`\n  hint: name the version to go to with --to: {hint}"
    )]
    NothingBefore {
        /// The entry's folder.
        entry: String,
        /// The version in force.
        current: String,
        /// The versions that there are.
        hint: String,
    },
    /// A model's name or version cannot be the name of a folder.
    #[error(
        "{place}: the model's {what} is `{found}`, which cannot be the name of a folder\n  hint: letters from a to z, digits, `.`, `_` and `-`, at most 64; train it again with another one"
    )]
    UnusableName {
        /// Where the model is.
        place: String,
        /// `name` or `version`.
        what: &'static str,
        /// What the file says.
        found: String,
    },
    /// A version of this name is there already, but its files are damaged.
    #[error(
        "{folder}: this version is there already, and is not sound\n  hint: `threadsieve models verify` says why; remove the folder and promote again"
    )]
    DamagedVersion {
        /// The version's folder.
        folder: String,
    },
    /// The files were changed while they were copied.
    #[error("{folder}: was changed while it was copied\n  hint: promote again when nobody writes to it")]
    Changed {
        /// The folder.
        folder: String,
    },
    /// Somebody else changes the registry at the moment.
    #[error("registry {registry}: another promotion or rollback is at work\n  hint: try again when it is done")]
    Busy {
        /// The registry's folder.
        registry: String,
    },
}

impl RegistryError {
    /// For `map_err`: what was tried with which file.
    pub(super) fn io(path: &std::path::Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, what, source }
    }
}
