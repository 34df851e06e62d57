//! The line that says: what follows is a translation.

use std::sync::LazyLock;

use super::marker_table::{ORIGINAL_MARKERS, TRANSLATION_MARKERS};
use crate::domain::Span;
use crate::text::words::{fold, words};

/// Most words that a language's name has in a marker.
const MAX_LANGUAGE_WORDS: usize = 3;
/// Words looked at: the longest marker with a language of three words.
const MAX_WORDS: usize = 9;

/// A marker and the translation that it announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// The marker with its brackets, colon or dash; without white space around it.
    pub marker: Span,
    /// What follows, up to a marker of the original or the end; without white space around it, empty where there is
    /// nothing.
    pub follows: Span,
}

/// Finds the first marker of a translation, such as `Machine Translation:` or `(Translated by Google)`.
///
/// A marker stands at the beginning of a line, in any case and perhaps in brackets. The translation follows on the
/// next line, or on the same one behind a bracket, a colon or a dash.
#[must_use]
pub fn find_marker(text: &str) -> Option<Marker> {
    let marker = line_begins(text).find_map(|begin| marker_at(text, begin, &TRANSLATION))?;
    let end = line_begins(text)
        .filter(|&begin| begin > marker.end)
        .find_map(|begin| bracketed_original(text, begin))
        .unwrap_or(text.len());
    let follows = trimmed(text, Span::new(marker.end, end.max(marker.end)));
    Some(Marker { marker, follows })
}

static TRANSLATION: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| split(TRANSLATION_MARKERS));
static ORIGINAL: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| split(ORIGINAL_MARKERS));

/// Markers as words, the longest first, so that `translation` does not hide `translation from …`.
fn split(markers: &[&'static str]) -> Vec<Vec<&'static str>> {
    let mut split: Vec<Vec<&str>> = markers.iter().map(|marker| marker.split(' ').collect()).collect();
    split.sort_by_key(|words| std::cmp::Reverse(words.len()));
    split
}

fn line_begins(text: &str) -> impl Iterator<Item = usize> + '_ {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1))
}

/// Where an original in brackets begins; without brackets the word is too common to end a translation.
fn bracketed_original(text: &str, begin: usize) -> Option<usize> {
    let line = text.get(begin..)?;
    let bracket = line.trim_start();
    bracket.starts_with(['(', '[']).then(|| marker_at(text, begin, &ORIGINAL)).flatten().map(|span| span.begin)
}

/// The marker that the line at `begin` begins with.
fn marker_at(text: &str, begin: usize, markers: &[Vec<&str>]) -> Option<Span> {
    let rest = text.get(begin..)?;
    let line_end = begin + rest.find('\n').unwrap_or(rest.len());
    let line = text.get(begin..line_end)?;
    let first = begin + (line.len() - line.trim_start_matches(is_opening).len());
    let head = text.get(first..line_end)?;
    let spans: Vec<Span> = words(head).take(MAX_WORDS).collect();
    if spans.first()?.begin != 0 {
        return None;
    }
    let folded: Vec<String> = spans.iter().map(|span| fold(span.of(head))).collect();
    let opening = text.get(begin..first)?.trim();
    // Between the words of a marker there is nothing but space.
    let is_joined = |count: usize| {
        spans.windows(2).take(count - 1).all(|pair| match pair {
            [one, next] => head.get(one.end..next.begin).is_some_and(|gap| gap.chars().all(char::is_whitespace)),
            _ => true,
        })
    };
    for marker in markers {
        for count in lengths(marker, &folded) {
            let Some(last) = spans.get(count - 1) else { continue };
            if is_joined(count)
                && let Some(length) = closing(head.get(last.end..)?, opening)
            {
                let whole = Span::new(begin, first + last.end + length);
                return Some(trimmed(text, whole));
            }
        }
    }
    None
}

/// How many words of `folded` a marker may take up; none where it does not fit.
fn lengths(marker: &[&str], folded: &[String]) -> Vec<usize> {
    let Some(gap) = marker.iter().position(|&word| word == "…") else {
        let fits = folded.len() >= marker.len() && marker.iter().zip(folded).all(|(wanted, word)| wanted == word);
        return if fits { vec![marker.len()] } else { Vec::new() };
    };
    let (before, after) = (marker.get(..gap).unwrap_or_default(), marker.get(gap + 1..).unwrap_or_default());
    (1..=MAX_LANGUAGE_WORDS)
        .filter(|language| {
            let tail = folded.get(gap + language..).unwrap_or_default();
            folded.len() >= before.len() + language + after.len()
                && before.iter().zip(folded).all(|(wanted, word)| wanted == word)
                && after.iter().zip(tail).all(|(wanted, word)| wanted == word)
        })
        .map(|language| before.len() + language + after.len())
        .collect()
}

/// The length of what closes a marker: nothing more on the line, a bracket, a colon or a dash. Words behind a mere
/// space make it a sentence that begins with those words.
fn closing(rest: &str, opening: &str) -> Option<usize> {
    let end = rest.len() - rest.trim_start_matches(|character| is_closing(character) || character == ' ').len();
    let marks = rest.get(..end)?;
    let is_alone = rest.get(end..)?.trim().is_empty();
    let closes_bracket = opening.contains(['(', '[', '{', '*']) && marks.contains([')', ']', '}', '*']);
    let has_colon = marks.contains([':', '：', '>']);
    let has_dash = marks.starts_with(' ') && marks.contains(['-', '–', '—']);
    (is_alone || closes_bracket || has_colon || has_dash).then_some(end)
}

fn is_opening(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '(' | '[' | '{' | '<' | '*' | '_' | '#' | '>' | '-' | '–' | '—' | '=' | '~')
}

