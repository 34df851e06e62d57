//! Where records and dead letters go: one file a format, behind the trait [`RecordSink`].

mod compressed;
mod csv_table;
mod durable_file;
mod form;
mod json_lines;
mod lines;
mod parquet_table;
mod position;
mod records;
mod sqlite_table;
mod write_back;

pub use compressed::Compression;
pub use csv_table::CsvSink;
pub use durable_file::{DurableFile, sync_folder_of};
pub use form::{FormProblem, OutputForm, RecordFormat, compression_of, with_word};
pub use json_lines::JsonLinesSink;
pub use lines::{LineSink, SinkError};
pub use parquet_table::ParquetSink;
pub use position::OutputPosition;
pub use records::{RecordOutputs, RecordSink, Records};
pub use sqlite_table::SqliteSink;
pub use write_back::{CommentSystem, UnknownSystem, WriteBackSink};
