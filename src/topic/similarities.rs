//! How near a comment is to what it may be about, and the numbers that the head reads from that.

use super::comment_vector::{CommentVector, shared_ids};
use super::{ArticleVectors, ClosenessSpread, ThreadCentroid};
use crate::classify::embedding::EmbeddingSum;
use crate::domain::{Absence, TopicBasis};

/// Fewest content words of a comment that is scored.
const MIN_CONTENT_WORDS: u32 = 3;
/// Fewest earlier comments that make a thread something to compare with.
const MIN_EARLIER_COMMENTS: u32 = 3;

/// Nearness of a comment to one thing that it may be about.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Closeness {
    /// Cosine of the angle between the two, 0..=1.
    pub cosine: f32,
    /// Share of the comment's squared length on terms that the other has too, 0..=1.
    pub coverage: f32,
    /// Number of rare terms in both.
    pub shared_rare_words: u32,
    /// Number of different terms of the other.
    pub terms: u32,
    /// The encoder's cosine, -1..=1.
    pub encoder: f32,
}

/// What a comment may be about, and how it stands there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// Title and article.
    pub article: Option<&'a ArticleVectors>,
    /// The comment that it answers.
    pub parent: Option<&'a CommentVector>,
    /// The earlier comments.
    pub thread: Option<&'a ThreadCentroid>,
    /// The author's own earlier comments in the thread.
    pub author: Option<&'a EmbeddingSum>,
    /// How near the earlier comments were to the article.
    pub spread: Option<&'a ClosenessSpread>,
    /// Whether it answers a comment, known or not.
    pub is_reply: bool,
    /// Whether it holds a link.
    pub has_link: bool,
    /// Whether it quotes somebody.
    pub has_quote: bool,
}

/// Kinds of context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Title and article.
    pub article: bool,
    /// The comment that it answers.
    pub parent: bool,
    /// The earlier comments.
    pub thread: bool,
    /// The author's own among them.
    pub author: bool,
}

impl Situation {
    /// Everything there is.
    pub const ALL: Self = Self { article: true, parent: true, thread: true, author: true };
    /// Nothing.
    pub const NONE: Self = Self { article: false, parent: false, thread: false, author: false };

    /// What one kind of context makes of it alone.
    #[must_use]
    pub fn only(basis: TopicBasis) -> Self {
        match basis {
            TopicBasis::Article => Self { article: true, ..Self::NONE },
            TopicBasis::Parent => Self { parent: true, ..Self::NONE },
            TopicBasis::Thread => Self { thread: true, ..Self::NONE },
        }
    }
}

/// What the context stage found about one comment: plain numbers, from which the score follows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Similarities {
    /// Content words of the comment.
    pub content_words: u32,
    /// Whether the comment is a greeting, thanks, a reaction or the like.
    pub is_small_talk: bool,
    /// To the title and the nearest passage of the article; `None` where the thread has neither.
    pub article: Option<Closeness>,
    /// The encoder's cosine to the title alone, -1..=1.
    pub title: Option<f32>,
    /// Number of passages of the article, the title among them.
    pub article_passages: u32,
    /// Share of the earlier comments that are farther from the article, 0..=1; see [`ClosenessSpread::share_farther`].
    pub typical: Option<f32>,
    /// To the comment that it answers; `None` where it answers none, or one that is unknown or without words.
    pub parent: Option<Closeness>,
    /// To the thread so far; `None` for fewer than three earlier comments with words.
    pub thread: Option<Closeness>,
    /// Number of earlier comments with words.
    pub earlier_comments: u32,
    /// The encoder's cosine to the author's earlier comments, -1..=1.
    pub author: Option<f32>,
    /// Whether it answers a comment.
    pub is_reply: bool,
    /// Whether it holds a link.
    pub has_link: bool,
    /// Whether it quotes somebody.
    pub has_quote: bool,
}

const PER_CONTEXT: usize = 9;
const OTHERS: usize = 10;
/// Number of the head's inputs.
pub const FEATURE_COUNT: usize = 3 * PER_CONTEXT + OTHERS;

