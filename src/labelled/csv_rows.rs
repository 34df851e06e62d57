//! Rows of CSV of bounded length, each with the line that it begins on.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The longest row, in bytes of its fields.
const MAX_ROW_BYTES: usize = 16 << 20;
/// The most columns.
const MAX_COLUMNS: usize = 1 << 14;

/// What the reader came upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowStep {
    /// A row; see [`CsvRows::field`].
    Row,
    /// A row over the limits, which was skipped; a quote that is not closed makes one of all that follows.
    TooLong,
    /// The end of the file.
    End,
}

/// Reads a table row by row. The `csv` crate's own reader would keep a row of any length; this is its core.
pub(super) struct CsvRows<R> {
    input: R,
    core: Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    columns: usize,
    line_breaks: u64,
    line: u64,
}

impl<R: BufRead> CsvRows<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(delimiter).build();
        Self { input, core, bytes: vec![0; 4 << 10], ends: vec![0; 64], columns: 0, line_breaks: 0, line: 0 }
    }

    /// Goes to the next row that is not blank.
    pub(super) fn advance(&mut self) -> io::Result<RowStep> {
        self.skip_blank_lines()?;
        self.line = self.line_breaks + 1;
        let (mut filled, mut columns, mut is_too_long) = (0, 0, false);
        loop {
            let input = self.input.fill_buf()?;
            let (result, read, written, ended) =
                self.core.read_record(input, &mut self.bytes[filled..], &mut self.ends[columns..]);
            self.line_breaks += memchr::memchr_iter(b'\n', &input[..read]).count() as u64;
            self.input.consume(read);
            filled += written;
            columns += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() < MAX_ROW_BYTES => {
                    self.bytes.resize(self.bytes.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < MAX_COLUMNS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (filled, columns, is_too_long) = (0, 0, true);
                }
                ReadRecordResult::Record => {
                    self.columns = if is_too_long { 0 } else { columns };
                    return Ok(if is_too_long { RowStep::TooLong } else { RowStep::Row });
                }
                ReadRecordResult::End => {
                    self.columns = 0;
                    return Ok(RowStep::End);
                }
            }
        }
    }

    /// The line that the row begins on, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The fields of the row, in order.
    pub(super) fn fields(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let begin = |at: usize| if at == 0 { 0 } else { self.ends[at - 1] };
        (0..self.columns).map(move |at| &self.bytes[begin(at)..self.ends[at]])
    }

    /// Blank lines are skipped here and not by the parser, for the sake of line numbers.
    fn skip_blank_lines(&mut self) -> io::Result<()> {
        loop {
            let input = self.input.fill_buf()?;
            let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.line_breaks += memchr::memchr_iter(b'\n', &input[..blank]).count() as u64;
            let is_done = blank == 0;
            self.input.consume(blank);
            if is_done {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// Rows as `line: field|field`, read in pieces of a few bytes.
    fn check(bytes: &[u8], expected: &[&str]) {
        for piece in [1, 3, 1 << 16] {
            let mut rows = CsvRows::new(BufReader::with_capacity(piece, bytes), b',');
            let mut found = Vec::new();
            loop {
                match rows.advance().unwrap() {
                    RowStep::End => break,
                    RowStep::TooLong => found.push(format!("{}: too long", rows.line())),
                    RowStep::Row => {
                        let fields: Vec<_> = rows.fields().map(String::from_utf8_lossy).collect();
                        found.push(format!("{}: {}", rows.line(), fields.join("|")));
                    }
                }
            }
            assert_eq!(found, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn rows_know_their_lines() {
        check(b"a,b\n\n\"1\n2\",x\r\n\r\n3,\"say \"\"so\"\"\"\n4", &["1: a|b", "3: 1\n2|x", "6: 3|say \"so\"", "7: 4"]);
        check(b"", &[]);
        check(b"\n\r\n", &[]);
        check(b"a,\"b\nc\n", &["1: a|b\nc\n"]);
    }

    #[test]
    fn rows_without_end_are_skipped() {
        let long = [b"a,b\n1,".as_slice(), &vec![b'x'; MAX_ROW_BYTES + 1], b"\n2,y\n"].concat();
        let mut rows = CsvRows::new(long.as_slice(), b',');
        let steps: Vec<_> = (0..4).map(|_| (rows.advance().unwrap(), rows.line())).collect();
        assert_eq!(steps, [(RowStep::Row, 1), (RowStep::TooLong, 2), (RowStep::Row, 3), (RowStep::End, 4)]);
        let wide = [vec![b','; MAX_COLUMNS + 1], b"\na\n".to_vec()].concat();
        let mut rows = CsvRows::new(wide.as_slice(), b',');
        assert_eq!(rows.advance().unwrap(), RowStep::TooLong);
        assert_eq!(rows.advance().unwrap(), RowStep::Row);
    }
}
