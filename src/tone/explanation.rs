//! A tone taken apart: what each label's score is made of.

use std::sync::Arc;

use crate::classify::linear_model::LinearModel;
use crate::domain::{Absence, Evidence, LabelledScore, Tone};

use super::characters::CharacterWeights;
use super::evidence::{strongest, weighed_words};
use super::model::{ToneModel, ToneScratch};

/// Which of the two models gives a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToneModelKind {
    /// Toxicity and its kinds.
    Abuse,
    /// Positive, negative, ambiguous, neutral.
    Sentiment,
}

impl ToneModelKind {
    /// Both, in the order of the scores.
    pub const ALL: [Self; 2] = [Self::Abuse, Self::Sentiment];

    /// The name that options and output use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Abuse => "abuse",
            Self::Sentiment => "sentiment",
        }
    }
}

/// Which labels are to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedLabels {
    /// Those that reach their threshold, and the one that the tone follows from.
    Notable,
    /// These, as places in [`ToneModel::score_labels`].
    These(Vec<usize>),
}

/// What the score of one label is made of, in log-odds where nothing else is said.
///
/// `intercept` and the weights of all `words` and `elsewhere` add up to `before_calibration`; with `calibration` that is
/// the log-odds of `probability`, but for the rounding of the scoring model's 32-bit sums.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelExplanation {
    /// The model that gives the label.
    pub model: ToneModelKind,
    /// The label and its probability, as [`ToneModel::score`] gives them.
    pub score: LabelledScore,
    /// Whether the tone follows from it.
    pub is_leading: bool,
    /// The score of a text without known features, before calibration.
    pub intercept: f64,
    /// All words that moved the score, in the order of the text.
    pub words: Vec<Evidence>,
    /// What features add that stand on no character.
    pub elsewhere: f64,
    /// What all words, and `elsewhere`, add.
    pub evidence: f64,
    /// The score before calibration.
    pub before_calibration: f64,
    /// What calibration adds.
    pub calibration: f64,
    /// Probability, 0..=1, from which on the label is said to apply.
    pub threshold: f64,
    /// Probability from which on the label makes the tone hostile, if it can.
    pub hostile_at: Option<f64>,
}

impl LabelExplanation {
    /// Whether the label is said to apply.
    #[must_use]
    pub fn reaches_threshold(&self) -> bool {
        self.score.probability.get() >= self.threshold
    }
}

/// A tone, and what its scores are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct ToneExplanation {
    /// The tone, as [`ToneModel::score`] gives it.
    pub tone: Tone,
    /// The labels that were asked for: the leading one first, the others in the order of the scores.
    pub labels: Vec<LabelExplanation>,
}

impl ToneModel {
    /// The tone of a commenter's own words, and what the wanted labels' scores are made of. Spans are those of
    /// `own_words`. Places of labels that do not exist are passed over.
    ///
    /// # Errors
    /// As for [`ToneModel::score`].
    pub fn explain(
        &self,
        own_words: &str,
        wanted: &WantedLabels,
        scratch: &mut ToneScratch,
    ) -> Result<ToneExplanation, Absence> {
        let tone = self.score(own_words, None, 0, scratch)?;
        let leading = self.leading(&scratch.abuse, &scratch.sentiment).1;
        let is_wanted = |at: usize| match wanted {
            WantedLabels::These(places) => places.contains(&at),
            WantedLabels::Notable => {
                let (_, model, label) = self.model_of(at);
                at == leading || tone.scores[at].probability.get() >= model.labels()[label].threshold
            }
        };
        let others = (0..tone.scores.len()).filter(|at| *at != leading);
        let places: Vec<usize> = [leading].into_iter().chain(others).filter(|at| is_wanted(*at)).collect();
        let labels = places
            .into_iter()
            .map(|at| {
                let explanation = self.explain_label(own_words, at, tone.scores[at].clone(), scratch);
                LabelExplanation { is_leading: at == leading, ..explanation }
            })
            .collect();
        Ok(ToneExplanation { tone, labels })
    }

    /// Of each label the `count` words that moved its score most, strongest first; labels in the order of the scores.
    #[must_use]
    pub fn evidence_of_all_labels(&self, own_words: &str, count: usize, scratch: &mut ToneScratch) -> Vec<Evidence> {
        let all = (0..self.score_labels().len()).flat_map(|at| {
            let (_, model, label) = self.model_of(at);
            strongest_words(model, own_words, label, count, scratch)
        });
        all.collect()
    }

    fn explain_label(
        &self,
        own_words: &str,
        at: usize,
        score: LabelledScore,
        scratch: &mut ToneScratch,
    ) -> LabelExplanation {
        let (kind, model, label) = self.model_of(at);
        let parameters = &model.labels()[label];
        let weights = CharacterWeights::of(model, own_words, &mut scratch.featuriser, label);
        let words = weighed_words(&weights, own_words, &score.label);
        let evidence = weights.sum();
        let hostile = self.hostile_at.iter().find(|(abuse, _)| kind == ToneModelKind::Abuse && *abuse == label);
        LabelExplanation {
            model: kind,
            score,
            is_leading: false,
            intercept: parameters.intercept,
            words,
            elsewhere: weights.elsewhere(),
            evidence,
            before_calibration: parameters.intercept + evidence,
            calibration: parameters.offset,
            threshold: parameters.threshold,
            hostile_at: hostile.map(|(_, threshold)| *threshold),
        }
    }

    /// The model behind a place in [`ToneModel::score_labels`], and the label's place in it.
    pub(super) fn model_of(&self, at: usize) -> (ToneModelKind, &LinearModel, usize) {
        let of_abuse = self.abuse.labels().len();
        match at.checked_sub(of_abuse) {
            None => (ToneModelKind::Abuse, &self.abuse, at),
            Some(at) => (ToneModelKind::Sentiment, &self.sentiment, at),
        }
    }

    /// The models of all labels, in the order of [`ToneModel::score_labels`].
    pub fn label_models(&self) -> impl Iterator<Item = ToneModelKind> + '_ {
        (0..self.score_labels().len()).map(|at| self.model_of(at).0)
    }
}

/// The `count` words that moved the score of one of a model's labels most, strongest first.
pub(super) fn strongest_words(
    model: &LinearModel,
    own_words: &str,
    label: usize,
    count: usize,
    scratch: &mut ToneScratch,
) -> Vec<Evidence> {
    let weights = CharacterWeights::of(model, own_words, &mut scratch.featuriser, label);
    let name: &Arc<str> = &model.labels()[label].name;
    strongest(weighed_words(&weights, own_words, name), count)
}
