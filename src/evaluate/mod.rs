//! Measuring a model directory on labelled texts.

use std::path::Path;

use crate::classify::artifact::{Artifact, ArtifactError};
use crate::classify::evaluation::{Evaluation, LabelsDiffer};
use crate::classify::labelled::LabelledSet;
use crate::classify::linear_model::LinearModel;

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
}

/// Measures the sparse logistic model in a directory on texts labelled with its labels.
///
/// # Errors
/// Where the model does not load, or its labels are not those of the texts.
pub fn evaluate_directory(directory: &Path, set: &LabelledSet) -> Result<Evaluation, EvaluateError> {
    let model = load_directory(directory)?;
    Ok(Evaluation::measure(&model, set)?)
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
        let figures =
            evaluate_directory(&sentiment(), &set(&["positive", "negative", "ambiguous", "neutral"])).unwrap();
        assert_eq!(figures.all.mean_roc_auc, Some(1.0));
        assert_eq!(figures.all.labels[2].roc_auc, None);
        assert!(figures.model.starts_with("sentiment@1+sha256:"), "{}", figures.model);
        let error = evaluate_directory(&sentiment(), &set(&["negative", "positive", "ambiguous", "neutral"]));
        assert!(matches!(error, Err(EvaluateError::Labels(_))), "labels in another order");
    }

    #[test]
    fn a_missing_model_is_named() {
        let error = evaluate_directory(Path::new("nowhere"), &set(&["a"])).unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{error}");
    }
}
