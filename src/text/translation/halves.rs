//! Where a comment falls into two halves, of which one may translate the other.

use crate::domain::Span;

/// The longer half has at most this many times the letters of the other.
const MAX_RATIO: f64 = 2.0;
/// Places looked at, the most even ones first.
const MAX_HALVES: usize = 3;
/// Places whose white space is looked at.
const MAX_CANDIDATES: usize = 64;
/// Separators within a line, with the spaces around them.
const SEPARATORS: [&str; 10] = [" / ", " // ", " /// ", " | ", " || ", " — ", " – ", " - ", " -- ", " = "];

/// A comment cut in two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Halves {
    /// What stands first, without white space around it.
    pub first: Span,
    /// What stands between them: a slash, a dash, an opening bracket; empty for a mere line break.
    pub between: Span,
    /// What stands second, up to the end, or to the end of its brackets.
    pub second: Span,
}

/// Cuts a text at a line break, at a separator within a line, or before brackets at its end; into halves of which
/// neither has more than twice the letters of the other. At most three, the most even first.
#[must_use]
pub fn halves(text: &str) -> Vec<Halves> {
    let mut cuts: Vec<Cut> = Vec::new();
    let mut cut = |begin: usize, length: usize, end: usize| {
        cuts.push(Cut { between: Span::new(begin, begin + length), end, number: cuts.len(), ratio: f64::INFINITY });
    };
    // Where halves can be even at all: letters are counted for few places.
    let (near, far) = (text.len() / 5, text.len() - text.len() / 5);
    for at in memchr::memchr_iter(b'\n', text.as_bytes()).filter(|at| (near..=far).contains(at)) {
        cut(at, 1, text.len());
    }
    for separator in SEPARATORS {
        // The sign is rarer than the space before it, and looked for at once.
        let Some(sign) = separator.as_bytes().get(1) else { continue };
        if memchr::memchr(*sign, text.as_bytes()).is_none() {
            continue;
        }
        for (at, _) in text.match_indices(separator).filter(|(at, _)| (near..=far).contains(at)) {
            cut(at, separator.len(), text.len());
        }
    }
    let closed = text.trim_end().trim_end_matches(['.', '!', '?', '…']);
    for (opening, closing) in [('(', ')'), ('[', ']')] {
        if closed.ends_with(closing)
            && let Some(at) = text.find(opening).filter(|at| (near..=far).contains(at))
        {
            cut(at, 1, closed.len() - 1);
        }
    }
    weigh(text, &mut cuts);
    cuts.retain(|cut| cut.ratio <= MAX_RATIO);
    // Of those that are as even the first; at one place, in the order in which they were found.
    cuts.sort_by(|a, b| a.ratio.total_cmp(&b.ratio).then(a.between.begin.cmp(&b.between.begin)));
    cuts.truncate(MAX_CANDIDATES);
    let trimmed = |span| trimmed(text, span);
    let mut found: Vec<(f64, usize, Halves)> = cuts
        .into_iter()
        .map(|Cut { between, end, number, ratio }| {
            let second = trimmed(Span::new(between.end, end.max(between.end)));
            (ratio, number, Halves { first: trimmed(Span::new(0, between.begin)), between: trimmed(between), second })
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.first.cmp(&b.2.first)).then(a.1.cmp(&b.1)));
    found.truncate(MAX_HALVES);
    found.into_iter().map(|(_, _, halves)| halves).collect()
}

/// A place where a text may be cut.
struct Cut {
    between: Span,
    end: usize,
    /// In the order in which they were found.
    number: usize,
    /// How many times the letters of one half are those of the other.
    ratio: f64,
}

/// Counts the letters on both sides of all cuts, in one walk over the text: between the cut and what it is read up to, and
/// behind that, there are none.
fn weigh(text: &str, cuts: &mut [Cut]) {
    if cuts.is_empty() {
        return;
    }
    let total = letters(text);
    cuts.sort_by_key(|cut| (cut.between.begin, cut.number));
    let (mut before, mut from) = (0.0, 0);
    for cut in cuts {
        before += letters(Span::new(from, cut.between.begin).of(text));
        from = cut.between.begin;
        let behind = total - before;
        if before > 0.0 && behind > 0.0 {
            cut.ratio = before.max(behind) / before.min(behind);
        }
    }
}

/// Letters of a text; Chinese, Japanese and Korean ones say in one what others say in three.
pub(super) fn letters(text: &str) -> f64 {
    if text.is_ascii() {
        return text.bytes().filter(u8::is_ascii_alphanumeric).count() as f64;
    }
    text.chars().filter(|character| character.is_alphanumeric()).map(super::alignment::width).sum()
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let begin = span.begin + (part.len() - part.trim_start().len());
    Span::new(begin, begin + part.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str, &str)]) {
        let found = halves(text);
        let found: Vec<_> =
            found.iter().map(|found| (found.first.of(text), found.between.of(text), found.second.of(text))).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn comments_are_cut_where_their_halves_are_even() {
        check(
            "jedan dva tri\n\none two three",
            &[("jedan dva tri", "", "one two three"), ("jedan dva tri", "", "one two three")],
        );
        check("jedan dva / one two", &[("jedan dva", "/", "one two")]);
        check("jedan dva (one two)", &[("jedan dva", "(", "one two")]);
        check("jedan dva [one two].", &[("jedan dva", "[", "one two")]);
        check("jedan – dva", &[("jedan", "–", "dva")]);
        check("jedan dva tri četiri pet\nda", &[]);
        check("jedan dva", &[]);
        check("", &[]);
        check("\n", &[]);
        check("我不明白为什么\nI do not understand why", &[("我不明白为什么", "", "I do not understand why")]);
    }
}
