//! A row as its file states it, before labels are picked out.

use std::sync::Arc;

/// What a row of any format may say.
#[derive(Default)]
pub(super) struct RawRow {
    pub(super) text: String,
    pub(super) id: String,
    pub(super) source: String,
    pub(super) language: String,
    pub(super) decision: Option<bool>,
    /// Labels with the share of people who said yes; `None`: unknown. A name that stands twice counts as it stood last.
    pub(super) labels: Vec<(Arc<str>, Option<f32>)>,
    pub(super) emotions: Option<Vec<String>>,
}

impl RawRow {
    /// The share of people who said yes to a label.
    pub(super) fn share(&self, label: &str) -> Option<f32> {
        self.labels.iter().rev().find(|(name, _)| name.as_ref() == label).and_then(|(_, share)| *share)
    }
}
