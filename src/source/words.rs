//! The words of a comment as the different systems write them.

use super::Input;
use super::input::Defect;
use crate::domain::{Body, Comment, CommentId, Mark, SegmentKind, Span, ThreadId};
use crate::text::html::{MarkedText, marked_text};
use crate::text::mojibake::mended;

/// How a system marks up what is written in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// Not at all.
    Plain,
    /// HTML.
    Html,
    /// Markdown: it stays as it is, and lines that begin with `>` are quotes.
    Markdown,
}

/// The words of a comment with what its markup names. What was read as Latin-1 once too often is mended where that is
/// certain.
pub(super) fn words_of(text: &str, markup: Markup) -> MarkedText {
    let text = mended(text);
    match markup {
        Markup::Plain => MarkedText { text: text.into_owned(), marks: Vec::new() },
        Markup::Html => {
            let mut found = marked_text(&text);
            // Where there are no such elements, as on Hacker News, people quote as they do in mail.
            if !found.marks.iter().any(|mark| mark.kind == SegmentKind::Quote) {
                found.marks.extend(quoted_lines(&found.text));
                found.marks.sort_by_key(|mark| (mark.span, mark.kind));
            }
            found
        }
        Markup::Markdown => {
            let marks = quoted_lines(&text);
            MarkedText { text: text.into_owned(), marks }
        }
    }
}

/// A comment of an export with its words, its ids and its place; all else is not known yet.
///
/// # Errors
/// Where the text is longer than a comment may be.
pub(super) fn comment_of(
    input: &Input,
    line: u64,
    thread_id: ThreadId,
    id: CommentId,
    text: &str,
    markup: Markup,
) -> Result<Comment, Defect> {
    if let Some(defect) = Defect::body_too_long(text.len(), &input.limits) {
        return Err(defect);
    }
    let MarkedText { text, marks } = words_of(text, markup);
    Ok(Comment { marks, ..Comment::new(input.origin(line), thread_id, id, Body::new(text)) })
}

/// Runs of lines that begin with `>`, the signs left out of the first.
fn quoted_lines(text: &str) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut begin = 0;
    let mut was_quote = false;
    for line in text.split_inclusive('\n') {
        let quoted = line.trim_start().starts_with('>');
        if quoted {
            let words = line.trim_start_matches(|character: char| character == '>' || character.is_whitespace());
            let span = Span::new(
                begin + line.len() - words.len(),
                begin + line.trim_end().len().max(line.len() - words.len()),
            );
            match marks.last_mut().filter(|_| was_quote) {
                Some(open) => open.span.end = span.end.max(open.span.end),
                None if !span.is_empty() => marks.push(Mark { kind: SegmentKind::Quote, span }),
                None => {}
            }
        }
        was_quote = quoted && !marks.is_empty();
        begin += line.len();
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, markup: Markup, expected: &str) {
        let MarkedText { text: words, marks } = words_of(text, markup);
        let mut shown = words.replace('\n', "⏎");
        for mark in marks {
            shown.extend([format!(" | {}:{}", mark.kind.name(), mark.span.of(&words).replace('\n', "⏎"))]);
        }
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn quotes_are_marked() {
        check("> old\n> words\n\nnew > old", Markup::Markdown, "> old⏎> words⏎⏎new > old | quote:old⏎> words");
        check(">\n>>a\nb\n> c", Markup::Markdown, ">⏎>>a⏎b⏎> c | quote:a | quote:c");
        check("no", Markup::Markdown, "no");
        check("&gt; old<p>new", Markup::Html, "> old⏎new | prose:> old | quote:old | prose:new");
        check("<blockquote>a</blockquote>b", Markup::Html, "a⏎b | prose:a | quote:a | prose:b");
        check("> a", Markup::Plain, "> a");
    }
}
