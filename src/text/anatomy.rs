//! The outer build of a comment: its words, links and code, found without knowing anything else of the thread.

use crate::domain::{Mark, SegmentKind, Span};

use super::words::{hash_folded, words};

/// Room is made for the words of a text by this.
const USUAL_BYTES_A_WORD: usize = 5;

/// A word of a comment, ready to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordAt {
    /// Where it stands.
    pub span: Span,
    /// Hash of its folded form; 32 bits are enough, since runs of words are compared, never single ones.
    pub hash: u32,
}

/// Words, links and code of a text, each in order of appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anatomy {
    /// Words outside of links and code.
    pub words: Vec<WordAt>,
    /// Web addresses.
    pub links: Vec<Span>,
    /// Code between backticks, single or in fences, with the backticks.
    pub code: Vec<Span>,
    /// Quotes that the input's markup names. Empty where nothing else would be left: a quote must not hide abuse.
    pub quotes: Vec<Span>,
    /// Paragraphs that the input's markup names.
    pub paragraphs: Vec<Span>,
}

impl Anatomy {
    /// Takes a text apart. Linear in its length.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::of_marked(text, &[])
    }

    /// Takes a text apart whose markup names some parts already. Plain words that are marked as code are words.
    #[must_use]
    pub fn of_marked(text: &str, marks: &[Mark]) -> Self {
        let found = code_spans(text);
        let marked = |kind| marks.iter().filter(move |mark| mark.kind == kind).map(|mark| mark.span);
        let is_code = |span: &Span| span.of(text).contains(CODE_CHARACTERS) && !span.overlaps_any(&found);
        let mut code: Vec<Span> = marked(SegmentKind::Code).filter(is_code).chain(found.iter().copied()).collect();
        code.sort_unstable();
        let links = link_spans(text, &code);
        let quotes: Vec<Span> = marked(SegmentKind::Quote).collect();
        let quotes = if has_words_beside(text, &quotes) { quotes } else { Vec::new() };
        let mut apart: Vec<Span> = code.iter().chain(&links).copied().collect();
        apart.sort_unstable();
        let paragraphs = marked(SegmentKind::Prose).collect();
        let mut found = Self { words: word_hashes(text), links, code, quotes, paragraphs };
        found.words.retain({
            let mut apart = apart.into_iter().peekable();
            move |word| {
                while apart.next_if(|span| span.end <= word.span.begin).is_some() {}
                !apart.peek().is_some_and(|span| span.overlaps(word.span))
            }
        });
        found
    }
}

/// Whether there are letters outside of some spans, which are in order and do not overlap.
fn has_words_beside(text: &str, spans: &[Span]) -> bool {
    let end = Span::new(text.len(), text.len());
    let mut from = 0;
    spans.iter().chain([&end]).any(|span| {
        let gap = Span::new(from.min(span.begin), span.begin);
        from = span.end;
        gap.of(text).chars().any(char::is_alphabetic)
    })
}

/// All words of a text with their hashes.
#[must_use]
pub fn word_hashes(text: &str) -> Vec<WordAt> {
    let mut scratch = String::new();
    let mut found = Vec::with_capacity(text.len() / USUAL_BYTES_A_WORD);
    found.extend(words(text).map(|span| WordAt { span, hash: hash_folded(span.of(text), &mut scratch) as u32 }));
    found
}

/// Characters of which code nearly always has one, and plain words none.
const CODE_CHARACTERS: [char; 18] =
    ['=', '(', ')', '{', '}', '[', ']', ';', '<', '>', '_', '\\', '/', '$', '#', '|', '&', '*'];

