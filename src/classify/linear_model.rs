//! The scoring model: idf and 8-bit weights side by side, so that one look at memory serves every label.

use std::collections::HashMap;
use std::sync::Arc;

use super::artifact::{Artifact, ArtifactError};
use super::tfidf::{MAX_BUCKETS, inverse_length, sublinear};
use crate::domain::{LanguageCode, Span};
use crate::text::features::{FEATURE_SPEC, Featuriser, HashedText};

/// The kind that a model file of this sort states.
pub const KIND: &str = "sparse-logistic";
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

/// What a model says of one of its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelParameters {
    /// The label's name.
    pub name: Arc<str>,
    /// Log-odds of a text without features, at the rate of the training texts.
    pub intercept: f64,
    /// Log-odds added to move from the rate of the training texts to the natural rate.
    pub offset: f64,
    /// Probability, 0..=1, from which on the label is said to apply.
    pub threshold: f64,
    weight_scale: f32,
}

/// A linear model over hashed features, ready to score.
#[derive(Debug, Clone)]
pub struct LinearModel {
    citation: Arc<str>,
    labels: Vec<LabelParameters>,
    languages: Vec<LanguageCode>,
    mask: u32,
    /// A row a bucket: the idf code, then the labels' weights as two's complement, then padding up to `stride`.
    rows: Vec<u8>,
    stride: usize,
}

impl LinearModel {
    /// Takes a model out of its file.
    ///
    /// # Errors
    /// Where the file is of another kind or feature extraction, or its parts do not fit together: the number of buckets
    /// is no power of two or above 2^24, there are no labels or more than 64, two share a name, a language is no code,
    /// a number is not finite or outside its range.
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
            // Beyond 1e6 sums of 32-bit floats could overflow; real scales are near 0.1.
            if !(0.0..=1e6).contains(&scale) || !(0.0..=1.0).contains(&threshold) {
                return broken(format!("label `{name}`: weight scale {scale}, threshold {threshold}"));
            }
            labels.push(LabelParameters {
                name: name.as_str().into(),
                intercept: intercepts[at],
                offset: offsets[at],
                threshold,
                weight_scale: scale as f32,
            });
        }
        let stride = stride(count);
        let mut rows = vec![0; buckets * stride];
        for ((row, code), weights) in rows.chunks_exact_mut(stride).zip(codes).zip(weights.chunks_exact(count)) {
            row[0] = code;
            for (to, from) in row[1..].iter_mut().zip(weights) {
                *to = from.cast_unsigned();
            }
        }
        let citation = artifact.citation().into();
        Ok(Self { citation, labels, languages, mask: buckets as u32 - 1, rows, stride })
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

    /// Replaces `log_odds` with the score of every label at the natural rate. A text without known features gets the
    /// intercepts with their offsets.
    pub fn score(&self, text: &HashedText, log_odds: &mut Vec<f64>) {
        // The widths are constants so that the inner loop over the labels becomes a few vector instructions.
        match self.stride {
            8 => self.score_in::<8>(text, log_odds),
            16 => self.score_in::<16>(text, log_odds),
            32 => self.score_in::<32>(text, log_odds),
            _ => self.score_in::<WIDEST>(text, log_odds),
        }
    }

    fn score_in<const STRIDE: usize>(&self, text: &HashedText, log_odds: &mut Vec<f64>) {
        let (rows, _) = self.rows.as_chunks::<STRIDE>();
        let mut sums = [0.0_f32; STRIDE];
        let mut squares = 0.0_f32;
        for (hash, count) in text.iter() {
            let row = &rows[(hash & self.mask) as usize];
            let value = sublinear(count) * f32::from(row[0]);
            squares += value * value;
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += value * f32::from(weight.cast_signed());
            }
        }
        let scale = inverse_length(squares);
        log_odds.clear();
        log_odds.extend(
            self.labels
                .iter()
                .zip(&sums[1..])
                .map(|(label, sum)| f64::from(sum * scale * label.weight_scale) + label.intercept + label.offset),
        );
    }

    /// Calls `sink` for every feature of a text that moves the score of a label, with the bytes under it and by how
    /// much, in log-odds. All of them with the label's intercept and offset add up to its score.
    ///
    /// # Panics
    /// Where there is no such label.
    pub fn explain(&self, text: &str, featuriser: &mut Featuriser, label: usize, mut sink: impl FnMut(Span, f64)) {
        let scale = f64::from(self.labels[label].weight_scale);
        let mut hashed = HashedText::default();
        featuriser.extract(text, &mut hashed);
        let mut squares = 0.0_f32;
        let mut weights = HashMap::with_capacity(hashed.len());
        for (hash, count) in hashed.iter() {
            let begin = (hash & self.mask) as usize * self.stride;
            let value = sublinear(count) * f32::from(self.rows[begin]);
            squares += value * value;
            let weight = f64::from(self.rows[begin + 1 + label].cast_signed());
            // Each of the feature's occurrences gets the same share of what they do together.
            weights.insert(hash, f64::from(value) * weight * scale / f64::from(count));
        }
        let normalise = f64::from(inverse_length(squares));
        featuriser.visit(text, |hash, span| {
            if let Some(weight) = weights.get(&hash).filter(|weight| **weight != 0.0) {
                sink(span, weight * normalise);
            }
        });
    }
}

const WIDEST: usize = MAX_LABELS + 8;

fn stride(labels: usize) -> usize {
    match labels {
        0..=7 => 8,
        8..=15 => 16,
        16..=31 => 32,
        _ => WIDEST,
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
