//! `manifest.toml`: what a model was made from, and how.

use std::collections::BTreeMap;

use serde::Serialize;

use super::report::TopicReport;
use super::{MODEL_NAME, MODEL_VERSION, TopicTrainingOptions};
use crate::classify::dense_head::FittedDenseHead;
use crate::topic::{FEATURE_NAMES, FEATURE_SPEC, KIND};
use crate::train::crate_versions::CRATE_VERSIONS;
use crate::train::training_file::TrainingFile;

/// What `manifest.toml` holds. No dates and no directories: the same training gives the same bytes.
#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    name: &'static str,
    version: &'static str,
    kind: &'static str,
    feature_spec: &'static str,
    /// The encoder that the model works with.
    encoder: String,
    /// The sentence encoder that its second head works with.
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence_encoder: Option<String>,
    labels: [&'static str; 1],
    languages: [&'static str; 1],
    seed: u64,
    texts_counted: u32,
    known_words: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_threshold: Option<f64>,
    hyperparameters: BTreeMap<&'static str, f64>,
    fit: BTreeMap<&'static str, f64>,
    standardised_weights: BTreeMap<&'static str, f64>,
    crates: BTreeMap<&'static str, &'static str>,
    training_files: Vec<TrainingFile>,
}

impl Manifest {
    pub(super) fn new(
        options: &TopicTrainingOptions,
        files: &[TrainingFile],
        fitted: &FittedDenseHead,
        texts_counted: u32,
        known_words: usize,
        report: &TopicReport,
    ) -> Self {
        let chosen = &options.hyperparameters;
        let hyperparameters = [
            ("weight_floor", chosen.weight_floor),
            ("content_share", chosen.content_share),
            ("rare_share", chosen.rare_share),
            ("known_word_texts", f64::from(chosen.known_word_texts)),
            ("head_l2", chosen.head.l2),
            ("head_max_iterations", chosen.head.max_iterations as f64),
            ("head_gradient_tolerance", chosen.head.gradient_tolerance),
        ];
        let fit =
            [("examples", fitted.rows as f64), ("final_loss", fitted.loss), ("gradient_norm", fitted.gradient_norm)];
        Self {
            name: MODEL_NAME,
            version: MODEL_VERSION,
            kind: KIND,
            feature_spec: FEATURE_SPEC,
            encoder: options.encoder.citation().to_owned(),
            sentence_encoder: report.cascade.as_ref().map(|cascade| cascade.sentence_encoder.clone()),
            labels: ["off_topic"],
            languages: ["en"],
            seed: options.seed,
            texts_counted,
            known_words,
            suggested_threshold: report.suggested_threshold,
            hyperparameters: hyperparameters.into_iter().collect(),
            fit: fit.into_iter().collect(),
            standardised_weights: FEATURE_NAMES.into_iter().zip(fitted.standardised_weights.iter().copied()).collect(),
            crates: CRATE_VERSIONS.into_iter().collect(),
            training_files: files.to_vec(),
        }
    }

    /// The manifest as TOML.
    ///
    /// # Panics
    /// Never: numbers and strings can always be written as TOML.
    pub(super) fn to_toml(&self) -> String {
        toml::to_string(self).expect("a manifest is plain data")
    }
}
