//! Training rows put together again as threads, their words already turned into vectors.

use std::sync::Arc;

use super::rows::{Answer, Extras, Judgement, Row, Subject};
use crate::classify::sentence_vectors::SentenceText;
use crate::text::words::hash_word;
use crate::topic::{ArticleSentences, ArticleVectors, CommentVector, TopicModel};

/// Longest chain of earlier comments that is searched for a parent.
const MAX_SEARCHED_COMMENTS: usize = 1_000;

/// A comment in its thread.
#[derive(Debug, Clone)]
pub struct ThreadComment {
    /// Its words.
    pub vector: Arc<CommentVector>,
    /// The words of the comment that it answers.
    pub parent: Option<Arc<CommentVector>>,
    /// The words of the comment that its parent answers: in a conversation of two, the author's own.
    pub grandparent: Option<Arc<CommentVector>>,
    /// 1 for a comment on the subject itself.
    pub depth: u32,
    /// Length of its text in characters.
    pub length_chars: usize,
    /// Whether it is on topic.
    pub judgement: Judgement,
    /// Whether a person said so.
    pub by_person: bool,
    /// How good an answer it is.
    pub answer: Option<Answer>,
    /// What it holds beside its own words.
    pub extras: Extras,
    /// Its text, where a sentence encoder will ask for it.
    pub text: Option<Arc<SentenceText>>,
    /// The text of the comment that it answers.
    pub parent_text: Option<Arc<SentenceText>>,
    text_hash: u64,
}

/// A thread: what it is about, and its comments in the order of the data.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Title and article, where the data says that they are that.
    pub article: Option<ArticleVectors>,
    /// The text that opened the thread, which may be an article or the first comment.
    pub opening: Option<Arc<CommentVector>>,
    /// The comments.
    pub comments: Vec<ThreadComment>,
    /// The texts of title and article, where a sentence encoder will ask for them.
    pub article_sentences: Option<ArticleSentences>,
    /// The text of the opening.
    pub opening_text: Option<Arc<SentenceText>>,
}

/// Collects threads from rows that stand next to each other.
pub struct ThreadCollector<'model> {
    model: &'model TopicModel,
    /// Whether threads of pairs are kept only where the encoder has not learnt from them.
    unlearnt_pairs_only: bool,
    /// Whether texts are kept too.
    with_texts: bool,
    subject: Option<Subject>,
    keeps: bool,
    threads: Vec<Thread>,
}

impl<'model> ThreadCollector<'model> {
    /// Begins without threads.
    pub fn new(model: &'model TopicModel, unlearnt_pairs_only: bool, with_texts: bool) -> Self {
        Self { model, unlearnt_pairs_only, with_texts, subject: None, keeps: false, threads: Vec::new() }
    }

    /// Takes the next row.
    pub fn add(&mut self, row: &Row) {
        if self.subject.as_ref() != Some(&row.subject) {
            self.begin(row);
        }
        if !self.keeps {
            return;
        }
        let Some(thread) = self.threads.last_mut() else { return };
        let mut grandparent = None;
        let mut parent_text = None;
        let kept = |text: &str| self.with_texts.then(|| SentenceText::new(text)).flatten();
        let parent = row.parent.as_ref().map(|text| {
            let hash = hash_word(text);
            let earlier = thread.comments.iter().rev().take(MAX_SEARCHED_COMMENTS);
            if let Some(known) = earlier.into_iter().find(|comment| comment.text_hash == hash) {
                grandparent.clone_from(&known.parent);
                parent_text.clone_from(&known.text);
                Arc::clone(&known.vector)
            } else {
                parent_text = kept(text);
                Arc::new(self.model.vectorise([text.as_str()]))
            }
        });
        thread.comments.push(ThreadComment {
            vector: Arc::new(self.model.vectorise([row.text.as_str()])),
            parent,
            grandparent,
            depth: row.depth,
            length_chars: row.text.trim().chars().count(),
            judgement: row.judgement,
            by_person: row.by_person,
            answer: row.answer,
            extras: row.extras,
            text: kept(&row.text),
            parent_text,
            text_hash: hash_word(&row.text),
        });
    }

    fn begin(&mut self, row: &Row) {
        let subject = &row.subject;
        self.keeps = !(self.unlearnt_pairs_only && row.is_pair) || subject.is_left_for_the_head();
        if self.keeps {
            let opening = subject.opening.as_ref().map(|text| Arc::new(self.model.vectorise([text.as_str()])));
            let (title, article) = (subject.title.as_deref(), subject.article.as_deref());
            let (article, article_sentences) = if self.with_texts {
                ArticleSentences::new(self.model, title, article).unzip()
            } else {
                (ArticleVectors::new(self.model, title, article), None)
            };
            let opening_text = subject.opening.as_deref().filter(|_| self.with_texts).and_then(SentenceText::new);
            self.threads.push(Thread { article, opening, comments: Vec::new(), article_sentences, opening_text });
        }
        self.subject = Some(subject.clone());
    }

    /// The threads, in the order of the data.
    pub fn finish(self) -> Vec<Thread> {
        self.threads
    }
}
