//! Files of records: plain, gzip or zstd, read line by line, and as often as is needed.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::record_line::RecordLine;

/// The longest line that is read; a record of the longest comment with all its evidence is shorter.
const MAX_LINE_BYTES: usize = 64 << 20;
/// So many lines at the beginning may be broken before a file is taken for something else.
const MAX_LINES_LOOKED_AT: usize = 8;
/// zstd's largest window.
const MAX_ZSTD_WINDOW_LOG: u32 = 31;
/// Bad lines that are told one by one.
const MAX_TOLD: usize = 20;

type Opener = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>>>;

/// A file that can be read more than once.
pub struct RecordsFile {
    name: String,
    open: Opener,
}

impl std::fmt::Debug for RecordsFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordsFile({})", self.name)
    }
}

/// What was read, and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadLines {
    /// Records.
    pub records: u64,
    /// Lines that are no records.
    pub bad_lines: u64,
    /// The first of them, as `file:line: what is wrong`.
    pub told: Vec<String>,
    /// Where a file broke off, as `file: why`.
    pub broke_off: Vec<String>,
}

impl RecordsFile {
    /// A file; `open` opens it from the beginning, each time.
    #[must_use]
    pub fn new(name: impl Into<String>, open: Opener) -> Self {
        Self { name: name.into(), open }
    }

    /// Whether it holds records, told by the first line that is a JSON object.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn holds_records(&self) -> io::Result<bool> {
        let mut reader = self.plain()?;
        let mut line = Vec::new();
        for _ in 0..MAX_LINES_LOOKED_AT {
            // What cannot be read further is no record yet; whoever reads the file then says so.
            if !matches!(next_line(&mut reader, &mut line), Ok(Line::Whole)) {
                return Ok(false);
            }
            if RecordLine::is_named_by(&line) {
                return Ok(true);
            }
            if serde_json::from_slice::<serde::de::IgnoredAny>(&line).is_ok() {
                return Ok(false);
            }
        }
        Ok(false)
    }

    fn plain(&self) -> io::Result<Box<dyn BufRead>> {
        let mut reader = BufReader::with_capacity(64 << 10, (self.open)()?);
        let begin = reader.fill_buf()?;
        Ok(if begin.starts_with(&[0x1f, 0x8b]) {
            Box::new(BufReader::with_capacity(64 << 10, MultiGzDecoder::new(reader)))
        } else if is_zstd(begin) {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
            decoder.window_log_max(MAX_ZSTD_WINDOW_LOG)?;
            Box::new(BufReader::with_capacity(64 << 10, decoder))
        } else {
            Box::new(reader)
        })
    }

    /// Hands on every record, in order.
    fn each(&self, read: &mut ReadLines, take: &mut impl FnMut(RecordLine)) {
        let mut broke_off = |error: io::Error| read.broke_off.push(format!("{}: {error}", self.name));
        let mut reader = match self.plain() {
            Ok(reader) => reader,
            Err(error) => return broke_off(error),
        };
        let mut line = Vec::new();
        for number in 1_u64.. {
            let what = match next_line(&mut reader, &mut line) {
                Ok(Line::End) => return,
                Err(error) => return broke_off(error),
                Ok(Line::TooLong) => format!("longer than {MAX_LINE_BYTES} bytes"),
                Ok(Line::Whole) if line.trim_ascii().is_empty() => continue,
                Ok(Line::Whole) => match RecordLine::parse(&line) {
                    Ok(record) => {
                        read.records += 1;
                        take(record);
                        continue;
                    }
                    Err(error) => error.to_string(),
                },
            };
            read.bad_lines += 1;
            if read.told.len() < MAX_TOLD {
                read.told.push(format!("{}:{number}: {what}", self.name));
            }
        }
    }
}

/// A frame of zstd, or one to skip, with which a stream of it may begin.
fn is_zstd(begin: &[u8]) -> bool {
    match begin {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => true,
        [first, 0x2a, 0x4d, 0x18, ..] => first & 0xf0 == 0x50,
        _ => false,
    }
}

