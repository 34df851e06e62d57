//! Reads files of labelled texts into a set.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, BufRead, Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bad_row::{BadRow, FileReport};
use super::csv_columns::{Columns, TEXT_NAMES};
use super::csv_rows::{CsvRows, RowStep};
use super::data_file::{file_name, open, sha256_of_file};
use super::json_row;
use super::mapping::{Mapping, Target};
use super::raw_row::RawRow;
use super::scheme::LabelScheme;
use crate::classify::labelled::{LabelledSet, LabelledText};
use crate::classify::linear_model::MAX_LABELS;
use crate::domain::Origin;

const MAX_LINE_BYTES: u64 = 16 << 20;
/// How many rows of a table are looked at to tell which columns are labels, where nothing else says so.
const SAMPLE_ROWS: usize = 100;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why labelled texts could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LabelledError {
    /// A file could not be read to its end.
    #[error("{path}: cannot read labelled texts")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Neither JSON lines nor a table with texts. What stands there is not repeated: it may be somebody's words.
    #[error(
        "{path}:{line}: neither a JSON object nor the header of a CSV file with a column of texts ({columns} columns)\n  \
         hint: the column is called {names}, or is named with --map COLUMN=text",
        names = TEXT_NAMES.join(", ")
    )]
    NoTexts {
        /// The file.
        path: String,
        /// The first line that is not blank.
        line: u64,
        /// How many columns it has.
        columns: usize,
    },
    /// A table without a column for any of the labels.
    #[error(
        "{path}: no column is one of the labels {labels}\n  hint: name one with --map COLUMN=LABEL; the columns are {columns}"
    )]
    NoLabels {
        /// The file.
        path: String,
        /// The labels that are wanted.
        labels: String,
        /// The columns that are there.
        columns: String,
    },
    /// The data names more labels than a model can have.
    #[error(
        "{place}: more than {MAX_LABELS} labels; a model has at most so many\n  hint: name the ones you want with --map COLUMN=LABEL"
    )]
    TooManyLabels {
        /// The row with one label too many.
        place: Origin,
    },
    /// A mapping to a label that is not among those that are wanted.
    #[error("`--map {column}={label}`: there is no label `{label}`\n  hint: the labels are {labels}")]
    UnknownLabel {
        /// The column.
        column: String,
        /// The label.
        label: String,
        /// The labels that there are.
        labels: String,
    },
    /// A mapping of a column that no file has.
    #[error(
        "`--map {column}=…`: no file has a column or field `{column}`\n  hint: names are those of the header, or of the JSON fields"
    )]
    UnusedMapping {
        /// The column.
        column: String,
    },
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledData {
    /// The rows that are used.
    pub set: LabelledSet,
    /// The files, in order.
    pub files: Vec<FileReport>,
}

/// Reads files one after another.
#[derive(Debug)]
pub struct LabelledReader {
    scheme: LabelScheme,
    mapping: Mapping,
    used: Vec<bool>,
    keeps_decided_rows: bool,
    rows: Vec<LabelledText>,
    /// The labels that data has named so far, for a scheme that takes any.
    found: Vec<String>,
    found_at: HashMap<Arc<str>, usize>,
    /// There are few sources and languages and many rows: all rows share the one name.
    names: BTreeSet<Arc<str>>,
    files: Vec<FileReport>,
}

impl LabelledReader {
    /// Begins with an empty set.
    #[must_use]
    pub fn new(scheme: LabelScheme, mapping: Mapping) -> Self {
        Self {
            used: vec![false; mapping.entries.len()],
            scheme,
            mapping,
            keeps_decided_rows: false,
            rows: Vec::new(),
            found: Vec::new(),
            found_at: HashMap::new(),
            names: BTreeSet::new(),
            files: Vec::new(),
        }
    }

    /// Also keeps rows of which no label is known, but what a moderator decided.
    #[must_use]
    pub fn keeping_decided_rows(self) -> Self {
        Self { keeps_decided_rows: true, ..self }
    }

