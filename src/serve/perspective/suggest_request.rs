//! Requests that hold judgements, as proto3 JSON.

use serde::Deserialize;

use super::request::{Context, EnumValue, InOrder, Number, TextEntry};

/// `SuggestCommentScoreRequest`. There is no `Debug`, which would print people's words.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SuggestRequest {
    pub(super) comment: Option<TextEntry>,
    pub(super) context: Option<Context>,
    #[serde(alias = "attribute_scores")]
    pub(super) attribute_scores: Option<InOrder<SuggestedScores>>,
    pub(super) languages: Option<Vec<String>>,
    #[serde(alias = "community_id")]
    pub(super) community_id: Option<String>,
    #[serde(alias = "client_token")]
    pub(super) client_token: Option<String>,
    #[serde(alias = "session_id")]
    pub(super) session_id: Option<String>,
    /// Who wrote the comment; a field of our own.
    pub(super) author: Option<String>,
}

/// `AttributeScores`.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SuggestedScores {
    #[serde(alias = "summary_score")]
    pub(super) summary_score: Option<SuggestedScore>,
    #[serde(alias = "span_scores")]
    pub(super) span_scores: Option<Vec<SuggestedSpanScore>>,
}

/// `SpanScore`.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SuggestedSpanScore {
    pub(super) begin: Option<Number>,
    pub(super) end: Option<Number>,
    pub(super) score: Option<SuggestedScore>,
}

/// `Score`. As in proto3 a value that is not there is 0.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SuggestedScore {
    pub(super) value: Option<Number>,
    #[serde(rename = "type")]
    pub(super) kind: Option<EnumValue>,
}
