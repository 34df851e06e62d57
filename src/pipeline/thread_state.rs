//! What is remembered of one thread.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::classify::sentence_vectors::SentenceText;
use crate::domain::CommentId;
use crate::language::LanguageMix;
use crate::text::anatomy::WordAt;
use crate::text::quotes::{QuoteIndex, TrailNumber};
use crate::topic::{
    ArticleSentences, ArticleTexts, ArticleVectors, ClosenessSpread, CommentVector, PartedText, ThreadCentroid,
};

use super::authors_so_far::AuthorsSoFar;
use super::prepare::PreparedThread;

/// Words of a comment, from its beginning, that later comments are compared with.
const MAX_REMEMBERED_WORDS: usize = 2_000;

/// A comment that later ones may answer, quote or repeat.
#[derive(Debug)]
pub(super) struct Remembered {
    id: CommentId,
    author: Option<u64>,
    exact: u64,
    /// What it was about; `None` where it is in no language that the topic model reads.
    pub(super) vector: Option<Arc<CommentVector>>,
    /// Its words, where they are kept for explanations.
    pub(super) text: Option<Arc<PartedText>>,
    /// Its beginning, for a cascade; `None` without one.
    pub(super) sentence_text: Option<Arc<SentenceText>>,
}

/// A thread as far as it has gone.
#[derive(Debug, Default)]
pub(super) struct ThreadState {
    /// Title and article, for topic.
    pub(super) article: Option<Arc<ArticleVectors>>,
    /// Title and article, where they are kept for explanations.
    pub(super) article_texts: Option<Arc<ArticleTexts>>,
    /// The texts of title and article, for a cascade; `None` without one.
    pub(super) article_sentences: Option<ArticleSentences>,
    /// Title and article, for quotes.
    pub(super) article_words: QuoteIndex,
    /// Languages so far.
    pub(super) mix: LanguageMix,
    /// What the comments so far were about. Copied before it changes where a comment still waits with what it was.
    pub(super) centroid: Arc<ThreadCentroid>,
    /// What each author's comments were about.
    pub(super) authors: AuthorsSoFar,
    /// How near the comments so far were to the article.
    pub(super) spread: ClosenessSpread,
    /// Comments so far, for quotes and near-duplicates; numbered like `comments`.
    pub(super) comment_words: QuoteIndex,
    comments: VecDeque<Remembered>,
    first_number: TrailNumber,
    by_id: FxHashMap<CommentId, TrailNumber>,
    by_exact: FxHashMap<u64, TrailNumber>,
    /// Whether a comment of this thread was forgotten.
    pub(super) is_truncated: bool,
}

impl ThreadState {
    /// A thread without comments, of which some may have been forgotten.
    pub(super) fn new(is_truncated: bool) -> Self {
        Self { is_truncated, ..Self::default() }
    }

    /// Takes over what a header says. A later header of the same thread replaces an earlier one.
    pub(super) fn set_header(&mut self, header: PreparedThread) {
        self.article = header.vectors.map(Arc::new);
        self.article_sentences = header.sentences;
        self.spread = ClosenessSpread::default();
        self.article_words = QuoteIndex::default();
        self.article_words.add(header.words);
        if let Some(language) = header.language {
            self.mix.state(language);
        }
    }

    /// Comments remembered.
    pub(super) fn len(&self) -> usize {
        self.comments.len()
    }

    /// The first comment that said the same, letter for letter.
    pub(super) fn exact_duplicate(&self, exact: u64) -> Option<CommentId> {
        self.by_exact.get(&exact).and_then(|number| self.get(*number)).map(|comment| comment.id.clone())
    }

    /// The comment of a number.
    pub(super) fn id(&self, number: TrailNumber) -> Option<CommentId> {
        self.get(number).map(|comment| comment.id.clone())
    }

    /// A comment that is remembered.
    pub(super) fn comment(&self, id: &CommentId) -> Option<&Remembered> {
        self.by_id.get(id).and_then(|number| self.get(*number))
    }

    /// Whether a comment that is remembered is an author's.
    pub(super) fn is_by(&self, id: &CommentId, author: u64) -> bool {
        self.comment(id).is_some_and(|comment| comment.author == Some(author))
    }

    fn get(&self, number: TrailNumber) -> Option<&Remembered> {
        self.comments.get(number.wrapping_sub(self.first_number) as usize)
    }

    /// Remembers a comment.
    pub(super) fn remember(
        &mut self,
        id: &CommentId,
        author: Option<u64>,
        exact: u64,
        words: &[WordAt],
        vector: Option<Arc<CommentVector>>,
        sentence_text: Option<Arc<SentenceText>>,
    ) {
        let number = self.comment_words.add(words.iter().take(MAX_REMEMBERED_WORDS).map(|word| word.hash));
        self.by_id.insert(id.clone(), number);
        self.by_exact.entry(exact).or_insert(number);
        if let Some(author) = author {
            self.authors.add(author, vector.as_deref());
        }
        self.comments.push_back(Remembered { id: id.clone(), author, exact, vector, text: None, sentence_text });
    }

    /// Keeps the words of the comment that was remembered last.
    pub(super) fn keep_text(&mut self, text: Arc<PartedText>) {
        if let Some(last) = self.comments.back_mut() {
            last.text = Some(text);
        }
    }

    /// Forgets the oldest comment, if there is one.
    pub(super) fn forget_oldest(&mut self) -> bool {
        let Some(oldest) = self.comments.pop_front() else { return false };
        self.is_truncated = true;
        let number = self.first_number;
        self.first_number = self.first_number.wrapping_add(1);
        self.comment_words.forget_oldest();
        if let Some(author) = oldest.author {
            self.authors.forget_one(author);
        }
        if self.by_id.get(&oldest.id) == Some(&number) {
            self.by_id.remove(&oldest.id);
        }
        if self.by_exact.get(&oldest.exact) == Some(&number) {
            self.by_exact.remove(&oldest.exact);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::anatomy::word_hashes;

    #[test]
    fn what_is_forgotten_is_gone_from_every_index() {
        let mut thread = ThreadState::default();
        for number in 0..5_u64 {
            let words = word_hashes("the same seven words again and again");
            thread.remember(&CommentId::new(number.to_string()), Some(number % 2), number, &words, None, None);
        }
        assert_eq!(thread.exact_duplicate(0), Some(CommentId::new("0")));
        assert!(thread.comment(&CommentId::new("0")).is_some());
        assert!(thread.forget_oldest());
        assert!(thread.is_truncated);
        assert_eq!(thread.exact_duplicate(0), None);
        assert!(thread.comment(&CommentId::new("0")).is_none());
        assert_eq!(thread.id(1), Some(CommentId::new("1")));
        while thread.forget_oldest() {}
        assert_eq!((thread.len(), thread.by_id.len(), thread.by_exact.len()), (0, 0, 0));
        assert!(thread.authors.is_empty());
    }
}
