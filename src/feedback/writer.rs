//! Judgements into the database, a transaction at a time.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::error::StoreError;
use super::submission::Submission;

const INSERT: &str = "INSERT OR REPLACE INTO judgements (id, submission, text, label, value, span_begin, span_end, span_text, \
    community, client_token, session_id, author, url, context, languages, unix_seconds, model) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
/// Also the parts of the text that were judged before: what a client says of a label now is all that it says.
const FORGET: &str = "DELETE FROM judgements WHERE client_token = ?1 AND community = ?2 AND label = ?3";
const LAST_ID: &str = "SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'judgements'";

/// Writes to one database.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    database: Connection,
    /// Which file it is, whatever its name leads to by now.
    file: Option<FileId>,
}

impl Writer {
    /// Writes to a label store that is open.
    pub(super) fn new(path: &Path, database: Connection) -> Self {
        Self { path: path.to_path_buf(), database, file: file_id(path) }
    }

    /// Writes all of some submissions, or nothing. Once this returns they are on the disk.
    ///
    /// # Errors
    /// Where the database does not take them.
    pub(super) fn write<'s>(&mut self, submissions: impl Iterator<Item = &'s Submission>) -> Result<(), StoreError> {
        // SQLite would go on writing to a file that has no name any more.
        if file_id(&self.path) != self.file {
            return Err(StoreError::Removed { path: self.path.display().to_string() });
        }
        // Other programs write too: what is read here holds to the end of the transaction. It is rolled back where it is dropped.
        let written = self.database.transaction_with_behavior(TransactionBehavior::Immediate).and_then(|transaction| {
            insert(&transaction, submissions)?;
            transaction.commit()
        });
        written.map_err(|error| StoreError::of(&self.path, &error))
    }
}

/// Device and number of a file.
type FileId = (u64, u64);

/// Which file a name leads to. It is looked at and not opened: see [`super::database::open`].
#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = path.metadata().ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Whether a name leads to a file. One that is open cannot be removed here.
#[cfg(not(unix))]
fn file_id(path: &Path) -> Option<FileId> {
    path.is_file().then_some((0, 0))
}

