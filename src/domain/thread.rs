//! What is known of a thread apart from its comments.

use std::sync::Arc;

use super::{Body, LanguageCode, Origin, ThreadId};

/// What a thread is about. All but the id may be missing.
#[derive(Debug, Clone)]
pub struct ThreadHeader {
    /// Where it stood in the input.
    pub origin: Origin,
    /// The thread that it describes.
    pub thread_id: ThreadId,
    /// Headline of the article or post.
    pub title: Option<Body>,
    /// The article's text; paragraphs apart by a line break.
    pub article: Option<Body>,
    /// Where the article stands on the web.
    pub url: Option<Arc<str>>,
    /// The language that the thread is held in, where the input says so.
    pub language: Option<LanguageCode>,
}
