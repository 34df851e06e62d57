//! Judgements out of the database, as texts with labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Row, params};

use super::database::{Access, open};
use super::error::StoreError;
use crate::domain::Probability;

/// So long a reader waits where somebody else is changing the file itself; readers and writers do not wait for each other.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Which judgements are wanted.
const WANTED: &str = "(?1 IS NULL OR community = ?1) AND (?2 IS NULL OR label = ?2) AND (?3 IS NULL OR client_token = ?3) \
    AND (?4 IS NULL OR author = ?4) AND unix_seconds >= ?5 AND (?6 OR span_begin IS NULL)";
/// What is read of each.
const COLUMNS: &str = "id, submission, text, label, value, span_begin, span_end, span_text, community, client_token, languages, \
    unix_seconds, model";

/// Which judgements are wanted: all for which everything that is given holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportFilter {
    /// Whose moderators judged; empty: those of clients that do not say.
    pub community: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// What the client calls the comment.
    pub client_token: Option<String>,
    /// Who wrote the comment.
    pub author: Option<String>,
    /// Not those that came earlier, in seconds since 1970.
    pub since_unix_seconds: u64,
    /// Also judgements of parts of a text, each part as a text of its own.
    pub with_spans: bool,
}

/// A text, or a part of one, with all that was said of it: the wanted judgements of one community and token, or of one
/// submission where it has no token.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedText {
    /// The number of the request with the first of the judgements.
    pub submission: i64,
    /// The words that were judged.
    pub text: String,
    /// Where a part begins and ends in its text, in code units of UTF-16.
    pub span: Option<(u32, u32)>,
    /// Whose moderators judged; empty where the client does not say.
    pub community: String,
    /// What the client calls the comment.
    pub client_token: Option<String>,
    /// Codes of the whole text's languages.
    pub languages: Vec<String>,
    /// When the last of the judgements came, in seconds since 1970.
    pub unix_seconds: u64,
    /// How far each label holds.
    pub labels: BTreeMap<String, Probability>,
    /// What scored the labels at the time.
    pub models: BTreeMap<String, String>,
}

/// Reads a label store, also while it is written.
#[derive(Debug)]
pub struct LabelReader {
    path: PathBuf,
    database: Connection,
}

impl LabelReader {
    /// Opens a store to read it.
    ///
    /// # Errors
    /// Where the file is missing, is no label store or a newer one, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { path: path.to_path_buf(), database: open(path, Access::Read, BUSY_TIMEOUT)? })
    }

    /// Hands over each text with its labels, in the order of the first judgement of each. All is as it was at the beginning, whatever
    /// is written meanwhile. One text is in memory at a time.
    ///
    /// # Errors
    /// Where the store cannot be read, as [`StoreError`], or `each` fails.
    pub fn for_each<E: From<StoreError>>(
        &mut self,
        filter: &ExportFilter,
        mut each: impl FnMut(JudgedText) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = &self.path;
        let failed = |error: rusqlite::Error| E::from(StoreError::of(path, &error));
        // One view of the file for all that is asked; it ends where this is dropped.
        let view = self.database.unchecked_transaction().map_err(failed)?;
        let mut all =
            view.prepare(&format!("SELECT {COLUMNS} FROM judgements WHERE {WANTED} ORDER BY id")).map_err(failed)?;
        let mut of_token =
            view.prepare(&same_text("client_token = ?7 AND community = ?8 AND text = ?9")).map_err(failed)?;
        let mut of_submission = view
            .prepare(&same_text("client_token IS NULL AND submission = ?7 AND ?8 IS NOT NULL AND ?9 IS NOT NULL"))
            .map_err(failed)?;
        let since = i64::try_from(filter.since_unix_seconds).unwrap_or(i64::MAX);
        let (community, label, token, author) =
            (&filter.community, &filter.label, &filter.client_token, &filter.author);
        let mut rows = all.query(params![community, label, token, author, since, filter.with_spans]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let first = Judged::of(row).map_err(failed)?;
            let (begin, end) = (first.span.map(|span| span.0), first.span.map(|span| span.1));
            let mut same = match &first.client_token {
                Some(own) => of_token.query(params![
                    community,
                    label,
                    token,
                    author,
                    since,
                    filter.with_spans,
                    own,
                    first.community,
                    first.text,
                    begin,
                    end
                ]),
                None => of_submission.query(params![
                    community,
                    label,
                    token,
                    author,
                    since,
                    filter.with_spans,
                    first.submission,
                    first.community,
                    first.text,
                    begin,
                    end
                ]),
            }
            .map_err(failed)?;
            let (id, mut text) = (first.id, None::<JudgedText>);
            while let Some(row) = same.next().map_err(failed)? {
                let judged = Judged::of(row).map_err(failed)?;
                match &mut text {
                    // This text came with an earlier judgement.
                    None if judged.id != id => break,
                    None => text = Some(judged.into_text()),
                    Some(text) => judged.add_to(text),
                }
            }
            if let Some(text) = text {
                each(text)?;
            }
        }
        Ok(())
    }
}

/// Asks for the wanted judgements of one text, or of one part, in order.
fn same_text(whose: &str) -> String {
    format!(
        "SELECT {COLUMNS} FROM judgements WHERE {WANTED} AND {whose} AND span_begin IS ?10 AND span_end IS ?11 ORDER BY id"
    )
}

/// A row.
struct Judged {
    id: i64,
    submission: i64,
    text: String,
    label: String,
    value: Probability,
    span: Option<(u32, u32)>,
    span_text: Option<String>,
    community: String,
    client_token: Option<String>,
    languages: String,
    unix_seconds: u64,
    model: Option<String>,
}

impl Judged {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let value = row.get("value")?;
        Ok(Self {
            id: row.get("id")?,
            submission: row.get("submission")?,
            text: row.get("text")?,
            label: row.get("label")?,
            value: Probability::new(value).ok_or(rusqlite::Error::IntegralValueOutOfRange(4, 0))?,
            span: row.get::<_, Option<u32>>("span_begin")?.zip(row.get("span_end")?),
            span_text: row.get("span_text")?,
            community: row.get("community")?,
            client_token: row.get("client_token")?,
            languages: row.get("languages")?,
            unix_seconds: row.get::<_, i64>("unix_seconds")?.try_into().unwrap_or_default(),
            model: row.get("model")?,
        })
    }

    fn into_text(self) -> JudgedText {
        let mut text = JudgedText {
            submission: self.submission,
            text: self.span_text.clone().unwrap_or_else(|| self.text.clone()),
            span: self.span,
            community: self.community.clone(),
            client_token: self.client_token.clone(),
            languages: self.languages.split(',').filter(|code| !code.is_empty()).map(ToOwned::to_owned).collect(),
            unix_seconds: 0,
            labels: BTreeMap::new(),
            models: BTreeMap::new(),
        };
        self.add_to(&mut text);
        text
    }

    fn add_to(self, text: &mut JudgedText) {
        text.unix_seconds = text.unix_seconds.max(self.unix_seconds);
        if let Some(model) = self.model {
            text.models.insert(self.label.clone(), model);
        }
        text.labels.insert(self.label, self.value);
    }
}
