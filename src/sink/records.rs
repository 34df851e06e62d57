//! All outputs of records of a run.

use std::borrow::Cow;
use std::io;

use crate::wire::row::Row;

use super::{OutputPosition, SinkError};

/// Records on their way to an output, in the order of the input.
#[derive(Debug)]
pub struct Records<'r> {
    /// As lines of JSON.
    pub lines: Cow<'r, [u8]>,
    /// As rows; empty where no output of the run reads rows.
    pub rows: Vec<&'r Row<'r>>,
}

/// An output of records. What was written before it is dropped without [`RecordSink::finish`] may be incomplete.
pub trait RecordSink: Send {
    /// Whether it needs rows, and not only lines.
    fn reads_rows(&self) -> bool {
        true
    }

    /// Writes records.
    ///
    /// # Errors
    /// Where the output takes no more.
    fn write(&mut self, records: &Records<'_>) -> Result<(), SinkError>;

    /// Waits until all that was written would outlast a loss of power, and says where the output stands.
    ///
    /// # Errors
    /// Where the output takes no more, or cannot be taken up again.
    fn checkpoint(&mut self) -> Result<OutputPosition, SinkError> {
        Err(no_checkpoint())
    }

    /// Goes on from where it stood at a checkpoint; what was written behind that is taken away.
    ///
    /// # Errors
    /// Where the output is shorter by now, or cannot be taken up again.
    fn go_on_at(&mut self, _position: &OutputPosition) -> Result<(), SinkError> {
        Err(no_checkpoint())
    }

    /// Ends the output, so that what was written is whole.
    ///
    /// # Errors
    /// Where the output takes no more.
    fn finish(&mut self) -> Result<(), SinkError>;
}

/// Formats whose files are whole only at their end; who asks for checkpoints of one is told before the run begins.
fn no_checkpoint() -> SinkError {
    let source = io::Error::new(io::ErrorKind::Unsupported, "a file of its format cannot be taken up again");
    SinkError::Write { name: "records".to_owned(), source }
}

/// All outputs of records of a run: each gets every record, or those of one action.
#[derive(Default)]
pub struct RecordOutputs {
    outputs: Vec<Output>,
}

struct Output {
    sink: Box<dyn RecordSink>,
    /// The action whose records it gets; all of them where there is none.
    only: Option<&'static str>,
    takes_no_more: bool,
}

impl std::fmt::Debug for RecordOutputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordOutputs({})", self.outputs.len())
    }
}

impl RecordOutputs {
    /// Adds an output, for all records or only those of one action.
    pub fn add(&mut self, sink: Box<dyn RecordSink>, only: Option<&'static str>) {
        self.outputs.push(Output { sink, only, takes_no_more: false });
    }

    /// Writes records, one a line, to every output that takes more.
    ///
    /// # Errors
    /// Where an output takes no more; the others have got the records all the same.
    pub fn write(&mut self, lines: &[u8]) -> Result<(), SinkError> {
        if lines.is_empty() {
            return Ok(());
        }
        let reads_rows = self.outputs.iter().any(|output| output.only.is_some() || output.sink.reads_rows());
        let rows = if reads_rows { Row::parse_lines(lines) } else { Ok(Vec::new()) };
        let rows = rows.map_err(|_| {
            // It was written a moment ago; what is wrong with it may hold a comment's words.
            let source = io::Error::new(io::ErrorKind::InvalidData, "a record cannot be read back: report it as a bug");
            SinkError::Write { name: "records".to_owned(), source }
        })?;
        let all = Records { lines: Cow::Borrowed(lines), rows: rows.iter().collect() };
        self.each(|output| match output.only {
            None => output.sink.write(&all),
            Some(action) => {
                let rows: Vec<&Row<'_>> = rows.iter().filter(|row| row.action() == action).collect();
                let lines = rows.iter().flat_map(|row| row.line()).copied().collect();
                output.sink.write(&Records { lines: Cow::Owned(lines), rows })
            }
        })
    }

    /// Waits until all that was written would outlast a loss of power, and says where each output stands.
    ///
    /// # Errors
    /// Where one takes no more, or cannot be taken up again.
    pub fn checkpoint(&mut self) -> Result<Vec<OutputPosition>, SinkError> {
        self.outputs.iter_mut().map(|output| output.sink.checkpoint()).collect()
    }

