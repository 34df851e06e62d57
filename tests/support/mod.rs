//! What the tests share: folders, the program, and what it wrote.

pub mod browser;
mod checked_server;
mod checkpointed;
mod generator;
pub mod in_memory;
pub mod in_process;
mod model_folder;
pub mod records;
pub mod rust_paths;
pub mod server;
pub mod socket;
mod tables;
#[cfg(feature = "sentence-transformer")]
pub mod tiny_sentence_encoder;
mod workspace;

pub use checked_server::CheckedServer;
pub use checkpointed::{CHECKPOINT, CheckpointedRun, mixed_input};
pub use generator::interleaved_threads;
pub use model_folder::SmallModel;
pub use tables::{Table, TableRow, csv_table, parquet_table, sqlite_table};
pub use workspace::{Ran, Workspace, parse_lines, repository, sample};

use serde_json::Value;

/// The string at a JSON pointer; fails where there is none.
pub fn string<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no string at {pointer} of {record}"))
}

/// The whole number at a JSON pointer; fails where there is none.
pub fn number(record: &Value, pointer: &str) -> usize {
    let found = record.pointer(pointer).and_then(Value::as_u64);
    usize::try_from(found.unwrap_or_else(|| panic!("no number at {pointer} of {record}"))).expect("a small number")
}

/// The strings of a list at a JSON pointer.
pub fn strings<'a>(record: &'a Value, pointer: &str) -> Vec<&'a str> {
    let list = record.pointer(pointer).and_then(Value::as_array);
    list.unwrap_or_else(|| panic!("no list at {pointer} of {record}")).iter().filter_map(Value::as_str).collect()
}

/// The record of a comment.
pub fn by_id<'a>(records: &'a [Value], id: &str) -> &'a Value {
    records.iter().find(|record| record["id"] == id).unwrap_or_else(|| panic!("no record of {id}"))
}

/// The part of a text between two offsets in Unicode scalar values.
pub fn part(text: &str, begin: usize, end: usize) -> String {
    text.chars().skip(begin).take(end - begin).collect()
}

/// The ids of the rules that a decision gives as its reasons.
pub fn rules(record: &Value) -> Vec<&str> {
    record["decision"]["reasons"].as_array().expect("reasons").iter().map(|reason| string(reason, "/rule")).collect()
}
