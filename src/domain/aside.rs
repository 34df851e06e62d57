//! What stands in an input beside comments and threads.

use std::sync::Arc;

use super::{CommentId, ModeratorDecision, ThreadId};

/// Something in an input that is neither a comment nor a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aside {
    /// What a moderator did with a comment that stands elsewhere in the input.
    Moderation(ModeratorNote),
    /// Something that is left out on purpose.
    Skipped {
        /// What it is, as the closing summary counts it: `pingback`, `more`, …
        what: &'static str,
        /// How many of them.
        count: u64,
    },
}

/// What a moderator did with a comment, stated apart from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeratorNote {
    /// The thread of the comment, where the input names it.
    pub thread_id: Option<ThreadId>,
    /// The comment.
    pub comment_id: CommentId,
    /// What was done.
    pub decision: ModeratorDecision,
    /// Why, in the codes of the system that the input comes from.
    pub reasons: Vec<Arc<str>>,
}
