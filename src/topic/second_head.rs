//! The cascade's second score: what a sentence encoder's cosines make of a first score that was undecided.

use std::sync::Arc;

use crate::classify::dense_head::DenseHead;
use crate::classify::sentence_vectors::{SentenceText, SentenceVectors};
use crate::domain::Probability;

/// Number of the second head's inputs.
pub const SECOND_FEATURE_COUNT: usize = 8;

/// Names of the second head's inputs, in order: the first score as log-odds; whether there is an article and its cosine,
/// whether there is a parent and its cosine (0 where there is none); the product of the two cosines, and that of the first
/// log-odds with each of them.
pub const SECOND_FEATURE_NAMES: [&str; SECOND_FEATURE_COUNT] = [
    "first_log_odds",
    "article_present",
    "article_sentence",
    "parent_present",
    "parent_sentence",
    "article_by_parent",
    "first_by_article",
    "first_by_parent",
];

/// The first log-odds beyond which they say no more: a sentence encoder must be able to answer them.
const MAX_FIRST_LOG_ODDS: f64 = 12.0;

/// The texts that a second score compares.
#[derive(Debug, Clone)]
pub struct SecondLook {
    /// The comment.
    pub comment: Arc<SentenceText>,
    /// The title.
    pub title: Option<Arc<SentenceText>>,
    /// The passage of the article that the first score found nearest.
    pub passage: Option<Arc<SentenceText>>,
    /// The comment that it answers.
    pub parent: Option<Arc<SentenceText>>,
}

/// What the sentence encoder says of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SentenceSimilarities {
    /// Cosine to the nearer of title and passage, -1..=1; `None` where the thread has neither.
    pub article: Option<f32>,
    /// Cosine to the comment that it answers, -1..=1.
    pub parent: Option<f32>,
}

impl SecondLook {
    /// Whether there is anything to compare the comment with.
    #[must_use]
    pub fn has_context(&self) -> bool {
        self.title.is_some() || self.passage.is_some() || self.parent.is_some()
    }

    /// Compares; `None` where one of the texts has no vector.
    #[must_use]
    pub fn compare(&self, encoder: &dyn SentenceVectors) -> Option<SentenceSimilarities> {
        let cosine = |other: &Option<Arc<SentenceText>>| match other {
            Some(other) => self.comment.cosine(other, encoder).map(Some),
            None => Some(None),
        };
        let (title, passage) = (cosine(&self.title)?, cosine(&self.passage)?);
        // Nothing is less than any number.
        let article = if title > passage { title } else { passage };
        Some(SentenceSimilarities { article, parent: cosine(&self.parent)? })
    }
}

impl SentenceSimilarities {
    /// The second head's inputs, in the order of [`SECOND_FEATURE_NAMES`].
    #[must_use]
    pub fn features(&self, first_log_odds: f64) -> [f64; SECOND_FEATURE_COUNT] {
        let first = first_log_odds.clamp(-MAX_FIRST_LOG_ODDS, MAX_FIRST_LOG_ODDS);
        let [article, parent] = [self.article, self.parent].map(|cosine| cosine.map_or(0.0, f64::from));
        let [has_article, has_parent] = [self.article, self.parent].map(|cosine| f64::from(u8::from(cosine.is_some())));
        [first, has_article, article, has_parent, parent, article * parent, first * article, first * parent]
    }
}

/// A head over [`SentenceSimilarities::features`], for one sentence encoder alone.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondHead {
    /// Log-odds of off topic.
    pub head: DenseHead,
    /// The first 12 hexadecimal digits of the checksum of the sentence encoder's weights.
    pub encoder_checksum: String,
}

impl SecondHead {
    /// Log-odds of off topic.
    #[must_use]
    pub fn log_odds(&self, first_log_odds: f64, similarities: &SentenceSimilarities) -> f64 {
        self.head.log_odds(&similarities.features(first_log_odds))
    }

    /// The probability of off topic.
    #[must_use]
    pub fn score(&self, first_log_odds: f64, similarities: &SentenceSimilarities) -> Probability {
        Probability::from_log_odds(self.log_odds(first_log_odds, similarities))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct ByLength;

    impl SentenceVectors for ByLength {
        fn vector(&self, text: &str) -> Option<Vec<f32>> {
            match text.len() {
                0..=3 => Some(vec![1.0, 0.0]),
                4..=6 => Some(vec![0.6, 0.8]),
                7..=9 => Some(vec![0.0, 1.0]),
                _ => None,
            }
        }

        fn citation(&self) -> &'static str {
            "by-length"
        }

        fn checksum(&self) -> &'static str {
            "000000000000"
        }
    }

    fn look(title: Option<&str>, passage: Option<&str>, parent: Option<&str>) -> SecondLook {
        let [title, passage, parent] = [title, passage, parent].map(|text| text.and_then(SentenceText::new));
        SecondLook { comment: SentenceText::new("abc").unwrap(), title, passage, parent }
    }

    #[test]
    fn the_nearer_of_title_and_passage_counts_and_a_failure_is_no_cosine() {
        let found = look(Some("bridge"), Some("councils"), Some("abc")).compare(&ByLength).unwrap();
        assert!((found.article.unwrap() - 0.6).abs() < 1e-6 && found.parent == Some(1.0), "{found:?}");
        let found = look(Some("councils"), None, None).compare(&ByLength).unwrap();
        assert_eq!((found.article, found.parent), (Some(0.0), None));
        assert_eq!(look(None, Some("a very long passage"), None).compare(&ByLength), None);
        assert!(!look(None, None, None).has_context() && look(None, None, Some("abc")).has_context());
    }

    #[test]
    fn what_is_missing_leaves_zeros() {
        let features = SentenceSimilarities { article: Some(0.5), parent: None }.features(-30.0);
        let expected = [-12.0, 1.0, 0.5, 0.0, 0.0, 0.0, -6.0, 0.0];
        assert!(
            features.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12),
            "{features:?}"
        );
    }
}
