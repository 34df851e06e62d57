//! First stage, in parallel: everything about an item that needs no other item.

use crate::domain::{Aside, Comment, LanguageCode, LanguageVerdict, Reject, ThreadHeader};
use crate::language::Prior;
use crate::text::anatomy::{Anatomy, word_hashes};
use crate::text::words::{hash_word, words};
use crate::topic::{ArticleSentences, ArticleVectors};

use super::Models;
use super::own_words::OwnWords;
use super::supplied::supplied_translation;

/// Words of an article, from its beginning, that comments are compared with: a book of 60 pages. What is kept of a
/// thread's article is bounded by it.
const MAX_ARTICLE_WORDS: usize = 20_000;

/// An item on its way to its thread.
#[derive(Debug)]
pub(super) enum Prepared {
    Comment(Box<PreparedComment>),
    Thread(Box<PreparedThread>),
    Reject(Reject),
    Aside(Aside),
}

/// A comment with all that follows from its text alone.
#[derive(Debug)]
pub(super) struct PreparedComment {
    pub(super) anatomy: Anatomy,
    pub(super) own: OwnWords,
    /// Hash of the text without white space at its ends: equal texts are equal comments.
    pub(super) exact: u64,
    /// What is said of its language by who should know; taken as it is.
    pub(super) told: Option<LanguageVerdict>,
    pub(super) comment: Comment,
}

/// A thread's header with all that comments will be compared with.
#[derive(Debug)]
pub(super) struct PreparedThread {
    /// Hashes of the words of the title and the article.
    pub(super) words: Vec<u32>,
    pub(super) vectors: Option<ArticleVectors>,
    /// The texts of the title and the article; kept for a cascade only.
    pub(super) sentences: Option<ArticleSentences>,
    /// The stated language, or else that of the article.
    pub(super) language: Option<LanguageCode>,
    pub(super) header: ThreadHeader,
}

/// Prepares a comment.
pub(super) fn prepare_comment(comment: Comment, models: &Models, read: &[LanguageCode]) -> PreparedComment {
    let text = comment.body.as_str();
    let anatomy = Anatomy::of_marked(text, &comment.marks);
    let translation = supplied_translation(text, &models.detector, read);
    let own = OwnWords::of(text, &anatomy, translation, &[], models);
    let exact = hash_word(text.trim());
    PreparedComment { anatomy, own, exact, told: None, comment }
}

/// The first `MAX_ARTICLE_WORDS` words of an article.
pub(super) fn beginning(article: &str) -> &str {
    words(article).nth(MAX_ARTICLE_WORDS).and_then(|word| article.get(..word.begin)).unwrap_or(article)
}

/// Prepares a thread's header.
pub(super) fn prepare_thread(header: ThreadHeader, models: &Models) -> PreparedThread {
    let title = header.title.as_ref().map(crate::domain::Body::as_str);
    let article = header.article.as_ref().map(|article| beginning(article.as_str()));
    let hashes = [title, article].into_iter().flatten().flat_map(word_hashes);
    let words = hashes.map(|word| word.hash).collect();
    let (vectors, sentences) = match &models.topic {
        Some(topic) if models.sentences.is_some() => ArticleSentences::new(topic, title, article).unzip(),
        Some(topic) => (ArticleVectors::new(topic, title, article), None),
        None => (None, None),
    };
    let language = header.language.or_else(|| models.detector.judge(article.or(title)?, &Prior::none()).known());
    PreparedThread { words, vectors, sentences, language, header }
}