    /// Appends the rows of a file. Bad rows are left out and reported.
    ///
    /// # Errors
    /// Where the file cannot be opened, read or decompressed, is a table without texts or without any of the labels, or
    /// names too many labels.
    pub fn read(&mut self, path: &Path) -> Result<&FileReport, LabelledError> {
        let failed = |source| LabelledError::Read { path: path.display().to_string(), source };
        let mut report = FileReport {
            file: file_name(path),
            sha256: sha256_of_file(path).map_err(failed)?,
            format: "JSON lines",
            rows: 0,
            bad_rows: BTreeMap::new(),
            first_bad_rows: Vec::new(),
        };
        let (head, input) = open_with_head(path).map_err(failed)?;
        match head.trim_ascii_start().first() {
            None | Some(b'{') => self.read_lines(path, input, &mut report)?,
            Some(_) => self.read_table(path, &head, input, &mut report)?,
        }
        self.files.push(report);
        Ok(&self.files[self.files.len() - 1])
    }

    /// The columns or fields of the mapping that no file had so far.
    #[must_use]
    pub fn unused_columns(&self) -> Vec<String> {
        let entries = self.mapping.entries.iter().zip(&self.used);
        entries.filter(|(_, used)| !**used).map(|((column, _), _)| column.clone()).collect()
    }

    /// All rows, with answers to all labels.
    #[must_use]
    pub fn finish(mut self) -> LabelledData {
        let mut set = LabelledSet::new(self.scheme.labels());
        if self.scheme == LabelScheme::AnyNamed {
            let mut order: Vec<usize> = (0..self.found.len()).collect();
            order.sort_by(|one, other| self.found[*one].cmp(&self.found[*other]));
            for row in &mut self.rows {
                row.answers = order.iter().map(|at| row.answers.get(*at).copied().flatten()).collect();
            }
            set.labels = order.iter().map(|at| self.found[*at].clone()).collect();
        }
        set.rows = self.rows;
        LabelledData { set, files: self.files }
    }

    fn read_lines(
        &mut self,
        path: &Path,
        mut input: impl BufRead,
        report: &mut FileReport,
    ) -> Result<(), LabelledError> {
        let failed = |source| LabelledError::Read { path: path.display().to_string(), source };
        let file: Arc<str> = report.file.as_str().into();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let length = input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line).map_err(failed)?;
            if length == 0 {
                break;
            }
            if length as u64 == MAX_LINE_BYTES && line.last() != Some(&b'\n') {
                input.skip_until(b'\n').map_err(failed)?;
                report.count_bad(number, BadRow::TooLong);
            } else if !line.trim_ascii().is_empty() {
                let row = json_row::parse(&line, &self.mapping, &mut self.used);
                self.add(row, Origin::new(Arc::clone(&file), number), report)?;
            }
        }
        Ok(())
    }

    fn read_table(
        &mut self,
        path: &Path,
        head: &[u8],
        input: impl BufRead,
        report: &mut FileReport,
    ) -> Result<(), LabelledError> {
        let failed = |source| LabelledError::Read { path: path.display().to_string(), source };
        let file: Arc<str> = report.file.as_str().into();
        let header = String::from_utf8_lossy(head.trim_ascii());
        let delimiter = Columns::delimiter(&header, &self.scheme, &self.mapping);
        let mut rows = CsvRows::new(input, delimiter);
        rows.advance().map_err(failed)?;
        let names: Vec<String> = rows.fields().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let Some(mut columns) = Columns::find(&names, &self.scheme, &self.mapping, &mut self.used) else {
            let (path, line) = (path.display().to_string(), rows.line());
            return Err(LabelledError::NoTexts { path, line, columns: names.len() });
        };
        if columns.labels_are_open(&self.scheme, &self.mapping) {
            let (_, again) = open_with_head(path).map_err(failed)?;
            columns.open_labels(&names, &sample(again, delimiter).map_err(failed)?);
        }
        if !(columns.has_labels(&self.scheme) || self.keeps_decided_rows && columns.has_decisions()) {
            let labels = self.scheme.labels().join(", ");
            let shown = |name: &String| name.chars().take(40).collect::<String>();
            let columns = names.iter().take(40).map(shown).collect::<Vec<_>>().join(", ");
            return Err(LabelledError::NoLabels { path: path.display().to_string(), labels, columns });
        }
        report.format = columns.format;
        loop {
            match rows.advance().map_err(failed)? {
                RowStep::End => return Ok(()),
                RowStep::TooLong => report.count_bad(rows.line(), BadRow::TooLong),
                RowStep::Row => {
                    let row = columns.read(rows.fields());
                    self.add(row, Origin::new(Arc::clone(&file), rows.line()), report)?;
                }
            }
        }
    }

    fn add(
        &mut self,
        row: Result<RawRow, BadRow>,
        origin: Origin,
        report: &mut FileReport,
    ) -> Result<(), LabelledError> {
        let line = origin.line;
        let answered = row.and_then(|row| Ok((self.scheme.answers(&row)?, row)));
        let (mut answers, row) = match answered {
            Ok(answered) => answered,
            Err(bad) => {
                report.count_bad(line, bad);
                return Ok(());
            }
        };
        if self.scheme == LabelScheme::AnyNamed && !self.add_open_answers(&row, &mut answers) {
            return Err(LabelledError::TooManyLabels { place: origin });
        }
        let is_decided = self.keeps_decided_rows && row.decision.is_some();
        if answers.iter().all(Option::is_none) && !is_decided {
            report.count_bad(line, BadRow::NoKnownLabel);
            return Ok(());
        }
        let language = (!row.language.is_empty()).then(|| self.shared(&row.language));
        let source = self.shared(&row.source);
        let (text, id, decision) = (row.text, row.id, row.decision);
        self.rows.push(LabelledText { text, id, origin, source, language, answers, decision });
        report.rows += 1;
        Ok(())
    }

    /// Answers to the labels in the order in which they were found; `false` where they are too many.
    fn add_open_answers(&mut self, row: &RawRow, answers: &mut Vec<Option<f32>>) -> bool {
        for (label, share) in &row.labels {
            let at = match self.found_at.get(label) {
                Some(at) => *at,
                // A name without an answer is no label yet.
                None if share.is_none() => continue,
                None if self.found.len() == MAX_LABELS => return false,
                None => {
                    self.found.push(label.as_ref().to_owned());
                    self.found_at.insert(Arc::clone(label), self.found.len() - 1);
                    self.found.len() - 1
                }
            };
            answers.resize(answers.len().max(at + 1), None);
            answers[at] = *share;
        }
        true
    }

    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(name) = self.names.get(name) {
            return Arc::clone(name);
        }
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name));
        name
    }
}

