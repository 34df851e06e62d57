//! What an input says of a comment beyond its words.

use std::sync::Arc;

/// What an input says of a comment beyond its words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stated {
    /// The revision of the comment that was read, where its system keeps several; records show it.
    pub revision_id: Option<Arc<str>>,
    /// Why a moderator took the comment away, in the codes of the system that the input comes from.
    pub reasons: Vec<Arc<str>>,
    /// Labels that people gave, with the share of them who did, 0..=1; in the order of the input.
    pub labels: Vec<(Arc<str>, f64)>,
    /// Whether this is a comment that came before and has been changed since: under the same id, or, where its system names
    /// none, by the same author. What it said before is no reason to call it a repeat.
    pub is_edit: bool,
}
