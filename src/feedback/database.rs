//! The file of a label store: opened, checked, and made where there is none.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, MAIN_DB, OpenFlags};

use super::error::StoreError;

/// What `PRAGMA application_id` says, so that no other database is taken for a label store: "tsLB".
const APPLICATION_ID: i64 = 0x7473_4c42;
/// What `PRAGMA user_version` says: the version of the table's shape.
pub(super) const VERSION: i64 = 1;

/// One row is one judgement. `submission` is the id of the first row that came in the same request. The second index is what makes
/// a token's judgement one of a kind: for each label one of the whole text and one of each part.
const TABLE: &str = "
CREATE TABLE judgements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    submission INTEGER NOT NULL,
    text TEXT NOT NULL,
    label TEXT NOT NULL,
    value REAL NOT NULL CHECK (value BETWEEN 0 AND 1),
    span_begin INTEGER,
    span_end INTEGER,
    span_text TEXT,
    community TEXT NOT NULL,
    client_token TEXT,
    session_id TEXT,
    author TEXT,
    url TEXT,
    context TEXT,
    languages TEXT NOT NULL,
    unix_seconds INTEGER NOT NULL,
    model TEXT
);
CREATE INDEX judgements_by_submission ON judgements (submission) WHERE client_token IS NULL;
CREATE UNIQUE INDEX judgements_by_token
    ON judgements (client_token, community, label, ifnull(span_begin, -1), ifnull(span_end, -1))
    WHERE client_token IS NOT NULL;
CREATE INDEX judgements_by_author ON judgements (author) WHERE author IS NOT NULL;
";

/// What a connection is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Read; the file has to be there.
    Read,
    /// Read and write; the file has to be there.
    Write,
    /// Read and write; the file is made where there is none.
    Make,
}

/// Opens a label store. Nothing else in the process may open and close the file while a connection is open: on POSIX systems that
/// undoes its locks, and another process would then take itself for the last one.
///
/// # Errors
/// Where the file is missing, is no label store or a newer one, or cannot be read or written as is wanted.
pub(super) fn open(path: &Path, access: Access, busy_timeout: Duration) -> Result<Connection, StoreError> {
    if access != Access::Make && !path.exists() {
        return Err(StoreError::Missing { path: path.display().to_string() });
    }
    if path.is_dir() {
        return Err(StoreError::CannotOpen { path: path.display().to_string(), reason: "it is a folder".to_owned() });
    }
    if access == Access::Make {
        make_file(path)?;
    }
    let mode = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write | Access::Make => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let failed = |error| StoreError::of(path, &error);
    // A connection is used by one thread at a time, as its type says.
    let database = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
    database.busy_timeout(busy_timeout).map_err(failed)?;
    let is_empty = check_kind(&database, path)?;
    if access == Access::Read {
        return if is_empty { Err(another(path)) } else { Ok(database) };
    }
    if database.is_readonly(MAIN_DB).map_err(failed)? {
        return Err(StoreError::ReadOnly { path: path.display().to_string() });
    }
    if is_empty && access == Access::Write {
        return Err(another(path));
    }
    set_up(&database, path)?;
    Ok(database)
}

/// Makes an empty file where there is none: people's words are for nobody else's eyes. What is made beside it by `SQLite` has the
/// same rights.
fn make_file(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::CannotOpen { path: path.display().to_string(), reason: error.to_string() })
        }
        _ => Ok(()),
    }
}

fn another(path: &Path) -> StoreError {
    StoreError::AnotherDatabase { path: path.display().to_string() }
}

/// Whether there is nothing in the database yet.
///
/// # Errors
/// Where it is something else than a label store that this program knows. It is not changed.
fn check_kind(database: &Connection, path: &Path) -> Result<bool, StoreError> {
    let failed = |error| StoreError::of(path, &error);
    let number = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let application_id = number("PRAGMA application_id")?;
    if application_id != APPLICATION_ID {
        let is_empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
        // Somebody else may be making the store at this moment: then it is one now.
        let is_made = || Ok(number("PRAGMA application_id")? == APPLICATION_ID);
        return if application_id == 0 && is_empty {
            Ok(true)
        } else if is_made()? {
            Ok(false)
        } else {
            Err(another(path))
        };
    }
    let found = number("PRAGMA user_version")?;
    if found > VERSION {
        return Err(StoreError::TooNew { path: path.display().to_string(), found, known: VERSION });
    }
    Ok(false)
}

/// Makes a connection write in such a way that what is committed outlives a loss of power, and what is deleted is overwritten;
/// makes the table where there is none.
fn set_up(database: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::of(path, &error);
    let journal: String =
        database.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(failed)?;
    if journal != "wal" {
        let reason = "its file system does not let programs share memory".to_owned();
        return Err(StoreError::CannotOpen { path: path.display().to_string(), reason });
    }
    let set = "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;";
    database.execute_batch(set).map_err(failed)?;
    let made = if check_kind(database, path)? {
        database.execute_batch(&format!(
            "{TABLE} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
        ))
    } else {
        database.execute_batch("COMMIT")
    };
    made.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(1);

    fn check(access: Access, make: impl FnOnce(&Path), expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.db");
        make(&path);
        let before = std::fs::read(&path).ok();
        match open(&path, access, PATIENCE) {
            Ok(_) => assert_eq!(expected, "", "{access:?}: it was opened"),
            Err(error) => {
                let told = error.to_string();
                assert!(!expected.is_empty() && told.contains(expected) && told.contains("\n  hint: "), "{told}");
                assert_eq!(std::fs::read(&path).ok(), before, "it is left as it was");
            }
        }
    }

    fn sql(text: &'static str) -> impl FnOnce(&Path) {
        move |path| Connection::open(path).unwrap().execute_batch(text).unwrap()
    }

    fn store(path: &Path) {
        open(path, Access::Make, PATIENCE).unwrap();
    }

    fn newer(path: &Path) {
        store(path);
        Connection::open(path).unwrap().execute_batch("PRAGMA user_version = 7").unwrap();
    }

    #[test]
    fn only_label_stores_are_opened() {
        for access in [Access::Read, Access::Write, Access::Make] {
            check(access, store, "");
            check(access, newer, "version 7; this program knows versions up to 1");
            check(access, sql("CREATE TABLE records (id); PRAGMA user_version = 1"), "not a label store");
            check(access, |path| std::fs::write(path, "{\"text\": \"x\"}\n".repeat(100)).unwrap(), "not a database");
        }
        check(Access::Make, |_| {}, "");
        check(Access::Make, |path| std::fs::write(path, "").unwrap(), "");
        check(Access::Make, |path| std::fs::create_dir(path).unwrap(), "cannot open");
        check(Access::Read, |_| {}, "no such file");
        check(Access::Write, |_| {}, "no such file");
        check(Access::Read, |path| std::fs::write(path, "").unwrap(), "not a label store");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_a_new_store() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.db");
        let database = open(&path, Access::Make, PATIENCE).unwrap();
        for name in ["labels.db", "labels.db-wal", "labels.db-shm"] {
            let mode = folder.path().join(name).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        drop(database);
    }

    #[test]
    fn what_is_committed_is_synced_and_what_is_deleted_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(&folder.path().join("labels.db"), Access::Make, PATIENCE).unwrap();
        let says =
            |pragma: &str| database.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((says("synchronous"), says("secure_delete")), (2, 1));
    }
}
