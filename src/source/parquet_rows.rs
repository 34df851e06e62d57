//! Parquet files: a row a comment, its columns named as those of a table.

use std::collections::VecDeque;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::Value;

use super::csv_header::Header;
use super::input::Defect;
use super::object_lines::time_of;
use super::table::{Fields, RowPlace, Table};
use super::{Input, Source};
use crate::domain::{Body, Item, RejectKind};

/// Rows that are decoded at a time.
const BATCH_ROWS: usize = 256;

/// Reads the rows of a file, row group by row group. Of the columns those are read that are known by the map or by their
/// names; a column inside another is written with points, and a list has no place here.
pub(super) struct ParquetRows {
    rows: RowIter<'static>,
    table: Table,
    /// The columns of the file.
    names: Vec<String>,
    input: Input,
    ready: VecDeque<Item>,
    row: u64,
    ended: bool,
}

/// Begins to read a file.
///
/// # Errors
/// Where it is broken, or has no column with the text.
pub(super) fn source(file: File, input: Input) -> Result<ParquetRows, Defect> {
    // The parser has been seen to fail on files that were made to make it fail.
    catch_unwind(AssertUnwindSafe(|| begin(file, input))).unwrap_or_else(|_| {
        Err(Defect::new(RejectKind::Unreadable, "not Parquet, or broken: its directory cannot be read"))
    })
}

fn begin(file: File, input: Input) -> Result<ParquetRows, Defect> {
    let broken = |error: parquet::errors::ParquetError| {
        let detail = format!("not Parquet, or broken: {error}; it ends too early, perhaps");
        Defect::new(RejectKind::Unreadable, detail)
    };
    let file_bytes = file.metadata().map_or(i64::MAX, |metadata| i64::try_from(metadata.len()).unwrap_or(i64::MAX));
    let reader = SerializedFileReader::new(file).map_err(broken)?;
    if !reader
        .metadata()
        .row_groups()
        .iter()
        .flat_map(RowGroupMetaData::columns)
        .all(|column| lies_in(file_bytes, column))
    {
        let detail = "broken: its directory names columns outside of the file; it ends too early, perhaps";
        return Err(Defect::new(RejectKind::Unreadable, detail));
    }
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let columns = schema.columns().iter().filter(|column| column.max_rep_level() == 0);
    let names: Vec<String> = columns.map(|column| column.path().string()).collect();
    let header = Header::find(names.iter().map(String::as_str), &input.map).ok_or_else(|| {
        let shown: Vec<&str> = names.iter().take(20).map(String::as_str).collect();
        Defect::new(
            RejectKind::Unreadable,
            format!(
                "no column with the text (one of {}) among {}; name it with --map text=COLUMN",
                Header::text_names(),
                shown.join(", ")
            ),
        )
    })?;
    // Only the outermost columns that hold one that is read.
    let wanted = header.columns_read();
    let roots: Vec<&str> = wanted
        .iter()
        .filter_map(|column| names.get(*column))
        .map(|name| name.split_once('.').map_or(name.as_str(), |(root, _)| root))
        .collect();
    let root = schema.root_schema();
    let fields = root.get_fields().iter().filter(|field| roots.contains(&field.name())).cloned().collect();
    let projection = Type::group_type_builder(root.name()).with_fields(fields).build().map_err(broken)?;
    let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection)).map_err(broken)?;
    let rows = rows.with_batch_size(BATCH_ROWS);
    let table = Table::new(header);
    Ok(ParquetRows { rows, table, names, input, ready: VecDeque::new(), row: 0, ended: false })
}

/// Whether the pages of a column lie within a file of so many bytes. The parser takes that for granted.
fn lies_in(file_bytes: i64, column: &ColumnChunkMetaData) -> bool {
    let begin = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    let end = begin.checked_add(column.compressed_size());
    begin >= 0 && column.compressed_size() >= 0 && end.is_some_and(|end| end <= file_bytes)
}

impl ParquetRows {
    fn read_row(&mut self) {
        let next = catch_unwind(AssertUnwindSafe(|| self.rows.next()));
        self.row += 1;
        let defect = match next {
            Ok(None) => {
                self.ended = true;
                return;
            }
            Ok(Some(Ok(row))) => match self.items(&row) {
                Ok(()) => return,
                Err(defect) => defect,
            },
            // Whatever it says may hold words.
            Ok(Some(Err(_))) | Err(_) => {
                self.ended = true;
                let detail = format!("the file is broken at row {}; all rows before it were read", self.row);
                Defect::new(RejectKind::Unreadable, detail)
            }
        };
        let reject = self.input.reject(self.row, defect, None);
        self.ready.push_back(reject);
    }

    fn items(&mut self, row: &Row) -> Result<(), Defect> {
        let mut fields = vec![None; self.names.len()];
        flatten(row, "", &self.names, &mut fields)?;
        let raw = self.input.keep_raw.then(|| {
            let object: serde_json::Map<String, Value> = self
                .names
                .iter()
                .zip(&fields)
                .filter_map(|(name, field)| Some((name.clone(), field.clone()?.into())))
                .collect();
            Body::new(Value::Object(object).to_string())
        });
        let fields = ParquetRow(fields);
        let (thread, comment) = self.table.read(&fields, RowPlace { input: &self.input, line: self.row, raw })?;
        self.ready.extend(thread.into_iter().chain(comment));
        Ok(())
    }
}

