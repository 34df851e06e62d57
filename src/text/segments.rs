//! Putting the parts of a comment in order: what is quote, link, code or translation, and the prose between.

use std::borrow::Cow;

use crate::domain::{LanguageCode, Segment, SegmentKind, Span};

use super::words::is_word_character;

/// A translation that stands in a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuppliedTranslation {
    /// The words that announce it, such as `Machine Translation:`, or the slash or dash before it; empty where there is
    /// nothing but a line break. In no segment.
    pub marker: Span,
    /// The words that announce the original, such as `(Original)`, where there are any. In no segment either.
    pub original_marker: Option<Span>,
    /// The translation.
    pub body: Span,
    /// What it is translated to.
    pub language: LanguageCode,
    /// Whether something says that it is a translation; else it was found by what it says.
    pub is_marked: bool,
}

/// Cuts a comment into segments, in order and without overlap. Where two parts overlap the earlier in this list goes
/// first: translation, code, links, quotes. What is left is prose where it has a word; a comment without any segment
/// is one of prose (emoji, say), unless it is empty.
#[must_use]
pub fn cut(
    text: &str,
    translation: Option<SuppliedTranslation>,
    code: &[Span],
    links: &[Span],
    quotes: &[Span],
) -> Vec<Segment> {
    let mut taken: Vec<(Span, Option<SegmentKind>)> = Vec::new();
    if let Some(translation) = translation {
        taken.push((translation.marker, None));
        taken.extend(translation.original_marker.map(|marker| (marker, None)));
        taken.push((translation.body, Some(SegmentKind::Translation)));
        taken.sort_unstable_by_key(|(span, _)| *span);
    }
    for (spans, kind) in [(code, SegmentKind::Code), (links, SegmentKind::Link), (quotes, SegmentKind::Quote)] {
        let earlier: Vec<Span> = taken.iter().map(|(span, _)| *span).collect();
        let free = spans.iter().filter(|span| !span.is_empty() && !span.overlaps_any(&earlier));
        taken.extend(free.map(|span| (*span, Some(kind))));
        taken.sort_unstable_by_key(|(span, _)| *span);
    }
    let mut segments = Vec::new();
    let mut from = 0;
    for (span, kind) in taken.into_iter().chain([(Span::new(text.len(), text.len()), None)]) {
        push_prose(text, Span::new(from, span.begin.max(from)), None, &mut segments);
        if let Some(kind) = kind {
            segments.push(Segment { kind, span, language: None });
        }
        from = span.end.max(from);
    }
    let whole = trim(text, Span::new(0, text.len()));
    if segments.is_empty() && !whole.is_empty() {
        segments.push(Segment { kind: SegmentKind::Prose, span: whole, language: None });
    }
    segments
}

/// Cuts prose where one of some paragraphs, which are in order, ends.
#[must_use]
pub fn cut_at_paragraphs(text: &str, segments: Vec<Segment>, paragraphs: &[Span]) -> Vec<Segment> {
    if paragraphs.len() < 2 {
        return segments;
    }
    let mut cut = Vec::with_capacity(segments.len() + paragraphs.len());
    for segment in segments {
        if segment.kind != SegmentKind::Prose {
            cut.push(segment);
            continue;
        }
        let first = paragraphs.partition_point(|paragraph| paragraph.end <= segment.span.begin);
        let ends = paragraphs.iter().skip(first).map(|paragraph| paragraph.end);
        let mut from = segment.span.begin;
        for end in ends.take_while(|end| *end < segment.span.end).chain([segment.span.end]) {
            push_prose(text, Span::new(from, end), segment.language, &mut cut);
            from = end;
        }
        // Where no piece has a word, the whole is one of emoji, say.
        if cut.last().is_none_or(|last| last.span.begin < segment.span.begin) {
            cut.push(segment);
        }
    }
    cut
}

/// The text of all segments of a kind, a line each; borrowed where there is just one.
#[must_use]
pub fn text_of<'a>(text: &'a str, segments: &[Segment], kind: SegmentKind) -> Cow<'a, str> {
    let mut spans = segments.iter().filter(|segment| segment.kind == kind).map(|segment| segment.span);
    let first = spans.next().map_or("", |span| span.of(text));
    match spans.next() {
        None => Cow::Borrowed(first),
        Some(second) => {
            let mut joined = String::from(first);
            for span in [second].into_iter().chain(spans) {
                joined.push('\n');
                joined.push_str(span.of(text));
            }
            Cow::Owned(joined)
        }
    }
}

/// Cuts parts out of the prose that they stand in, as prose of their own in their language; what is left keeps the language
/// that it has. Parts are in order, without overlap; one that is not within one segment of prose is left alone.
#[must_use]
pub fn cut_out(text: &str, segments: Vec<Segment>, parts: &[(Span, LanguageCode)]) -> Vec<Segment> {
    if parts.is_empty() {
        return segments;
    }
    let mut cut = Vec::with_capacity(segments.len() + 2 * parts.len());
    for segment in segments {
        let is_within = |part: Span| part.begin >= segment.span.begin && part.end <= segment.span.end;
        let mut from = segment.span.begin;
        for (part, language) in parts.iter().filter(|(part, _)| segment.kind == SegmentKind::Prose && is_within(*part))
        {
            push_prose(text, Span::new(from, part.begin.max(from)), segment.language, &mut cut);
            cut.push(Segment { span: *part, language: Some(*language), ..segment });
            from = part.end;
        }
        if from == segment.span.begin {
            cut.push(segment);
        } else {
            push_prose(text, Span::new(from, segment.span.end), segment.language, &mut cut);
        }
    }
    cut
}

