//! The second head of a cascade: fitted to, and measured on, a sample of the examples, which a sentence encoder reads.

use std::collections::BTreeMap;

use ndarray::Array2;
use serde::Serialize;

use super::examples::{Dice, ExampleOptions, for_each_example};
use super::report::four_digits;
use super::threads::Thread;
use crate::classify::dense_head::{DenseHead, DenseHeadError, DenseHeadOptions, FittedDenseHead};
use crate::classify::in_parallel::in_parallel;
use crate::classify::metrics::roc_auc;
use crate::classify::sentence_vectors::SentenceVectors;
use crate::domain::TopicBasis;
use crate::topic::{
    SECOND_FEATURE_COUNT, SECOND_FEATURE_NAMES, SecondHead, SecondLook, SentenceSimilarities, Similarities, Situation,
    TopicModel,
};

/// What the report says of the cascade's second score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CascadeReport {
    /// The sentence encoder.
    pub sentence_encoder: String,
    /// Examples that the second head was fitted to.
    pub examples: usize,
    /// Mean logistic loss of an example at the solution, in nats.
    pub final_loss: f64,
    /// Norm of the gradient there, divided by the number of examples.
    pub gradient_norm: f64,
    /// Weights of the standardised inputs.
    pub standardised_weights: BTreeMap<&'static str, f64>,
    /// Figures where every comment of the sample is sent on: `article`, `parent`, `all`, as in the report of the first score.
    pub situations: BTreeMap<&'static str, CascadeFigures>,
}

/// Areas under the ROC curve, with the first score and with the second one, on the same comments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CascadeFigures {
    /// Comments measured on, on and off topic.
    pub pairs: usize,
    /// All comments with any term: the first score.
    pub every_comment_first: Option<f64>,
    /// The same: the second score.
    pub every_comment_second: Option<f64>,
    /// Only those that the model scores: the first score.
    pub scored_first: Option<f64>,
    /// The same: the second score.
    pub scored_second: Option<f64>,
}

/// Which examples are read, and by what.
pub(super) struct SecondSample<'a> {
    pub(super) sentences: &'a dyn SentenceVectors,
    /// How many at most.
    pub(super) examples: usize,
    pub(super) seed: u64,
}

/// An example with its texts.
struct WithTexts {
    similarities: Similarities,
    look: SecondLook,
    off_topic: bool,
}

