//! Saved comment pages as plain text, a paragraph a line.

use std::collections::{BTreeMap, VecDeque};
use std::io::BufRead;
use std::sync::Arc;

use super::article_lines::article_lines;
use super::input::Defect;
use super::lines::{LineReader, Step};
use super::paragraphs::{Paragraph, Reading, join};
use super::{Input, Source};
use crate::domain::{Body, Comment, Item, LanguageCode, LanguageVerdict, RejectKind};
use crate::language::{Detector, Prior, is_same_family};

/// How probable the page's language must be, without regard to the page, for a paragraph that is not sure to count as
/// possibly in it.
const PAGE_EVIDENCE: f64 = 0.35;

/// Reads a page as a whole, then yields the thread and its comments.
pub(super) struct PageSource<'r> {
    lines: Option<LineReader<'r>>,
    input: Input,
    ready: VecDeque<Item>,
}

/// A line of the page that is not blank.
struct Line {
    number: u64,
    text: String,
}

impl<'r> PageSource<'r> {
    /// Reads from `reader`, whose byte order mark and compression are gone.
    pub(super) fn new(reader: Box<dyn BufRead + Send + 'r>, input: Input) -> Self {
        let lines = LineReader::new(reader, input.limits.max_page_bytes);
        Self { lines: Some(lines), input, ready: VecDeque::new() }
    }
}

impl Source for PageSource<'_> {
    fn next_item(&mut self) -> Option<Item> {
        if let Some(lines) = self.lines.take() {
            self.ready = read_page(lines, &self.input);
        }
        self.ready.pop_front()
    }
}

/// All items of a page, in the order of its lines, the thread first.
fn read_page(reader: LineReader<'_>, input: &Input) -> VecDeque<Item> {
    let (lines, rejects) = read_lines(reader, input);
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let article = input.article.as_ref().map(Body::as_str);
    let is_article = article.map_or_else(|| vec![false; lines.len()], |article| article_lines(article, &texts));
    let url_line = article.and_then(|_| find_url(&texts, &is_article));
    let mut items = VecDeque::new();
    if let Some(article) = &input.article {
        let url = url_line.and_then(|line| texts.get(line)).map(|url| Arc::from(*url));
        items.push_back(input.article_header(article, url));
    }
    let comment_lines: Vec<&Line> = lines
        .iter()
        .zip(&is_article)
        .enumerate()
        .filter(|(place, (line, is_article))| !**is_article && Some(*place) != url_line && !is_separator(&line.text))
        .map(|(_, (line, _))| line)
        .collect();
    let mut comments = comments(&comment_lines, article, input).into_iter().peekable();
    // Rejects take their place among the comments, so that dead letters come in the order of lines.
    for (number, reject) in rejects {
        while let Some((_, comment)) = comments.next_if(|(line, _)| *line < number) {
            items.push_back(comment);
        }
        items.push_back(reject);
    }
    items.extend(comments.map(|(_, comment)| comment));
    items
}

/// The lines that can be read, and a reject with its line's number for each that cannot.
fn read_lines(mut reader: LineReader<'_>, input: &Input) -> (Vec<Line>, Vec<(u64, Item)>) {
    let mut lines = Vec::new();
    let mut rejects = Vec::new();
    let mut page_bytes = 0;
    loop {
        let step = reader.advance();
        let number = reader.number();
        let defect = match step {
            Step::Line => {
                page_bytes += reader.bytes().len() + 1;
                if page_bytes > input.limits.max_page_bytes {
                    let detail = format!(
                        "the page is longer than {} bytes (limits.max_page_bytes); the rest is left out",
                        input.limits.max_page_bytes
                    );
                    rejects.push((number, input.reject(number, Defect::new(RejectKind::Unreadable, detail), None)));
                    break;
                }
                match std::str::from_utf8(reader.bytes()) {
                    Ok(text) => {
                        if !text.trim().is_empty() {
                            lines.push(Line { number, text: text.trim().to_owned() });
                        }
                        continue;
                    }
                    Err(error) => Defect::invalid_utf8(error.valid_up_to()),
                }
            }
            Step::TooLong { bytes } => Defect::new(
                RejectKind::LineTooLong,
                format!("{bytes} bytes, the limit is {} (limits.max_page_bytes)", input.limits.max_page_bytes),
            ),
            Step::Failed(error) => {
                rejects.push((number, input.reject(number, Defect::unreadable(&error), None)));
                break;
            }
            Step::End => break,
        };
        rejects.push((number, input.reject(number, defect, Some(reader.bytes()))));
    }
    (lines, rejects)
}

