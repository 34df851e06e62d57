//! Which format the first lines are in.

use std::io::Read;

use super::csv_header::Header;
use super::peek::Peek;
use super::{FieldMap, Format, Input, json_document, object_lines};

/// How many lines are looked at where the first does not tell.
pub(super) const MAX_LINES: usize = 8;
/// How much of them is looked at.
const MAX_BYTES: usize = 64 << 10;

/// What the first lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sniffed {
    Format(Format),
    /// Nothing that is read; the text says what to do.
    Refused(&'static str),
}

/// Tells the format. `begin` is where the text begins, behind a byte order mark.
///
/// The answer depends on the bytes alone, never on how they come in: all looks stop at a line's end or at a fixed
/// number of bytes, and bytes beyond are not used.
pub(super) fn sniff<R: Read>(text: &mut Peek<R>, begin: usize, input: &Input) -> Sniffed {
    let seen = text.look(MAX_BYTES, |seen| lines(seen, begin, 1).is_some());
    let line = first_line(seen, begin);
    if line.first() == Some(&b'{') || is_json_array(line) {
        return Sniffed::Format(json_format(text, begin, input));
    }
    if line.first() == Some(&b'<') {
        let seen = text.look(MAX_BYTES, |_| false);
        if let Some(found) = markup_format(window(seen, begin)) {
            return found;
        }
    }
    let seen = text.look(MAX_BYTES, |seen| lines(seen, begin, 1).is_some());
    let line = first_line(seen, begin);
    let ending = ending(&input.name);
    let is_table_by_name = matches!(ending, Some(Ending::Csv));
    if let Some(table) = std::str::from_utf8(line).ok().and_then(|line| Header::table(line, is_table_by_name)) {
        return Sniffed::Format(if input.map.is_empty() { table } else { Format::Csv });
    }
    if !input.map.is_empty() {
        // Who maps fields has a table, whatever its columns are called.
        return Sniffed::Format(Format::Csv);
    }
    if input.article.is_some() {
        return Sniffed::Format(Format::Page);
    }
    match ending {
        Some(Ending::Jsonl) => return Sniffed::Format(Format::Jsonl),
        Some(Ending::Csv) => return Sniffed::Format(Format::Csv),
        None => {}
    }
    let begins_json = |lines: &[u8]| lines.split(|&byte| byte == b'\n').any(|line| first_byte(line, 0) == Some(b'{'));
    // The first line of JSON among them decides: nothing is waited for behind it.
    let enough = |seen: &[u8]| lines(seen, begin, MAX_LINES).is_some() || begins_json(window(seen, begin));
    let seen = text.look(MAX_BYTES, enough);
    let seen = window(seen, begin);
    let sample = lines(seen, 0, MAX_LINES).and_then(|end| seen.get(..end)).unwrap_or(seen);
    if begins_json(sample) {
        return Sniffed::Format(Format::Jsonl);
    }
    if is_binary(sample) {
        return Sniffed::Refused(
            "neither text nor compression that is known; name the format with --format if it is one",
        );
    }
    Sniffed::Format(Format::Page)
}

/// Which JSON it is. Lines of objects are told by the first line alone, so that a stream does not have to wait.
fn json_format<R: Read>(text: &mut Peek<R>, begin: usize, input: &Input) -> Format {
    let seen = text.look(MAX_BYTES, |seen| lines(seen, begin, 1).is_some());
    let line = first_line(seen, begin);
    let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    if !input.map.is_empty() {
        return Format::Json;
    }
    if is_whole && let Some(format) = object_lines::format_of(line) {
        return format;
    }
    if is_whole && line.first() == Some(&b'{') {
        return json_document::format_of(line).unwrap_or(Format::Jsonl);
    }
    let is_cut = lines(window(seen, begin), 0, 1).is_none() && seen.len() >= MAX_BYTES;
    if is_cut || is_json_array(line) || matches!(line.last(), Some(b'{' | b',' | b'[')) {
        // An array, of which the first element tells enough, or an object over several lines.
        let element_end = |seen: &[u8]| json_document::first_element_end(window(seen, begin));
        let seen = text.look(MAX_BYTES, |seen| element_end(seen).is_some());
        if let Some(end) = element_end(seen) {
            let element = window(seen, begin).get(..end).unwrap_or_default();
            return json_document::format_of(element).unwrap_or(Format::Json);
        }
        let otherwise = if is_cut && first_byte(seen, begin) == Some(b'{') { Format::Jsonl } else { Format::Json };
        return json_document::format_of(window(seen, begin)).unwrap_or(otherwise);
    }
    Format::Jsonl
}

