//! Texts whose labels are known, to learn from or to measure on.

use std::sync::Arc;

use crate::domain::Origin;

/// From this share of people on who said yes, the answer counts as a yes.
const YES_FROM: f32 = 0.5;

/// A text with what people said about it.
#[derive(Clone, PartialEq)]
pub struct LabelledText {
    /// The words.
    pub text: String,
    /// Its id where the data states one; empty where not.
    pub id: String,
    /// File, by its name alone, and line that it stood on.
    pub origin: Origin,
    /// Where the text comes from, such as `wikipedia-talk`; empty where unknown.
    pub source: Arc<str>,
    /// The language that the data states, as it is written there.
    pub language: Option<Arc<str>>,
    /// One answer a label: the share of people who said yes, 0..=1. `None`: nobody said.
    pub answers: Vec<Option<f32>>,
    /// What a moderator did with it: `Some(true)`, it was rejected. `None`: not stated.
    pub decision: Option<bool>,
}

impl LabelledText {
    /// A text that people agreed on, with neither id nor place.
    #[must_use]
    pub fn new(text: impl Into<String>, source: &str, answers: &[Option<bool>]) -> Self {
        Self {
            text: text.into(),
            id: String::new(),
            origin: Origin::new("".into(), 0),
            source: source.into(),
            language: None,
            answers: answers.iter().map(|answer| answer.map(|yes| f32::from(u8::from(yes)))).collect(),
            decision: None,
        }
    }

    /// Whether it has a label: whether at least half of the people said so. `None`: nobody said, or there is no such
    /// label.
    #[must_use]
    pub fn answer(&self, label: usize) -> Option<bool> {
        self.answers.get(label).copied().flatten().map(|share| share >= YES_FROM)
    }

    /// [`answer`](Self::answer) of every label, in order.
    #[must_use]
    pub fn yes_or_no(&self) -> Vec<Option<bool>> {
        (0..self.answers.len()).map(|label| self.answer(label)).collect()
    }

    /// What to call it where its words must not stand: its id, or the place where it stood.
    #[must_use]
    pub fn reference(&self) -> String {
        if self.id.is_empty() { self.origin.to_string() } else { self.id.clone() }
    }
}

impl std::fmt::Debug for LabelledText {
    /// Everything but the words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text, id, origin, source, language, answers, decision } = self;
        f.debug_struct("LabelledText")
            .field("bytes", &text.len())
            .field("id", id)
            .field("origin", origin)
            .field("source", source)
            .field("language", language)
            .field("answers", answers)
            .field("decision", decision)
            .finish()
    }
}

/// Labelled texts that share their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSet {
    /// The labels, in the order of the answers.
    pub labels: Vec<String>,
    /// The texts, in the order of the files.
    pub rows: Vec<LabelledText>,
}

impl LabelledSet {
    /// A set without texts.
    #[must_use]
    pub fn new(labels: Vec<String>) -> Self {
        Self { labels, rows: Vec::new() }
    }

    /// How many texts have a label, and how many do not.
    #[must_use]
    pub fn class_counts(&self, label: usize) -> (usize, usize) {
        let (mut positives, mut negatives) = (0, 0);
        for answer in self.rows.iter().filter_map(|row| row.answer(label)) {
            positives += usize::from(answer);
            negatives += usize::from(!answer);
        }
        (positives, negatives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_people_make_a_yes() {
        let mut text = LabelledText::new("some words", "forum", &[Some(true), Some(false), None]);
        assert_eq!(text.yes_or_no(), [Some(true), Some(false), None]);
        text.answers = vec![Some(0.5), Some(0.49), None];
        assert_eq!(text.yes_or_no(), [Some(true), Some(false), None]);
        assert_eq!(text.answer(3), None);
        let mut set = LabelledSet::new(vec!["a".into(), "b".into(), "c".into()]);
        set.rows = vec![text.clone(), text];
        assert_eq!([0, 1, 2].map(|label| set.class_counts(label)), [(2, 0), (0, 2), (0, 0)]);
    }

    #[test]
    fn a_text_is_named_without_its_words() {
        let mut text = LabelledText::new("some words", "forum", &[]);
        text.origin = Origin::new("rows.csv".into(), 7);
        assert_eq!(text.reference(), "rows.csv:7");
        text.id = "c7".into();
        assert_eq!(text.reference(), "c7");
        assert!(!format!("{text:?}").contains("words"), "{text:?}");
    }
}