fn is_closing(character: char) -> bool {
    matches!(
        character,
        ')' | ']'
            | '}'
            | '>'
            | '*'
            | '_'
            | ':'
            | '：'
            | '-'
            | '–'
            | '—'
            | '='
            | '~'
            | '.'
            | '…'
            | '\u{a0}'
            | '\u{202f}'
    )
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let begin = span.begin + (part.len() - part.trim_start().len());
    Span::new(begin, begin + part.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let found = find_marker(text).map(|found| (found.marker.of(text), found.follows.of(text)));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn markers_stand_alone_or_before_the_translation() {
        check(
            "Dobro je.\nMachine Translation:\nIt is good.\nYes.",
            Some(("Machine Translation:", "It is good.\nYes.")),
        );
        check("Dobro\n  MACHINE  TRANSLATION\nGood", Some(("MACHINE  TRANSLATION", "Good")));
        check("Dobro\n[Translation] Good", Some(("[Translation]", "Good")));
        check("Dobro\n(Translated by Google) Good\n\n(Original)\nDobro", Some(("(Translated by Google)", "Good")));
        check("Dobro\nTranslated from Serbian: Good", Some(("Translated from Serbian:", "Good")));
        check("Dobro\nTranslated from the Serbian:\nGood", Some(("Translated from the Serbian:", "Good")));
        check("Dobro\n--- Google Translate ---\nGood", Some(("--- Google Translate ---", "Good")));
        check("Dobro\nTranslation – Good", Some(("Translation –", "Good")));
        check("Machine translation:", Some(("Machine translation:", "")));
    }

    #[test]
    fn markers_are_known_in_many_languages() {
        for marker in [
            "Maschinelle Übersetzung:",
            "Übersetzt aus dem Serbischen:",
            "Traduction :",
            "Traduction\u{a0}:",
            "Traducción:",
            "Mašinski prevod:",
            "Машинский перевод:",
            "Машинный перевод:",
            "Машински превод:",
            "Prijevod:",
        ] {
            check(&format!("a\n{marker}\nb"), Some((marker, "b")));
        }
    }

    #[test]
    fn sentences_are_no_markers() {
        for text in [
            "",
            "Translation is hard.",
            "Lost in translation: the film",
            "The machine translation: bad",
            "Translated from Serbian it reads well.",
            "Translation, please",
            "Original:",
        ] {
            check(text, None);
        }
    }
}
