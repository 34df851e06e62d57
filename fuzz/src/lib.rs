//! What every fuzz target does: it reads bytes, as an input to its end or as a part of the program does, and checks what
//! comes out.

mod parts;
mod server;

use std::io::{self, Cursor, Read};

use threadsieve::config::Limits;
use threadsieve::domain::{Item, Mark};
use threadsieve::source::{FieldMap, Format, InputSpec, Inputs, RawInput, ReadSettings, RequestedFormat};
use threadsieve::text::html::{article_text, marked_text, own_words};

/// All targets: a reader each, text in HTML, archives and compressed files of any format, and parts of the program that
/// read something else than comments.
pub const TARGETS: [&str; 28] = [
    "jsonl",
    "csv",
    "page",
    "json",
    "wxr",
    "disqus",
    "coral",
    "reddit",
    "reddit_thread",
    "yt_dlp",
    "youtube",
    "hacker_news",
    "hacker_news_items",
    "lemmy",
    "mastodon",
    "discourse",
    "jigsaw",
    "civil_comments",
    "socc",
    "parquet",
    "html",
    "packed",
    "records",
    "segments",
    "features",
    "model",
    "config",
    "serve_analyze",
];

/// More items than any input of a few hundred KB can be: a reader that yields as many does not end.
const MAX_ITEMS: usize = 4_000_000;

/// Reads bytes as the target does that has this name. How many items there were.
///
/// # Panics
/// Where a reader does, or what it yields cannot be.
pub fn read_target(target: &str, bytes: &[u8]) -> usize {
    match target {
        "html" => read_html(&String::from_utf8_lossy(bytes)),
        "packed" => read_inputs(RequestedFormat::Auto, bytes, usize::MAX).len(),
        "records" => parts::read_records(bytes),
        "segments" => parts::read_segments(&String::from_utf8_lossy(bytes)),
        "features" => parts::read_features(&String::from_utf8_lossy(bytes)),
        "model" => parts::read_model(bytes),
        "config" => parts::read_config(&String::from_utf8_lossy(bytes)),
        "serve_analyze" => server::ask_perspective(bytes),
        reader => {
            let name = reader.replace('_', "-");
            let format = name.parse().expect("the name of a format");
            let whole = read_inputs(format, bytes, usize::MAX);
            if is_told_alike(format, bytes) {
                let in_pieces = read_inputs(format, bytes, 7);
                assert_eq!(whole, in_pieces, "{name}: items depend on how the bytes come in");
            }
            whole.len()
        }
    }
}

/// Whether what is read depends on the bytes alone: broken compression gives what it had unpacked when it broke, and
/// U+FFFD in a text is taken for a bad byte once there was one.
fn is_told_alike(format: RequestedFormat, bytes: &[u8]) -> bool {
    let is_packed =
        [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd", b"PK", b"PAR1"].iter().any(|magic| bytes.starts_with(magic))
            || bytes.get(1..4) == Some(&[0x2a, 0x4d, 0x18][..]);
    let has_both = std::str::from_utf8(bytes).is_err() && bytes.windows(3).any(|three| three == b"\xef\xbf\xbd");
    format != RequestedFormat::Fixed(Format::Parquet) && !is_packed && !has_both
}

/// Limits that small inputs reach.
fn limits() -> Limits {
    Limits {
        max_line_bytes: 1 << 16,
        max_body_bytes: 1 << 12,
        max_page_bytes: 1 << 16,
        max_reply_depth: 8,
        max_held_comments: 16,
        max_held_bytes: 1 << 14,
        max_ids: 64,
        max_expansion: 100,
        ..Limits::default()
    }
}

/// Reads bytes to their end; the items without their words.
fn read_inputs(format: RequestedFormat, bytes: &[u8], max_bytes: usize) -> Vec<String> {
    let settings =
        ReadSettings { format, map: FieldMap::default(), article: None, limits: limits(), keep_raw: max_bytes == 7 };
    let bytes = bytes.to_vec();
    let open = move || {
        let pieces = Pieces { bytes: Cursor::new(bytes.clone()), max_bytes };
        Ok(RawInput::Stream(Box::new(pieces)))
    };
    let spec = InputSpec { name: "stdin".to_owned(), open: Box::new(open), can_reopen: false };
    let mut inputs = Inputs::new(vec![spec], settings);
    let mut items = Vec::new();
    while let Some(item) = inputs.next_item() {
        items.push(shown(&item));
        assert!(items.len() < MAX_ITEMS, "a reader does not end");
    }
    assert!(inputs.next_item().is_none() && inputs.next_item().is_none(), "an item after the end");
    items
}

/// What an item is, for comparing; it is checked on the way.
fn shown(item: &Item) -> String {
    match item {
        Item::Comment(comment) => {
            assert!(comment.origin.line > 0, "lines count from 1");
            assert!(!comment.id.as_str().is_empty() && !comment.thread_id.as_str().is_empty(), "an empty id");
            check_marks(comment.body.as_str(), &comment.marks);
            let moderation = comment.moderation;
            format!("{} {} {:?} {moderation:?} {:?}", comment.thread_id, comment.id, comment.body, comment.marks)
        }
        Item::Thread(header) => {
            assert!(header.origin.line > 0, "lines count from 1");
            format!("{} {:?} {:?}", header.thread_id, header.title, header.article)
        }
        Item::Reject(reject) => {
            assert!(reject.origin.line > 0, "lines count from 1");
            assert!(!reject.detail.is_empty(), "a reject says what was wrong");
            format!("{reject:?}")
        }
        Item::Aside(aside) => format!("{aside:?}"),
    }
}

/// Marks lie within the text, on the bounds of characters, in order; those of a kind do not overlap.
fn check_marks(text: &str, marks: &[Mark]) {
    assert!(marks.is_sorted_by_key(|mark| mark.span.begin), "marks out of order: {marks:?}");
    for (at, mark) in marks.iter().enumerate() {
        let (begin, end) = (mark.span.begin, mark.span.end);
        assert!(begin < end && end <= text.len(), "{mark:?} of {} bytes", text.len());
        assert!(text.is_char_boundary(begin) && text.is_char_boundary(end), "{mark:?} cuts a character");
        let next = marks.iter().skip(at + 1).find(|next| next.kind == mark.kind);
        assert!(next.is_none_or(|next| next.span.begin >= end), "{mark:?} overlaps {next:?}");
    }
}

fn read_html(html: &str) -> usize {
    let marked = marked_text(html);
    check_marks(&marked.text, &marked.marks);
    assert!(own_words(html).len() <= article_text(html).len(), "quotes are left out, and nothing else");
    marked.marks.len()
}

/// Bytes that come in so many at a time.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    max_bytes: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.max_bytes.min(buffer.len());
        self.bytes.read(buffer.get_mut(..count).unwrap_or_default())
    }
}
