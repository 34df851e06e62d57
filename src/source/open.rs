//! Opening an input: compression, byte order mark, format.

use std::fs::File;
use std::io::{BufReader, Read};

use super::coral::CoralLines;
use super::csv::CsvSource;
use super::decode::{Decode, MAX_MAGIC_BYTES, Magic, magic};
use super::hacker_news_items::HackerNewsLines;
use super::input::Defect;
use super::json_document;
use super::jsonl::JsonlSource;
use super::object_lines::ObjectLines;
use super::page::PageSource;
use super::parquet_rows;
use super::peek::Peek;
use super::reddit::RedditLines;
use super::sniff::{self, Sniffed};
use super::{Format, Input, RequestedFormat, Source};
use super::{disqus, wxr};
use crate::domain::{Item, RejectKind};

const BUFFER_BYTES: usize = 64 << 10;
const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// An input that is being read.
pub struct Opened<'r> {
    /// The format that was taken; `None` where the bytes are of no format that can be read, which is one reject.
    pub format: Option<Format>,
    /// The items.
    pub source: Box<dyn Source + 'r>,
}

/// Begins to read an input: tells its compression and format from its first bytes, and the format from the ending of
/// its name only where they do not tell.
///
/// Nothing is an error here: bytes that cannot be read are one reject of the source. Blocks until the first line that
/// is not blank has come; if that one is neither JSON nor the header of a table, until a few lines or the end have.
/// gzip (also of several members) and zstd (also of several frames) are read as they are; a zstd frame with a long
/// window takes as much memory as it asks for, at most 2 GiB.
///
/// An article goes with the thread of comments that name none: JSON lines and tables yield it first, pages too.
pub fn open<'r>(raw: impl Read + Send + 'r, input: Input) -> Opened<'r> {
    let mut raw = Peek::new(raw);
    let found = magic(raw.look(MAX_MAGIC_BYTES, |bytes| magic(bytes).is_some())).unwrap_or(Magic::Plain);
    if let Magic::Refused { what, hint } = found {
        return refused(&input, what, hint);
    }
    let mut plain = match Decode::new(raw, found, input.limits.max_expansion) {
        Ok(decoded) => Peek::new(decoded),
        Err(error) => return broken(&input, Defect::unreadable(&error)),
    };
    let start = plain.look(UTF8_BOM.len(), |bytes| !UTF8_BOM.starts_with(bytes) && !bytes.is_empty());
    let bom = if start.starts_with(UTF8_BOM) { UTF8_BOM.len() } else { 0 };
    // A byte order mark of UTF-16 under the compression.
    if let Some(Magic::Refused { what, hint }) = magic(start).filter(|_| bom == 0) {
        return refused(&input, what, hint);
    }
    let format = match input.format {
        RequestedFormat::Fixed(format) => format,
        RequestedFormat::Auto => match sniff::sniff(&mut plain, bom, &input) {
            Sniffed::Format(format) => format,
            Sniffed::Refused(detail) => return broken(&input, Defect::new(RejectKind::Unreadable, detail)),
        },
    };
    let delimiter = match format {
        Format::Csv | Format::Jigsaw | Format::CivilComments | Format::Socc => {
            sniff::delimiter(&mut plain, bom, &input.map)
        }
        _ => b',',
    };
    plain.skip(bom);
    let reader = Box::new(BufReader::with_capacity(BUFFER_BYTES, plain));
    let header = input.article.as_ref().map(|article| input.article_header(article, None));
    let source: Box<dyn Source + 'r> = match format {
        Format::Page => Box::new(PageSource::new(reader, input)),
        Format::Parquet => {
            let detail = "not Parquet, which begins with PAR1; leave --format away, or name another";
            return broken(&input, Defect::new(RejectKind::Unreadable, detail));
        }
        Format::Jsonl => headed(header, JsonlSource::new(reader, input)),
        Format::Csv | Format::Jigsaw | Format::CivilComments | Format::Socc => {
            headed(header, CsvSource::new(reader, delimiter, format, input))
        }
        Format::Wxr => headed(header, wxr::source(reader, input)),
        Format::Disqus => headed(header, disqus::source(reader, input)),
        Format::Coral => headed(header, ObjectLines::new(reader, CoralLines, input)),
        Format::Reddit => headed(header, ObjectLines::new(reader, RedditLines, input)),
        Format::HackerNewsItems => headed(header, ObjectLines::new(reader, HackerNewsLines::default(), input)),
        Format::Json
        | Format::RedditThread
        | Format::YtDlp
        | Format::Youtube
        | Format::HackerNews
        | Format::Lemmy
        | Format::Mastodon
        | Format::Discourse => headed(header, json_document::source(reader, format, input)),
    };
    Opened { format: Some(format), source }
}

