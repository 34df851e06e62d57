//! `manifest.toml`: what the model was made from, and how.

use std::collections::BTreeMap;

use crate::labelled::data_file::sha256_of;
use serde::Serialize;

use super::LanguageTrainingOptions;
use crate::classify::artifact::Header;
use crate::language::model::KIND;
use crate::text::language_features::LANGUAGE_FEATURE_SPEC;
use crate::train::crate_versions::CRATE_VERSIONS;
use crate::train::training_file::TrainingFile;

/// How a script's table came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct TableRecord {
    pub(super) script: String,
    pub(super) buckets: usize,
    /// Mean negative log-likelihood of the windows that it was fitted to, in the last pass, in nats.
    pub(super) training_loss: f64,
    /// The same of windows of held-out texts, with the sharpness that was found.
    pub(super) held_out_loss: f64,
    pub(super) sharpness: f64,
    pub(super) sharpness_exponent: f64,
    /// Texts by language.
    pub(super) texts: BTreeMap<String, usize>,
}

/// What `manifest.toml` holds. No dates and no directories: the same training gives the same bytes.
#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    name: &'static str,
    pub(super) version: &'static str,
    kind: &'static str,
    weights_sha256: String,
    labels: Vec<String>,
    languages: Vec<String>,
    feature_spec: &'static str,
    seed: u64,
    /// Texts that stood under two languages, and so under none.
    pub(super) ambiguous_texts: usize,
    hyperparameters: BTreeMap<&'static str, f64>,
    crates: BTreeMap<&'static str, &'static str>,
    pub(super) training_files: Vec<TrainingFile>,
    pub(super) tables: Vec<TableRecord>,
}

impl Manifest {
    pub(super) fn new(
        version: &'static str,
        options: &LanguageTrainingOptions,
        (header, weights): (&Header, &[u8]),
        ambiguous_texts: usize,
        training_files: Vec<TrainingFile>,
        tables: Vec<TableRecord>,
    ) -> Self {
        let chosen = &options.hyperparameters;
        let hyperparameters = BTreeMap::from([
            ("windows", chosen.windows as f64),
            ("max_words", chosen.max_words as f64),
            ("epochs", chosen.epochs as f64),
            ("step", chosen.step),
            ("largest_weight", f64::from(chosen.largest_weight)),
            ("list_weight", chosen.list_weight),
            ("list_frequency_exponent", chosen.list_frequency_exponent),
            ("without_diacritics", chosen.without_diacritics),
            ("south_slavic_without_diacritics", chosen.south_slavic_without_diacritics),
            ("min_texts", chosen.min_texts as f64),
        ]);
        Self {
            name: "language",
            version,
            kind: KIND,
            weights_sha256: sha256_of(weights),
            labels: header.labels.clone(),
            languages: header.languages.clone(),
            feature_spec: LANGUAGE_FEATURE_SPEC,
            seed: options.seed,
            ambiguous_texts,
            hyperparameters,
            crates: CRATE_VERSIONS.into_iter().collect(),
            training_files,
            tables,
        }
    }

    /// The manifest as TOML.
    ///
    /// # Panics
    /// Never: numbers and strings can always be written as TOML.
    pub(super) fn to_toml(&self) -> String {
        #[allow(clippy::expect_used, reason = "strings and numbers always serialise")]
        toml::to_string(self).expect("a manifest is plain data")
    }
}
