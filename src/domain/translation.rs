//! Whether a comment needs translating.

use super::{LanguageCode, Span};

/// Where a comment stands with translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TranslationStatus {
    /// Its own prose is in a language that the site reads, or it has none.
    NotNeeded,
    /// Its own prose is in a language that the site does not read.
    Needed,
    /// As `Needed`, but a translation that the site reads stands in the comment itself.
    Supplied,
    /// The language is not sure enough to say.
    Undetermined,
}

impl TranslationStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::NotNeeded, Self::Needed, Self::Supplied, Self::Undetermined];

    /// The name that records and rules use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Needed => "needed",
            Self::Supplied => "supplied",
            Self::Undetermined => "undetermined",
        }
    }
}

/// What is known of a comment's translation.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// Where the comment stands.
    pub status: TranslationStatus,
    /// The language of the commenter's own prose, where the comment is flagged.
    pub from: Option<LanguageCode>,
    /// The language to read it in, where the comment is flagged.
    pub to: Option<LanguageCode>,
    /// The translation that stands in the comment, if one does, without its marker.
    pub span: Option<Span>,
    /// Share of that translation's words that were carried over untranslated, 0..=1.
    pub untranslated: Option<f64>,
}

impl Translation {
    /// A status with nothing to say about languages.
    #[must_use]
    pub fn plain(status: TranslationStatus) -> Self {
        Self { status, from: None, to: None, span: None, untranslated: None }
    }

    /// Whether the comment's own prose is in a language that the site does not read, translated or not.
    #[must_use]
    pub fn is_flagged(&self) -> bool {
        matches!(self.status, TranslationStatus::Needed | TranslationStatus::Supplied)
    }
}
