//! Places in a text as Perspective counts them: in code units of UTF-16.

use serde::Serialize;

use crate::domain::Span;

/// A range of UTF-16 code units, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Utf16Span {
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// How many UTF-16 code units a text has.
pub(super) fn utf16_length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

impl Utf16Span {
    /// All of a text.
    pub(super) fn whole(text: &str) -> Self {
        Self { begin: 0, end: utf16_length(text) }
    }

    /// Places of spans that are in order and do not overlap. Each character is counted once.
    pub(super) fn of_all(text: &str, spans: &[Span]) -> Vec<Self> {
        let (mut byte, mut units) = (0, 0);
        let mut to = |end: usize| {
            units += text.get(byte..end).map_or(0, utf16_length);
            byte = end;
            units
        };
        spans.iter().map(|span| Self { begin: to(span.begin), end: to(span.end) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_units_are_counted() {
        let check = |text: &str, spans: &[(usize, usize)], expected: &[(usize, usize)]| {
            let spans: Vec<Span> = spans.iter().map(|(begin, end)| Span::new(*begin, *end)).collect();
            let found: Vec<(usize, usize)> =
                Utf16Span::of_all(text, &spans).iter().map(|span| (span.begin, span.end)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("One. Two.", &[(0, 4), (5, 9)], &[(0, 4), (5, 9)]);
        check("Žena. 🙂 ok.", &[(0, 6), (7, 15)], &[(0, 5), (6, 12)]);
        assert_eq!(Utf16Span::whole("🙂a"), Utf16Span { begin: 0, end: 3 });
    }
}
