//! `manifest.toml`: everything that a model came from, so that the same can be trained again.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::logistic::FitSummary;
use crate::labelled::{FileReport, Repeats};

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
    /// The source.
    pub source: String,
    /// Its rows.
    pub rows: usize,
    /// What an error on one of them costs, against 1 at home.
    pub weight: f64,
    /// Whether it had an intercept of its own, dropped after training.
    pub own_intercept: bool,
}

/// Hyper-parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HyperParameters {
    /// Weight of the errors against the size of the coefficients.
    pub c: f64,
    /// Hash buckets.
    pub buckets: usize,
    /// Value of the constant column.
    pub intercept_scale: f64,
    /// Greatest accepted (primal - dual) / primal.
    pub relative_gap: f64,
    /// One row in this many of the home source was held out to find the thresholds, in a fit of its own.
    pub held_out_one_in: usize,
    /// The source whose intercept and document frequencies the model has; empty: all rows are alike.
    pub home_source: String,
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
    /// Passes over the data.
    pub iterations: usize,
    /// Primal objective at the end.
    pub final_loss: f64,
    /// (primal - dual) / primal at the end.
    pub relative_gap: f64,
    /// Share of the home source's rows that have it.
    pub training_rate: f64,
    /// Share of real texts that have it, to which scores are moved.
    pub natural_rate: f64,
    /// By how much, in log-odds.
    pub offset: f64,
    /// Probability from which on the label is said to apply: highest F1 on held-out rows at the natural rate.
    pub threshold: f64,
}

impl LabelRecord {
    /// Fills in how the fit went.
    #[must_use]
    pub fn with_fit(self, fit: &FitSummary) -> Self {
        Self {
            positive_rows: fit.positive_rows,
            negative_rows: fit.negative_rows,
            iterations: fit.epochs,
            final_loss: fit.loss,
            relative_gap: fit.relative_gap,
            ..self
        }
    }
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
    /// Rows whose text stood in an earlier row.
    pub repeated_rows: usize,
    /// Those that contradict the earlier row.
    pub contradicting_rows: usize,
    /// Versions of the crates that decide the bytes.
    pub crates: BTreeMap<String, String>,
    /// Hyper-parameters.
    pub hyper_parameters: HyperParameters,
    /// Numbers that the program reads from the model file.
    pub parameters: BTreeMap<String, f64>,
    /// Training files.
    pub training: Vec<TrainingFile>,
    /// Sources of the rows.
    pub sources: Vec<SourceUse>,
    /// What came out, by label.
    pub label: Vec<LabelRecord>,
}

impl Manifest {
    /// Fills the counts of repeated rows in.
    #[must_use]
    pub fn with_repeats(self, repeats: &Repeats) -> Self {
        Self { repeated_rows: repeats.repeated_rows, contradicting_rows: repeats.contradicting_rows, ..self }
    }
}
