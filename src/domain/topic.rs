//! How far a comment is off topic.

use super::Probability;

/// What a comment was mainly compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TopicBasis {
    /// The article or its title.
    Article,
    /// The comment that it answers.
    Parent,
    /// The earlier comments of the thread.
    Thread,
}

impl TopicBasis {
    /// The name that records use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Parent => "parent",
            Self::Thread => "thread",
        }
    }
}

/// Similarity to what a comment may be about, each 0..=1, absent where there is nothing to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Relevance {
    /// To the article, its title or its nearest passage.
    pub article: Option<f64>,
    /// To the comment that it answers.
    pub parent: Option<f64>,
    /// To the earlier comments of the thread.
    pub thread: Option<f64>,
}

/// What the topic model says.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Probability that the comment is off topic.
    pub off_topic: Probability,
    /// What the comment was mainly compared with.
    pub basis: TopicBasis,
    /// The similarities behind the score.
    pub relevance: Relevance,
}
