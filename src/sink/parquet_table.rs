//! Records as an Apache Parquet file.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Type as PhysicalType, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use crate::wire::row::{Cell, Column, ColumnKind};

use super::SinkError;
use super::records::{RecordSink, Records};

/// A row group is written at this many rows …
const MAX_GROUP_ROWS: usize = 50_000;
/// … or this many bytes of text, whichever comes first: so much is held in memory.
const MAX_GROUP_BYTES: usize = 32 << 20;

/// What every text costs beside its bytes.
const BYTES_PER_TEXT: usize = 32;

/// Who made the file, as its footer says: nothing in it depends on when or where.
const CREATED_BY: &str = concat!("threadsieve version ", env!("CARGO_PKG_VERSION"));

/// Writes row groups of bounded size. Every column may be null.
pub struct ParquetSink {
    name: String,
    writer: SerializedFileWriter<Box<dyn Write + Send>>,
    columns: Vec<(Column, Waiting)>,
    rows: usize,
    bytes: usize,
}

/// The values of a column that wait for their row group to be full.
enum Waiting {
    Text(Values<ByteArray>),
    Number(Values<f64>),
    Boolean(Values<bool>),
}

/// Values that are not null, and for each row whether it has one.
struct Values<T> {
    present: Vec<T>,
    levels: Vec<i16>,
}

impl<T> Values<T> {
    fn new() -> Self {
        Self { present: Vec::new(), levels: Vec::new() }
    }

    fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.present.extend(value);
    }

    fn write_to<D: DataType<T = T>>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, Box<dyn Write + Send>>,
    ) -> Result<(), ParquetError> {
        let missing = || ParquetError::General("a column is missing".to_owned());
        let mut column = group.next_column()?.ok_or_else(missing)?;
        column.typed::<D>().write_batch(&self.present, Some(&self.levels), None)?;
        column.close()?;
        self.present.clear();
        self.levels.clear();
        Ok(())
    }
}

impl Waiting {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(Values::new()),
            ColumnKind::Number => Self::Number(Values::new()),
            ColumnKind::Boolean => Self::Boolean(Values::new()),
        }
    }

    /// Takes a cell; gives the bytes that it needs.
    fn push(&mut self, cell: Cell<'_>) -> usize {
        match (self, cell) {
            (Self::Text(values), Cell::Text(text)) => {
                // Much is the same from row to row, such as the models: then it is in memory once.
                let before = values.present.last().filter(|before| before.data() == text.as_bytes()).cloned();
                let bytes = if before.is_some() { 0 } else { text.len() };
                values.push(Some(before.unwrap_or_else(|| ByteArray::from(text.as_bytes().to_vec()))));
                return BYTES_PER_TEXT + bytes;
            }
            (Self::Number(values), Cell::Number(number)) => values.push(Some(number)),
            (Self::Boolean(values), Cell::Boolean(boolean)) => values.push(Some(boolean)),
            // A cell is of its column's kind, or null.
            (Self::Text(values), _) => values.push(None),
            (Self::Number(values), _) => values.push(None),
            (Self::Boolean(values), _) => values.push(None),
        }
        0
    }
}

