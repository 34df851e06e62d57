//! Whether a comment needs translating.

use std::sync::Arc;

use super::{Body, LanguageCode, Span};

/// Where a comment stands with translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TranslationStatus {
    /// Its own prose is in a language that the site reads, or it has none.
    NotNeeded,
    /// Its own prose is in a language that the site does not read.
    Needed,
    /// As `Needed`, but a translation that the site reads stands in the comment itself.
    Supplied,
    /// As `Needed`, but a translator of the site's has translated it.
    Machine,
    /// The language is not sure enough to say.
    Undetermined,
}

impl TranslationStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::NotNeeded, Self::Needed, Self::Supplied, Self::Machine, Self::Undetermined];

    /// The name that records and rules use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Needed => "needed",
            Self::Supplied => "supplied",
            Self::Machine => "machine",
            Self::Undetermined => "undetermined",
        }
    }
}

/// Why a translator gave no translation: what is told of it, without a word of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TranslationFailure {
    /// It did not answer within its time.
    Timeout,
    /// It died over the text, or refused it.
    Failed,
    /// It cannot be reached, or was given up.
    Unavailable,
    /// Its answer is no translation: empty, without letters, too long, not UTF-8, or not in the agreed form.
    InvalidAnswer,
}

impl TranslationFailure {
    /// Every failure.
    pub const ALL: [Self; 4] = [Self::Timeout, Self::Failed, Self::Unavailable, Self::InvalidAnswer];

    /// The name that records use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Failed => "failed",
            Self::Unavailable => "unavailable",
            Self::InvalidAnswer => "invalid_answer",
        }
    }
}

/// A translation that a translator of the site's has made.
#[derive(Debug, Clone, PartialEq)]
pub struct MachineTranslation {
    /// The translator, as the configuration calls it.
    pub engine: Arc<str>,
    /// What it answered.
    pub text: Body,
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
    /// Share of the translation's words that were carried over untranslated, 0..=1: of the machine's where there is one,
    /// else of the one that stands in the comment.
    pub untranslated: Option<f64>,
    /// The translation with [`TranslationStatus::Machine`].
    pub machine: Option<MachineTranslation>,
    /// Why there is none, where a translator was asked in vain.
    pub failure: Option<TranslationFailure>,
}

impl Translation {
    /// A status with nothing to say about languages.
    #[must_use]
    pub fn plain(status: TranslationStatus) -> Self {
        Self { status, from: None, to: None, span: None, untranslated: None, machine: None, failure: None }
    }

    /// Whether the comment's own prose is in a language that the site does not read, translated or not.
    #[must_use]
    pub fn is_flagged(&self) -> bool {
        matches!(self.status, TranslationStatus::Needed | TranslationStatus::Supplied | TranslationStatus::Machine)
    }
}
