//! Scores of labelled texts as policy would see them.

use std::path::Path;

use super::error::CalibrateError;
use crate::classify::artifact::Artifact;
use crate::classify::labelled::LabelledText;
use crate::classify::linear_model::LinearModel;
use crate::domain::{Probability, SegmentKind};
use crate::language::{Detector, LanguageMix, may_be_one_of};
use crate::text::anatomy::Anatomy;
use crate::text::features::{Featuriser, HashedText};
use crate::text::segments::{cut, text_of};

/// Fewer letters are not scored, as in a run.
const MIN_LETTERS: usize = 2;

/// Loads the linear model of a folder.
pub(super) fn load(folder: &Path) -> Result<LinearModel, CalibrateError> {
    let path = folder.join("weights.bin");
    let read = Artifact::read(&path).and_then(|artifact| LinearModel::from_artifact(&artifact));
    read.map_err(|source| CalibrateError::Model { place: path.display().to_string(), source })
}

/// For each of some labels of a model, the score of each text: to four decimals, as records show it and policy compares it.
/// `None` where a run would not score the text: no words of the commenter's own, or a language that the model does not
/// read. A text is taken for the first comment of its thread.
pub(super) fn scores(model: &LinearModel, labels: &[usize], rows: &[LabelledText]) -> Vec<Vec<Option<f64>>> {
    let detector = Detector::shipped();
    let prior = LanguageMix::default().prior(model.languages());
    let (mut featuriser, mut hashed, mut log_odds) = (Featuriser::new(), HashedText::default(), Vec::new());
    let mut scores = vec![Vec::with_capacity(rows.len()); labels.len()];
    for row in rows {
        let anatomy = Anatomy::of(&row.text);
        let segments = cut(&row.text, None, &anatomy.code, &anatomy.links, &[]);
        let prose = text_of(&row.text, &segments, SegmentKind::Prose);
        let has_letters = prose.chars().filter(|sign| sign.is_alphabetic()).nth(MIN_LETTERS - 1).is_some();
        let is_scored = has_letters && may_be_one_of(&detector.judge(&prose, &prior), model.languages());
        hashed.clear();
        if is_scored {
            featuriser.extract(&prose, &mut hashed);
        }
        let is_scored = is_scored && !hashed.is_empty();
        if is_scored {
            model.score(&hashed, &mut log_odds);
        }
        for (scores, label) in scores.iter_mut().zip(labels) {
            scores.push(is_scored.then(|| Probability::from_log_odds(log_odds[*label]).rounded().get()));
        }
    }
    scores
}
