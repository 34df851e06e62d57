//! Which paragraphs of a page belong to one comment.

use crate::domain::{LanguageCode, Span};
use crate::language::is_same_family;
use crate::text::translation::{find_marker, translated_paragraphs};

/// What a paragraph's language says about where it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// It is in the page's language, or may well be.
    Page,
    /// It is in another language, for sure.
    Foreign(LanguageCode),
    /// It may be in another language: this one, if any.
    Open(Option<LanguageCode>),
    /// There are no letters to go by.
    NoText,
}

/// A paragraph with its reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paragraph<'t> {
    pub(super) text: &'t str,
    pub(super) reading: Reading,
}

/// Cuts paragraphs into comments: the answer covers all of them, in order, by their places.
///
/// A paragraph is a comment, with two exceptions. Paragraphs in a row that are in one other language than the page's
/// are one comment, with those among and next to them that may be in it too. And a translation under a marker belongs
/// to the comment that it translates, if that one is not in the page's language.
pub(super) fn join(paragraphs: &[Paragraph<'_>]) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    while at < paragraphs.len() {
        let mut end = run_end(paragraphs, at);
        end = translation_end(paragraphs, at, end).unwrap_or(end);
        comments.push(Span::new(at, end));
        at = end;
    }
    comments
}

/// Where the run that begins at `begin` ends.
fn run_end(paragraphs: &[Paragraph<'_>], begin: usize) -> usize {
    let Some(first) = paragraphs.get(begin) else { return begin };
    let mut language = match first.reading {
        Reading::Page | Reading::NoText => return begin + 1,
        Reading::Foreign(language) => Some(language),
        Reading::Open(_) => None,
    };
    // Paragraphs that may belong count only once one that surely does has come, before or behind them.
    let mut open_language = match first.reading {
        Reading::Open(language) => language,
        _ => None,
    };
    let mut end = begin + 1;
    for (place, paragraph) in paragraphs.iter().enumerate().skip(begin + 1) {
        if find_marker(paragraph.text).is_some_and(|found| found.marker.begin == 0) {
            // What stands between the run and its marker belongs to it, whatever it looks like.
            if language.is_some() {
                end = place;
            }
            break;
        }
        match paragraph.reading {
            Reading::Page => break,
            Reading::Foreign(found) => {
                if language.or(open_language).is_some_and(|language| !is_same_family(language, found)) {
                    break;
                }
                language = Some(found);
                end = place + 1;
            }
            Reading::Open(found) => {
                let is_other = |language| found.is_some_and(|found| !is_same_family(language, found));
                if language.is_some_and(is_other) {
                    // A line of names in the middle of a run may look like a neighbour's language: what follows tells.
                    continue;
                }
                if language.is_none() && open_language.is_some_and(is_other) {
                    break;
                }
                open_language = open_language.or(found);
                if language.is_some() {
                    end = place + 1;
                }
            }
            // Emoji and the like belong where the run goes on behind them.
            Reading::NoText => {}
        }
    }
    end
}

/// Where the translation ends that stands under the run, if one does.
fn translation_end(paragraphs: &[Paragraph<'_>], begin: usize, end: usize) -> Option<usize> {
    let run = paragraphs.get(begin..end)?;
    let marked = paragraphs.get(end)?;
    if matches!(run.first()?.reading, Reading::Page | Reading::NoText) {
        return None;
    }
    let found = find_marker(marked.text).filter(|found| found.marker.begin == 0)?;
    let source: Vec<&str> = run.iter().map(|paragraph| paragraph.text).collect();
    let beside = found.follows.of(marked.text);
    let mut following = Vec::new();
    if !beside.is_empty() {
        following.push(beside);
    }
    // The next comment in another language, or with a translation of its own, is none.
    let rest = paragraphs.get(end + 1..).unwrap_or_default();
    following.extend(
        rest.iter()
            .take_while(|paragraph| {
                !matches!(paragraph.reading, Reading::Foreign(_))
                    && find_marker(paragraph.text).is_none_or(|found| found.marker.begin > 0)
            })
            .map(|paragraph| paragraph.text),
    );
    Some(end + 1 + translated_paragraphs(&source, &following) - usize::from(!beside.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is `reading text`, with `.` for the page's language, `?` for any other, `?sr` for perhaps Serbian, `-`
    /// for no letters; `expected` has the number of paragraphs of each comment.
    fn check(page: &str, expected: &[usize]) {
        let paragraphs: Vec<Paragraph> = page
            .lines()
            .filter_map(|line| line.trim().split_once(' '))
            .map(|(reading, text)| {
                let language = reading.trim_start_matches('?').parse().ok();
                let reading = match reading {
                    "." => Reading::Page,
                    "-" => Reading::NoText,
                    _ if reading.starts_with('?') => Reading::Open(language),
                    _ => Reading::Foreign(language.expect("a code")),
                };
                Paragraph { text, reading }
            })
            .collect();
        let comments: Vec<usize> = join(&paragraphs).into_iter().map(Span::len).collect();
        assert_eq!(comments, expected, "{page}");
    }

    #[test]
    fn a_paragraph_is_a_comment() {
        check("", &[]);
        check(". one\n. two\n- ????\n. three", &[1, 1, 1, 1]);
        check(". one\nsr dva\n. three", &[1, 1, 1]);
        check("? Lone\n? Wolf\n?sr da\n. one", &[1, 1, 1, 1]);
    }

    #[test]
    fn runs_in_another_language_are_one_comment() {
        check(". one\nsr dva\nsr tri\nhr četiri\n. five", &[1, 3, 1]);
        check("sr dva\nde drei\nde vier", &[1, 2]);
        check("sr dva\n?hr tri\n? Putin\nsr pet\n. six", &[4, 1]);
        check("?sr dva\nsr tri\n?de vier\n. five", &[2, 1, 1]);
        check("sr dva\n- 🙂\nsr tri\n- ????\n. five", &[3, 1, 1]);
        check("? Putin\n?de drei\nsr tri", &[1, 1, 1]);
    }

    #[test]
    fn translations_belong_to_what_they_translate() {
        let page = ". Before.
            sr Marko je juce ukratko objasnio kako se gradio most na reci Savi.
            sr Posle toga su 1999. godine svi otisli kuci.
            . Machine Translation:
            . Marko yesterday briefly explained how the bridge on the river Sava was built.
            . After that in 1999 everybody went home.
            . I have been saying for years that nobody should build bridges without asking people first, you know.";
        check(page, &[1, 5, 1]);
        check(&page.replace("sr Marko", "?sr Marko"), &[1, 5, 1]);
        check("?sr da\n. Translation: yes\n. I have been saying it for years", &[2, 1]);
        check(
            "sr da, tako je\n. (Translated by Google) yes, that is so\nsr ne, nije\n. Translation\n. no, not so",
            &[2, 3],
        );
        check("sr da, tako je\n. Translation:", &[2]);
        // A marker under a comment in the page's language is that comment's own affair.
        check(". one\n. Translation: he lost.\n. three", &[1, 1, 1]);
        check(". Translation:\n. two", &[1, 1]);
    }
}
