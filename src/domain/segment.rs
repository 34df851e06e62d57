//! The parts of a comment.

use super::{LanguageCode, Span};

/// What a part of a comment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SegmentKind {
    /// The commenter's own words.
    Prose,
    /// Words of the article or of an earlier comment, repeated.
    Quote,
    /// A web address.
    Link,
    /// A translation of the comment's own prose, supplied with it.
    Translation,
    /// Program text: fenced by, or between, backticks.
    Code,
}

/// One part of a comment. A comment's segments are in order, do not overlap, and cover all that is not white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// Where it stands.
    pub span: Span,
    /// Its language, where that is known.
    pub language: Option<LanguageCode>,
}