/// Begins to read a Parquet file, which needs its end first.
pub(super) fn open_parquet(file: File, input: &Input) -> Opened<'static> {
    let header = input.article.as_ref().map(|article| input.article_header(article, None));
    match parquet_rows::source(file, input.clone()) {
        Ok(source) => Opened { format: Some(Format::Parquet), source: headed(header, source) },
        Err(defect) => broken(input, defect),
    }
}

fn headed<'r>(header: Option<Item>, rest: impl Source + 'r) -> Box<dyn Source + 'r> {
    Box::new(Headed { header, rest })
}

fn refused<'r>(input: &Input, what: &str, hint: &str) -> Opened<'r> {
    broken(input, Defect::new(RejectKind::Unreadable, format!("this is {what}, which is not read; {hint}")))
}

fn broken<'r>(input: &Input, defect: Defect) -> Opened<'r> {
    Opened { format: None, source: Box::new(Broken { reject: Some(input.reject(1, defect, None)) }) }
}

/// A source with the header of its thread before it.
struct Headed<S> {
    header: Option<Item>,
    rest: S,
}

impl<S: Source> Source for Headed<S> {
    fn next_item(&mut self) -> Option<Item> {
        self.header.take().or_else(|| self.rest.next_item())
    }
}

/// An input of which nothing can be read.
struct Broken {
    reject: Option<Item>,
}

