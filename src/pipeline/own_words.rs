//! What is looked at in a comment: the commenter's own prose, its language and what it is about.

use std::borrow::Cow;

use crate::domain::{Segment, SegmentKind, Span};
use crate::language::Evidence;
use crate::text::anatomy::Anatomy;
use crate::text::segments::{SuppliedTranslation, cut, cut_at_paragraphs, text_of};
use crate::topic::CommentVector;

use super::Models;

/// A comment cut into segments, with what follows from its own words alone.
#[derive(Debug)]
pub(super) struct OwnWords {
    /// Its parts.
    pub(super) segments: Vec<Segment>,
    /// The translation that stands in it, if that is taken for one.
    pub(super) translation: Option<SuppliedTranslation>,
    /// What its prose says about its language.
    pub(super) evidence: Evidence,
    /// The kind of segment that is scored.
    pub(super) scored: SegmentKind,
    /// What that is about.
    pub(super) vector: Option<CommentVector>,
}

impl OwnWords {
    /// Cuts a comment, and looks at what remains.
    pub(super) fn of(
        text: &str,
        anatomy: &Anatomy,
        translation: Option<SuppliedTranslation>,
        quotes: &[Span],
        models: &Models,
    ) -> Self {
        let quotes: Cow<'_, [Span]> =
            if anatomy.quotes.is_empty() { quotes.into() } else { joined(&anatomy.quotes, quotes).into() };
        let segments = cut(text, translation, &anatomy.code, &anatomy.links, &quotes);
        let segments = cut_at_paragraphs(text, segments, &anatomy.paragraphs);
        let prose = text_of(text, &segments, SegmentKind::Prose);
        let evidence = models.detector.evidence(&prose);
        let kind = scored_kind(translation, models);
        let vector = models.topic.as_ref().map(|topic| {
            let spans = segments.iter().filter(|segment| segment.kind == kind).map(|segment| segment.span.of(text));
            topic.vectorise(spans)
        });
        Self { segments, translation, evidence, scored: kind, vector }
    }
}

/// Quotes that markup names, and those of the others that overlap none of them; in order.
fn joined(marked: &[Span], others: &[Span]) -> Vec<Span> {
    let free = others.iter().filter(|span| !span.overlaps_any(marked));
    let mut all: Vec<Span> = marked.iter().chain(free).copied().collect();
    all.sort_unstable();
    all
}

/// Which kind of segment is scored: a translation that the models read goes before the prose that it translates.
fn scored_kind(translation: Option<SuppliedTranslation>, models: &Models) -> SegmentKind {
    match translation {
        Some(translation) if models.languages().contains(&translation.language) => SegmentKind::Translation,
        _ => SegmentKind::Prose,
    }
}
