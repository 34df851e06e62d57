//! Texts whose labels are known, to learn from or to measure on.

use std::sync::Arc;

/// A text with what people said about it.
#[derive(Clone, PartialEq, Eq)]
pub struct LabelledText {
    /// The words.
    pub text: String,
    /// Where the text comes from, such as `wikipedia-talk`; empty where unknown.
    pub source: Arc<str>,
    /// One answer a label; `None`: nobody said.
    pub answers: Vec<Option<bool>>,
}

impl std::fmt::Debug for LabelledText {
    /// Everything but the words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text, source, answers } = self;
        write!(f, "LabelledText({} bytes, {source}, {answers:?})", text.len())
    }
}

/// Labelled texts that share their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledSet {
    /// The labels, in the order of the answers.
    pub labels: Vec<String>,
    /// The texts, in the order of the files.
    pub rows: Vec<LabelledText>,
}

impl LabelledSet {
    /// A set without texts.
    #[must_use]
    pub fn new(labels: Vec<String>) -> Self {
        Self { labels, rows: Vec::new() }
    }
}
