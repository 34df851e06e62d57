//! `manifest.toml`: what an encoder was made from, and how.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{EncoderTrainingOptions, MODEL_NAME, MODEL_VERSION, citation};
use crate::classify::contrastive::ContrastiveFit;
use crate::classify::static_encoder::KIND;
use crate::labelled::data_file::sha256_of;
use crate::text::topic_words::ENCODER_FEATURE_SPEC;
use crate::train::crate_versions::CRATE_VERSIONS;
use crate::train::training_file::TrainingFile;

/// What `manifest.toml` holds. No dates and no directories: the same training gives the same bytes.
#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    name: &'static str,
    pub(super) version: &'static str,
    kind: &'static str,
    pub(super) citation: String,
    weights_sha256: String,
    feature_spec: &'static str,
    labels: [&'static str; 0],
    languages: [&'static str; 1],
    seed: u64,
    pub(super) pairs: usize,
    /// Mean loss of each pass, in nats, with words left out.
    pub(super) training_losses: Vec<f64>,
    /// The same of one batch of held-out threads after each pass, with all words.
    pub(super) held_out_losses: Vec<f64>,
    pub(super) hyperparameters: BTreeMap<&'static str, f64>,
    crates: BTreeMap<&'static str, &'static str>,
    pub(super) training_files: Vec<TrainingFile>,
}

impl Manifest {
    pub(super) fn new(
        options: &EncoderTrainingOptions,
        files: &[TrainingFile],
        fit: &ContrastiveFit,
        pairs: usize,
        weights: &[u8],
    ) -> Self {
        let chosen = &options.contrastive;
        let hyperparameters = BTreeMap::from([
            ("dimensions", chosen.shape.dimensions as f64),
            ("word_rows", chosen.shape.word_rows as f64),
            ("piece_rows", chosen.shape.piece_rows as f64),
            ("epochs", chosen.epochs as f64),
            ("batch", chosen.batch as f64),
            ("scale", chosen.scale),
            ("rate", chosen.rate),
            ("word_dropout", chosen.word_dropout),
        ]);
        Self {
            name: MODEL_NAME,
            version: MODEL_VERSION,
            kind: KIND,
            citation: citation(weights),
            weights_sha256: sha256_of(weights),
            feature_spec: ENCODER_FEATURE_SPEC,
            labels: [],
            languages: ["en"],
            seed: chosen.seed,
            pairs,
            training_losses: fit.training_losses.clone(),
            held_out_losses: fit.held_out_losses.clone(),
            hyperparameters,
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
