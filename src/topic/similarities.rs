//! How near a comment is to what it may be about, and the numbers that the head reads from that.

use super::comment_vector::{CommentVector, shared_ids};
use super::{ArticleVectors, ThreadCentroid};
use crate::domain::{Absence, Relevance, TopicBasis};

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
}

/// What the context stage found about one comment: plain numbers, from which the score follows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Similarities {
    /// Content words of the comment.
    pub content_words: u32,
    /// To the title and the nearest passage of the article; `None` where the thread has neither.
    pub article: Option<Closeness>,
    /// Number of passages of the article, the title among them.
    pub article_passages: u32,
    /// To the comment that it answers; `None` where it answers none, or one that is unknown or without words.
    pub parent: Option<Closeness>,
    /// To the thread so far; `None` for fewer than three earlier comments with words.
    pub thread: Option<Closeness>,
    /// Number of earlier comments with words.
    pub earlier_comments: u32,
}

const PER_CONTEXT: usize = 7;
/// Number of the head's inputs.
pub const FEATURE_COUNT: usize = 3 * PER_CONTEXT + 3;

/// Names of the head's inputs, in order.
///
/// For each of article, parent and thread: whether there is one (the missing indicator; all others of its kind are 0
/// without it), root of the cosine, coverage, `ln(1 + rare words shared)`, root of the cosine times the logarithm of
/// the comment's content words, that logarithm, and the logarithm of the other's terms. Then the logarithms of the
/// article's passages, of the earlier comments, and of the comment's content words. Every logarithm is of 1 + the number.
pub const FEATURE_NAMES: [&str; FEATURE_COUNT] = [
    "article_present",
    "article_root_cosine",
    "article_coverage",
    "article_rare_words",
    "article_root_cosine_by_length",
    "article_by_length",
    "article_terms",
    "parent_present",
    "parent_root_cosine",
    "parent_coverage",
    "parent_rare_words",
    "parent_root_cosine_by_length",
    "parent_by_length",
    "parent_terms",
    "thread_present",
    "thread_root_cosine",
    "thread_coverage",
    "thread_rare_words",
    "thread_root_cosine_by_length",
    "thread_by_length",
    "thread_terms",
    "article_passages",
    "thread_comments",
    "length",
];

impl Similarities {
    /// Compares a comment with what it may be about.
    pub(super) fn between(
        comment: &CommentVector,
        article: Option<&ArticleVectors>,
        parent: Option<&CommentVector>,
        thread: &ThreadCentroid,
    ) -> Self {
        let enough_comments = thread.comments() >= MIN_EARLIER_COMMENTS;
        Self {
            content_words: comment.content_words(),
            article: article.map(|article| article.compare(comment)),
            article_passages: article.map_or(0, ArticleVectors::passage_count),
            parent: parent.filter(|parent| !parent.is_empty()).map(|parent| {
                let (cosine, coverage) = comment.compare(parent);
                let shared_rare_words = shared_ids(comment.rare(), parent.rare());
                Closeness { cosine, coverage, shared_rare_words, terms: parent.entries().len() as u32 }
            }),
            thread: enough_comments.then(|| thread.compare(comment)).flatten(),
            earlier_comments: thread.comments(),
        }
    }

    /// What the comment is mainly compared with: the article where there is an article or a title, else the comment
    /// that it answers, else the thread so far.
    ///
    /// # Errors
    /// [`Absence::TooLittleText`] for fewer than three content words, [`Absence::NoContext`] where there is neither an
    /// article nor a parent nor three earlier comments.
    pub fn basis(&self) -> Result<TopicBasis, Absence> {
        if self.content_words < MIN_CONTENT_WORDS {
            return Err(Absence::TooLittleText);
        }
        let known = [
            (self.article.is_some(), TopicBasis::Article),
            (self.parent.is_some(), TopicBasis::Parent),
            (self.thread.is_some(), TopicBasis::Thread),
        ];
        known.into_iter().find(|(present, _)| *present).map(|(_, basis)| basis).ok_or(Absence::NoContext)
    }

    /// The cosines, as they are shown in a record.
    #[must_use]
    pub fn relevance(&self) -> Relevance {
        let cosine = |closeness: Option<Closeness>| closeness.map(|closeness| f64::from(closeness.cosine));
        Relevance { article: cosine(self.article), parent: cosine(self.parent), thread: cosine(self.thread) }
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
            ]);
        }
        let comments = if self.thread.is_some() { self.earlier_comments } else { 0 };
        features[3 * PER_CONTEXT..].copy_from_slice(&[
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
            (Similarities::default(), Err(Absence::TooLittleText)),
        ] {
            assert_eq!(similarities.basis(), expected, "{similarities:?}");
        }
    }

    #[test]
    fn missing_contexts_leave_zeros_in_their_place() {
        let closeness = Closeness { cosine: 0.25, coverage: 0.5, shared_rare_words: 1, terms: 9 };
        let similarities = Similarities { content_words: 4, parent: Some(closeness), ..Default::default() };
        let features = similarities.features();
        for (name, value) in FEATURE_NAMES.iter().zip(features) {
            let absent = name.starts_with("article") || name.starts_with("thread");
            assert_eq!(value == 0.0, absent, "{name} is {value}");
        }
        assert!((features[8] - 0.5).abs() < 1e-12);
    }
}
