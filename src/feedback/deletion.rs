//! Taking somebody's words out of a label store.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use super::database::{Access, open};
use super::error::StoreError;

/// So long a deletion waits for others to have written or read.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Whose judgements go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Those of a comment, by what its client calls it.
    Token(String),
    /// Those of all comments of an author.
    Author(String),
}

/// What a deletion did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// How many judgements went.
    pub judgements: u64,
    /// How many texts they were about, the same text counted once.
    pub texts: u64,
    /// Whether their words are gone from the files too. They are not yet where somebody reads the store all the while.
    pub files_are_clean: bool,
}

/// Deletes judgements of a comment or an author: of one community, or of all. What is deleted is overwritten with zeros, and the
/// log beside the file is emptied; a server may have the store open meanwhile.
///
/// # Errors
/// Where the file is missing, is no label store, or does not take the change; then nothing is deleted.
pub fn delete(path: &Path, whose: &Whose, community: Option<&str>) -> Result<Deleted, StoreError> {
    let mut database = open(path, Access::Write, BUSY_TIMEOUT)?;
    delete_from(&mut database, whose, community).map_err(|error| StoreError::of(path, &error))
}

fn delete_from(database: &mut Connection, whose: &Whose, community: Option<&str>) -> rusqlite::Result<Deleted> {
    let (column, value) = match whose {
        Whose::Token(token) => ("client_token", token),
        Whose::Author(author) => ("author", author),
    };
    let from = format!("FROM judgements WHERE {column} = ?1 AND (?2 IS NULL OR community = ?2)");
    // Rolled back where it is dropped.
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let count = format!("SELECT count(DISTINCT text) {from}");
    let texts: i64 = transaction.query_row(&count, params![value, community], |row| row.get(0))?;
    let judgements = transaction.execute(&format!("DELETE {from}"), params![value, community])?;
    transaction.commit()?;
    // The log keeps what stood on a page before, until it is written back and begun anew: also what was deleted earlier.
    let was_busy: bool = database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(Deleted { judgements: judgements as u64, texts: texts.unsigned_abs(), files_are_clean: !was_busy })
}