fn push_prose(text: &str, gap: Span, language: Option<LanguageCode>, segments: &mut Vec<Segment>) {
    let span = trim(text, gap);
    if span.of(text).chars().any(is_word_character) {
        segments.push(Segment { kind: SegmentKind::Prose, span, language });
    }
}

/// Where a span of [`text_of`] stands in the comment; `None` where it lies across two segments.
#[must_use]
pub fn place_of(span: Span, segments: &[Segment], kind: SegmentKind) -> Option<Span> {
    let mut begin = 0;
    for segment in segments.iter().filter(|segment| segment.kind == kind) {
        let end = begin + segment.span.len();
        if span.begin >= begin && span.end <= end {
            let shift = segment.span.begin;
            return Some(Span::new(span.begin - begin + shift, span.end - begin + shift));
        }
        // The line break between two segments.
        begin = end + 1;
    }
    None
}

fn trim(text: &str, span: Span) -> Span {
    let inner = span.of(text);
    let left = inner.len() - inner.trim_start().len();
    let trimmed = inner.trim();
    Span::new(span.begin + left, span.begin + left + trimmed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, part: &str) -> Span {
        let begin = text.find(part).unwrap();
        Span::new(begin, begin + part.len())
    }

    fn check(text: &str, translation: Option<SuppliedTranslation>, quotes: &[Span], expected: &[(&str, &str)]) {
        let anatomy = super::super::anatomy::Anatomy::of(text);
        let segments = cut(text, translation, &anatomy.code, &anatomy.links, quotes);
        let found: Vec<(&str, &str)> =
            segments.iter().map(|segment| (segment.kind.name(), segment.span.of(text))).collect();
        assert_eq!(found, expected, "{text}");
        assert!(segments.windows(2).all(|pair| pair[0].span.end <= pair[1].span.begin), "{text}");
    }

    #[test]
    fn parts_in_another_language_become_prose_of_their_own() {
        let text = "See this. Ovo je most. Fine, `x = 1`.";
        let anatomy = super::super::anatomy::Anatomy::of(text);
        let segments = cut(text, None, &anatomy.code, &[], &[]);
        let parts = [(find(text, "Ovo je most."), LanguageCode::SR), (find(text, "x = 1"), LanguageCode::EN)];
        let found: Vec<(&str, &str, Option<&str>)> = cut_out(text, segments.clone(), &parts)
            .iter()
            .map(|segment| (segment.kind.name(), segment.span.of(text), segment.language.map(|_| "sr")))
            .collect();
        assert_eq!(
            found,
            [
                ("prose", "See this.", None),
                ("prose", "Ovo je most.", Some("sr")),
                ("prose", "Fine,", None),
                ("code", "`x = 1`", None)
            ]
        );
        assert_eq!(cut_out(text, segments.clone(), &[]), segments);
    }

    #[test]
    fn parts_are_in_order_and_prose_is_what_is_left() {
        let text = "See https://example.org: `x = 1` is wrong.";
        let expected = [("prose", "See"), ("link", "https://example.org"), ("code", "`x = 1`"), ("prose", "is wrong.")];
        check(text, None, &[], &expected);
        let text = "“the old bridge is closed” – no, it is not";
        let quote = find(text, "“the old bridge is closed”");
        check(text, None, &[quote], &[("quote", "“the old bridge is closed”"), ("prose", "– no, it is not")]);
        check("🙂🙂 ", None, &[], &[("prose", "🙂🙂")]);
        check(" \n", None, &[], &[]);
        check("", None, &[], &[]);
    }

    #[test]
    fn a_translation_takes_its_marker_with_it() {
        let text = "Dobar dan svima\nTranslation:\nGood day to all (https://example.org)";
        let marker = find(text, "Translation:");
        let body = Span::new(marker.end + 1, text.len());
        let expected = [("prose", "Dobar dan svima"), ("translation", body.of(text))];
        let language = LanguageCode::EN;
        let supplied = SuppliedTranslation { marker, original_marker: None, body, language, is_marked: true };
        check(text, Some(supplied), &[], &expected);

        let text = "Good day to all\n(Original)\nDobar dan svima";
        let body = find(text, "Good day to all");
        let marker = Span::new(body.begin, body.begin);
        let original_marker = Some(find(text, "(Original)"));
        let expected = [("translation", "Good day to all"), ("prose", "Dobar dan svima")];
        let supplied = SuppliedTranslation { marker, original_marker, body, language, is_marked: true };
        check(text, Some(supplied), &[], &expected);
    }

    #[test]
    fn places_in_joined_text_lead_back_to_the_comment() {
        let text = "one https://example.org two";
        let anatomy = super::super::anatomy::Anatomy::of(text);
        let segments = cut(text, None, &[], &anatomy.links, &[]);
        let joined = text_of(text, &segments, SegmentKind::Prose);
        assert_eq!(joined, "one\ntwo");
        let place = place_of(Span::new(4, 7), &segments, SegmentKind::Prose);
        assert_eq!(place.map(|span| span.of(text)), Some("two"));
        assert_eq!(place_of(Span::new(2, 5), &segments, SegmentKind::Prose), None);
    }
}
