//! The tone of a comment.

use std::sync::Arc;

use super::{LabelledScore, Span};

/// The tone in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ToneLabel {
    /// Abusive towards somebody; goes before all others.
    Hostile,
    /// Anger, sadness, fear, disapproval.
    Negative,
    /// None of the others.
    Neutral,
    /// Joy, thanks, approval.
    Positive,
    /// Surprise, confusion, curiosity.
    Ambiguous,
}

impl ToneLabel {
    /// Every label, hostile first.
    pub const ALL: [Self; 5] = [Self::Hostile, Self::Negative, Self::Neutral, Self::Positive, Self::Ambiguous];

    /// The name that records and rules use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hostile => "hostile",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Positive => "positive",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// A stretch of the comment that raised or lowered a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Where it stands.
    pub span: Span,
    /// The label whose score it moved.
    pub label: Arc<str>,
    /// By how much, in log-odds.
    pub weight: f64,
    /// The runs of characters in it that carry the weight, in order; none where all of it does.
    pub runs: Vec<EvidenceRun>,
}

/// Characters side by side that all raise, or all lower, a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvidenceRun {
    /// Where they stand.
    pub span: Span,
    /// What they add together, in log-odds; part of the weight of the [`Evidence`] around them.
    pub weight: f64,
}

/// What the tone models say.
#[derive(Debug, Clone, PartialEq)]
pub struct Tone {
    /// The tone in one word.
    pub label: ToneLabel,
    /// One score a label, in the models' order.
    pub scores: Vec<LabelledScore>,
    /// What carried the scores, strongest first; empty unless asked for.
    pub evidence: Vec<Evidence>,
}