impl Source for Broken {
    fn next_item(&mut self) -> Option<Item> {
        self.reject.take()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::IdleRead;
    use super::super::testing::{article, check_input, input, read_all, show};
    use super::*;

    fn auto(name: &str) -> Input {
        Input { name: name.into(), ..input(RequestedFormat::Auto) }
    }

    fn check_format(name: &str, bytes: &[u8], expected: Option<Format>) {
        let (format, _) = read_all(bytes, &auto(name));
        assert_eq!(format, expected, "{name}: {}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn an_article_goes_with_any_format() {
        let input = Input { article: Some(article("An article.\n")), ..auto("stdin") };
        for (text, comment) in [("{\"text\":\"a\"}", "1 1 1:1: a"), ("id,text\n,a", "2 1 1:2: a"), ("a", "1 1 1:1: a")]
        {
            check_input(&input, text.as_bytes(), &["1 thread 1 [An article.]", comment]);
        }
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("written");
        encoder.finish().expect("finished")
    }

    fn zstd_long(text: &str) -> Vec<u8> {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
        encoder.long_distance_matching(true).expect("set");
        encoder.window_log(28).expect("set");
        encoder.write_all(text.as_bytes()).expect("written");
        encoder.finish().expect("finished")
    }

    #[test]
    fn formats_are_told_from_the_first_lines() {
        let (jsonl, csv, page) = (Some(Format::Jsonl), Some(Format::Csv), Some(Format::Page));
        check_format("stdin", b"", page);
        check_format("a.jsonl", b"", jsonl);
        check_format("stdin", b"\n \n {\"text\":\"a\"}", jsonl);
        check_format("a.csv", b"{\"text\":\"a\"}\n", jsonl);
        check_format("stdin", b"[{\"text\":\"a\"}]\n", Some(Format::Json));
        check_format("stdin", b"[]\n", Some(Format::Json));
        check_format("stdin", b"[deleted]\nWhy?\n", page);
        check_format("stdin", b"id,text\n1,a\n", csv);
        check_format("stdin", b"\xef\xbb\xbfid;comment\r\n1;a\r\n", csv);
        check_format("stdin", b"text\na\n", page);
        check_format("a.csv.gz", b"text\na\n", csv);
        check_format("a.tsv", b"a\tb\n1\t2\n", csv);
        check_format("stdin", b"Hello.\nIs text, or a comment, a thing?\n", page);
        check_format("stdin", b"oops\n{\"text\":\"a\"}\n", jsonl);
        check_format("stdin", b"\xff\xff\x00\n{\"text\":\"a\"}\n", jsonl);
        check_format("a.jsonl", b"oops\n", jsonl);
        check_format("stdin", b"\x00\x01\x02", None);
        check_format("stdin", b"sm\xf8r\n", page);
        let with_article = Input { article: Some(article("An article.")), ..auto("stdin") };
        assert_eq!(read_all(b"Hello.\n{\n", &with_article).0, page);
        assert_eq!(read_all(b"{\"text\":\"a\"}\n", &with_article).0, jsonl);
        assert_eq!(read_all(b"id,text\n", &with_article).0, csv);
    }

    #[test]
    fn compression_is_told_from_the_first_bytes() {
        let expected = ["1 1 1:1: a", "2 1 1:2: b"];
        let (first, second) = ("{\"text\":\"a\"}\n", "{\"text\":\"b\"}\n");
        let both = [gzip(first), gzip(second)].concat();
        check_input(&auto("stdin"), &both, &expected);
        check_input(&auto("stdin"), &gzip(&format!("\u{feff}{first}{second}")), &expected);
        let both = [zstd_long(first), zstd_long(second)].concat();
        check_input(&auto("stdin"), &both, &expected);
        let skipped = [&[0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9], both.as_slice()].concat();
        check_input(&auto("stdin"), &skipped, &expected);
        check_input(&auto("stdin"), &gzip(""), &[]);
    }

    fn line(number: u32) -> String {
        format!("{{\"text\":\"{}\"}}\n", number * 7_919)
    }

    #[test]
    fn what_came_before_broken_compression_is_kept() {
        let text: String = (0..2_000).map(line).collect();
        for (packed, coding) in [(gzip(&text), "gzip"), (zstd_long(&text), "zstd")] {
            let cut = packed.get(..packed.len() * 2 / 3).expect("a part");
            let (_, items) = read_all(cut, &auto("stdin"));
            let last = items.last().expect("a reject");
            assert!(last.contains(&format!("unreadable: the input broke off: {coding}: ")), "{last}");
            assert!(items.iter().rev().skip(1).all(|item| item.contains(" 1 1:")), "{coding}");
            // zstd keeps what it has of a block that is not complete.
            assert!(coding == "zstd" || items.len() > 100, "{coding}: {}", items.len());
        }
        let mut corrupt = gzip(&text);
        let middle = corrupt.len() / 2;
        corrupt.get_mut(middle..middle + 40).expect("a middle").fill(0xff);
        let (_, items) = read_all(&corrupt, &auto("stdin"));
        assert_eq!(items.iter().filter(|item| item.contains("unreadable")).count(), 1);
        let csv = gzip(&format!("id,text\n{}", "1,a\n".repeat(9_000)));
        let cut = csv.get(..csv.len() - 9).expect("a part");
        assert!(read_all(cut, &auto("stdin")).1.last().is_some_and(|last| last.contains("unreadable")));
        let page = gzip("Hello.\n");
        let cut = page.get(..page.len() - 4).expect("a part");
        check_input(&auto("stdin"), cut, &["1 1 1:1: Hello.", "2 unreadable: the input broke off: gzip…"]);
    }

    #[test]
    fn what_is_not_read_says_what_to_do() {
        for (bytes, expected) in [
            (
                b"PK\x03\x04rest".as_slice(),
                "1 unreadable: this is a zip archive in another file, which is not read; unpack it first: unzip…",
            ),
            (b"\xff\xfea\0", "1 unreadable: this is UTF-16, which is not read; convert it first: iconv -f UTF-16…"),
            (b"\xfe\xff\0a", "1 unreadable: this is UTF-16…"),
            (b"\xfd7zXZ\0\0", "1 unreadable: this is xz…"),
            (b"\0\x01\x02\x03", "1 unreadable: neither text nor compression…"),
        ] {
            check_input(&auto("stdin"), bytes, &[expected]);
            if bytes.first() == Some(&0xff) {
                let packed = [gzip(""), bytes.to_vec()].concat();
                assert_eq!(read_all(&packed, &auto("stdin")).1.len(), 1);
            }
        }
    }

    /// Serves one piece a read, then fails.
    struct Script(Vec<&'static [u8]>);

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::Error::other("gone"));
            }
            self.0.remove(0).read(buffer)
        }
    }

    #[test]
    fn complete_lines_are_yielded_before_the_next_read() {
        for (pieces, format) in [
            (vec![b"{\"text\":\"a\"}\n{\"te".as_slice(), b"xt\":\"b\"}\n"], Format::Jsonl),
            (vec![b"id,text\n1,a\n2".as_slice(), b",b\n"], Format::Csv),
        ] {
            let reads = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&reads);
            let raw = IdleRead::new(Script(pieces), move || {
                counter.fetch_add(1, Ordering::Relaxed);
            });
            let mut opened = open(raw, auto("stdin"));
            assert_eq!(opened.format, Some(format));
            for (reads_needed, ending) in [(1, ": a"), (2, ": b")] {
                let item = opened.source.next_item().map(|item| show(&item)).unwrap_or_default();
                assert!(item.ends_with(ending), "{item}");
                assert_eq!(reads.load(Ordering::Relaxed), reads_needed, "{item}");
            }
            let last = opened.source.next_item().map(|item| show(&item)).unwrap_or_default();
            assert!(last.contains("unreadable: the input broke off: gone at byte "), "{last}");
            assert!(opened.source.next_item().is_none());
        }
    }
}