/// Which XML it is, if it is any.
fn markup_format(window: &[u8]) -> Option<Sniffed> {
    let has = |what: &str| memchr::memmem::find(window, what.as_bytes()).is_some();
    let start = String::from_utf8_lossy(window.get(..64.min(window.len())).unwrap_or_default()).to_lowercase();
    if has("<disqus") {
        Some(Sniffed::Format(Format::Disqus))
    } else if has("<rss") && (has("wordpress.org/export/") || has("xmlns:wp=")) {
        Some(Sniffed::Format(Format::Wxr))
    } else if start.trim_start().starts_with("<!doctype html") || start.trim_start().starts_with("<html") {
        Some(Sniffed::Refused("a web page in HTML; save it as plain text, or give the export of the comment system"))
    } else if start.trim_start().starts_with("<?xml") {
        Some(Sniffed::Refused("XML, but neither the export of WordPress (WXR) nor that of Disqus"))
    } else {
        None
    }
}

/// The delimiter of a table, told from its header row.
pub(super) fn delimiter<R: Read>(text: &mut Peek<R>, begin: usize, map: &FieldMap) -> u8 {
    let seen = text.look(MAX_BYTES, |seen| lines(seen, begin, 1).is_some());
    std::str::from_utf8(first_line(seen, begin)).map_or(b',', |line| Header::delimiter(line, map))
}

/// The part of what was seen that may be used.
fn window(seen: &[u8], begin: usize) -> &[u8] {
    seen.get(begin..seen.len().min(MAX_BYTES)).unwrap_or_default()
}

fn first_byte(seen: &[u8], begin: usize) -> Option<u8> {
    seen.get(begin..)?.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// Where the `count`-th line that is not blank ends; `None` while it is not complete.
fn lines(seen: &[u8], begin: usize, count: usize) -> Option<usize> {
    let seen = seen.get(..seen.len().min(MAX_BYTES))?;
    let mut missing = count;
    let mut at = begin;
    while let Some(length) = memchr::memchr(b'\n', seen.get(at..)?) {
        if !seen.get(at..at + length)?.iter().all(u8::is_ascii_whitespace) {
            missing -= 1;
            if missing == 0 {
                return Some(at + length);
            }
        }
        at += length + 1;
    }
    None
}

/// The first line that is not blank, without the white space around it.
fn first_line(seen: &[u8], begin: usize) -> &[u8] {
    let window = window(seen, begin);
    window.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty()).unwrap_or_default()
}

/// `[` and then an object or an end, of the array or the line; `[1]` and `[deleted]` may begin a page.
pub(super) fn is_json_array(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"[").map(<[u8]>::trim_ascii) else { return false };
    matches!(rest.first(), None | Some(b'{')) || rest == b"]"
}

/// Text has no NUL bytes, and next to no control characters.
fn is_binary(sample: &[u8]) -> bool {
    let controls = sample.iter().filter(|&&byte| byte < 0x20 && !byte.is_ascii_whitespace()).count();
    sample.contains(&0) || controls * 20 > sample.len()
}

enum Ending {
    Jsonl,
    Csv,
}

fn ending(name: &str) -> Option<Ending> {
    let name = name.to_ascii_lowercase();
    let name = [".gz", ".zst", ".zstd"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    let has = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if has(&[".jsonl", ".ndjson", ".jsonlines", ".json"]) {
        Some(Ending::Jsonl)
    } else if has(&[".csv", ".tsv"]) {
        Some(Ending::Csv)
    } else {
        None
    }
}
