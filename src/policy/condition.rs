//! One thing that a rule asks for.

use std::sync::Arc;

use crate::domain::{Flag, LanguageCode, ReasonSubject, ToneLabel, TopicBasis, TranslationStatus};

use super::{Facts, Pattern};

/// The name of a number that a rule can compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScoreName {
    /// A label of a tone model, such as `toxicity`.
    Label(Arc<str>),
    /// Probability that the comment is off topic.
    OffTopic,
    /// Probability that it is on topic for the article, the parent or the thread alone.
    Relevance(TopicBasis),
    /// Share of a supplied translation's words that were carried over untranslated.
    Untranslated,
}

impl ScoreName {
    /// The name that the configuration and records use.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Label(label) => label,
            Self::OffTopic => "off_topic",
            Self::Relevance(TopicBasis::Article) => "relevance:article",
            Self::Relevance(TopicBasis::Parent) => "relevance:parent",
            Self::Relevance(TopicBasis::Thread) => "relevance:thread",
            Self::Untranslated => "untranslated",
        }
    }

    /// The number, if the comment has it.
    fn of(&self, facts: Facts<'_>) -> Option<f64> {
        match self {
            Self::Label(label) => {
                let tone = facts.tone.as_ref().ok()?;
                tone.scores.iter().find(|score| score.label == *label).map(|score| score.probability.get())
            }
            Self::OffTopic => facts.topic.as_ref().ok().map(|topic| topic.off_topic.get()),
            Self::Relevance(basis) => facts.topic.as_ref().ok().and_then(|topic| topic.relevance.of(*basis)),
            Self::Untranslated => facts.translation.untranslated,
        }
    }
}

/// A threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// The number is this or more.
    AtLeast(f64),
    /// The number is less than this.
    Below(f64),
}

impl Bound {
    fn holds(self, score: f64) -> bool {
        match self {
            Self::AtLeast(threshold) => score >= threshold,
            Self::Below(threshold) => score < threshold,
        }
    }

    /// The number compared with.
    #[must_use]
    pub fn threshold(self) -> f64 {
        match self {
            Self::AtLeast(threshold) | Self::Below(threshold) => threshold,
        }
    }
}

/// One thing that a rule asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A score keeps within bounds; an absent score never does.
    Score(ScoreName, Vec<Bound>),
    /// The comment has the flag.
    Flag(Flag),
    /// The comment is most probably in this language; `hbs` also takes in `sr`, `hr` and `bs`.
    Language(LanguageCode),
    /// The comment's tone in one word.
    Tone(ToneLabel),
    /// Where the comment stands with translation.
    Translation(TranslationStatus),
    /// One of these stands in the comment's own words.
    Words(Vec<Pattern>),
}

impl Condition {
    /// What the condition saw, where it holds: the score and the threshold that it passed, if it is about a score.
    pub(super) fn check(&self, facts: Facts<'_>) -> Option<(ReasonSubject, Option<f64>, Option<f64>)> {
        let fact = |holds: bool, kind: &str, name: &str| {
            holds.then(|| (ReasonSubject::Fact(format!("{kind}:{name}").into()), None, None))
        };
        match self {
            Self::Score(name, bounds) => {
                let score = name.of(facts)?;
                if !bounds.iter().all(|bound| bound.holds(score)) {
                    return None;
                }
                let threshold = bounds.first().map(|bound| bound.threshold());
                Some((ReasonSubject::Score(name.as_str().into()), Some(score), threshold))
            }
            Self::Flag(flag) => fact(facts.flags.contains(flag), "flag", flag.name()),
            Self::Language(language) => {
                let best = facts.language.best()?.language;
                let is_family = *language == LanguageCode::HBS && best.is_bosnian_croatian_serbian();
                fact(best == *language || is_family, "language", best.as_str())
            }
            Self::Tone(label) => fact(facts.tone.as_ref().is_ok_and(|tone| tone.label == *label), "tone", label.name()),
            Self::Translation(status) => fact(facts.translation.status == *status, "translation", status.name()),
            Self::Words(patterns) => {
                let found = patterns.iter().find(|pattern| pattern.is_in(facts.words))?;
                fact(true, "text_matches", found.as_str())
            }
        }
    }
}