/// Spans between equal runs of backticks on one line, and between fences of three or more over several lines. Plain words
/// between backticks are words: backticks must not hide abuse.
fn code_spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    if !text.contains('`') {
        return spans;
    }
    let bytes = text.as_bytes();
    // For each length of run: where it was opened last. Runs of other lengths inside are part of the code.
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'`' => {
                let length = bytes[at..].iter().take_while(|byte| **byte == b'`').count();
                match open {
                    Some((begin, opened)) if opened == length => {
                        spans.push(Span::new(begin, at + length));
                        open = None;
                    }
                    Some(_) => {}
                    None => open = Some((at, length)),
                }
                at += length;
            }
            b'\n' => {
                // A lone backtick ends with its line; only a fence goes on.
                if open.is_some_and(|(_, length)| length < 3) {
                    open = None;
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    spans.retain(|span| span.of(text).contains(CODE_CHARACTERS));
    spans
}

const LINK_BEGINNINGS: [&str; 3] = ["http://", "https://", "www."];

fn link_spans(text: &str, code: &[Span]) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans: Vec<Span> = Vec::new();
    // Every beginning has a slash or two `w` in it; most texts have neither.
    let has_slash = memchr::memchr(b'/', bytes).is_some();
    let is_www = |at: usize| bytes.get(at + 1).is_some_and(|next| next.eq_ignore_ascii_case(&b'w'));
    if !has_slash && !memchr::memchr2_iter(b'w', b'W', bytes).any(is_www) {
        return spans;
    }
    let mut from = 0;
    for begin in 0..bytes.len() {
        // Every beginning has an `h` or a `w`; what lies inside a link found before is passed over.
        if begin < from || !matches!(bytes[begin], b'h' | b'w' | b'H' | b'W') {
            continue;
        }
        let tail = &bytes[begin..];
        let is_beginning = LINK_BEGINNINGS.iter().any(|beginning| {
            tail.get(..beginning.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(beginning.as_bytes()))
                && tail.get(beginning.len()).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
        });
        let before = text.get(..begin).and_then(|head| head.chars().next_back());
        if !is_beginning || before.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let end = begin + link_length(text.get(begin..).unwrap_or_default());
        from = end;
        let span = Span::new(begin, end);
        if !span.overlaps_any(code) {
            spans.push(span);
        }
    }
    spans
}

/// Length of the link at the beginning of `text`: up to white space or a quotation mark, less the punctuation of the
/// sentence around it.
fn link_length(text: &str) -> usize {
    let end = text
        .find(|character: char| {
            character.is_whitespace() || matches!(character, '<' | '>' | '"' | '“' | '”' | '»' | '`')
        })
        .unwrap_or(text.len());
    let link = text.get(..end).unwrap_or_default();
    let mut trimmed = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '…', '\'', '’', ']', '}', '*', '_']);
    // A closing bracket belongs to the link only where the link has opened one.
    let mut unopened = trimmed.matches(')').count().saturating_sub(trimmed.matches('(').count());
    while unopened > 0
        && let Some(shorter) = trimmed.strip_suffix(')')
    {
        trimmed = shorter;
        unopened -= 1;
    }
    trimmed.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_links(text: &str, expected: &[&str]) {
        let found: Vec<&str> = Anatomy::of(text).links.iter().map(|span| span.of(text)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        check_links(
            "see https://example.org/a_(b), and www.example.org.",
            &["https://example.org/a_(b)", "www.example.org"],
        );
        check_links("(HTTP://example.org/x)", &["HTTP://example.org/x"]);
        check_links("“https://example.org/”", &["https://example.org/"]);
        check_links("whttp://no www. ahttps://no", &[]);
        check_links("`https://example.org`", &[]);
        check_links("Žhttps://no š https://example.org/š", &["https://example.org/š"]);
    }

    #[test]
    fn code_stands_between_equal_runs_of_backticks() {
        for (text, expected) in [
            ("use `let x = 1` here", vec!["`let x = 1`"]),
            ("```\nfn main() {}\n```", vec!["```\nfn main() {}\n```"]),
            ("a ` b\nc ` d", vec![]),
            ("``a ` = b``", vec!["``a ` = b``"]),
            ("no code", vec![]),
            ("`these are just words`", vec![]),
        ] {
            let found: Vec<&str> = Anatomy::of(text).code.iter().map(|span| span.of(text)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn words_of_links_and_code_do_not_count() {
        let text = "look at https://example.org/page now `let it = be`";
        let found: Vec<&str> = Anatomy::of(text).words.iter().map(|word| word.span.of(text)).collect();
        assert_eq!(found, ["look", "at", "now"]);
        assert_eq!(Anatomy::of("Don’t").words[0].hash, Anatomy::of("don't").words[0].hash);
    }
}
