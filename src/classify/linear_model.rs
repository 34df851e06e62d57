//! The scoring model: 8-bit weights and inverse frequencies by bucket.

use std::collections::HashMap;
use std::sync::Arc;

use super::artifact::{Artifact, ArtifactError};
use super::inverse_frequency::{InverseFrequencies, MAX_BUCKETS, inverse_length};
use super::logistic::{FittedLabel, SparseLogistic};
use crate::domain::{LanguageCode, Span};
use crate::text::features::{FEATURE_SPEC, Featuriser, HashedText};

/// The kind that a model file of this sort states.
pub const KIND: &str = "sparse-logistic-2";
/// The largest number of labels of one model.
pub const MAX_LABELS: usize = 64;

/// Names of the sections and parameters of the file.
pub(super) mod names {
    pub const BUCKETS: &str = "buckets";
    pub const INVERSE_FREQUENCIES: &str = "inverse_frequencies";
    pub const WEIGHTS: &str = "weights";
    pub const WEIGHT_SCALES: &str = "weight_scales";
    pub const INTERCEPTS: &str = "intercepts";
    pub const OFFSETS: &str = "offsets";
    pub const THRESHOLDS: &str = "thresholds";
}

/// The parameter of a file that states a label's natural rate.
#[must_use]
pub fn natural_rate_parameter(label: &str) -> String {
    format!("natural_rate.{label}")
}

/// What a model says of one of its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelParameters {
    /// The label's name.
    pub name: Arc<str>,
    /// The score of a text without features, before calibration.
    pub intercept: f64,
    /// What calibration adds to the score to make it log-odds at the natural mix of texts.
    pub offset: f64,
    /// Probability, 0..=1, from which on the label is said to apply.
    pub threshold: f64,
    /// Share of the natural mix of texts that has the label, as the file's parameter `natural_rate.<label>` states it:
    /// the mix that probabilities are right for. Absent where the file states none.
    pub natural_rate: Option<f64>,
    /// What one step of a weight is worth.
    weight_scale: f64,
}

impl LabelParameters {
    /// Calibrated log-odds of a text, from the sum of its weights in steps and one over the length of its vector.
    pub(super) fn log_odds(&self, steps: i32, inverse_length: f32) -> f64 {
        f64::from(steps) * self.weight_scale * f64::from(inverse_length) + self.intercept + self.offset
    }
}

/// A linear model over hashed features.
#[derive(Debug, Clone)]
pub struct LinearModel {
    citation: Arc<str>,
    labels: Vec<LabelParameters>,
    languages: Vec<LanguageCode>,
    frequencies: InverseFrequencies,
    /// By bucket and label: the coefficient times the inverse frequency, in steps of the label's scale.
    weights: Vec<i8>,
}

impl LinearModel {
    /// Takes a model out of its file.
    ///
    /// # Errors
    /// Where the file is of another kind or feature extraction, or its parts do not fit together: the number of buckets
    /// is no power of two or above 2^18, there are no labels or more than 64, two share a name, a language is no code,
    /// a number is not finite or outside its range; a natural rate lies between 0 and 1, both excluded.
    pub fn from_artifact(artifact: &Artifact) -> Result<Self, ArtifactError> {
        artifact.expect(KIND, FEATURE_SPEC)?;
        let header = artifact.header();
        let broken = |what: String| Err(ArtifactError::BrokenHeader(what));
        let count = header.labels.len();
        if !(1..=MAX_LABELS).contains(&count) {
            return broken(format!("{count} labels; a model has 1 to {MAX_LABELS}"));
        }
        if let Some(twice) = header.labels.iter().enumerate().find(|(at, name)| header.labels[..*at].contains(name)) {
            return broken(format!("label `{}` stands twice", twice.1));
        }
        let buckets = bucket_count(artifact.parameter(names::BUCKETS)?)?;
        let mut languages = Vec::new();
        for code in &header.languages {
            match code.parse() {
                Ok(language) => languages.push(language),
                Err(error) => return broken(format!("language `{code}`: {error}")),
            }
        }
        let codes = artifact.unsigned_bytes(names::INVERSE_FREQUENCIES, buckets)?;
        let weights = artifact.signed_bytes(names::WEIGHTS, buckets * count)?;
        let scales = artifact.doubles(names::WEIGHT_SCALES, count)?;
        let intercepts = artifact.doubles(names::INTERCEPTS, count)?;
        let offsets = artifact.doubles(names::OFFSETS, count)?;
        let thresholds = artifact.doubles(names::THRESHOLDS, count)?;
        let mut labels = Vec::with_capacity(count);
        for (at, name) in header.labels.iter().enumerate() {
            let (scale, threshold) = (scales[at], thresholds[at]);
            // Real scales are near 0.1.
            if !(0.0..=1e6).contains(&scale) || !(0.0..=1.0).contains(&threshold) {
                return broken(format!("label `{name}`: weight scale {scale}, threshold {threshold}"));
            }
            labels.push(LabelParameters {
                name: name.as_str().into(),
                intercept: intercepts[at],
                offset: offsets[at],
                threshold,
                natural_rate: natural_rate(artifact, name)?,
                weight_scale: scale,
            });
        }
        let Some(frequencies) = InverseFrequencies::new(codes) else { return broken(format!("{buckets} buckets")) };
        Ok(Self { citation: artifact.citation().into(), labels, languages, frequencies, weights })
    }

