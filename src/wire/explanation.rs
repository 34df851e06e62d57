//! The explanation of a comment's tone: one JSON object a line.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::domain::{Absence, Comment, Evidence, MachineTranslation, Span, TranslationFailure};
use crate::text::scalars::ScalarCursor;
use crate::tone::{LabelExplanation, ToneExplanation, strongest};

/// Name and version of the shape.
pub const SCHEMA: &str = "threadsieve.explanation/1";

/// Why a comment has the tone that it has. Offsets are in Unicode scalar values, half open, of the comment's text, or of
/// the machine's translation where there is one.
/// Weights and scores are log-odds to six decimals; probabilities have four, as in records.
#[derive(Debug, Serialize)]
pub struct ExplanationLine<'a> {
    schema: &'static str,
    thread_id: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    translation: Option<TranslationLine<'a>>,
    tone: ToneLine<'a>,
    models: &'a BTreeMap<Arc<str>, Arc<str>>,
}

/// The translation that was looked at in the comment's place, or why there is none.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum TranslationLine<'a> {
    Machine {
        engine: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<&'a str>,
    },
    Failed {
        failure: &'static str,
    },
}

impl<'a> TranslationLine<'a> {
    /// What there is to say, if a translator was asked.
    pub(super) fn of(
        machine: Result<Option<&'a MachineTranslation>, TranslationFailure>,
        with_text: bool,
    ) -> Option<Self> {
        match machine {
            Ok(machine) => machine.map(|machine| Self::Machine {
                engine: &machine.engine,
                text: with_text.then_some(machine.text.as_str()),
            }),
            Err(failure) => Some(Self::Failed { failure: failure.name() }),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ToneLine<'a> {
    Scored { label: &'static str, labels: Vec<LabelLine<'a>> },
    Absent { absent: &'static str },
}

#[derive(Debug, Serialize)]
struct LabelLine<'a> {
    model: &'static str,
    label: &'a str,
    leading: bool,
    intercept: f64,
    evidence: f64,
    before_calibration: f64,
    calibration: f64,
    probability: f64,
    threshold: f64,
    reached: bool,
    hostile_at: Option<f64>,
    words: Vec<WordLine<'a>>,
    other_words: f64,
    elsewhere: f64,
}

#[derive(Debug, Serialize)]
struct WordLine<'a> {
    begin: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    weight: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<RunLine<'a>>,
}

#[derive(Debug, Serialize)]
struct RunLine<'a> {
    begin: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    weight: f64,
}

/// What a line is made of.
#[derive(Debug, Clone, Copy)]
pub struct ExplanationParts<'a> {
    /// The comment.
    pub comment: &'a Comment,
    /// The translation that was taken apart in its place, if one was, or why there is none.
    pub machine: Result<Option<&'a MachineTranslation>, TranslationFailure>,
    /// The explanation.
    pub explanation: &'a Result<ToneExplanation, Absence>,
    /// So many words of each label are listed, strongest first.
    pub top: usize,
    /// Whether the line holds texts.
    pub with_text: bool,
    /// What scored it.
    pub models: &'a BTreeMap<Arc<str>, Arc<str>>,
}

impl<'a> From<ExplanationParts<'a>> for ExplanationLine<'a> {
    fn from(parts: ExplanationParts<'a>) -> Self {
        let ExplanationParts { comment, machine, explanation, top, with_text, models } = parts;
        let translated = machine.ok().flatten().map(|machine| machine.text.as_str());
        let text = translated.unwrap_or(comment.body.as_str());
        let mut shown = Shown { text, with_text, cursor: ScalarCursor::new(text) };
        let tone = match explanation {
            Err(absence) => ToneLine::Absent { absent: absence.name() },
            Ok(explanation) => ToneLine::Scored {
                label: explanation.tone.label.name(),
                labels: explanation.labels.iter().map(|label| label_line(label, top, &mut shown)).collect(),
            },
        };
        let translation = TranslationLine::of(machine, with_text);
        let (thread_id, id) = (comment.thread_id.as_str(), comment.id.as_str());
        Self { schema: SCHEMA, thread_id, id, translation, tone, models }
    }
}

struct Shown<'a> {
    text: &'a str,
    with_text: bool,
    cursor: ScalarCursor<'a>,
}

impl<'a> Shown<'a> {
    fn place(&mut self, span: Span) -> (usize, usize, Option<&'a str>) {
        (self.cursor.at(span.begin), self.cursor.at(span.end), self.with_text.then(|| span.of(self.text)))
    }

    fn word(&mut self, word: &Evidence) -> WordLine<'a> {
        let (begin, end, text) = self.place(word.span);
        let runs = word.runs.iter().map(|run| {
            let (begin, end, text) = self.place(run.span);
            RunLine { begin, end, text, weight: round(run.weight) }
        });
        WordLine { begin, end, text, weight: round(word.weight), runs: runs.collect() }
    }
}

fn label_line<'a>(label: &'a LabelExplanation, top: usize, shown: &mut Shown<'a>) -> LabelLine<'a> {
    let words = strongest(label.words.clone(), top);
    let listed: f64 = words.iter().map(|word| word.weight).sum();
    LabelLine {
        model: label.model.name(),
        label: &label.score.label,
        leading: label.is_leading,
        intercept: round(label.intercept),
        evidence: round(label.evidence),
        before_calibration: round(label.before_calibration),
        calibration: round(label.calibration),
        probability: label.score.probability.rounded().get(),
        threshold: label.threshold,
        reached: label.reaches_threshold(),
        hostile_at: label.hostile_at,
        words: words.iter().map(|word| shown.word(word)).collect(),
        other_words: round(label.evidence - label.elsewhere - listed),
        elsewhere: round(label.elsewhere),
    }
}

/// A number to six decimals, and no minus before a zero.
pub(super) fn round(number: f64) -> f64 {
    (number * 1e6).round() / 1e6 + 0.0
}
