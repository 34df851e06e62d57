//! Lines of bounded length.

use std::io::{self, BufRead};

/// Reads lines one at a time, and never holds more of one than the limit allows.
pub(super) struct LineReader<'r> {
    input: Box<dyn BufRead + Send + 'r>,
    line: Vec<u8>,
    number: u64,
    max_line_bytes: usize,
}

/// What the reader came upon.
#[derive(Debug)]
pub(super) enum Step {
    /// A line; see [`LineReader::bytes`].
    Line,
    /// A line over the limit, which was skipped.
    TooLong {
        /// Its length without the line break.
        bytes: u64,
    },
    /// The end of the input.
    End,
    /// The input failed; the line that was being read is lost.
    Failed(io::Error),
}

impl<'r> LineReader<'r> {
    pub(super) fn new(input: Box<dyn BufRead + Send + 'r>, max_line_bytes: usize) -> Self {
        Self { input, line: Vec::new(), number: 0, max_line_bytes }
    }

    /// Goes to the next line.
    pub(super) fn advance(&mut self) -> Step {
        self.line.clear();
        let mut bytes = 0_u64;
        let mut last = None;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.number += 1;
                    return Step::Failed(error);
                }
            };
            if available.is_empty() {
                if bytes == 0 {
                    return Step::End;
                }
                break;
            }
            let end = memchr::memchr(b'\n', available);
            let piece = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            bytes += piece.len() as u64;
            last = piece.last().copied().or(last);
            // One byte more than allowed: it may be the carriage return of the line break.
            if bytes <= self.max_line_bytes as u64 + 1 {
                self.line.extend_from_slice(piece);
            }
            let consumed = end.map_or(available.len(), |end| end + 1);
            self.input.consume(consumed);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        if last == Some(b'\r') {
            bytes -= 1;
        }
        if bytes > self.max_line_bytes as u64 {
            self.line = Vec::new();
            return Step::TooLong { bytes };
        }
        self.line.truncate(bytes as usize);
        Step::Line
    }

    /// The line without its line break.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.line
    }

    /// The line's number, counted from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    fn check(input: &str, expected: &[Result<&str, u64>]) {
        for capacity in [1, 2, 3, 64] {
            let mut reader = LineReader::new(Box::new(BufReader::with_capacity(capacity, input.as_bytes())), 4);
            let mut seen = Vec::new();
            loop {
                match reader.advance() {
                    Step::Line => seen.push(Ok(String::from_utf8_lossy(reader.bytes()).into_owned())),
                    Step::TooLong { bytes } => seen.push(Err(bytes)),
                    Step::End => break,
                    Step::Failed(error) => panic!("{error}"),
                }
            }
            let expected: Vec<_> = expected.iter().map(|line| line.map(str::to_owned)).collect();
            assert_eq!(seen, expected, "{input:?} in pieces of {capacity}");
        }
    }

    #[test]
    fn lines_are_cut_and_bounded() {
        check("", &[]);
        check("\n", &[Ok("")]);
        check("a\nb", &[Ok("a"), Ok("b")]);
        check("a\r\nb\r\n", &[Ok("a"), Ok("b")]);
        check("abcd\nabcde\nx", &[Ok("abcd"), Err(5), Ok("x")]);
        check("abcd\r\nabcde\r\n", &[Ok("abcd"), Err(5)]);
        check("abcdefghijk", &[Err(11)]);
        check("a\0b\n", &[Ok("a\0b")]);
    }

    #[test]
    fn a_line_far_over_the_limit_takes_no_memory() {
        let input = BufReader::new(std::io::repeat(b'x').take(50 << 20));
        let mut reader = LineReader::new(Box::new(input), 1 << 20);
        assert!(matches!(reader.advance(), Step::TooLong { bytes } if bytes == 50 << 20));
        assert_eq!(reader.line.capacity(), 0);
        assert!(matches!(reader.advance(), Step::End));
    }
}