/// The line above the article that is nothing but an address; where the page does not hold the article, the first line
/// may be one.
fn find_url(lines: &[&str], is_article: &[bool]) -> Option<usize> {
    let above = is_article.iter().position(|&is_article| is_article).unwrap_or(1);
    lines.iter().take(above).position(|line| is_url(line))
}

fn is_url(line: &str) -> bool {
    let has_scheme = ["http://", "https://", "www."].iter().any(|start| line.starts_with(start));
    has_scheme && !line.contains(char::is_whitespace)
}

/// Whether a line only separates others: nothing but dashes, stars and the like. `????` and emoji say something.
fn is_separator(line: &str) -> bool {
    line.chars().all(|character| {
        character.is_whitespace()
            || matches!(
                character,
                '-' | '‐'
                    | '‑'
                    | '‒'
                    | '–'
                    | '—'
                    | '―'
                    | '_'
                    | '='
                    | '*'
                    | '~'
                    | '#'
                    | '+'
                    | '·'
                    | '•'
                    | '─'
                    | '━'
                    | '|'
            )
    })
}

/// The comments with the numbers of their first lines, and rejects for those that are too long.
fn comments(lines: &[&Line], article: Option<&str>, input: &Input) -> Vec<(u64, Item)> {
    if lines.is_empty() {
        return Vec::new();
    }
    let detector = Detector::shipped();
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let language = page_language(&detector, article, &texts);
    let paragraphs: Vec<Paragraph> =
        texts.iter().map(|text| Paragraph { text, reading: reading(&detector, text, language) }).collect();
    let mut items = Vec::new();
    for span in join(&paragraphs) {
        let Some(number) = lines.get(span.begin).map(|line| line.number) else { continue };
        let text = texts.get(span.begin..span.end).unwrap_or_default().join("\n");
        let item = if let Some(defect) = Defect::body_too_long(text.len(), &input.limits) {
            input.reject(number, defect, Some(text.as_bytes()))
        } else {
            let (raw, id) = (input.kept(&text), input.comment_id(number));
            let comment = Comment::new(input.origin(number), input.thread_id(), id, Body::new(text));
            Item::Comment(Comment { raw, ..comment })
        };
        items.push((number, item));
    }
    items
}

/// The article's language, else the one that most letters of the comments are in.
fn page_language(detector: &Detector, article: Option<&str>, paragraphs: &[&str]) -> Option<LanguageCode> {
    if let Some(language) = article.and_then(|article| detector.judge(article, &Prior::none()).known()) {
        return Some(language);
    }
    let mut letters: BTreeMap<LanguageCode, usize> = BTreeMap::new();
    for paragraph in paragraphs {
        if let Some(language) = detector.judge(paragraph, &Prior::none()).known() {
            *letters.entry(language).or_default() += paragraph.chars().filter(|letter| letter.is_alphabetic()).count();
        }
    }
    let mut best: Option<(LanguageCode, usize)> = None;
    for (language, count) in letters {
        if best.is_none_or(|(_, most)| count > most) {
            best = Some((language, count));
        }
    }
    best.map(|(language, _)| language)
}

