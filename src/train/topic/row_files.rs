//! The files that the topic model is trained from, whatever their formats, as rows.

use std::fmt;
use std::path::PathBuf;

use super::rows::{Judgement, LABELLED_FIELDS, Row, for_each_coral_row, row_of};
use crate::labelled::data_file::file_name;
use crate::labelled::{CoralExport, CoralKind, CoralLabel, CoralThreads, Mapping, NamedRows, RowsError, first_fields};

/// Something that is wrong with the files.
#[derive(Debug, thiserror::Error)]
pub enum RowFileProblem {
    /// A file that cannot be read, or a bad row.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// A mapping to something that a row does not have.
    #[error("`--map {column}={name}`: a row has no `{name}`\n  hint: the names are {}", LABELLED_FIELDS.join(", "))]
    UnknownName {
        /// The column or field.
        column: String,
        /// What it is mapped to.
        name: String,
    },
    /// A mapping of a column that no file has.
    #[error(
        "`--map {column}=…`: no file has a column or field `{column}`\n  hint: names are those of the header, or of the JSON fields"
    )]
    UnusedColumn {
        /// The column or field.
        column: String,
    },
    /// Stories, decisions or flags of Coral without comments.
    #[error(
        "{file}: documents of Coral, but no file has the comments\n  hint: give the export of the collection comments too"
    )]
    NoCoralComments {
        /// A file that is there.
        file: String,
    },
    /// Comments of Coral, none of which has its story.
    #[error(
        "none of the {comments} comments of Coral has text and a story with a title\n  hint: give the export of the \
         collection stories too"
    )]
    NoCoralStories {
        /// How many comments there are.
        comments: u64,
    },
}

/// All that is wrong with the files, at least one thing; shown one under the other.
#[derive(Debug)]
pub struct RowFileProblems(pub Vec<RowFileProblem>);

impl fmt::Display for RowFileProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for RowFileProblems {}

/// A file and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its collection, if it is of a Coral export; else it has rows.
    pub coral: Option<CoralKind>,
    /// Its rows, or documents.
    pub rows: u64,
}

/// What was found in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LabelCounts {
    /// Rows that were handed on.
    pub rows: u64,
    /// Those that are on topic.
    pub on_topic: u64,
    /// Those that are off topic.
    pub off_topic: u64,
    /// Those of which nobody said: context only.
    pub unknown: u64,
    /// Of the unknown ones, comments that were rejected in Coral without a known reason.
    pub rejected_without_reason: u64,
    /// Comments of Coral whose story is missing or has no title. They are left out.
    pub without_story: u64,
    /// Comments of Coral without text. They are left out.
    pub without_text: u64,
    /// Comments that stand in a Coral export twice. The second is left out.
    pub repeated: u64,
    /// Answers in Coral whose parent is missing. They are rows, without a parent.
    pub without_parent: u64,
}

impl LabelCounts {
    fn add(&mut self, judgement: Judgement) {
        self.rows += 1;
        match judgement {
            Judgement::OnTopic => self.on_topic += 1,
            Judgement::OffTopic => self.off_topic += 1,
            Judgement::Unknown => self.unknown += 1,
        }
    }

    /// A table in words: a line for each count; those of trouble only where there is some, with what to do.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let always = [
            ("rows", self.rows, ""),
            ("  on topic", self.on_topic, ""),
            ("  off topic", self.off_topic, ""),
            ("  unknown, context only", self.unknown, ""),
        ];
        let trouble = [
            (
                "  rejected, no reason known",
                self.rejected_without_reason,
                "among the unknown; give the export of commentModerationActions too",
            ),
            ("  answers without their parent", self.without_parent, "read without it"),
            ("left out, without a story", self.without_story, "give the export of stories too"),
            ("left out, without text", self.without_text, "deleted, or no words of their own"),
            ("left out, repeated", self.repeated, ""),
        ];
        let told = always.into_iter().chain(trouble.into_iter().filter(|(_, count, _)| *count > 0));
        told.map(|(what, count, note)| format!("{what:<31}{count:>9}  {note}").trim_end().to_owned()).collect()
    }
}

/// Training files, read row by row as often as needed. Of Coral exports, all documents that are used are in memory, all
/// files of them together being one export; of other files, one row at a time.
#[derive(Debug)]
pub struct RowFiles {
    named: NamedRows,
    /// The files, in the order in which they were given; `rows` is that of the last reading.
    files: Vec<RowFile>,
    coral: CoralThreads,
}