    /// Has each output go on from where it stood at a checkpoint.
    ///
    /// # Errors
    /// Where one is shorter by now, or cannot be taken up again.
    pub fn go_on_at(&mut self, positions: &[OutputPosition]) -> Result<(), SinkError> {
        self.outputs.iter_mut().zip(positions).try_for_each(|(output, position)| output.sink.go_on_at(position))
    }

    /// Ends every output that takes more.
    ///
    /// # Errors
    /// Where one cannot be ended; the others are all the same.
    pub fn finish(&mut self) -> Result<(), SinkError> {
        self.each(|output| output.sink.finish())
    }

    /// Does something with every output that takes more, and tells what went wrong first; a reader that has left is told
    /// only where nothing worse has happened.
    fn each(&mut self, mut work: impl FnMut(&mut Output) -> Result<(), SinkError>) -> Result<(), SinkError> {
        let mut told: Option<SinkError> = None;
        for output in self.outputs.iter_mut().filter(|output| !output.takes_no_more) {
            if let Err(error) = work(output) {
                output.takes_no_more = true;
                let is_worse = match &told {
                    None => true,
                    Some(SinkError::Closed { .. }) => matches!(error, SinkError::Write { .. }),
                    Some(SinkError::Write { .. }) => false,
                };
                if is_worse {
                    told = Some(error);
                }
            }
        }
        told.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Notes what is asked of it, and fails as it is told to.
    struct Noting {
        name: &'static str,
        fails: Option<io::ErrorKind>,
        notes: Arc<Mutex<Vec<String>>>,
    }

    impl RecordSink for Noting {
        fn reads_rows(&self) -> bool {
            false
        }

        fn write(&mut self, records: &Records<'_>) -> Result<(), SinkError> {
            self.notes.lock().unwrap().push(format!("{} {}", self.name, String::from_utf8_lossy(&records.lines)));
            self.fails.map_or(Ok(()), |kind| Err(SinkError::new(self.name, kind.into())))
        }

        fn finish(&mut self) -> Result<(), SinkError> {
            self.notes.lock().unwrap().push(format!("{} ends", self.name));
            Ok(())
        }
    }

    #[test]
    fn all_outputs_get_everything_and_the_worst_failure_is_told() {
        let check = |failures: [Option<io::ErrorKind>; 3], told: Option<&str>, ends: &[&str]| {
            let notes = Arc::new(Mutex::new(Vec::new()));
            let mut outputs = RecordOutputs::default();
            for (name, fails) in ["a", "b", "c"].into_iter().zip(failures) {
                outputs.add(Box::new(Noting { name, fails, notes: Arc::clone(&notes) }), None);
            }
            let found = outputs.write(b"x").err().map(|error| error.to_string());
            assert_eq!(found.as_deref(), told, "{failures:?}");
            outputs.finish().unwrap();
            let expected: Vec<String> = ["a x", "b x", "c x"].iter().chain(ends).map(ToString::to_string).collect();
            assert_eq!(*notes.lock().unwrap(), expected, "{failures:?}");
        };
        let (closed, full) = (Some(io::ErrorKind::BrokenPipe), Some(io::ErrorKind::StorageFull));
        check([None; 3], None, &["a ends", "b ends", "c ends"]);
        check([closed, None, None], Some("a: the reader has closed the pipe"), &["b ends", "c ends"]);
        check([closed, full, None], Some("b: cannot write"), &["c ends"]);
        check([full, closed, full], Some("a: cannot write"), &[]);
    }

    #[test]
    fn rows_are_not_made_for_lines_alone_and_what_is_no_record_is_told_without_its_words() {
        let notes = Arc::new(Mutex::new(Vec::new()));
        let noting = || Box::new(Noting { name: "a", fails: None, notes: Arc::clone(&notes) });
        let mut outputs = RecordOutputs::default();
        outputs.add(noting(), None);
        assert!(outputs.write(b"no record\n").is_ok());
        outputs.add(noting(), Some("review"));
        let error = outputs.write(b"no record\n").unwrap_err();
        let SinkError::Write { source, .. } = &error else { panic!("{error}") };
        assert!(!source.to_string().contains("no record"), "{source}");
    }
}
