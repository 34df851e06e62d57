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
    /// All of them, what a comment is mainly compared with first.
    pub const ALL: [Self; 3] = [Self::Article, Self::Parent, Self::Thread];

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

/// Probability that a comment is on topic for one thing alone that it may be about, each 0..=1, absent where there is
/// nothing to compare with. An answer to a comment that itself wandered off is on topic for its parent and off topic for
/// the article.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Relevance {
    /// For the article, its title or its nearest passage.
    pub article: Option<f64>,
    /// For the comment that it answers.
    pub parent: Option<f64>,
    /// For the earlier comments of the thread.
    pub thread: Option<f64>,
}

impl Relevance {
    /// For one of them.
    #[must_use]
    pub fn of(&self, basis: TopicBasis) -> Option<f64> {
        match basis {
            TopicBasis::Article => self.article,
            TopicBasis::Parent => self.parent,
            TopicBasis::Thread => self.thread,
        }
    }
}

/// What the topic model says.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Probability that the comment is off topic.
    pub off_topic: Probability,
    /// What the comment was mainly compared with.
    pub basis: TopicBasis,
    /// What each kind of context says alone.
    pub relevance: Relevance,
    /// Whether a sentence encoder has looked at the comment too: `off_topic` is its score then.
    pub is_second_score: bool,
}
