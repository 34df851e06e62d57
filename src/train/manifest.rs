//! `manifest.toml`: everything that a model came from, so that the same can be trained again.

use std::collections::BTreeMap;

use serde::Serialize;

use super::recipe::Recipe;
use crate::labelled::FileReport;

/// A training file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingFile {
    /// Its name, without its directory.
    pub file: String,
    /// Of its bytes as they are on disk.
    pub sha256: String,
    /// Rows used.
    pub rows: usize,
    /// Rows left out, by what was wrong with them.
    pub bad_rows: BTreeMap<String, usize>,
}

impl From<&FileReport> for TrainingFile {
    fn from(report: &FileReport) -> Self {
        Self {
            file: report.file.clone(),
            sha256: report.sha256.clone(),
            rows: report.rows,
            bad_rows: report.bad_rows.iter().map(|(bad, count)| (bad.as_str().to_owned(), *count)).collect(),
        }
    }
}

/// How the rows of one source were used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceUse {
    /// The source; `unstated` for rows that state none.
    pub source: String,
    /// Its rows.
    pub rows: usize,
    /// What an error on one of them costs.
    pub weight: f64,
    /// Whether document frequencies and calibration are taken from it.
    pub is_home: bool,
}

/// What came out for one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelRecord {
    /// The label.
    pub name: String,
    /// Rows known to have it.
    pub positive_rows: usize,
    /// Rows known not to have it.
    pub negative_rows: usize,
    /// Passes over the data; 0 for a label that was taken over as it was.
    pub iterations: usize,
    /// Primal objective at the end.
    pub final_loss: f64,
    /// (primal - dual) / primal at the end.
    pub relative_gap: f64,
    /// Mean negative log-likelihood at the natural mix, in nats, of home rows that were held out in turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_out_log_loss: Option<f64>,
    /// Share of the natural mix that has it.
    pub rate: f64,
    /// What its calibrated score takes from the score of each label; already part of the weights.
    pub shares: Vec<f64>,
    /// What calibration adds to the score, in log-odds.
    pub offset: f64,
    /// Probability from which on the label is said to apply: highest F1 at the natural mix on rows held out in turn.
    pub threshold: f64,
}

/// The manifest of a sparse logistic model. No dates and no paths: the same training gives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// The model's name.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// Which loader reads it.
    pub kind: String,
    /// SHA-256 of `weights.bin`.
    pub weights_sha256: String,
    /// Feature extraction.
    pub feature_spec: String,
    /// Languages that it reads.
    pub languages: Vec<String>,
    /// Labels in the order of the scores.
    pub labels: Vec<String>,
    /// Seed of the row order.
    pub seed: u64,
    /// The model that this one continues: name, version and checksum; empty where it began from nothing.
    pub continued_from: String,
    /// Rows whose text stood in an earlier row.
    pub repeated_rows: usize,
    /// Those that contradict the earlier row.
    pub contradicting_rows: usize,
    /// Versions of the crates that decide the bytes.
    pub crates: BTreeMap<String, String>,
    /// Numbers that the program reads from the model file.
    pub parameters: BTreeMap<String, f64>,
    /// Training files.
    pub training: Vec<TrainingFile>,
    /// Sources of the rows.
    pub sources: Vec<SourceUse>,
    /// What came out, by label.
    pub label: Vec<LabelRecord>,
    /// Hyper-parameters.
    pub recipe: Recipe,
}
