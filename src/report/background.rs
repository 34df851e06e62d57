//! What an input tells beside its comments: titles and addresses of threads, and the passages that off-topic comments are
//! nearest to. Records hold none of it.

use std::collections::BTreeMap;

/// What is known of threads and passages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Background {
    /// Titles and addresses by thread.
    pub titles: BTreeMap<String, ThreadTitle>,
    /// The passage of the article that a comment is nearest to, by thread and comment.
    pub passages: BTreeMap<(String, String), NearestText>,
    /// Whether passages were looked for.
    pub has_passages: bool,
    /// Whether the policy that decided is known, with rules that matched nothing.
    pub knows_policy: bool,
    /// Items of the input that became no records, by kind.
    pub dead_letters: BTreeMap<String, u64>,
}

/// A thread's title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadTitle {
    /// Headline.
    pub title: Option<String>,
    /// Where the article stands on the web.
    pub url: Option<String>,
}

/// The title or the passage of an article that a comment is nearest to.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestText {
    /// `title`, or `passage`.
    pub kind: &'static str,
    /// Its text.
    pub text: String,
    /// How near it is: the cosine of the two texts, −1 to 1.
    pub cosine: f64,
    /// Words that both have, strongest first, as the comment spells them.
    pub shared_words: Vec<String>,
}