/// Hands on every record of all files, in order. A bad line is counted and passed over, and a file that breaks off is
/// left where it does.
pub(super) fn each_record(files: &[RecordsFile], mut take: impl FnMut(RecordLine)) -> ReadLines {
    let mut read = ReadLines::default();
    for file in files {
        file.each(&mut read, &mut take);
    }
    read
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads the next line into `line`, of which it never holds more than the limit.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let read = reader.take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(Line::End);
    }
    if read > MAX_LINE_BYTES && line.last() != Some(&b'\n') {
        *line = Vec::new();
        skip_line(reader)?;
        return Ok(Line::TooLong);
    }
    Ok(Line::Whole)
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let available = reader.fill_buf()?;
        let (used, is_end) = match memchr::memchr(b'\n', available) {
            Some(at) => (at + 1, true),
            None => (available.len(), available.is_empty()),
        };
        reader.consume(used);
        if is_end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::record_line::tests::record;
    use super::*;

    fn file(bytes: &[u8]) -> RecordsFile {
        let bytes = bytes.to_vec();
        RecordsFile::new("r.jsonl", Box::new(move || Ok(Box::new(io::Cursor::new(bytes.clone())))))
    }

    fn line(id: &str) -> String {
        format!("{}\n", record(|record| record["id"] = id.into()))
    }

    fn check(bytes: &[u8], ids: &[&str], told: &[&str], broke_off: bool) {
        let mut found = Vec::new();
        let read = each_record(&[file(bytes)], |record| found.push(record.id));
        assert_eq!(found, ids);
        assert_eq!(read.bad_lines as usize, told.len(), "{read:?}");
        for (found, expected) in read.told.iter().zip(told) {
            assert!(found.contains(expected), "{found}");
        }
        assert_eq!(!read.broke_off.is_empty(), broke_off, "{read:?}");
    }

    #[test]
    fn bad_lines_are_passed_over_and_named() {
        check(b"", &[], &[], false);
        check(format!("{}\n\n{}", line("a"), line("b")).as_bytes(), &["a", "b"], &[], false);
        check(format!("{}oops\n{}", line("a"), line("b")).as_bytes(), &["a", "b"], &["r.jsonl:2: "], false);
        check(format!("{}{{\"schema\":\"x\"}}", line("a")).as_bytes(), &["a"], &["r.jsonl:2: "], false);
        check(line("a").trim_end().as_bytes(), &["a"], &[], false);
        check(b"\xff\xfe\n", &[], &["r.jsonl:1: "], false);
    }

    #[test]
    fn compressed_files_are_read() {
        let text: String = (0..2_000).map(|number| line(&number.to_string())).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
        let skipped = [&[0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9], zstd.as_slice()].concat();
        for packed in [&gzip, &zstd, &skipped] {
            assert!(file(packed).holds_records().unwrap());
            let read = each_record(&[file(packed)], |_| {});
            assert_eq!((read.records, read.bad_lines), (2_000, 0));
        }
        let read = each_record(&[file(gzip.get(..gzip.len() / 2).unwrap())], |_| {});
        assert!(read.records > 100 && read.broke_off.len() == 1, "{read:?}");
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let text = [line("a").as_bytes(), &vec![b'x'; MAX_LINE_BYTES + 2], b"\n", line("b").as_bytes()].concat();
        check(&text, &["a", "b"], &["r.jsonl:2: longer than"], false);
    }

    #[test]
    fn what_a_file_holds_is_told_from_its_first_lines() {
        for (bytes, expected) in [
            (line("a"), true),
            (format!("oops\n{}", line("a")), true),
            ("{\"text\":\"a\"}\n".to_owned() + &line("a"), false),
            (String::new(), false),
            ("id,text\n1,a\n".to_owned(), false),
        ] {
            assert_eq!(file(bytes.as_bytes()).holds_records().unwrap(), expected, "{bytes}");
        }
    }
}
