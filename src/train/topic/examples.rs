//! Comments beside what they may be about: their own thread's, and another's.

use std::sync::Arc;

use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::rows::{Answer, Judgement};
use super::threads::{Thread, ThreadComment};
use crate::classify::embedding::EmbeddingSum;
use crate::topic::{
    ArticleVectors, ClosenessSpread, CommentVector, SecondLook, Similarities, Situation, Surroundings, ThreadCentroid,
};

/// A long article is made up from a thread of at least this many comments.
const MIN_COMMENTS_FOR_MADE_UP_ARTICLE: usize = 12;
/// Most passages of a made-up article.
const MAX_MADE_UP_PASSAGES: usize = 24;
/// Most draws for a comment of another thread.
const MAX_DRAWS: usize = 16;

/// A comment under some context.
#[derive(Debug, Clone)]
pub struct Example {
    /// What there is to compare.
    pub similarities: Similarities,
    /// Whether it is off topic there.
    pub off_topic: bool,
    /// Whether that is known; bad answers to a question are shown too, to compare them with good ones.
    pub judged: bool,
    /// Whether a person said it of this comment in this place.
    pub by_person: bool,
    /// Its length in characters.
    pub length_chars: usize,
    /// Depth of the place where it stands: 1 for a comment on the subject itself.
    pub depth: u32,
    /// How good an answer it is to the question that it stands under.
    pub answer: Option<Answer>,
    /// What a sentence encoder would compare; `None` where texts were not kept, or an article is made up.
    pub look: Option<SecondLook>,
}

/// How examples are made.
#[derive(Debug, Clone, Copy)]
pub struct ExampleOptions {
    /// Chooses all that is left to chance.
    pub seed: u64,
    /// Whether some long threads get a made-up long article from their first comments. Titles and openings in the data
    /// are short; a head that has only seen them would take the best of 20 passages for a close match.
    pub made_up_articles: bool,
    /// Whether every other opening that is no title counts as an article; else all of them are first comments.
    pub openings_as_articles: bool,
    /// Whether a comment that is on topic comes with a stranger.
    pub strangers: bool,
}

/// The choices that are left to chance.
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// True once in `times`, on average.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// What is compared with in one example: half the time everything, else each kind of context by the toss of a
    /// coin, but never nothing. So one head with missing indicators learns each situation that it will meet: on the
    /// development threads it is as good with everything at hand as a head trained on that alone (AUC 0.892 both).
    pub fn situation(&mut self, similarities: &Similarities) -> Situation {
        if self.one_in(2) {
            return Situation::ALL;
        }
        let [article, parent, thread, author] = [(); 4].map(|()| self.one_in(2));
        let drawn = Situation { article, parent, thread, author: author && thread };
        let left = similarities.seen_in(drawn);
        let nothing = left.article.is_none() && left.parent.is_none() && left.thread.is_none();
        if nothing { Situation::ALL } else { drawn }
    }
}

/// A thread made ready: its article, and which of its comments are part of that.
struct Stage {
    article: Option<ArticleVectors>,
    first_comment: Option<Arc<CommentVector>>,
    /// The comments before this one made the article.
    begin: usize,
}

impl Stage {
    fn set(thread: &Thread, options: ExampleOptions, dice: &mut Dice) -> Self {
        let opening_is_article = options.openings_as_articles && thread.opening.is_some() && dice.one_in(2);
        let (passage, first_comment) = match &thread.opening {
            Some(opening) if opening_is_article => (Some(CommentVector::clone(opening)), None),
            opening => (None, opening.clone()),
        };
        let article = passage.map_or_else(|| thread.article.clone(), |it| ArticleVectors::from_passages(None, [it]));
        let comments = &thread.comments;
        if !options.made_up_articles || comments.len() < MIN_COMMENTS_FOR_MADE_UP_ARTICLE || !dice.one_in(2) {
            return Self { article, first_comment, begin: 0 };
        }
        // Whole branches, so that no reply to a passage is an example.
        let wanted = 4 + dice.below(MAX_MADE_UP_PASSAGES.min(comments.len() / 2) - 3);
        let begin = (wanted..comments.len()).find(|at| comments[*at].depth == 1).unwrap_or(0);
        let passages = comments[..begin.min(MAX_MADE_UP_PASSAGES)].iter();
        let passages = passages.map(|comment| CommentVector::clone(&comment.vector));
        let title = thread.article.as_ref().and_then(ArticleVectors::title).cloned();
        let after_title = usize::from(title.is_some());
        let written = thread.article.iter().flat_map(|article| article.passages().iter().skip(after_title));
        let opening = thread.opening.as_deref();
        let made_up = ArticleVectors::from_passages(title, written.chain(opening).cloned().chain(passages));
        if begin == 0 {
            Self { article, first_comment, begin }
        } else {
            Self { article: made_up, first_comment, begin }
        }
    }
}

