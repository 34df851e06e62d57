//! How much of anything is read or remembered.

use serde::{Deserialize, Serialize};

/// `[limits]`: bounds on input and memory. Beyond one, an item becomes a dead letter or something is forgotten; nothing grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_field_names, reason = "the names of the keys in the file")]
pub struct Limits {
    /// Longest line of JSON lines, or row of CSV, in bytes.
    pub max_line_bytes: usize,
    /// Longest text of a comment, in bytes.
    pub max_body_bytes: usize,
    /// Longest saved page or article file, in bytes; these are held in memory as a whole.
    pub max_page_bytes: usize,
    /// Deepest nesting of replies inside a whole thread on one line.
    pub max_reply_depth: usize,
    /// Threads remembered at a time; the one that was silent longest is forgotten first.
    pub max_threads: usize,
    /// Comments remembered in one thread; the oldest is forgotten first.
    pub max_comments_per_thread: usize,
    /// Comments remembered in all threads together.
    pub max_comments: usize,
    /// Comment ids remembered in all threads together, to find repeated ids and cycles.
    pub max_ids: usize,
    /// Comments of an export that wait for the comment that they answer, or for their article.
    pub max_held_comments: usize,
    /// Bytes of text of such comments; also of articles that wait for their comments.
    pub max_held_bytes: usize,
    /// How many bytes one byte of a compressed file may become, once there are 64 MiB of them.
    pub max_expansion: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_line_bytes: 16 << 20,
            max_body_bytes: 1 << 20,
            max_page_bytes: 64 << 20,
            max_reply_depth: 1_000,
            max_threads: 1_000,
            max_comments_per_thread: 1_000,
            max_comments: 20_000,
            max_ids: 500_000,
            max_held_comments: 200_000,
            max_held_bytes: 64 << 20,
            max_expansion: 1_000,
        }
    }
}

impl Limits {
    /// The limits that are zero: each must be at least 1.
    pub(super) fn zeros(&self) -> impl Iterator<Item = &'static str> {
        let named = [
            ("max_line_bytes", self.max_line_bytes),
            ("max_body_bytes", self.max_body_bytes),
            ("max_page_bytes", self.max_page_bytes),
            ("max_reply_depth", self.max_reply_depth),
            ("max_threads", self.max_threads),
            ("max_comments_per_thread", self.max_comments_per_thread),
            ("max_comments", self.max_comments),
            ("max_ids", self.max_ids),
            ("max_held_comments", self.max_held_comments),
            ("max_held_bytes", self.max_held_bytes),
            ("max_expansion", self.max_expansion),
        ];
        named.into_iter().filter(|(_, value)| *value == 0).map(|(name, _)| name)
    }
}