impl SecondSample<'_> {
    /// Fits a second head to examples of which half show everything and the others some of the contexts, as the first
    /// head's do.
    pub(super) fn fit(
        &self,
        threads: &[Thread],
        model: &TopicModel,
        options: DenseHeadOptions,
    ) -> Result<(SecondHead, FittedDenseHead), DenseHeadError> {
        let mut dice = Dice::new(self.seed ^ 0x5ec0);
        let mut sample = self.draw(threads);
        for group in &mut sample {
            // The comment and its stranger are shown in the same situation.
            let Some(first) = group.first() else { continue };
            let situation = dice.situation(&first.similarities);
            for example in group {
                example.similarities = example.similarities.seen_in(situation);
                if !situation.article {
                    (example.look.title, example.look.passage) = (None, None);
                }
                example.look.parent = example.look.parent.take().filter(|_| situation.parent);
            }
        }
        let examples: Vec<WithTexts> = sample
            .into_iter()
            .flatten()
            .filter(|example| example.similarities.basis().is_ok() && example.look.has_context())
            .collect();
        let found = self.compare(&examples);
        let (mut features, mut off_topic) = (Vec::new(), Vec::new());
        for (example, found) in examples.iter().zip(found) {
            // A text that the encoder makes nothing of keeps its first score, there is nothing to learn from it.
            if let Some(found) = found {
                features.extend(found.features(model.log_odds(&example.similarities)));
                off_topic.push(example.off_topic);
            }
        }
        let (rows, answers) = (features.len() / SECOND_FEATURE_COUNT, off_topic.len());
        let features = Array2::from_shape_vec((rows, SECOND_FEATURE_COUNT), features)
            .map_err(|_| DenseHeadError::WrongShape { rows, answers })?;
        let fitted = DenseHead::fit(features, &off_topic, options)?;
        let encoder_checksum = self.sentences.checksum().to_owned();
        Ok((SecondHead { head: fitted.head.clone(), encoder_checksum }, fitted))
    }

    /// Measures a model with its second head on threads.
    pub(super) fn measure(&self, threads: &[Thread], model: &TopicModel, fit: &FittedDenseHead) -> CascadeReport {
        let examples: Vec<WithTexts> = self.draw(threads).into_iter().flatten().collect();
        let found = self.compare(&examples);
        let kinds = [
            ("article", Situation::only(TopicBasis::Article)),
            ("parent", Situation::only(TopicBasis::Parent)),
            ("all", Situation::ALL),
        ];
        let figures = kinds.into_iter().filter_map(|(name, situation)| {
            let scored = examples.iter().zip(&found).filter_map(|(example, found)| {
                let seen = example.similarities.seen_in(situation);
                if seen.article.is_none() && seen.parent.is_none() {
                    return None;
                }
                let first = model.log_odds(&seen);
                let found = found.map(|found| SentenceSimilarities {
                    article: found.article.filter(|_| situation.article),
                    parent: found.parent.filter(|_| situation.parent),
                });
                let second = found.zip(model.parts().second_head.as_ref());
                let second = second.map_or(first, |(found, head)| head.log_odds(first, &found));
                Some((first, second, example.off_topic, seen.basis().is_ok()))
            });
            let scored: Vec<(f64, f64, bool, bool)> = scored.collect();
            (!scored.is_empty()).then(|| (name, CascadeFigures::of(&scored)))
        });
        CascadeReport {
            sentence_encoder: self.sentences.citation().to_owned(),
            examples: fit.rows,
            final_loss: fit.loss,
            gradient_norm: fit.gradient_norm,
            standardised_weights: {
                SECOND_FEATURE_NAMES.into_iter().zip(fit.standardised_weights.iter().copied()).collect()
            },
            situations: figures.collect(),
        }
    }

    /// Draws groups of examples, each a comment with its stranger where it has one, until there are enough.
    fn draw(&self, threads: &[Thread]) -> Vec<Vec<WithTexts>> {
        let mut groups: Vec<Vec<WithTexts>> = Vec::new();
        let options =
            ExampleOptions { seed: self.seed, made_up_articles: false, openings_as_articles: false, strangers: true };
        for_each_example(threads, options, |group| {
            let judged = group.iter().filter(|example| example.judged);
            let with_texts = judged.filter_map(|example| {
                let look = example.look.clone().filter(SecondLook::has_context)?;
                Some(WithTexts { similarities: example.similarities, look, off_topic: example.off_topic })
            });
            let with_texts: Vec<WithTexts> = with_texts.collect();
            if !with_texts.is_empty() {
                groups.push(with_texts);
            }
        });
        let mut dice = Dice::new(self.seed ^ 0xca5c);
        let (mut drawn, mut count) = (Vec::new(), 0);
        while count < self.examples && !groups.is_empty() {
            let group = groups.swap_remove(dice.below(groups.len()));
            count += group.len();
            drawn.push(group);
        }
        drawn
    }

    fn compare(&self, examples: &[WithTexts]) -> Vec<Option<SentenceSimilarities>> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        in_parallel(examples, threads, |example| example.look.compare(self.sentences))
    }
}

impl CascadeFigures {
    /// Of first and second log-odds, whether the comment is off topic, and whether the model scores it.
    fn of(scored: &[(f64, f64, bool, bool)]) -> Self {
        let area = |all: bool, which: fn(&(f64, f64, bool, bool)) -> f64| {
            let pairs = scored.iter().filter(|it| all || it.3).map(|it| (which(it), it.2));
            roc_auc(&pairs.collect::<Vec<_>>()).map(four_digits)
        };
        Self {
            pairs: scored.len(),
            every_comment_first: area(true, |it| it.0),
            every_comment_second: area(true, |it| it.1),
            scored_first: area(false, |it| it.0),
            scored_second: area(false, |it| it.1),
        }
    }
}
