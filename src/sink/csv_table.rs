//! Records as a table of text: CSV (RFC 4180), or the same with tabs.

use std::io;

use csv::{Terminator, Writer, WriterBuilder};

use crate::wire::row::{Cell, Column};

use super::records::{RecordSink, Records};
use super::{LineSink, OutputPosition, SinkError};

/// Writes a header, then a row a record. Null and an empty text look the same.
#[derive(Debug)]
pub struct CsvSink {
    lines: LineSink,
    columns: Vec<Column>,
    delimiter: u8,
    has_header: bool,
}

impl CsvSink {
    /// A table with fields between commas, its rows ending in CR LF as RFC 4180 has them.
    #[must_use]
    pub fn with_commas(lines: LineSink, columns: Vec<Column>) -> Self {
        Self { lines, columns, delimiter: b',', has_header: false }
    }

    /// A table with fields between tabs, its rows ending in LF.
    #[must_use]
    pub fn with_tabs(lines: LineSink, columns: Vec<Column>) -> Self {
        Self { lines, columns, delimiter: b'\t', has_header: false }
    }

    /// Not when the output is opened: that its reader has left by then is no failure.
    fn write_header(&mut self) -> Result<(), SinkError> {
        if !self.has_header {
            self.write_rows(|writer, columns| writer.write_record(columns.iter().map(|column| &column.name)))?;
            self.has_header = true;
        }
        Ok(())
    }

    fn write_rows(
        &mut self,
        write: impl FnOnce(&mut Writer<Vec<u8>>, &[Column]) -> csv::Result<()>,
    ) -> Result<(), SinkError> {
        let terminator = if self.delimiter == b',' { Terminator::CRLF } else { Terminator::Any(b'\n') };
        let mut writer = WriterBuilder::new().delimiter(self.delimiter).terminator(terminator).from_writer(Vec::new());
        let written = write(&mut writer, &self.columns).map_err(io::Error::from);
        let bytes = written.and_then(|()| writer.into_inner().map_err(csv::IntoInnerError::into_error));
        match bytes {
            Ok(bytes) => self.lines.write(&bytes),
            // Memory takes all that is written; were it otherwise, the output is as good as full.
            Err(source) => Err(SinkError::Write { name: self.lines.name().to_owned(), source }),
        }
    }
}

impl RecordSink for CsvSink {
    fn write(&mut self, records: &Records<'_>) -> Result<(), SinkError> {
        self.write_header()?;
        self.write_rows(|writer, columns| {
            for row in &records.rows {
                for column in columns {
                    match row.cell(column) {
                        Cell::Null => writer.write_field("")?,
                        Cell::Text(text) => writer.write_field(text)?,
                        // With a decimal point, so that a column of whole numbers is not taken for one of integers.
                        Cell::Number(number) => writer.write_field(format!("{number:?}"))?,
                        Cell::Boolean(true) => writer.write_field("true")?,
                        Cell::Boolean(false) => writer.write_field("false")?,
                    }
                }
                writer.write_record(None::<&[u8]>)?;
            }
            Ok(())
        })
    }

    fn checkpoint(&mut self) -> Result<OutputPosition, SinkError> {
        self.lines.checkpoint()
    }

    fn go_on_at(&mut self, position: &OutputPosition) -> Result<(), SinkError> {
        self.has_header = position.bytes > 0;
        self.lines.go_on_at(position)
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.write_header()?;
        self.lines.finish()
    }
}