/// What a sentence encoder would compare a comment with in the place of another, or in its own.
fn look(thread: &Thread, stage: &Stage, place: &ThreadComment, own: &ThreadComment) -> Option<SecondLook> {
    let comment = own.text.clone()?;
    let parent = place.parent_text.clone().or_else(|| thread.opening_text.clone());
    Some(match thread.article_sentences.as_ref().zip(stage.article.as_ref()) {
        Some((texts, vectors)) => texts.look(vectors, comment, own.vector.embedding(), parent),
        None => SecondLook { comment, title: None, passage: None, parent },
    })
}

/// Calls `each` with every comment under its own context and, for one that is on topic there, with a comment of
/// another thread under the same context: as many of the one as of the other, and drawn from comments of the same kind
/// (first-level or reply), so that nothing but the context tells them apart. Comments without any term are left out. Without
/// strangers, there are only the comments under their own contexts.
pub fn for_each_example(threads: &[Thread], options: ExampleOptions, mut each: impl FnMut(&[Example])) {
    let mut dice = Dice::new(options.seed);
    let is_as_written = !options.made_up_articles && !options.openings_as_articles;
    let has_terms = |comment: &ThreadComment| !comment.vector.is_empty();
    let on_topic = |reply: bool| -> Vec<(usize, usize)> {
        let all = threads.iter().enumerate().flat_map(|(at, thread)| {
            let comments = thread.comments.iter().enumerate();
            comments.map(move |(index, comment)| (at, index, comment))
        });
        all.filter(|(_, _, comment)| {
            (comment.depth > 1) == reply && comment.judgement == Judgement::OnTopic && has_terms(comment)
        })
        .map(|(at, index, _)| (at, index))
        .collect()
    };
    let pools = [on_topic(false), on_topic(true)];
    for (at, thread) in threads.iter().enumerate() {
        let stage = Stage::set(thread, options, &mut dice);
        let mut centroid = ThreadCentroid::default();
        let mut spread = ClosenessSpread::default();
        if let Some(first) = &stage.first_comment {
            centroid.add(first);
        }
        for comment in &thread.comments[stage.begin..] {
            let parent = comment.parent.as_ref().or(stage.first_comment.as_ref());
            let mut author = EmbeddingSum::default();
            if let Some(own) = &comment.grandparent {
                author.add(own.embedding());
            }
            let example = |own: &ThreadComment, off_topic: bool| Example {
                similarities: Similarities::between(
                    &own.vector,
                    &Surroundings {
                        article: stage.article.as_ref(),
                        parent: parent.map(AsRef::as_ref),
                        thread: Some(&centroid),
                        author: Some(&author),
                        spread: Some(&spread),
                        is_reply: comment.depth > 1,
                        has_link: own.extras.link,
                        has_quote: own.extras.quote,
                    },
                ),
                off_topic,
                judged: own.judgement != Judgement::Unknown,
                by_person: own.by_person,
                length_chars: own.length_chars,
                depth: comment.depth,
                answer: if off_topic { None } else { own.answer },
                look: look(thread, &stage, comment, own).filter(|_| is_as_written),
            };
            if has_terms(comment) {
                match comment.judgement {
                    Judgement::OnTopic if !options.strangers => each(&[example(comment, false)]),
                    Judgement::OnTopic => {
                        let pool = &pools[usize::from(comment.depth > 1)];
                        let drawn = (0..MAX_DRAWS).map(|_| dice.below(pool.len()));
                        let stranger = drawn.map(|draw| pool[draw]).find(|(other, _)| *other != at);
                        if let Some((other, index)) = stranger {
                            let stranger = &threads[other].comments[index];
                            each(&[example(comment, false), example(stranger, true)]);
                        }
                    }
                    Judgement::OffTopic => each(&[example(comment, true)]),
                    Judgement::Unknown if comment.answer.is_some() => each(&[example(comment, false)]),
                    Judgement::Unknown => {}
                }
            }
            if let Some(article) = stage.article.as_ref().filter(|_| has_terms(comment)) {
                spread.add(article.nearest(comment.vector.embedding()));
            }
            centroid.add(&comment.vector);
        }
    }
}
