//! Rows of a table, cut at the line breaks outside of quotes, and of bounded length.

use std::io::{self, BufRead, Read};

/// How often the rows behind a quote that is never closed are taken up again; each time costs a row's limit.
const MAX_RECOVERIES: usize = 16;

/// Cuts a table into rows, for a CSV parser to read one at a time: the parser itself would keep a row of any length.
///
/// Quotes are understood as the `csv` crate does: one opens at the beginning of a field, a doubled one stands for
/// itself, and what follows a closing one up to the delimiter is kept. As a reader, it serves the current row alone.
pub(super) struct RowReader<'r> {
    input: Rewind<'r>,
    delimiter: u8,
    max_row_bytes: usize,
    row: Vec<u8>,
    served: usize,
    /// Line breaks read so far.
    line_breaks: u64,
    row_line: u64,
    recoveries: usize,
}

/// What the reader came upon.
#[derive(Debug)]
pub(super) enum RowStep {
    /// A row; see [`RowReader::row_bytes`].
    Row,
    /// A row over the limit, which was skipped.
    TooLong {
        /// Its length without the line break.
        bytes: u64,
    },
    /// A row with a quote that is never closed. Its first line counts as bad, what follows is read as rows.
    Unclosed,
    /// The end of the input.
    End,
    /// The input failed; the row that was being read is lost.
    Failed(io::Error),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote within quotes: the end of the field, or the first half of a doubled quote.
    QuoteInQuoted,
}

impl<'r> RowReader<'r> {
    pub(super) fn new(input: Box<dyn BufRead + Send + 'r>, delimiter: u8, max_row_bytes: usize) -> Self {
        Self {
            input: Rewind { input, again: Vec::new(), at: 0 },
            delimiter,
            max_row_bytes,
            row: Vec::new(),
            served: 0,
            line_breaks: 0,
            row_line: 0,
            recoveries: 0,
        }
    }

    /// Goes to the next row that is not blank.
    pub(super) fn advance(&mut self) -> RowStep {
        loop {
            let step = self.advance_any();
            let is_row = matches!(step, RowStep::Row);
            if is_row && self.row.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
                continue;
            }
            if is_row {
                self.row.push(b'\n');
            }
            return step;
        }
    }

    /// The row, or the bad line, without its line break.
    pub(super) fn row_bytes(&self) -> &[u8] {
        self.row.strip_suffix(b"\n").unwrap_or(&self.row)
    }

    /// The number of the line on which the row begins, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.row_line
    }

    fn advance_any(&mut self) -> RowStep {
        self.row.clear();
        self.served = 0;
        self.row_line = self.line_breaks + 1;
        let mut bytes = 0_u64;
        let mut place = Place::FieldStart;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return RowStep::Failed(error),
            };
            if available.is_empty() {
                return match place {
                    _ if bytes == 0 => RowStep::End,
                    Place::Quoted if self.row.len() as u64 == bytes => self.recover(),
                    _ => self.finish(bytes),
                };
            }
            let (consumed, line_breaks, is_end) = scan(available, self.delimiter, &mut place);
            let piece = available.get(..consumed - usize::from(is_end)).unwrap_or_default();
            bytes += piece.len() as u64;
            if self.row.len() <= self.max_row_bytes {
                // At most the limit and one buffer.
                self.row.extend_from_slice(piece);
            }
            self.line_breaks += line_breaks;
            self.input.consume(consumed);
            if is_end {
                return self.finish(bytes);
            }
            let may_recover = place == Place::Quoted
                && bytes > self.max_row_bytes as u64
                && self.row.len() as u64 == bytes
                && self.recoveries < MAX_RECOVERIES
                && self.row.contains(&b'\n');
            if may_recover {
                return self.recover();
            }
        }
    }

    fn finish(&mut self, bytes: u64) -> RowStep {
        if bytes > self.max_row_bytes as u64 {
            self.row = Vec::new();
            return RowStep::TooLong { bytes };
        }
        RowStep::Row
    }

    /// Gives up the first line of the row, and takes up reading behind it.
    fn recover(&mut self) -> RowStep {
        if self.recoveries < MAX_RECOVERIES
            && let Some(first_end) = memchr::memchr(b'\n', &self.row)
        {
            self.recoveries += 1;
            self.line_breaks = self.row_line;
            let rest = self.row.split_off(first_end + 1);
            self.input.rewind(rest);
            self.row.truncate(first_end);
        }
        RowStep::Unclosed
    }
}

