//! Why a label store cannot be used.

use std::path::Path;

use rusqlite::ErrorCode;

/// Why a label store cannot be opened, or does not take or give judgements. Holds no words of comments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// As many submissions wait to be written as may; nothing was kept of this one.
    #[error("{path}: {waiting} submissions wait to be written, and no more may\n  hint: send it again in a moment")]
    Busy {
        /// The file.
        path: String,
        /// How many wait.
        waiting: usize,
    },
    /// The store was closed; nothing was kept of this submission.
    #[error("{path}: the label store is closed\n  hint: send it again when the server runs again")]
    Closed {
        /// The file.
        path: String,
    },
    /// Somebody else writes for too long.
    #[error(
        "{path}: another program is writing to it\n  hint: wait until that has ended, or see which it is with `fuser {path}`"
    )]
    Locked {
        /// The file.
        path: String,
    },
    /// There is no room.
    #[error("{path}: there is no room for more\n  hint: make room on its disk; what was acknowledged is safe")]
    NoRoom {
        /// The file.
        path: String,
    },
    /// The operating system does not read or write it.
    #[error(
        "{path}: cannot be read or written: {reason}\n  hint: see whether its disk is full or broken, and whether it may grow; what was acknowledged is safe"
    )]
    Io {
        /// The file.
        path: String,
        /// Why, in the words of `SQLite`.
        reason: String,
    },
    /// The file is not there.
    #[error("{path}: no such file\n  hint: a server makes it, which is told its name by `label_store` in [serve]")]
    Missing {
        /// The file.
        path: String,
    },
    /// The file went, or another one took its place, while it was open.
    #[error(
        "{path}: is not the file that was opened\n  hint: it was removed or replaced; put it back, or start the server again to begin a new one"
    )]
    Removed {
        /// The file.
        path: String,
    },
    /// It cannot be opened.
    #[error("{path}: cannot open: {reason}\n  hint: its folder has to be there, and both have to be writable")]
    CannotOpen {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// It may be read and no more.
    #[error("{path}: is read-only\n  hint: file and folder have to be writable for whoever runs the program")]
    ReadOnly {
        /// The file.
        path: String,
    },
    /// It is something else.
    #[error("{path}: is not a database of SQLite\n  hint: name another file; a new one is made where there is none")]
    NotADatabase {
        /// The file.
        path: String,
    },
    /// It is a database of somebody else's.
    #[error(
        "{path}: is a database, but not a label store\n  hint: name another file; a new one is made where there is none"
    )]
    AnotherDatabase {
        /// The file.
        path: String,
    },
    /// A later version of the program made it.
    #[error(
        "{path}: is a label store of version {found}; this program knows versions up to {known}\n  hint: use the program that made it, or a later one"
    )]
    TooNew {
        /// The file.
        path: String,
        /// Its version.
        found: i64,
        /// The last one that is known.
        known: i64,
    },
    /// It is damaged, or something else went wrong with it.
    #[error("{path}: {reason}\n  hint: `sqlite3 {path} 'PRAGMA integrity_check'` tells whether it is damaged")]
    Broken {
        /// The file.
        path: String,
        /// What, in the words of `SQLite`.
        reason: String,
    },
}

impl StoreError {
    /// What an error of the database means.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.display().to_string();
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::DiskFull) => Self::NoRoom { path },
            Some(ErrorCode::SystemIoFailure) => Self::Io { path, reason },
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::CannotOpen { path, reason },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path },
            _ => Self::Broken { path, reason },
        }
    }

    /// Whether the same submission may be taken in a moment, though nothing is changed.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Locked { .. })
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, OpenFlags};

    use super::*;

    #[test]
    fn errors_of_the_database_say_what_can_be_done() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
        let read_only = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let small = Connection::open_in_memory().unwrap();
        small.execute_batch("CREATE TABLE t (a); PRAGMA max_page_count = 2;").unwrap();
        for (error, expected) in [
            (read_only.execute_batch("INSERT INTO t VALUES (1)").unwrap_err(), "is read-only\n  hint: "),
            (small.execute_batch("INSERT INTO t VALUES (zeroblob(100000))").unwrap_err(), "no room for more\n  hint: "),
            (small.execute_batch("SELECT missing_column").unwrap_err(), "no such column"),
            (Connection::open(folder.path().join("none/a")).unwrap_err(), "cannot open: "),
        ] {
            let told = StoreError::of(Path::new("labels.db"), &error).to_string();
            assert!(told.starts_with("labels.db: ") && told.contains(expected), "{told}");
        }
    }
}