    /// `name@version+sha256:…`: what records cite.
    #[must_use]
    pub fn citation(&self) -> &Arc<str> {
        &self.citation
    }

    /// The labels, in the order of the scores.
    #[must_use]
    pub fn labels(&self) -> &[LabelParameters] {
        &self.labels
    }

    /// The languages that the model was trained on.
    #[must_use]
    pub fn languages(&self) -> &[LanguageCode] {
        &self.languages
    }

    /// Number of buckets, a power of two.
    #[must_use]
    pub fn bucket_count(&self) -> usize {
        self.frequencies.codes().len()
    }

    /// The inverse frequencies of the buckets.
    #[must_use]
    pub fn frequencies(&self) -> &InverseFrequencies {
        &self.frequencies
    }

    /// The code of a bucket, whose number is taken modulo the number of buckets, and its weight for every label.
    pub(super) fn bucket(&self, bucket: usize) -> (u8, &[i8]) {
        let bucket = bucket & (self.bucket_count() - 1);
        let first = bucket * self.labels.len();
        (self.frequencies.codes()[bucket], &self.weights[first..first + self.labels.len()])
    }

    /// Replaces `log_odds` with the calibrated score of every label. A text without known features gets the intercepts
    /// with their offsets.
    pub fn score(&self, text: &HashedText, log_odds: &mut Vec<f64>) {
        let mut sums = [0_i32; MAX_LABELS];
        let mut squared_codes = 0;
        for feature in text.features() {
            let (code, weights) = self.bucket(*feature as usize);
            squared_codes += u64::from(code) * u64::from(code);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += i32::from(*weight);
            }
        }
        let length = inverse_length(squared_codes);
        log_odds.clear();
        log_odds.extend(self.labels.iter().zip(sums).map(|(label, sum)| label.log_odds(sum, length)));
    }

    /// Calls `sink` for every feature of a text that moves the score of a label: the bytes that it stands for, and by how
    /// much it moves the score, in log-odds. With the intercept they add up to the score before calibration, which adds
    /// the offset.
    ///
    /// # Panics
    /// Where there is no such label.
    pub fn explain(&self, text: &str, featuriser: &mut Featuriser, label: usize, mut sink: impl FnMut(Span, f64)) {
        let mut occurrences: HashMap<u32, f64> = HashMap::new();
        featuriser.visit(text, |feature, _| *occurrences.entry(feature).or_default() += 1.0);
        let code = |feature: u32| u64::from(self.bucket(feature as usize).0);
        let squared_codes: u64 = occurrences.keys().map(|feature| code(*feature) * code(*feature)).sum();
        let step = self.labels[label].weight_scale * f64::from(inverse_length(squared_codes));
        featuriser.visit(text, |feature, span| {
            let weight = self.bucket(feature as usize).1[label];
            if weight != 0 {
                // Each of the feature's occurrences gets the same share of what they do together.
                sink(span, f64::from(weight) * step / occurrences[&feature]);
            }
        });
    }

    /// The model as something that training can continue from: calibrated scores are its scores.
    #[must_use]
    pub fn to_continue(&self) -> SparseLogistic {
        let count = self.labels.len();
        let labels = self.labels.iter().enumerate().map(|(at, label)| FittedLabel {
            name: label.name.as_ref().to_owned(),
            products: self
                .weights
                .iter()
                .skip(at)
                .step_by(count)
                .map(|steps| f32::from(*steps) * label.weight_scale as f32)
                .collect(),
            intercept: label.intercept + label.offset,
        });
        SparseLogistic { labels: labels.collect(), summaries: Vec::new() }
    }
}

/// The rate that a file states for a label, if it does.
fn natural_rate(artifact: &Artifact, label: &str) -> Result<Option<f64>, ArtifactError> {
    let parameter = natural_rate_parameter(label);
    if !artifact.header().parameters.contains_key(&parameter) {
        return Ok(None);
    }
    match artifact.parameter(&parameter)? {
        rate if rate > 0.0 && rate < 1.0 => Ok(Some(rate)),
        rate => {
            Err(ArtifactError::BrokenHeader(format!("parameter `{parameter}` = {rate} is no rate between 0 and 1")))
        }
    }
}

fn bucket_count(parameter: f64) -> Result<usize, ArtifactError> {
    #[allow(clippy::cast_sign_loss, reason = "casts saturate, and what does not survive the cast is refused")]
    let count = parameter as usize;
    if count.is_power_of_two() && count <= MAX_BUCKETS && (count as f64).total_cmp(&parameter).is_eq() {
        return Ok(count);
    }
    Err(ArtifactError::BrokenHeader(format!("{parameter} buckets; a power of two of at most {MAX_BUCKETS} is needed")))
}
