//! A comment as it was read, before anything is known about it.

use std::fmt;
use std::sync::Arc;

use super::{Body, Mark, ModeratorDecision, Origin, Stated};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps an identifier as the input spells it.
            #[must_use]
            pub fn new(id: impl Into<Arc<str>>) -> Self {
                Self(id.into())
            }

            /// The identifier as the input spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// Names a comment; unique within its thread.
    CommentId
}
identifier! {
    /// Names a thread: the comments under one article or post.
    ThreadId
}

/// A comment as a source read it.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Where it stood in the input.
    pub origin: Origin,
    /// The thread that it belongs to.
    pub thread_id: ThreadId,
    /// Its own id; made from input number and line where the input has none.
    pub id: CommentId,
    /// The comment that it answers, if any. That one may come later in the input, or never.
    pub parent_id: Option<CommentId>,
    /// The author as the input names them.
    pub author: Option<Body>,
    /// Time of writing, as the input spells it; never parsed.
    pub created_at: Option<Arc<str>>,
    /// The words.
    pub body: Body,
    /// Quotes, links, code and paragraphs that the markup of the input names; in order of their beginnings. Those of a
    /// kind do not overlap.
    pub marks: Vec<Mark>,
    /// What a moderator did with it, where the input says so; records do not show it.
    pub moderation: Option<ModeratorDecision>,
    /// What else the input states of it.
    pub stated: Option<Box<Stated>>,
    /// The raw line, row or object, for a dead letter; only where the configuration asks for it.
    pub raw: Option<Body>,
}

impl Comment {
    /// A comment of which no more is known than its place, its ids and its words.
    #[must_use]
    pub fn new(origin: Origin, thread_id: ThreadId, id: CommentId, body: Body) -> Self {
        Self {
            origin,
            thread_id,
            id,
            parent_id: None,
            author: None,
            created_at: None,
            body,
            marks: Vec::new(),
            moderation: None,
            stated: None,
            raw: None,
        }
    }
}
