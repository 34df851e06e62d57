//! Measuring a model directory on labelled texts, and comparing what comes out with what was.

pub mod gate;
pub mod html_report;
pub mod language;
mod svg_plot;

use std::path::Path;

use crate::classify::artifact::{Artifact, ArtifactError};
use crate::classify::evaluation::{Evaluation, LabelsDiffer, Measurement};
use crate::classify::labelled::LabelledSet;
use crate::classify::linear_model::LinearModel;

pub use gate::{DEFAULT_MAX_DROP, GateCheck, GateError, GateOutcome, gate};
pub use html_report::html_report;
pub use language::{LanguageGate, measure_language};

/// Why a model could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The model does not load.
    #[error("{path}: the model does not load")]
    Model {
        /// The file.
        path: String,
        /// Why.
        source: ArtifactError,
    },
    /// The texts have other labels than the model.
    #[error(transparent)]
    Labels(#[from] LabelsDiffer),
    /// A report cannot be read.
    #[error("{path}: cannot read the report")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file is no report. The parser's own message may hold what stands there, and is not shown.
    #[error(
        "{path}:{line}: not a report of figures (column {column})\n  \
         hint: take what `threadsieve evaluate MODEL DATA --json` prints, or a model's report.json"
    )]
    NoReport {
        /// The file.
        path: String,
        /// Where it goes wrong.
        line: usize,
        /// Where it goes wrong.
        column: usize,
    },
}

/// Measures the sparse logistic model in a directory on texts labelled with its labels; `recalls` are the shares of
/// positives at which precision is measured.
///
/// # Errors
/// Where the model does not load, or its labels are not those of the texts.
pub fn measure_directory(directory: &Path, set: &LabelledSet, recalls: &[f64]) -> Result<Measurement, EvaluateError> {
    let model = load_directory(directory)?;
    Ok(Measurement::take(&model, set, recalls)?)
}

/// Loads `weights.bin` of a model directory.
///
/// # Errors
/// Where it cannot be read or is no sparse logistic model for this program.
pub fn load_directory(directory: &Path) -> Result<LinearModel, EvaluateError> {
    let path = directory.join("weights.bin");
    let failed = |source| EvaluateError::Model { path: path.display().to_string(), source };
    LinearModel::from_artifact(&Artifact::read(&path).map_err(failed)?).map_err(failed)
}

/// Reads a report, such as a model's `report.json`.
///
/// # Errors
/// Where it cannot be read, or is none.
pub fn read_report(path: &Path) -> Result<Evaluation, EvaluateError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| EvaluateError::Read { path: name.clone(), source })?;
    serde_json::from_slice(&bytes).map_err(|error| EvaluateError::NoReport {
        path: name,
        line: error.line(),
        column: error.column(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::labelled::LabelledText;

    fn sentiment() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("models/sentiment")
    }

    fn set(labels: &[&str]) -> LabelledSet {
        let mut set = LabelledSet::new(labels.iter().map(|label| (*label).to_owned()).collect());
        for (text, positive) in [("What a lovely day, thank you!", true), ("This is a horrible, sad mess.", false)] {
            set.rows.push(LabelledText::new(text, "", &[Some(positive), Some(!positive), None, None]));
        }
        set
    }

    #[test]
    fn a_shipped_model_is_measured_on_texts_with_its_labels() {
        let figures = measure_directory(&sentiment(), &set(&["positive", "negative", "ambiguous", "neutral"]), &[])
            .unwrap()
            .evaluation;
        assert_eq!(figures.all.mean_roc_auc, Some(1.0));
        assert_eq!(figures.all.labels[2].roc_auc, None);
        assert!(figures.model.starts_with("sentiment@"), "{}", figures.model);
        let error = measure_directory(&sentiment(), &set(&["negative", "positive", "ambiguous", "neutral"]), &[]);
        assert!(matches!(error, Err(EvaluateError::Labels(_))), "labels in another order");
    }

    #[test]
    fn a_missing_model_is_named() {
        let error = measure_directory(Path::new("nowhere"), &set(&["a"]), &[]).unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{error}");
    }

    #[test]
    fn reports_of_shipped_models_are_read_and_other_files_are_not() {
        let report = read_report(&sentiment().join("report.json")).unwrap();
        assert_eq!(report.all.labels.len(), 4);
        let error = read_report(&sentiment().join("manifest.toml")).unwrap_err().to_string();
        assert!(error.contains("manifest.toml:1: not a report") && error.contains("hint: "), "{error}");
        assert!(matches!(read_report(Path::new("nowhere")), Err(EvaluateError::Read { .. })));
    }
}
