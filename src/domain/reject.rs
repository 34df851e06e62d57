//! Input that could not become a record.

use std::borrow::Cow;

use super::Origin;

/// The stage at which an item was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Reading the input.
    Read,
    /// Looking at the item on its own.
    Prepare,
    /// Placing the comment in its thread.
    Context,
    /// Scoring the comment.
    Score,
}

impl Stage {
    /// The name that dead letters use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Prepare => "prepare",
            Self::Context => "context",
            Self::Score => "score",
        }
    }
}

/// Why an item was rejected: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RejectKind {
    /// Not JSON.
    InvalidJson,
    /// JSON or CSV, but a field has the wrong type or value.
    InvalidField,
    /// A CSV row that cannot be taken apart, or with another number of fields than the header.
    InvalidCsv,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// A comment without a text.
    MissingText,
    /// Longer than the longest line allowed.
    LineTooLong,
    /// Longer than the longest body allowed.
    BodyTooLong,
    /// Replies nested deeper than allowed.
    NestedTooDeep,
    /// The thread has a comment of that id already.
    DuplicateId,
    /// The comment's parent is the comment itself, or one of its answers.
    AncestorCycle,
    /// The input broke off: corrupt compression, or a read error.
    Unreadable,
    /// The program failed on this item: our bug.
    ScoringFailed,
}

impl RejectKind {
    /// The name that dead letters use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid_json",
            Self::InvalidField => "invalid_field",
            Self::InvalidCsv => "invalid_csv",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::MissingText => "missing_text",
            Self::LineTooLong => "line_too_long",
            Self::BodyTooLong => "body_too_long",
            Self::NestedTooDeep => "nested_too_deep",
            Self::DuplicateId => "duplicate_id",
            Self::AncestorCycle => "ancestor_cycle",
            Self::Unreadable => "unreadable",
            Self::ScoringFailed => "scoring_failed",
        }
    }
}

/// An item that could not become a record: a dead letter in the making.
#[derive(Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where it stood.
    pub origin: Origin,
    /// The stage that rejected it.
    pub stage: Stage,
    /// Why.
    pub kind: RejectKind,
    /// What exactly was wrong, without any of the body's words.
    pub detail: Cow<'static, str>,
    /// The raw line or row; sources fill it in only where the configuration asks for it.
    pub raw: Option<Box<[u8]>>,
}

impl std::fmt::Debug for Reject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reject({} {}: {})", self.origin, self.kind.name(), self.detail)
    }
}
