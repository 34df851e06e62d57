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
                values.push(Some(ByteArray::from(text.as_bytes().to_vec())));
                return BYTES_PER_TEXT + text.len();
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
