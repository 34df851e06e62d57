//! The texts that a model is most wrong about, named by id and place, never by their words.

use serde::{Deserialize, Serialize};

use super::evaluation::to_five_decimals;
use super::labelled::LabelledSet;
use crate::domain::Probability;

/// How many of each kind are named.
pub const NAMED_ERRORS: usize = 10;
/// The most characters of an id.
const MAX_ID_CHARACTERS: usize = 80;

/// A text that the model is wrong about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrongText {
    /// Its id, or where it has none its place.
    pub id: String,
    /// The file and line where it stood.
    pub place: String,
    /// The model's probability.
    pub score: f64,
    /// The share of people who said yes.
    pub share: f64,
}

/// The worst errors of a label, the worst first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorstErrors {
    /// The label.
    pub label: String,
    /// The highest scores, at or above the threshold, of texts that do not have it.
    pub false_positives: Vec<WrongText>,
    /// The lowest scores, below the threshold, of texts that have it.
    pub false_negatives: Vec<WrongText>,
}

/// Finds them. `scores` are the label's log-odds by row; of equal ones the earlier row comes first.
pub(super) fn worst_errors(
    set: &LabelledSet,
    label: usize,
    scores: impl Iterator<Item = f64>,
    is_yes: impl Fn(f64) -> bool,
) -> WorstErrors {
    let (mut false_positives, mut false_negatives) = (Vec::new(), Vec::new());
    for (row, score) in scores.enumerate() {
        match (set.rows[row].answer(label), is_yes(score)) {
            (Some(false), true) => false_positives.push((row, score)),
            (Some(true), false) => false_negatives.push((row, score)),
            _ => {}
        }
    }
    false_positives.sort_by(|one, other| other.1.total_cmp(&one.1));
    false_negatives.sort_by(|one, other| one.1.total_cmp(&other.1));
    let named = |errors: Vec<(usize, f64)>| {
        let named = errors.into_iter().take(NAMED_ERRORS);
        named.map(|(row, score)| wrong_text(set, label, row, score)).collect()
    };
    WorstErrors {
        label: set.labels[label].clone(),
        false_positives: named(false_positives),
        false_negatives: named(false_negatives),
    }
}

fn wrong_text(set: &LabelledSet, label: usize, row: usize, score: f64) -> WrongText {
    let row = &set.rows[row];
    // Shown on terminals: without control characters, and not too long.
    let harmless = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    let id = row.reference().chars().take(MAX_ID_CHARACTERS).map(harmless).collect();
    let share = row.answers.get(label).copied().flatten().map_or(0.0, f64::from);
    WrongText {
        id,
        place: row.origin.to_string(),
        score: to_five_decimals(Probability::from_log_odds(score).get()),
        share: to_five_decimals(share),
    }
}

#[cfg(test)]
mod tests {
    use super::super::labelled::LabelledText;
    use super::*;
    use crate::domain::Origin;

    #[test]
    fn the_worst_come_first_and_are_named_by_id_or_place() {
        let mut set = LabelledSet::new(vec!["a".into()]);
        let scores = [3.0, -3.0, 2.0, 4.0, 1.0, -1.0, 3.0];
        for (at, answer) in [false, true, false, true, false, true, false].into_iter().enumerate() {
            let mut text = LabelledText::new("words", "", &[Some(answer)]);
            text.origin = Origin::new("rows.csv".into(), at as u64 + 2);
            if at < 3 {
                text.id = format!("id\u{7}{at}");
            }
            set.rows.push(text);
        }
        let errors = worst_errors(&set, 0, scores.into_iter(), |score| score >= 0.5);
        let ids = |errors: &[WrongText]| errors.iter().map(|error| error.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&errors.false_positives), ["id\u{fffd}0", "rows.csv:8", "id\u{fffd}2", "rows.csv:6"]);
        assert_eq!(ids(&errors.false_negatives), ["id\u{fffd}1", "rows.csv:7"]);
        assert!(errors.false_negatives[0].score < 0.05 && errors.false_negatives[0].share > 0.99);
        let many = LabelledSet { labels: set.labels.clone(), rows: vec![set.rows[0].clone(); 30] };
        let errors = worst_errors(&many, 0, std::iter::repeat_n(1.0, 30), |_| true);
        assert_eq!(errors.false_positives.len(), NAMED_ERRORS);
    }
}