/// Names of the head's inputs, in order.
///
/// For each of article, parent and thread: whether there is one (the missing indicator; all others of its kind are 0
/// without it), root of the cosine of the terms, coverage, `ln(1 + rare words shared)`, root of the cosine times the
/// logarithm of the comment's content words, that logarithm, the logarithm of the other's terms, the encoder's cosine, and
/// that times the comment's logarithm. Then the encoder's cosine to the title; how typical the nearness to the article is of
/// the thread (the share of earlier comments that are farther, less a half); whether the author wrote before, and the
/// encoder's cosine to that; whether the comment is a reply, holds a link, quotes; the logarithms of the article's passages,
/// of the earlier comments, and of the comment's content words. Every logarithm is of 1 + the number.
pub const FEATURE_NAMES: [&str; FEATURE_COUNT] = [
    "article_present",
    "article_root_cosine",
    "article_coverage",
    "article_rare_words",
    "article_root_cosine_by_length",
    "article_by_length",
    "article_terms",
    "article_encoder",
    "article_encoder_by_length",
    "parent_present",
    "parent_root_cosine",
    "parent_coverage",
    "parent_rare_words",
    "parent_root_cosine_by_length",
    "parent_by_length",
    "parent_terms",
    "parent_encoder",
    "parent_encoder_by_length",
    "thread_present",
    "thread_root_cosine",
    "thread_coverage",
    "thread_rare_words",
    "thread_root_cosine_by_length",
    "thread_by_length",
    "thread_terms",
    "thread_encoder",
    "thread_encoder_by_length",
    "title_encoder",
    "typical",
    "author_present",
    "author_encoder",
    "reply",
    "link",
    "quote",
    "article_passages",
    "thread_comments",
    "length",
];

impl Similarities {
    /// Compares a comment with what it may be about.
    #[must_use]
    pub fn between(comment: &CommentVector, around: &Surroundings<'_>) -> Self {
        let thread = around.thread.filter(|thread| thread.comments() >= MIN_EARLIER_COMMENTS);
        let article = around.article.map(|article| article.compare(comment));
        let title = around.article.and_then(ArticleVectors::title);
        Self {
            content_words: comment.content_words(),
            is_small_talk: comment.is_small_talk(),
            article,
            title: title.map(|title| title.embedding().cosine(comment.embedding())),
            article_passages: around.article.map_or(0, ArticleVectors::passage_count),
            typical: article.zip(around.spread).and_then(|(article, spread)| spread.share_farther(article.encoder)),
            parent: around.parent.filter(|parent| !parent.is_empty()).map(|parent| {
                let (cosine, coverage) = comment.compare(parent);
                let shared_rare_words = shared_ids(comment.rare(), parent.rare());
                let encoder = comment.embedding().cosine(parent.embedding());
                Closeness { cosine, coverage, shared_rare_words, terms: parent.entries().len() as u32, encoder }
            }),
            thread: thread.and_then(|thread| thread.compare(comment)),
            earlier_comments: around.thread.map_or(0, ThreadCentroid::comments),
            author: around.author.filter(|author| author.count() > 0).map(|author| author.cosine(comment.embedding())),
            is_reply: around.is_reply,
            has_link: around.has_link,
            has_quote: around.has_quote,
        }
    }

    /// What is left of them in a situation.
    #[must_use]
    pub fn seen_in(&self, situation: Situation) -> Self {
        let mut left = *self;
        if !situation.article {
            (left.article, left.title, left.typical, left.article_passages) = (None, None, None, 0);
        }
        if !situation.parent {
            left.parent = None;
        }
        if !situation.thread {
            (left.thread, left.earlier_comments) = (None, 0);
        }
        if !situation.author {
            left.author = None;
        }
        left
    }

    /// Whether there is a context of this kind.
    #[must_use]
    pub fn has(&self, basis: TopicBasis) -> bool {
        match basis {
            TopicBasis::Article => self.article.is_some(),
            TopicBasis::Parent => self.parent.is_some(),
            TopicBasis::Thread => self.thread.is_some(),
        }
    }