/// What a paragraph's language says, on a page in `language`. Where that is not known, every paragraph stands alone.
fn reading(detector: &Detector, text: &str, language: Option<LanguageCode>) -> Reading {
    let Some(language) = language else { return Reading::Page };
    match detector.judge(text, &Prior::of(language)) {
        LanguageVerdict::NoText => Reading::NoText,
        LanguageVerdict::Known { best, .. } if is_same_family(best.language, language) => Reading::Page,
        LanguageVerdict::Known { best, .. } => Reading::Foreign(best.language),
        LanguageVerdict::Unsure { .. } | LanguageVerdict::TooShort { .. } => {
            // The page makes its own language likely; what counts here is the paragraph's own evidence.
            let alone = detector.judge(text, &Prior::none());
            let is_page = alone.candidates().iter().any(|candidate| {
                is_same_family(candidate.language, language) && candidate.probability >= PAGE_EVIDENCE
            });
            let best = alone.best().map(|best| best.language);
            if is_page || best.is_some_and(|best| is_same_family(best, language)) {
                Reading::Page
            } else {
                Reading::Open(best)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{article, check, check_input, input};
    use super::super::{Format, RequestedFormat};
    use super::*;

    const ARTICLE: &str = "The town council voted on Monday to close the old bridge.\n\nIt is not safe, said the mayor, and a \
        new one would cost nine million.";

    fn check_page(page: &str, expected: &[&str]) {
        let input = Input { article: Some(article(ARTICLE)), ..input(RequestedFormat::Auto) };
        check_input(&input, page.as_bytes(), expected);
    }

    #[test]
    fn without_an_article_every_line_is_a_comment() {
        check(
            Format::Page,
            "https://example.org/a\r\n\r\n The first one, as I said.\n----\n* * *\n????\n🙂🙂\n",
            &["1 1 1:1: https://example.org/a", "3 1 1:3: The first one, as I said.", "6 1 1:6: ????", "7 1 1:7: 🙂🙂"],
        );
        check(Format::Page, "", &[]);
        check(Format::Page, "\n \n", &[]);
    }

    #[test]
    fn the_article_becomes_the_thread() {
        let header = format!("1 thread 1 [{}]", ARTICLE.replace('\n', "⏎"));
        let header_with_url = format!("{header} https://example.org/a");
        check_page(
            "https://example.org/a\nThe town council voted on Monday to close the old bridge.\nIt is not safe, said the mayor, \
             and a new one would cost nine million.\nThat is a pity.\nhttps://example.org/b\nIt is not safe, said the mayor\n",
            &[
                &header_with_url,
                "4 1 1:4: That is a pity.",
                "5 1 1:5: https://example.org/b",
                "6 1 1:6: It is not safe, said the mayor",
            ],
        );
        check_page("This is all of it.\n", &[&header, "1 1 1:1: This is all of it."]);
    }

    #[test]
    fn broken_lines_are_rejects_in_their_place() {
        let input = Input { article: Some(article(ARTICLE)), ..input(RequestedFormat::Auto) };
        check_input(
            &input,
            b"This is one.\nsm\xf8rrebr\xf8d\nThis is three.\n",
            &[
                &format!("1 thread 1 [{}]", ARTICLE.replace('\n', "⏎")),
                "1 1 1:1: This is one.",
                "2 invalid_utf8: not UTF-8 at byte 2…",
                "3 1 1:3: This is three.",
            ],
        );
    }

    #[test]
    fn long_pages_and_paragraphs_are_rejects() {
        let mut small = input(RequestedFormat::Fixed(Format::Page));
        small.limits.max_page_bytes = 40;
        small.limits.max_body_bytes = 10;
        check_input(
            &small,
            b"0123456789\n01234567890\n0123456789\n0123456789\n",
            &[
                "1 1 1:1: 0123456789",
                "2 body_too_long: a text of 11 bytes…",
                "3 1 1:3: 0123456789",
                "4 unreadable: the page is longer…",
            ],
        );
        check_input(&small, &[b'x'; 60], &["1 line_too_long: 60 bytes…"]);
    }
}