impl RowFiles {
    /// Tells the files' formats, and reads the Coral exports among them. Documents of Coral are known by their fields,
    /// whatever the files are called.
    ///
    /// # Errors
    /// All that is wrong with the mapping, the files that cannot be read, and the Coral exports.
    pub fn open(paths: &[PathBuf], mapping: Mapping) -> Result<Self, RowFileProblems> {
        let named = NamedRows::new(mapping);
        let mut problems: Vec<RowFileProblem> = named
            .mapped()
            .filter(|(name, _)| !LABELLED_FIELDS.contains(name))
            .map(|(name, column)| RowFileProblem::UnknownName { column: column.to_owned(), name: name.to_owned() })
            .collect();
        let (mut files, mut export) = (Vec::new(), CoralExport::default());
        for path in paths {
            let coral = match first_fields(path) {
                Ok(fields) => fields.as_ref().and_then(CoralKind::of),
                Err(problem) => {
                    problems.push(problem.into());
                    continue;
                }
            };
            let mut rows = 0;
            if let Some(kind) = coral {
                let read = NamedRows::new(Mapping::default())
                    .read(path, &[], |document| export.add(CoralKind::of(&document).unwrap_or(kind), &document));
                match read {
                    Ok(documents) => rows = documents,
                    Err(bad) => problems.extend(bad.into_iter().map(RowFileProblem::from)),
                }
            }
            files.push(RowFile { path: path.clone(), coral, rows });
        }
        let of = |kind: CoralKind| files.iter().filter(move |file| file.coral == Some(kind));
        let comments: u64 = of(CoralKind::Comments).map(|file| file.rows).sum();
        let coral = export.into_threads();
        if problems.is_empty() {
            let any = files.iter().find(|file| file.coral.is_some());
            if let Some(file) = any.filter(|_| of(CoralKind::Comments).next().is_none()) {
                problems.push(RowFileProblem::NoCoralComments { file: file_name(&file.path) });
            } else if comments > 0 && coral.threads.is_empty() {
                problems.push(RowFileProblem::NoCoralStories { comments });
            }
        }
        if problems.is_empty() { Ok(Self { named, files, coral }) } else { Err(RowFileProblems(problems)) }
    }

    /// The files, in the order in which they were given, with the rows or documents of the last reading.
    #[must_use]
    pub fn files(&self) -> &[RowFile] {
        &self.files
    }

    /// Calls `each` with every row: those of the files in order, then those of the Coral export, thread by thread.
    ///
    /// # Errors
    /// Bad rows, up to twenty of each file, files that cannot be read, and mapped columns that
    /// none of the files has.
    pub fn for_each(&mut self, mut each: impl FnMut(Row)) -> Result<LabelCounts, RowFileProblems> {
        let (mut counts, mut problems) = (LabelCounts::default(), Vec::new());
        let mut hand_on = |row: Row| {
            counts.add(row.judgement);
            each(row);
        };
        for file in self.files.iter_mut().filter(|file| file.coral.is_none()) {
            let read = self.named.read(&file.path, &["text", "off_topic"], |fields| row_of(fields).map(&mut hand_on));
            match read {
                Ok(rows) => file.rows = rows,
                Err(bad) => problems.extend(bad.into_iter().map(RowFileProblem::from)),
            }
        }
        for_each_coral_row(&self.coral.threads, hand_on);
        let labels = self.coral.threads.iter().flat_map(|thread| &thread.comments).map(|comment| comment.label);
        counts.rejected_without_reason =
            labels.filter(|label| *label == CoralLabel::RejectedWithoutReason).count() as u64;
        counts.without_story = self.coral.without_story;
        counts.without_text = self.coral.without_text;
        counts.repeated = self.coral.repeated;
        counts.without_parent = self.coral.without_parent;
        if problems.is_empty() && self.files.iter().any(|file| file.coral.is_none()) {
            let unused = self.named.unused_columns();
            problems.extend(unused.map(|column| RowFileProblem::UnusedColumn { column: column.to_owned() }));
        }
        if problems.is_empty() { Ok(counts) } else { Err(RowFileProblems(problems)) }
    }
}

#[cfg(test)]
#[path = "row_files_tests.rs"]
mod tests;
