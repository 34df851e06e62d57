//! What some policies would do with a comment.

use crate::domain::{Comment, CommentId, Decision, ModeratorDecision, Origin, ThreadId};

/// What some policies would do with a comment, without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Where it stood in the input.
    pub origin: Origin,
    /// Its thread.
    pub thread_id: ThreadId,
    /// Its id.
    pub id: CommentId,
    /// What a moderator did with it.
    pub moderation: Option<ModeratorDecision>,
    /// What the plan's policy would do.
    pub decision: Decision,
    /// What the other policies would do, in their order.
    pub rivals: Vec<Decision>,
}

impl Verdict {
    pub(super) fn new(comment: &Comment, decision: Decision, rivals: Vec<Decision>) -> Self {
        Self {
            origin: comment.origin.clone(),
            thread_id: comment.thread_id.clone(),
            id: comment.id.clone(),
            moderation: comment.moderation,
            decision,
            rivals,
        }
    }
}
