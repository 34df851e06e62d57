//! How far a comment is off topic: its words against those of the article, the comment it answers and the thread.
//!
//! The work is cut so that the expensive part needs one text alone: [`TopicModel::vectorise`] makes a
//! [`CommentVector`] (pure, in parallel), [`Similarities::between`] compares it with its context (in input order,
//! cheap), and [`TopicModel::score`] turns the comparison into a probability (pure again).

mod article_sentences;
mod article_vectors;
mod cascade;
mod closeness_spread;
mod comment_vector;
mod explanation;
mod known_words;
mod model;
mod second_head;
mod similarities;
mod small_talk;
mod small_talk_lexicon;
mod small_talk_words;
mod terms;
mod thread_centroid;

pub use article_sentences::ArticleSentences;
pub use article_vectors::ArticleVectors;
pub use cascade::{Cascade, CascadeCounts, CascadeDecision, CascadeOptions, CascadeOptionsError, MAX_BURST};
pub use closeness_spread::ClosenessSpread;
pub use comment_vector::CommentVector;
pub use explanation::{
    ArticleTexts, Contributions, NearestPassage, PartedText, Place, TextsAround, TopicExplanation, WordPair,
    WordsInCommon,
};
pub use known_words::KnownWords;
pub use model::{FEATURE_SPEC, KIND, TopicModel, TopicModelParts};
pub use second_head::{SECOND_FEATURE_COUNT, SECOND_FEATURE_NAMES, SecondHead, SecondLook, SentenceSimilarities};
pub use similarities::{Closeness, FEATURE_COUNT, FEATURE_NAMES, Similarities, Situation, Surroundings};
pub use small_talk::{SmallTalk, small_talk};
pub use terms::{TermWeights, for_each_term};
pub use thread_centroid::ThreadCentroid;