    /// What the comment is mainly compared with: the article where there is an article or a title, else the comment
    /// that it answers, else the thread so far.
    ///
    /// # Errors
    /// [`Absence::TooLittleText`] for fewer than three content words and for small talk, [`Absence::NoContext`] where there
    /// is neither an article nor a parent nor three earlier comments.
    pub fn basis(&self) -> Result<TopicBasis, Absence> {
        if self.content_words < MIN_CONTENT_WORDS || self.is_small_talk {
            return Err(Absence::TooLittleText);
        }
        TopicBasis::ALL.into_iter().find(|basis| self.has(*basis)).ok_or(Absence::NoContext)
    }

    /// The head's inputs, in the order of [`FEATURE_NAMES`]; all finite.
    #[must_use]
    pub fn features(&self) -> [f64; FEATURE_COUNT] {
        let length = f64::from(self.content_words).ln_1p();
        let mut features = [0.0; FEATURE_COUNT];
        let contexts = [self.article, self.parent, self.thread];
        for (numbers, closeness) in features.chunks_exact_mut(PER_CONTEXT).zip(contexts) {
            let Some(closeness) = closeness else { continue };
            let root = f64::from(closeness.cosine).sqrt();
            numbers.copy_from_slice(&[
                1.0,
                root,
                f64::from(closeness.coverage),
                f64::from(closeness.shared_rare_words).ln_1p(),
                root * length,
                length,
                f64::from(closeness.terms).ln_1p(),
                f64::from(closeness.encoder),
                f64::from(closeness.encoder) * length,
            ]);
        }
        let number = |yes: bool| f64::from(u8::from(yes));
        let comments = if self.thread.is_some() { self.earlier_comments } else { 0 };
        features[3 * PER_CONTEXT..].copy_from_slice(&[
            f64::from(self.title.unwrap_or_default()),
            f64::from(self.typical.map_or(0.0, |share| share - 0.5)),
            number(self.author.is_some()),
            f64::from(self.author.unwrap_or_default()),
            number(self.is_reply),
            number(self.has_link),
            number(self.has_quote),
            f64::from(self.article_passages).ln_1p(),
            f64::from(comments).ln_1p(),
            length,
        ]);
        features
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basis_is_article_then_parent_then_thread() {
        let some = Some(Closeness::default());
        let all = Similarities { content_words: 3, article: some, parent: some, thread: some, ..Default::default() };
        for (similarities, expected) in [
            (all, Ok(TopicBasis::Article)),
            (Similarities { article: None, ..all }, Ok(TopicBasis::Parent)),
            (Similarities { article: None, parent: None, ..all }, Ok(TopicBasis::Thread)),
            (Similarities { article: None, parent: None, thread: None, ..all }, Err(Absence::NoContext)),
            (Similarities { content_words: 2, ..all }, Err(Absence::TooLittleText)),
            (Similarities { is_small_talk: true, ..all }, Err(Absence::TooLittleText)),
            (Similarities::default(), Err(Absence::TooLittleText)),
        ] {
            assert_eq!(similarities.basis(), expected, "{similarities:?}");
        }
    }

    #[test]
    fn missing_contexts_leave_zeros_in_their_place() {
        let closeness = Closeness { cosine: 0.25, coverage: 0.5, shared_rare_words: 1, terms: 9, encoder: 0.5 };
        let similarities = Similarities { content_words: 4, parent: Some(closeness), ..Default::default() };
        let features = similarities.features();
        for (name, value) in FEATURE_NAMES.iter().zip(features) {
            let is_there = name.starts_with("parent") || *name == "length";
            assert_eq!(value != 0.0, is_there, "{name} is {value}");
        }
        assert!((features[10] - 0.5).abs() < 1e-12 && (features[16] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_situation_leaves_what_it_names() {
        let some = Some(Closeness::default());
        let all = Similarities {
            article: some,
            title: Some(0.5),
            article_passages: 3,
            typical: Some(0.5),
            parent: some,
            thread: some,
            earlier_comments: 4,
            author: Some(0.5),
            ..Default::default()
        };
        assert_eq!(all.seen_in(Situation::ALL), all);
        assert_eq!(all.seen_in(Situation::NONE), Similarities::default());
        for basis in TopicBasis::ALL {
            let left = all.seen_in(Situation::only(basis));
            assert!(TopicBasis::ALL.into_iter().all(|other| left.has(other) == (other == basis)), "{left:?}");
        }
    }
}
