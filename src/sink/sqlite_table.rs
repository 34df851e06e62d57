//! Records as a table of a database of `SQLite`.

use std::io;
use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};

use crate::wire::row::{Cell, Column, ColumnKind};

use super::SinkError;
use super::records::{RecordSink, Records};

/// Rows of a transaction. By rows, not by batches, whose edges depend on the clock and would show in the file.
const ROWS_PER_TRANSACTION: usize = 1_000;

/// What `PRAGMA user_version` says: the version of the record's shape.
const USER_VERSION: i32 = 1;

/// Writes rows into the table `records`. Their `rowid` is the order of the input.
#[derive(Debug)]
pub struct SqliteSink {
    name: String,
    database: Connection,
    columns: Vec<Column>,
    insert: String,
    /// Rows of the transaction that is open; none is where there is no row.
    rows: usize,
}

impl SqliteSink {
    /// A database in a file that is empty.
    ///
    /// # Errors
    /// Where the file cannot be opened, or does not take the table.
    pub fn new(name: impl Into<String>, path: &Path, columns: Vec<Column>) -> Result<Self, SinkError> {
        let name = name.into();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(path, flags)
            .and_then(|database| database.execute_batch(&setup(&columns)).map(|()| database))
            .map_err(|error| sink_error(&name, error))?;
        let insert = format!("INSERT INTO records VALUES ({})", vec!["?"; columns.len()].join(", "));
        Ok(Self { name, database, columns, insert, rows: 0 })
    }

    fn insert(&mut self, records: &Records<'_>) -> rusqlite::Result<()> {
        if records.rows.is_empty() {
            return Ok(());
        }
        let mut insert = self.database.prepare(&self.insert)?;
        for row in &records.rows {
            if self.rows == 0 {
                self.database.execute_batch("BEGIN")?;
            }
            insert.execute(params_from_iter(self.columns.iter().map(|column| Bound(row.cell(column)))))?;
            self.rows += 1;
            if self.rows == ROWS_PER_TRANSACTION {
                self.database.execute_batch("COMMIT")?;
                self.rows = 0;
            }
        }
        Ok(())
    }

    fn commit(&mut self) -> rusqlite::Result<()> {
        if self.rows > 0 {
            self.database.execute_batch("COMMIT")?;
            self.rows = 0;
        }
        Ok(())
    }
}

/// The table and its indexes. Nobody else reads the file while it is written, and there is no waiting for the disk: as for
/// other outputs, that is the operating system's business.
fn setup(columns: &[Column]) -> String {
    let columns = columns.iter().map(|column| {
        let kind = match column.kind {
            ColumnKind::Text => "TEXT",
            ColumnKind::Number => "REAL",
            ColumnKind::Boolean => "INTEGER",
        };
        format!("\"{}\" {kind}", column.name.replace('"', "\"\""))
    });
    // The index of ids is not a unique one: an id that comes again is a dead letter only as long as the first is remembered.
    format!(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA user_version = {USER_VERSION};\n\
         BEGIN;\n\
         CREATE TABLE records ({});\n\
         CREATE INDEX records_by_comment ON records (thread_id, id);\n\
         CREATE INDEX records_by_action ON records (action);\n\
         COMMIT;",
        columns.collect::<Vec<_>>().join(", ")
    )
}

struct Bound<'r>(Cell<'r>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Number(number) => ToSqlOutput::Owned(Value::Real(number)),
            Cell::Boolean(boolean) => ToSqlOutput::Owned(Value::Integer(i64::from(boolean))),
        })
    }
}

fn sink_error(name: &str, error: rusqlite::Error) -> SinkError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        _ => io::ErrorKind::Other,
    };
    SinkError::new(name, io::Error::new(kind, error))
}

impl RecordSink for SqliteSink {
    fn write(&mut self, records: &Records<'_>) -> Result<(), SinkError> {
        self.insert(records).map_err(|error| sink_error(&self.name, error))
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.commit().map_err(|error| sink_error(&self.name, error))
    }
}
