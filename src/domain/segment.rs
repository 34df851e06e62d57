//! The parts of a comment.

use super::{LanguageCode, Span};

/// What a part of a comment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SegmentKind {
    /// The commenter's own words.
    Prose,
    /// Words of the article, or of an earlier comment between quotation marks, repeated.
    Quote,
    /// A web address.
    Link,
    /// A translation of the comment's own prose, supplied with it.
    Translation,
    /// Program text between backticks or fences of them; plain words between backticks are prose.
    Code,
}

impl SegmentKind {
    /// The name that records use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Prose => "prose",
            Self::Quote => "quote",
            Self::Link => "link",
            Self::Translation => "translation",
            Self::Code => "code",
        }
    }
}

/// A part of a comment that the markup of the input names. A mark of prose is a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// What it is.
    pub kind: SegmentKind,
    /// Where it stands.
    pub span: Span,
}

/// One part of a comment. A comment's segments are in order, do not overlap, and cover
/// every word but those of a translation's marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// Where it stands.
    pub span: Span,
    /// Its language, where that is known.
    pub language: Option<LanguageCode>,
}
