//! Where a comment falls into two halves, of which one may translate the other.

use crate::domain::Span;

/// The longer half has at most this many times the letters of the other.
const MAX_RATIO: f64 = 2.0;
/// Places looked at, the most even ones first.
const MAX_HALVES: usize = 3;
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
    let mut found: Vec<(f64, Halves)> = Vec::new();
    let mut letters: Option<LettersBefore> = None;
    let mut cut = |between: Span, end: usize| {
        // Most texts fall into no halves, and are not counted.
        let letters = letters.get_or_insert_with(|| LettersBefore::of(text));
        let first = Span::new(0, between.begin);
        let second = Span::new(between.end, end.max(between.end));
        let (one, other) = (letters.within(first), letters.within(second));
        let ratio = one.max(other) / one.min(other);
        if one > 0.0 && other > 0.0 && ratio <= MAX_RATIO {
            let [first, between, second] = [first, between, second].map(|part| trimmed(text, part));
            found.push((ratio, Halves { first, between, second }));
        }
    };
    // Where halves can be even at all: letters are counted for few places.
    let (near, far) = (text.len() / 5, text.len() - text.len() / 5);
    for at in memchr::memchr_iter(b'\n', text.as_bytes()).filter(|at| (near..=far).contains(at)) {
        cut(Span::new(at, at + 1), text.len());
    }
    for separator in SEPARATORS {
        // The sign is rarer than the space before it, and looked for at once.
        let Some(sign) = separator.as_bytes().get(1) else { continue };
        if memchr::memchr(*sign, text.as_bytes()).is_none() {
            continue;
        }
        for (at, _) in text.match_indices(separator).filter(|(at, _)| (near..=far).contains(at)) {
            cut(Span::new(at, at + separator.len()), text.len());
        }
    }
    let closed = text.trim_end().trim_end_matches(['.', '!', '?', '…']);
    for (opening, closing) in [('(', ')'), ('[', ']')] {
        if closed.ends_with(closing)
            && let Some(at) = text.find(opening).filter(|at| (near..=far).contains(at))
        {
            cut(Span::new(at, at + 1), closed.len() - 1);
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.first.cmp(&b.1.first)));
    found.truncate(MAX_HALVES);
    found.into_iter().map(|(_, halves)| halves).collect()
}

/// Letters of a text; Chinese, Japanese and Korean ones say in one what others say in three.
pub(super) fn letters(text: &str) -> f64 {
    if text.is_ascii() {
        return text.bytes().filter(u8::is_ascii_alphanumeric).count() as f64;
    }
    text.chars().filter(|character| character.is_alphanumeric()).map(super::alignment::width).sum()
}

/// The widths of all letters before each byte of a text.
struct LettersBefore(Vec<u32>);

impl LettersBefore {
    fn of(text: &str) -> Self {
        let mut before = Vec::with_capacity(text.len() + 1);
        let mut sum = 0;
        if text.is_ascii() {
            before.extend(text.bytes().map(|byte| {
                let so_far = sum;
                sum += u32::from(byte.is_ascii_alphanumeric());
                so_far
            }));
            before.push(sum);
            return Self(before);
        }
        for character in text.chars() {
            before.extend(std::iter::repeat_n(sum, character.len_utf8()));
            // Widths are small whole numbers.
            sum += if character.is_alphanumeric() { super::alignment::width(character) as u32 } else { 0 };
        }
        before.push(sum);
        Self(before)
    }

    fn within(&self, span: Span) -> f64 {
        f64::from(self.0[span.end] - self.0[span.begin])
    }
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
