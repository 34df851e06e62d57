//! The explanation of a comment's topic score: one JSON object a line.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::domain::{Absence, Comment, MachineTranslation, Span, Topic, TranslationFailure};
use crate::text::scalars::ScalarCursor;
use crate::topic::{ArticleTexts, Contributions, Place, TopicExplanation, WordPair, WordsInCommon};

use super::explanation::{TranslationLine, round};
use super::record::TopicField;

/// Name and version of the shape.
pub const SCHEMA: &str = "threadsieve.topic_explanation/1";

/// Why a comment has the topic score that it has. Offsets are in Unicode scalar values, half open: those of a word in the
/// comment's text, or in the machine's translation where there is one; the others in title, article or parent as they were
/// read. Log-odds, weights and cosines have six decimals.
#[derive(Debug, Serialize)]
pub struct TopicExplanationLine<'a> {
    schema: &'static str,
    thread_id: &'a str,
    id: &'a str,
    parent_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    translation: Option<TranslationLine<'a>>,
    topic: TopicField,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_odds: Option<LogOddsLine>,
    article: Option<ArticleLine<'a>>,
    parent: Option<WordsLine<'a>>,
    models: &'a BTreeMap<Arc<str>, Arc<str>>,
}

#[derive(Debug, Serialize)]
struct LogOddsLine {
    sum: f64,
    intercept: f64,
    article: f64,
    parent: f64,
    thread: f64,
    author: f64,
    other: f64,
}

#[derive(Debug, Serialize)]
struct ArticleLine<'a> {
    nearest: &'static str,
    title: Option<f64>,
    passage: Option<PassageLine<'a>>,
    #[serde(flatten)]
    words: WordsLine<'a>,
}

#[derive(Debug, Serialize)]
struct PassageLine<'a> {
    number: usize,
    #[serde(flatten)]
    part: PartLine<'a>,
    cosine: f64,
}

#[derive(Debug, Serialize)]
struct WordsLine<'a> {
    words: Vec<PairLine<'a>>,
    near_words: Vec<PairLine<'a>>,
}

#[derive(Debug, Serialize)]
struct PairLine<'a> {
    #[serde(flatten)]
    part: PartLine<'a>,
    weight: f64,
    cosine: f64,
    with: OtherLine<'a>,
}

#[derive(Debug, Serialize)]
struct OtherLine<'a> {
    place: &'static str,
    #[serde(flatten)]
    part: PartLine<'a>,
}

#[derive(Debug, Serialize)]
struct PartLine<'a> {
    begin: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// What a line is made of.
#[derive(Debug, Clone, Copy)]
pub struct TopicExplanationParts<'a> {
    /// The comment.
    pub comment: &'a Comment,
    /// The translation that was compared in its place, if one was, or why there is none.
    pub machine: Result<Option<&'a MachineTranslation>, TranslationFailure>,
    /// The score with its explanation.
    pub topic: &'a Result<(Topic, TopicExplanation), Absence>,
    /// Title and article.
    pub article: Option<&'a ArticleTexts>,
    /// The text of the comment that it answers; empty where there is none to compare with.
    pub parent: &'a str,
    /// Whether the line holds texts.
    pub with_text: bool,
    /// What scored it.
    pub models: &'a BTreeMap<Arc<str>, Arc<str>>,
}

impl<'a> From<TopicExplanationParts<'a>> for TopicExplanationLine<'a> {
    fn from(parts: TopicExplanationParts<'a>) -> Self {
        let TopicExplanationParts { comment, machine, topic, article, parent, with_text, models } = parts;
        let translated = machine.ok().flatten().map(|machine| machine.text.as_str());
        let (title, article) = article.map_or(("", ""), |article| (article.title(), article.article()));
        let mut shown = Shown {
            comment: Cursor::new(translated.unwrap_or(comment.body.as_str()), with_text),
            title: Cursor::new(title, with_text),
            article: Cursor::new(article, with_text),
            parent: Cursor::new(parent, with_text),
        };
        let explanation = topic.as_ref().ok().map(|(_, explanation)| explanation);
        Self {
            schema: SCHEMA,
            thread_id: comment.thread_id.as_str(),
            id: comment.id.as_str(),
            parent_id: comment.parent_id.as_ref().map(crate::domain::CommentId::as_str),
            translation: TranslationLine::of(machine, with_text),
            topic: match topic {
                Ok((topic, _)) => topic.into(),
                Err(absence) => TopicField::Absent { absent: absence.name() },
            },
            log_odds: explanation.map(|explanation| (&explanation.contributions).into()),
            article: explanation.and_then(|explanation| {
                let words = shown.words(explanation.article.as_ref()?);
                let passage = explanation.passage.map(|passage| PassageLine {
                    number: passage.number + 1,
                    part: shown.article.part(passage.span),
                    cosine: round(f64::from(passage.cosine)),
                });
                let nearest = if explanation.title_is_nearer() { "title" } else { "passage" };
                Some(ArticleLine { nearest, title: explanation.title.map(f64::from).map(round), passage, words })
            }),
            parent: explanation.and_then(|explanation| Some(shown.words(explanation.parent.as_ref()?))),
            models,
        }
    }
}

impl From<&Contributions> for LogOddsLine {
    fn from(sums: &Contributions) -> Self {
        Self {
            sum: round(sums.sum()),
            intercept: round(sums.intercept),
            article: round(sums.article),
            parent: round(sums.parent),
            thread: round(sums.thread),
            author: round(sums.author),
            other: round(sums.other),
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    with_text: bool,
    scalars: ScalarCursor<'a>,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str, with_text: bool) -> Self {
        Self { text, with_text, scalars: ScalarCursor::new(text) }
    }

    fn part(&mut self, span: Span) -> PartLine<'a> {
        let (begin, end) = (self.scalars.at(span.begin), self.scalars.at(span.end));
        PartLine { begin, end, text: self.with_text.then(|| span.of(self.text)) }
    }
}

struct Shown<'a> {
    comment: Cursor<'a>,
    title: Cursor<'a>,
    article: Cursor<'a>,
    parent: Cursor<'a>,
}

impl<'a> Shown<'a> {
    fn words(&mut self, words: &WordsInCommon) -> WordsLine<'a> {
        let mut pairs = |pairs: &[WordPair]| pairs.iter().map(|pair| self.pair(pair)).collect();
        WordsLine { words: pairs(&words.same), near_words: pairs(&words.near) }
    }

    fn pair(&mut self, pair: &WordPair) -> PairLine<'a> {
        let other = match pair.place {
            Place::Title => &mut self.title,
            Place::Passage => &mut self.article,
            Place::Parent => &mut self.parent,
        };
        PairLine {
            part: self.comment.part(pair.comment),
            weight: round(f64::from(pair.weight)),
            cosine: round(f64::from(pair.cosine)),
            with: OtherLine { place: pair.place.name(), part: other.part(pair.other) },
        }
    }
}