/// Opens a file; also what it holds up to the end of its first line that is not blank. A byte order mark is gone.
pub(super) fn open_with_head(path: &Path) -> io::Result<(Vec<u8>, impl BufRead)> {
    let mut input = open(path)?;
    let mut head = Vec::new();
    while head.trim_ascii().is_empty() {
        if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut head)? == 0 {
            break;
        }
    }
    if head.starts_with(BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    Ok((head.clone(), Cursor::new(head).chain(input)))
}

/// The first rows of a table behind its header.
fn sample(input: impl BufRead, delimiter: u8) -> io::Result<Vec<Vec<String>>> {
    let mut rows = CsvRows::new(input, delimiter);
    rows.advance()?;
    let mut sample = Vec::new();
    while sample.len() < SAMPLE_ROWS {
        match rows.advance()? {
            RowStep::End => break,
            RowStep::TooLong => {}
            RowStep::Row => {
                // A value of an answer is short; of others the beginning will do to tell that they are none.
                let begin = |field: &[u8]| String::from_utf8_lossy(field.get(..40).unwrap_or(field)).into_owned();
                sample.push(rows.fields().map(begin).collect());
            }
        }
    }
    Ok(sample)
}

/// Reads files in order into one set.
///
/// # Errors
/// Everything that is wrong: files that cannot be read, mappings to labels that the scheme does not know, mapped columns
/// that no file has.
pub fn read_labelled_files(
    paths: &[PathBuf],
    scheme: LabelScheme,
    mapping: Mapping,
) -> Result<LabelledData, Vec<LabelledError>> {
    let mut problems = Vec::new();
    for (column, target) in &mapping.entries {
        if let Target::Label(label) = target
            && !scheme.knows(label)
        {
            let (column, label, labels) = (column.clone(), label.clone(), scheme.labels().join(", "));
            problems.push(LabelledError::UnknownLabel { column, label, labels });
        }
    }
    let mut reader = LabelledReader::new(scheme, mapping);
    for path in paths {
        if let Err(error) = reader.read(path) {
            problems.push(error);
        }
    }
    if problems.is_empty() {
        let unused = reader.unused_columns().into_iter();
        problems.extend(unused.map(|column| LabelledError::UnusedMapping { column }));
    }
    if problems.is_empty() { Ok(reader.finish()) } else { Err(problems) }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
