//! Answers of Perspective's protocol.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::span::Utf16Span;

/// `AnalyzeCommentResponse`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnalyzeResponse<'r> {
    pub(super) attribute_scores: Entries<'r, AttributeScores>,
    pub(super) languages: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) detected_languages: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_token: Option<&'r str>,
    /// Why a score is missing; a field of our own.
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub(super) absent_attributes: Entries<'r, AbsentAttribute>,
    /// The machine's translation that the scores are those of; a field of our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scored_translation: Option<ScoredTranslation>,
}

/// `AttributeScores`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttributeScores {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) span_scores: Vec<SpanScore>,
    pub(super) summary_score: Score,
}

/// `SpanScore`.
#[derive(Serialize)]
pub(super) struct SpanScore {
    #[serde(flatten)]
    pub(super) span: Utf16Span,
    pub(super) score: Score,
}

/// `Score`.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Score {
    pub(super) value: f32,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

impl Score {
    /// Whether it is at least what Perspective's clients commonly act on.
    pub(super) fn is_high(self) -> bool {
        self.value >= 0.8
    }

    pub(super) fn probability(value: f64) -> Self {
        Self { value: value as f32, kind: "PROBABILITY" }
    }
}

/// Why an attribute has no score.
#[derive(Serialize)]
pub(super) struct AbsentAttribute {
    pub(super) reason: &'static str,
    pub(super) message: &'static str,
}

/// Who translated a text into what.
#[derive(Serialize)]
pub(super) struct ScoredTranslation {
    pub(super) language: String,
    pub(super) engine: String,
}

/// An object whose entries have an order.
pub(super) struct Entries<'r, T>(pub(super) Vec<(&'r str, T)>);

impl<T> Entries<'_, T> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Serialize> Serialize for Entries<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
