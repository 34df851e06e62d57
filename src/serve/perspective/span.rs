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

/// The bytes that a range of UTF-16 code units stands on; `None` where it ends outside the text or within a character.
pub(super) fn units_to_bytes(text: &str, begin: usize, end: usize) -> Option<std::ops::Range<usize>> {
    let mut units = 0;
    let mut places = text.char_indices().map(|(byte, character)| {
        let place = (units, byte);
        units += character.len_utf16();
        place
    });
    // The end of the text is a place too.
    let length = (utf16_length(text), text.len());
    let byte_of = |wanted: usize, places: &mut dyn Iterator<Item = (usize, usize)>| {
        let found = places.chain([length]).find(|(units, _)| *units >= wanted)?;
        (found.0 == wanted).then_some(found.1)
    };
    let first = byte_of(begin, &mut places)?;
    if begin == end {
        return Some(first..first);
    }
    Some(first..byte_of(end, &mut places)?)
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
        for (begin, end, expected) in [
            (0, 2, Some(0..4)),
            (2, 3, Some(4..5)),
            (0, 3, Some(0..5)),
            (3, 3, Some(5..5)),
            (1, 2, None),
            (0, 1, None),
            (0, 4, None),
            (3, 2, None),
        ] {
            assert_eq!(units_to_bytes("🙂a", begin, end), expected, "{begin}..{end}");
        }
        assert_eq!(Utf16Span::whole("🙂a"), Utf16Span { begin: 0, end: 3 });
    }
}
