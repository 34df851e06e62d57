//! Labelled texts from files: JSON lines and CSV, read, checked and compared; docs/evaluation.md has the formats.

mod bad_row;
mod coral_rows;
mod csv_columns;
mod csv_rows;
pub mod data_file;
mod fingerprint;
mod json_row;
mod json_rows;
mod language_rows;
mod leaks;
mod mapping;
mod named_rows;
mod raw_row;
mod reader;
mod repeats;
mod scheme;
mod values;

pub use bad_row::{BadRow, FileReport, describe_bad_rows};
pub use coral_rows::{CoralComment, CoralExport, CoralKind, CoralLabel, CoralThread, CoralThreads};
pub use json_rows::{RowsError, read_json_rows};
pub use language_rows::{LanguageRow, LanguageRowKind, read_language_rows};
pub use leaks::{Leak, Leaks, drop_leaking_rows, find_leaks};
pub use mapping::{Mapping, MappingError};
pub use named_rows::{Complaint, Fields, NamedRows, first_fields};
pub use reader::{LabelledData, LabelledError, LabelledReader, read_labelled_files};
pub use repeats::{OneSidedLabel, Repeats, find_repeats, one_sided_labels};
pub use scheme::LabelScheme;
