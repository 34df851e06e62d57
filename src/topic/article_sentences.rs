//! The texts of a title and an article, for encoders that read whole sentences.

use std::sync::Arc;

use super::{ArticleVectors, SecondLook, TopicModel};
use crate::classify::embedding::Embedding;
use crate::classify::sentence_vectors::SentenceText;

/// The title and the passages of an article, numbered as in the [`ArticleVectors`] that were made with them. Bounded as
/// those are: 256 passages of at most 80 words, each cut to 2,000 bytes.
#[derive(Debug, Clone)]
pub struct ArticleSentences {
    title: Option<Arc<SentenceText>>,
    /// One for each passage; the title's is `None`.
    passages: Vec<Option<Arc<SentenceText>>>,
}

impl ArticleSentences {
    /// Reads a title and an article as [`ArticleVectors::new`] does, and keeps the texts.
    #[must_use]
    pub fn new(model: &TopicModel, title: Option<&str>, article: Option<&str>) -> Option<(ArticleVectors, Self)> {
        let (vectors, places) = ArticleVectors::with_places(model, title, article)?;
        let article = article.unwrap_or_default();
        let passages = places.into_iter().map(|place| SentenceText::new(place?.of(article))).collect();
        let title = vectors.title().and(title).and_then(SentenceText::new);
        Some((vectors, Self { title, passages }))
    }

    /// The texts that a comment is compared with: the title and the passage that the static encoder finds nearest.
    #[must_use]
    pub fn look(
        &self,
        vectors: &ArticleVectors,
        comment: Arc<SentenceText>,
        place: &Embedding,
        parent: Option<Arc<SentenceText>>,
    ) -> SecondLook {
        let passage = vectors.nearest_passage(place).and_then(|number| self.passages.get(number).cloned().flatten());
        SecondLook { comment, title: self.title.clone(), passage, parent }
    }
}
