//! Scores on the scale that the configuration asks for.

use crate::config::ScorePrior;
use crate::domain::{Probability, Tone};

/// The score of a label.
pub(super) fn score(tone: &Tone, label: &str, prior: ScorePrior) -> Option<Probability> {
    let found = tone.scores.iter().find(|score| &*score.label == label)?.probability;
    match prior {
        ScorePrior::Natural | ScorePrior::Even => Some(found),
    }
}