impl Source for ParquetRows {
    fn next_item(&mut self) -> Option<Item> {
        while self.ready.is_empty() && !self.ended {
            self.read_row();
        }
        self.ready.pop_front()
    }
}

struct ParquetRow(Vec<Option<String>>);

impl Fields for ParquetRow {
    fn field(&self, column: usize) -> Result<Option<&str>, Defect> {
        Ok(self.0.get(column).and_then(Option::as_deref))
    }
}

/// Puts the values of a row, groups taken apart, where their columns stand. The nesting is that of the file's schema.
fn flatten(row: &Row, path: &str, names: &[String], fields: &mut [Option<String>]) -> Result<(), Defect> {
    for (name, value) in row.get_column_iter() {
        let name = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if let Field::Group(inner) = value {
            flatten(inner, &name, names, fields)?;
        } else if let Some(at) = names.iter().position(|known| *known == name)
            && let Some(field) = fields.get_mut(at)
        {
            *field = text_of(value)?;
        }
    }
    Ok(())
}

/// A value as it would be written in a table.
fn text_of(value: &Field) -> Result<Option<String>, Defect> {
    let utc = |seconds: i64| time_of(&Value::from(seconds));
    Ok(match value {
        Field::Null | Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => None,
        Field::Bool(value) => Some(value.to_string()),
        Field::Byte(value) => Some(value.to_string()),
        Field::Short(value) => Some(value.to_string()),
        Field::Int(value) => Some(value.to_string()),
        Field::Long(value) => Some(value.to_string()),
        Field::UByte(value) => Some(value.to_string()),
        Field::UShort(value) => Some(value.to_string()),
        Field::UInt(value) => Some(value.to_string()),
        Field::ULong(value) => Some(value.to_string()),
        // Data frames keep whole numbers with gaps as fractions, and their gaps as NaN.
        Field::Float(value) => (!value.is_nan()).then(|| value.to_string()),
        Field::Double(value) => (!value.is_nan()).then(|| value.to_string()),
        Field::Str(text) => Some(text.clone()),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => Some(text.to_owned()),
            Err(error) => {
                let detail = format!("a field that is not UTF-8 at its byte {}", error.valid_up_to());
                return Err(Defect::new(RejectKind::InvalidUtf8, detail));
            }
        },
        Field::TimestampMillis(value) => utc(value.div_euclid(1_000)),
        Field::TimestampMicros(value) => utc(value.div_euclid(1_000_000)),
        other => Some(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::super::testing::{input, show};
    use super::super::{FieldMap, RequestedFormat};
    use super::*;

    /// Three comments: ids as numbers, a parent as a fraction, texts, a time and a group.
    fn file() -> File {
        let schema = "message rows { required int64 id; optional double parent_id; optional binary body (UTF8);
            optional int64 created_at (TIMESTAMP_MILLIS); optional group content { optional binary html (UTF8); } }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = SerializedFileWriter::new(&mut file, schema, Arc::new(WriterProperties::default())).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let text = |text: &str| ByteArray::from(text);
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[1, 2, 3], None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[f64::NAN, 1.0], Some(&[1, 1, 0]), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&[text("One."), text("Two.")], Some(&[1, 1, 0]), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[1_700_000_000_000], Some(&[1, 0, 0]), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<ByteArrayType>()
            .write_batch(&[text("<p>3 &amp; 4"), text("x")], Some(&[2, 1, 2]), None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file
    }

    fn check(file: File, map: &[&str], expected: &[&str]) {
        let map = FieldMap::parse(map.iter().copied()).unwrap();
        let input = Input { map, ..input(RequestedFormat::Auto) };
        let items: Vec<String> = match source(file, input.clone()) {
            Ok(mut source) => std::iter::from_fn(|| source.next_item()).map(|item| show(&item)).collect(),
            Err(defect) => vec![show(&input.reject(1, defect, None))],
        };
        assert_eq!(items, expected);
    }

    #[test]
    fn rows_are_comments() {
        check(file(), &[], &["1 1 1@2023-11-14T22:13:20Z: One.", "2 1 2<1: Two.", "3 1 3: "]);
        check(file(), &["html=content.html"], &["1 1 1@2023-11-14T22:13:20Z: 3 & 4", "2 1 2<1: ", "3 1 3: x"]);
    }

    #[test]
    fn broken_files_are_one_reject() {
        let mut cut = tempfile::tempfile().unwrap();
        cut.write_all(b"PAR1 and no more").unwrap();
        let Err(defect) = source(cut, input(RequestedFormat::Auto)) else { panic!("read") };
        assert!(defect.detail.starts_with("not Parquet, or broken: "), "{}", defect.detail);
    }
}