impl Read for RowReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.row.get(self.served..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.served += count;
        Ok(count)
    }
}

/// Goes on to the end of the row or of the bytes: bytes consumed, line breaks among them, and whether the last of
/// them ended the row.
fn scan(bytes: &[u8], delimiter: u8, place: &mut Place) -> (usize, u64, bool) {
    let mut line_breaks = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        line_breaks += u64::from(byte == b'\n');
        *place = match (*place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::FieldStart | Place::QuoteInQuoted, b'"') => Place::Quoted,
            (_, b'\n' | b'\r') => return (at + 1, line_breaks, true),
            (_, byte) if byte == delimiter => Place::FieldStart,
            _ => Place::Plain,
        };
    }
    (bytes.len(), line_breaks, false)
}

/// A reader that can be made to read bytes again.
struct Rewind<'r> {
    input: Box<dyn BufRead + Send + 'r>,
    again: Vec<u8>,
    at: usize,
}

impl Rewind<'_> {
    /// Has `bytes` read before all else.
    fn rewind(&mut self, mut bytes: Vec<u8>) {
        bytes.extend_from_slice(self.again.get(self.at..).unwrap_or_default());
        self.again = bytes;
        self.at = 0;
    }

    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.again.len() {
            return Ok(self.again.get(self.at..).unwrap_or_default());
        }
        self.again = Vec::new();
        self.at = 0;
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if self.at < self.again.len() {
            self.at += count;
        } else {
            self.input.consume(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn check(input: &str, expected: &[&str]) {
        for capacity in [1, 3, 64] {
            let mut reader = RowReader::new(Box::new(BufReader::with_capacity(capacity, input.as_bytes())), b',', 12);
            let mut seen = Vec::new();
            loop {
                let step = reader.advance();
                let text = String::from_utf8_lossy(reader.row_bytes()).into_owned();
                seen.push(match step {
                    RowStep::Row => format!("{} {text}", reader.line()),
                    RowStep::TooLong { bytes } => format!("{} too long {bytes}", reader.line()),
                    RowStep::Unclosed => format!("{} unclosed {text}", reader.line()),
                    RowStep::End => break,
                    RowStep::Failed(error) => panic!("{error}"),
                });
            }
            assert_eq!(seen, expected, "{input:?} in pieces of {capacity}");
        }
    }

    #[test]
    fn rows_end_outside_of_quotes() {
        check("", &[]);
        check("a,b\nc,d", &["1 a,b", "2 c,d"]);
        check("a,b\r\n\r\n  \nc\r\n", &["1 a,b", "4 c"]);
        check("\"a\nb\",c\nd\n", &["1 \"a\nb\",c", "3 d"]);
        check("\"a\"\"\n\"\nd\n", &["1 \"a\"\"\n\"", "3 d"]);
        check("a\"b\nc\n", &["1 a\"b", "2 c"]);
        check("1,\"\"\n2\n", &["1 1,\"\"", "2 2"]);
    }

    #[test]
    fn long_rows_are_skipped() {
        check("123456789012\n1234567890123\nx\n", &["1 123456789012", "2 too long 13", "3 x"]);
    }

    #[test]
    fn a_stray_quote_costs_one_line() {
        check("a,\"b\nc,d\ne\n", &["1 unclosed a,\"b", "2 c,d", "3 e"]);
        check("\"b", &["1 unclosed \"b"]);
    }

    #[test]
    fn a_row_far_over_the_limit_takes_no_memory() {
        let input = BufReader::new(b"\"".as_slice().chain(io::repeat(b'x').take(50 << 20)));
        let mut reader = RowReader::new(Box::new(input), b',', 1 << 20);
        assert!(matches!(reader.advance(), RowStep::TooLong { bytes } if bytes == (50 << 20) + 1));
        assert_eq!(reader.row.capacity(), 0);
    }
}
