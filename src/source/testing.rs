//! Inputs and their items in a short form, for tests of the readers.

use std::io::{self, Read};

use super::field_map::FieldMap;
use super::{Format, Input, RequestedFormat, open};
use crate::config::Limits;
use crate::domain::{Body, Item};

/// An input that is called `stdin`, with small limits.
pub(super) fn input(format: RequestedFormat) -> Input {
    Input {
        name: "stdin".into(),
        number: "1".into(),
        article: None,
        map: FieldMap::default(),
        format,
        limits: Limits { max_line_bytes: 1 << 20, max_body_bytes: 1 << 16, max_reply_depth: 3, ..Limits::default() },
        keep_raw: false,
    }
}

/// A reader that serves at most `max_bytes` at a time.
pub(super) struct Pieces<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) max_bytes: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.max_bytes.min(buffer.len());
        self.bytes.read(buffer.get_mut(..count).unwrap_or_default())
    }
}

/// An item on one line: comments as `line thread id<parent author@time: text`, what is missing left out.
pub(super) fn show(item: &Item) -> String {
    match item {
        Item::Comment(comment) => {
            let mut shown = format!("{} {} {}", comment.origin.line, comment.thread_id, comment.id);
            if let Some(parent) = &comment.parent_id {
                shown.extend([format!("<{parent}")]);
            }
            if let Some(author) = &comment.author {
                shown.extend([format!(" {}", author.as_str())]);
            }
            if let Some(time) = &comment.created_at {
                shown.extend([format!("@{time}")]);
            }
            if let Some(moderation) = comment.moderation {
                shown.extend([format!(" [{}]", moderation.name().unwrap_or("unclear"))]);
            }
            format!("{shown}: {}", comment.body.as_str().replace('\n', "⏎"))
        }
        Item::Thread(header) => {
            let mut shown = format!("{} thread {}", header.origin.line, header.thread_id);
            for part in [header.title.as_ref(), header.article.as_ref()].into_iter().flatten() {
                shown.extend([format!(" [{}]", part.as_str().replace('\n', "⏎"))]);
            }
            if let Some(url) = &header.url {
                shown.extend([format!(" {url}")]);
            }
            if let Some(language) = header.language {
                shown.extend([format!(" {language}")]);
            }
            shown
        }
        Item::Aside(aside) => format!("{aside:?}"),
        Item::Reject(reject) => format!("{} {}: {}", reject.origin.line, reject.kind.name(), reject.detail),
    }
}

/// Reads all items, and checks that they do not depend on how the bytes come in.
pub(super) fn read_all(bytes: &[u8], input: &Input) -> (Option<Format>, Vec<String>) {
    let read = |max_bytes| {
        let mut opened = open(Pieces { bytes, max_bytes }, input.clone());
        let items: Vec<String> = std::iter::from_fn(|| opened.source.next_item()).map(|item| show(&item)).collect();
        assert!(opened.source.next_item().is_none(), "a source goes on after its end");
        (opened.format, items)
    };
    let whole = read(usize::MAX);
    for max_bytes in [1, 2, 7, 61] {
        assert_eq!(read(max_bytes), whole, "in pieces of {max_bytes}");
    }
    whole
}

/// Reads `text` in `format` and compares all items in their short form; a reject needs only begin like the expected.
pub(super) fn check(format: Format, text: &str, expected: &[&str]) {
    check_input(&input(RequestedFormat::Fixed(format)), text.as_bytes(), expected);
}

/// As [`check`], with all that an input may have.
pub(super) fn check_input(input: &Input, bytes: &[u8], expected: &[&str]) {
    let (_, items) = read_all(bytes, input);
    let same = items.len() == expected.len()
        && items.iter().zip(expected).all(|(item, expected)| match expected.strip_suffix('…') {
            Some(beginning) => item.starts_with(beginning),
            None => item == expected,
        });
    assert!(same, "{}\nread as {items:#?}\nexpected {expected:#?}", String::from_utf8_lossy(bytes));
}

/// An article's text.
pub(super) fn article(text: &str) -> Body {
    Body::new(text)
}

mod properties {
    use proptest::prelude::*;

    use super::super::{Format, RequestedFormat};
    use super::{input, read_all};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

        /// `read_all` itself compares the items for several sizes of pieces.
        #[test]
        fn items_do_not_depend_on_the_pieces(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", "\"", "\"text\":", "\"id\":1", "{\"text\":\"a\"}", "{\"comments\":[", "id,text", ",",
                    ";", "\n", "\r\n", "\r", " ", "a", "ž", "\u{feff}", "1,b", "\"replies\":[", "{}", "https://a.b",
                ]),
                0..24,
            ),
            format in prop::sample::select(vec![
                RequestedFormat::Auto,
                RequestedFormat::Fixed(Format::Jsonl),
                RequestedFormat::Fixed(Format::Csv),
                RequestedFormat::Fixed(Format::Page),
                RequestedFormat::Fixed(Format::Json),
            ]),
        ) {
            read_all(pieces.concat().as_bytes(), &input(format));
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            read_all(&bytes, &input(RequestedFormat::Auto));
        }

        /// Cutting rows ourselves changes nothing about how the `csv` crate reads them.
        #[test]
        fn rows_are_read_as_the_parser_would(cells in prop::collection::vec("[a\",\n\r ]{0,6}", 1..12)) {
            let text = format!("text,id\n{}\n", cells.concat());
            let mut parser = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
            let rows: Vec<csv::StringRecord> = parser.records().filter_map(Result::ok).collect();
            // A quote that is never closed takes the rest with it there, and one line here.
            prop_assume!(text.matches('"').count() % 2 == 0);
            let whole: Vec<String> = rows
                .iter()
                .filter(|row| row.len() == 2)
                .filter_map(|row| row.get(0))
                .map(|cell| cell.replace('\n', "⏎"))
                .collect();
            let (_, items) = read_all(text.as_bytes(), &input(RequestedFormat::Fixed(Format::Csv)));
            prop_assume!(!items.iter().any(|item| item.contains("a quote opens here")));
            let read: Vec<String> =
                items.iter().filter(|item| !item.contains(" invalid_csv: ")).filter_map(|item| item.split_once(": ")).map(|(_, text)| text.to_owned()).collect();
            prop_assert_eq!(read, whole);
        }
    }
}
