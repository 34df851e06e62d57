//! Lines of text to a file, a pipe or a terminal.

use std::io::{self, Write};

use super::compressed::{ByteSink, Compression, Target};
use super::{DurableFile, OutputPosition};

/// Why an output takes no more.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// Whoever read it is gone: `head` has seen enough.
    #[error("{name}: the reader has closed the pipe")]
    Closed {
        /// The output, as the user named it.
        name: String,
    },
    /// Anything else.
    #[error("{name}: cannot write")]
    Write {
        /// The output, as the user named it.
        name: String,
        /// Why.
        source: io::Error,
    },
}

impl SinkError {
    /// The same error of an output whose reader may not leave before the end.
    #[must_use]
    pub fn not_closed(self) -> Self {
        match self {
            Self::Closed { name } => Self::Write { name, source: io::ErrorKind::BrokenPipe.into() },
            other @ Self::Write { .. } => other,
        }
    }

    pub(super) fn new(name: &str, source: io::Error) -> Self {
        let name = name.to_owned();
        match source.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed { name },
            _ => Self::Write { name, source },
        }
    }
}

/// Writes whole lines.
pub struct LineSink {
    name: String,
    bytes: ByteSink,
}

impl std::fmt::Debug for LineSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LineSink({})", self.name)
    }
}

impl LineSink {
    /// An output that is not compressed; `name` is what messages call it.
    #[must_use]
    pub fn new(name: impl Into<String>, writer: Box<dyn Write + Send>) -> Self {
        Self { name: name.into(), bytes: ByteSink::new(Target::Stream(writer), Compression::None) }
    }

    /// An output that may be compressed; [`LineSink::finish`] is due at its end.
    #[must_use]
    pub fn compressed(name: impl Into<String>, writer: Box<dyn Write + Send>, compression: Compression) -> Self {
        Self { name: name.into(), bytes: ByteSink::new(Target::Stream(writer), compression) }
    }

    /// A file that checkpoints can be made of, and that may be compressed; [`LineSink::finish`] is due at its end.
    #[must_use]
    pub fn durable(name: impl Into<String>, file: DurableFile, compression: Compression) -> Self {
        Self { name: name.into(), bytes: ByteSink::new(Target::File(file), compression) }
    }

    /// What messages call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Writes lines that end in a line break. What is not compressed is passed on at once: somebody may be waiting for it.
    ///
    /// # Errors
    /// Where the output takes no more.
    pub fn write(&mut self, lines: &[u8]) -> Result<(), SinkError> {
        if lines.is_empty() {
            return Ok(());
        }
        self.bytes.write(lines).map_err(|error| SinkError::new(&self.name, error))
    }

    /// Waits until all that was written would outlast a loss of power, and says where the output stands.
    ///
    /// # Errors
    /// Where the output takes no more, or is no durable file.
    pub fn checkpoint(&mut self) -> Result<OutputPosition, SinkError> {
        let bytes = self.bytes.persist().map_err(|error| SinkError::new(&self.name, error))?;
        Ok(OutputPosition { name: self.name.clone(), bytes, counts: Vec::new() })
    }

    /// Goes on from where it stood at a checkpoint; what was written behind that is taken away.
    ///
    /// # Errors
    /// Where it is shorter by now, cannot be cut, or is no durable file.
    pub fn go_on_at(&mut self, position: &OutputPosition) -> Result<(), SinkError> {
        self.bytes.cut(position.bytes).map_err(|error| SinkError::new(&self.name, error))
    }

    /// Ends the output; nothing can be written any more.
    ///
    /// # Errors
    /// Where the output takes no more.
    pub fn finish(&mut self) -> Result<(), SinkError> {
        self.bytes.finish().map_err(|error| SinkError::new(&self.name, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_not_a_failed_disk() {
        let error = |kind| LineSink::new("out", Box::new(Failing(kind))).write(b"x\n").unwrap_err();
        assert!(matches!(error(io::ErrorKind::BrokenPipe), SinkError::Closed { .. }));
        assert!(matches!(error(io::ErrorKind::StorageFull), SinkError::Write { .. }));
        assert!(LineSink::new("out", Box::new(Failing(io::ErrorKind::Other))).write(b"").is_ok());
    }

    #[test]
    fn a_full_disk_is_told_also_where_it_shows_only_at_the_end() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let failing = Box::new(Failing(io::ErrorKind::StorageFull));
            let mut sink = LineSink::compressed("out", failing, compression);
            sink.write(b"x\n").unwrap();
            assert!(matches!(sink.finish(), Err(SinkError::Write { .. })), "{compression:?}");
        }
    }
}