fn insert<'s>(
    transaction: &Transaction<'_>,
    submissions: impl Iterator<Item = &'s Submission>,
) -> rusqlite::Result<()> {
    let mut last: i64 = transaction.query_row(LAST_ID, [], |row| row.get(0))?;
    let mut forget = transaction.prepare(FORGET)?;
    let mut insert = transaction.prepare(INSERT)?;
    for submission in submissions {
        if let Some(token) = &submission.client_token {
            for judgement in &submission.judgements {
                forget.execute(params![token, submission.community, judgement.label])?;
            }
        }
        let first = last + 1;
        for judgement in &submission.judgements {
            last += 1;
            let span = judgement.span.as_ref();
            insert.execute(params![
                last,
                first,
                submission.text.as_str(),
                judgement.label,
                judgement.value.get(),
                span.map(|span| span.begin),
                span.map(|span| span.end),
                span.map(|span| &*span.text),
                submission.community,
                submission.client_token,
                submission.session_id,
                submission.author,
                submission.url,
                submission.context.as_ref().map(crate::domain::Body::as_str),
                submission.languages.join(","),
                i64::try_from(submission.unix_seconds).unwrap_or(i64::MAX),
                judgement.model,
            ])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{Body, Probability};
    use crate::feedback::database::{Access, open};
    use crate::feedback::{JudgedSpan, Judgement};

    fn writer(folder: &Path) -> Writer {
        let path = folder.join("labels.db");
        let database = open(&path, Access::Make, Duration::from_millis(1)).unwrap();
        Writer::new(&path, database)
    }

    /// A label, its value, and the part that is meant.
    type Label<'l> = (&'l str, f64, Option<(u32, u32)>);

    fn judged(token: Option<&str>, text: &str, labels: &[Label<'_>]) -> Submission {
        let judgements = labels.iter().map(|(label, value, span)| Judgement {
            span: span.map(|(begin, end)| JudgedSpan { begin, end, text: "part".to_owned() }),
            ..Judgement::of_whole_text(*label, Probability::new(*value).unwrap())
        });
        let client_token = token.map(ToOwned::to_owned);
        Submission { client_token, ..Submission::new(Body::new(text), 1_000, judgements.collect()) }
    }

    /// What stands in the table, as `id submission token text label value begin`.
    fn rows(writer: &Writer) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', id, submission, ifnull(client_token, '-'), text, label, value, span_begin) FROM judgements ORDER BY id";
        let mut select = writer.database.prepare(sql).unwrap();
        let rows = select.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    fn check(submissions: &[Submission], expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let mut one_by_one = writer(folder.path());
        for submission in submissions {
            one_by_one.write([submission].into_iter()).unwrap();
        }
        assert_eq!(rows(&one_by_one), expected);
        let folder = tempfile::tempdir().unwrap();
        let mut together = writer(folder.path());
        together.write(submissions.iter()).unwrap();
        assert_eq!(rows(&together), expected, "in one transaction");
    }

    #[test]
    fn the_same_token_and_label_overwrite() {
        check(
            &[
                judged(Some("a"), "one", &[("toxicity", 1.0, None), ("insult", 0.5, None)]),
                judged(Some("b"), "two", &[("toxicity", 1.0, None)]),
                judged(Some("a"), "one", &[("toxicity", 0.0, None)]),
            ],
            &["2 1 a one insult 0.5", "3 3 b two toxicity 1.0", "4 4 a one toxicity 0.0"],
        );
        check(
            &[
                Submission { community: "here".to_owned(), ..judged(Some("a"), "one", &[("toxicity", 1.0, None)]) },
                Submission { community: "there".to_owned(), ..judged(Some("a"), "two", &[("toxicity", 1.0, None)]) },
                Submission { community: "here".to_owned(), ..judged(Some("a"), "six", &[("toxicity", 0.0, None)]) },
            ],
            &["2 2 a two toxicity 1.0", "3 3 a six toxicity 0.0"],
        );
    }

    #[test]
    fn without_a_token_each_stands_for_itself() {
        check(
            &[
                judged(None, "one", &[("toxicity", 1.0, None), ("insult", 1.0, None)]),
                judged(None, "one", &[("toxicity", 0.0, None)]),
            ],
            &["1 1 - one toxicity 1.0", "2 1 - one insult 1.0", "3 3 - one toxicity 0.0"],
        );
    }

    #[test]
    fn parts_of_a_label_go_with_it() {
        let whole = ("toxicity", 1.0, None);
        check(
            &[
                judged(Some("a"), "one", &[whole, ("toxicity", 1.0, Some((0, 1))), ("toxicity", 0.5, Some((1, 3)))]),
                judged(Some("a"), "one", &[("toxicity", 0.0, Some((2, 3))), ("toxicity", 1.0, Some((2, 3))), whole]),
            ],
            &["5 4 a one toxicity 1.0 2", "6 4 a one toxicity 1.0"],
        );
    }

    #[test]
    fn a_full_disk_takes_nothing_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        let long = "The ferry was late again. ".repeat(4_000);
        let small = judged(Some("a"), "one", &[("toxicity", 1.0, None)]);
        let large = judged(Some("b"), &long, &[("toxicity", 1.0, None)]);
        writer.write([&small].into_iter()).unwrap();
        writer.database.execute_batch("PRAGMA max_page_count = 8").unwrap();
        for _ in 0..3 {
            let error = writer.write([&small, &large].into_iter()).unwrap_err();
            assert!(matches!(error, StoreError::NoRoom { .. }), "{error}");
        }
        assert_eq!(rows(&writer), ["1 1 a one toxicity 1.0"]);
        writer.database.execute_batch("PRAGMA max_page_count = 1000").unwrap();
        writer.write([&large].into_iter()).unwrap();
        assert_eq!(rows(&writer).len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_gone_takes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("labels.db"), folder.path().join("moved"));
        let mut writer = writer(folder.path());
        let judged = judged(Some("a"), "one", &[("toxicity", 1.0, None)]);
        std::fs::rename(&path, &moved).unwrap();
        let error = writer.write([&judged].into_iter()).unwrap_err();
        assert!(matches!(error, StoreError::Removed { .. }), "{error}");
        std::fs::write(&path, "somebody else's").unwrap();
        let error = writer.write([&judged].into_iter()).unwrap_err();
        assert!(matches!(error, StoreError::Removed { .. }), "{error}");
        std::fs::rename(&moved, &path).unwrap();
        writer.write([&judged].into_iter()).unwrap();
        assert_eq!(rows(&writer).len(), 1);
    }

    #[test]
    fn a_writer_that_does_not_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, other) = (writer(folder.path()), writer(folder.path()));
        let judged = judged(Some("a"), "one", &[("toxicity", 1.0, None)]);
        other.database.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = one.write([&judged].into_iter()).unwrap_err();
        assert!(error.passes() && matches!(error, StoreError::Locked { .. }), "{error}");
        other.database.execute_batch("ROLLBACK").unwrap();
        one.write([&judged].into_iter()).unwrap();
    }
}
