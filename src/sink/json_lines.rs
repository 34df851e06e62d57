//! Records as lines of JSON.

use super::records::{RecordOutputs, RecordSink, Records};
use super::{LineSink, OutputPosition, SinkError};

/// Writes records as they are.
#[derive(Debug)]
pub struct JsonLinesSink(LineSink);

impl JsonLinesSink {
    /// Records go to this output.
    #[must_use]
    pub fn new(lines: LineSink) -> Self {
        Self(lines)
    }
}

impl RecordSink for JsonLinesSink {
    fn reads_rows(&self) -> bool {
        false
    }

    fn write(&mut self, records: &Records<'_>) -> Result<(), SinkError> {
        self.0.write(&records.lines)
    }

    fn checkpoint(&mut self) -> Result<OutputPosition, SinkError> {
        self.0.checkpoint()
    }

    fn go_on_at(&mut self, position: &OutputPosition) -> Result<(), SinkError> {
        self.0.go_on_at(position)
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.0.finish()
    }
}

impl From<LineSink> for RecordOutputs {
    /// All records as lines of JSON, and no other output.
    fn from(lines: LineSink) -> Self {
        let mut outputs = Self::default();
        outputs.add(Box::new(JsonLinesSink::new(lines)), None);
        outputs
    }
}