impl ParquetSink {
    /// A file of these columns, without rows.
    ///
    /// # Errors
    /// Where the output does not take the first bytes.
    pub fn new(
        name: impl Into<String>,
        output: Box<dyn Write + Send>,
        columns: Vec<Column>,
    ) -> Result<Self, SinkError> {
        let name = name.into();
        match writer(output, &columns) {
            Ok(writer) => {
                let columns = columns.into_iter().map(|column| {
                    let waiting = Waiting::new(column.kind);
                    (column, waiting)
                });
                Ok(Self { name, writer, columns: columns.collect(), rows: 0, bytes: 0 })
            }
            Err(error) => Err(sink_error(&name, error)),
        }
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (_, waiting) in &mut self.columns {
            match waiting {
                Waiting::Text(values) => values.write_to::<ByteArrayType>(&mut group)?,
                Waiting::Number(values) => values.write_to::<DoubleType>(&mut group)?,
                Waiting::Boolean(values) => values.write_to::<BoolType>(&mut group)?,
            }
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

fn writer(
    output: Box<dyn Write + Send>,
    columns: &[Column],
) -> Result<SerializedFileWriter<Box<dyn Write + Send>>, ParquetError> {
    let fields = columns.iter().map(|column| {
        let (physical, logical) = match column.kind {
            ColumnKind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            ColumnKind::Number => (PhysicalType::DOUBLE, None),
            ColumnKind::Boolean => (PhysicalType::BOOLEAN, None),
        };
        let field = Type::primitive_type_builder(&column.name, physical).with_logical_type(logical);
        field.with_repetition(parquet::basic::Repetition::OPTIONAL).build().map(Arc::new)
    });
    let schema = Type::group_type_builder("records").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    SerializedFileWriter::new(output, Arc::new(schema), Arc::new(properties))
}

fn sink_error(name: &str, error: ParquetError) -> SinkError {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    };
    SinkError::new(name, source)
}

impl RecordSink for ParquetSink {
    fn write(&mut self, records: &Records<'_>) -> Result<(), SinkError> {
        for row in &records.rows {
            for (column, waiting) in &mut self.columns {
                self.bytes += waiting.push(row.cell(column));
            }
            self.rows += 1;
            // After a row, not after a batch, whose edges depend on the clock.
            if self.rows >= MAX_GROUP_ROWS || self.bytes >= MAX_GROUP_BYTES {
                self.write_group().map_err(|error| sink_error(&self.name, error))?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        let finished = self.write_group().and_then(|()| self.writer.finish());
        finished.map(drop).map_err(|error| sink_error(&self.name, error))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use parquet::file::metadata::RowGroupMetaData;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    use super::*;
    use crate::wire::row::{Row, columns};

    fn line(id: usize, text: &str) -> String {
        format!(
            "{{\"schema\":\"threadsieve.record/1\",\"thread_id\":\"t\",\"id\":\"{id}\",\"text\":\"{id}{text}\",\
             \"language\":{{\"status\":\"no_text\"}},\"translation\":{{\"flagged\":false,\"status\":\"not_needed\"}},\
             \"segments\":[],\"tone\":{{\"absent\":\"no_text\"}},\"topic\":{{\"absent\":\"no_text\"}},\"flags\":[],\
             \"decision\":{{\"action\":\"approve\",\"reasons\":[]}},\"models\":{{}}}}\n"
        )
    }

    /// The rows of each row group of a file of so many records, written so many at a time.
    fn groups(text: &str, count: usize, at_a_time: usize) -> Vec<i64> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let output = Box::new(file.reopen().unwrap());
        let mut sink = ParquetSink::new("out", output, columns(&[], false)).unwrap();
        for begin in (0..count).step_by(at_a_time) {
            let lines: String = (begin..count.min(begin + at_a_time)).map(|id| line(id, text)).collect();
            let rows = Row::parse_lines(lines.as_bytes()).unwrap();
            sink.write(&Records { lines: Cow::Borrowed(b""), rows: rows.iter().collect() }).unwrap();
        }
        sink.finish().unwrap();
        let reader = SerializedFileReader::new(file.reopen().unwrap()).unwrap();
        let groups: Vec<i64> = reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
        let ids =
            reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns().swap_remove(2).1.to_string());
        assert!(ids.eq((0..count).map(|id| format!("\"{id}\""))), "{count}");
        groups
    }

    #[test]
    fn row_groups_are_bounded_in_rows_and_in_bytes_wherever_batches_end() {
        assert_eq!(groups("", 0, 1), [] as [i64; 0]);
        assert_eq!(groups("", 50_001, 1_000), [50_000, 1]);
        let long = "x".repeat(1 << 20);
        assert_eq!(groups(&long, 70, 7), [32, 32, 6]);
        assert_eq!(groups(&long, 70, 70), [32, 32, 6]);
    }
}
