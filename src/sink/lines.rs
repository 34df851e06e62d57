//! JSON lines to a file, a pipe or a terminal.

use std::io::{self, Write};

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

/// Writes whole lines.
pub struct LineSink {
    name: String,
    writer: Box<dyn Write + Send>,
}

impl std::fmt::Debug for LineSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LineSink({})", self.name)
    }
}

impl LineSink {
    /// An output; `name` is what messages call it.
    #[must_use]
    pub fn new(name: impl Into<String>, writer: Box<dyn Write + Send>) -> Self {
        Self { name: name.into(), writer }
    }

    /// Writes lines that end in a line break, and passes them on at once: somebody may be waiting for them.
    ///
    /// # Errors
    /// Where the output takes no more.
    pub fn write(&mut self, lines: &[u8]) -> Result<(), SinkError> {
        if lines.is_empty() {
            return Ok(());
        }
        self.writer.write_all(lines).and_then(|()| self.writer.flush()).map_err(|source| match source.kind() {
            io::ErrorKind::BrokenPipe => SinkError::Closed { name: self.name.clone() },
            _ => SinkError::Write { name: self.name.clone(), source },
        })
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
}
