//! From scores of texts that a model did not see to probabilities at the natural mix, and thresholds.

use super::recipe::NaturalRate;
use crate::classify::labelled::LabelledSet;
use crate::classify::mixing::{Held, Mix};

/// A row of the training data with the scores of a model that did not see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeldOut {
    /// Index of the row.
    pub(super) row: usize,
    /// The score of every label, log-odds.
    pub(super) scores: Vec<f64>,
}

/// How the scores of one label become probabilities.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calibration {
    pub(super) mix: Mix,
    /// Highest F1 at the natural mix.
    pub(super) threshold: f64,
    /// Share of the natural mix that has the label.
    pub(super) rate: f64,
    /// Mean negative log-likelihood of the held-out rows at the natural mix, in nats; absent without any.
    pub(super) log_loss: Option<f64>,
}

/// Fits the first `written` labels to the held-out rows. A label that they say nothing of keeps its score as it is, and one half as its
/// threshold.
pub(super) fn calibrate(
    set: &LabelledSet,
    written: usize,
    held_out: &[HeldOut],
    natural: Option<&NaturalRate>,
) -> Vec<Calibration> {
    let count = set.labels.len();
    (0..written)
        .map(|label| {
            let weights = natural_weights(set, label, held_out, natural);
            let held: Vec<Held<'_>> = held_out
                .iter()
                .zip(&weights)
                .filter_map(|(row, weight)| {
                    let answer = set.rows[row.row].answer(label)?;
                    (*weight > 0.0).then_some(Held { scores: &row.scores, answer, weight: *weight })
                })
                .collect();
            let Some(mix) = Mix::fit(&held, label, count) else {
                return Calibration { mix: Mix::own(label, count), threshold: 0.5, rate: 0.5, log_loss: None };
            };
            let scored: Vec<(f64, bool, f64)> =
                held.iter().map(|row| (mix.apply(row.scores), row.answer, row.weight)).collect();
            let threshold = best_f1_threshold(&scored);
            let total: f64 = scored.iter().map(|(_, _, weight)| weight).sum();
            let yes: f64 = scored.iter().filter(|(_, answer, _)| *answer).map(|(_, _, weight)| weight).sum();
            let loss: f64 = scored
                .iter()
                .map(|(log_odds, answer, weight)| {
                    let wrong = if *answer { -log_odds } else { *log_odds };
                    weight * (wrong.max(0.0) + (-wrong.abs()).exp().ln_1p())
                })
                .sum();
            // To four decimals: it is read by people.
            let threshold = (1e4 / (1.0 + (-threshold).exp())).round() / 1e4;
            Calibration { mix, threshold, rate: yes / total, log_loss: Some(loss / total) }
        })
        .collect()
}

/// What each held-out row that answers `wanted` weighs, so that the label of the natural rate is as frequent among them as
/// it is in nature. Rows that do not answer both weigh nothing; without a natural rate all weigh 1.
fn natural_weights(set: &LabelledSet, wanted: usize, held_out: &[HeldOut], natural: Option<&NaturalRate>) -> Vec<f64> {
    let known = natural.and_then(|natural| {
        let label = set.labels.iter().position(|label| *label == natural.label)?;
        Some((label, natural.rate))
    });
    let Some((label, rate)) = known else { return vec![1.0; held_out.len()] };
    let answer = |row: &HeldOut| set.rows[row.row].answer(wanted).and_then(|_| set.rows[row.row].answer(label));
    let yes = held_out.iter().filter(|row| answer(row) == Some(true)).count() as f64;
    let no = held_out.iter().filter(|row| answer(row) == Some(false)).count() as f64;
    // The rarer side is not blown up: the other one is made to weigh less.
    let (yes_weight, no_weight) = ((rate / yes).min(f64::MAX), ((1.0 - rate) / no).min(f64::MAX));
    let most = yes_weight.max(no_weight);
    held_out
        .iter()
        .map(|row| match answer(row) {
            Some(true) => yes_weight / most,
            Some(false) => no_weight / most,
            None => 0.0,
        })
        .collect()
}

/// The log-odds of the highest weighted F1: the middle between the last yes and the first no; of equally good ones the
/// highest.
fn best_f1_threshold(scored: &[(f64, bool, f64)]) -> f64 {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
    let positives: f64 = sorted.iter().filter(|(_, answer, _)| *answer).map(|(_, _, weight)| weight).sum();
    let (mut found, mut wrong) = (0.0, 0.0);
    let mut best = (-1.0, 0.0);
    for (at, (score, answer, weight)) in sorted.iter().enumerate() {
        *(if *answer { &mut found } else { &mut wrong }) += weight;
        let next = sorted.get(at + 1).map_or(*score, |(next, _, _)| *next);
        let f1 = 2.0 * found / (found + wrong + positives);
        // Equal scores are taken together.
        if f1 > best.0 && (next < *score || at + 1 == sorted.len()) {
            best = (f1, f64::midpoint(*score, next));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::labelled::LabelledText;

    fn rows(answers: &[(f64, Option<bool>)]) -> (LabelledSet, Vec<HeldOut>) {
        let mut set = LabelledSet::new(vec!["rude".into()]);
        let mut held_out = Vec::new();
        for (row, (score, answer)) in answers.iter().enumerate() {
            set.rows.push(LabelledText::new("t", "", &[*answer]));
            held_out.push(HeldOut { row, scores: vec![*score] });
        }
        (set, held_out)
    }

    #[test]
    fn thresholds_have_the_highest_weighted_f1() {
        let row = |score: f64, answer: bool, weight: f64| (score, answer, weight);
        let scored = [
            row(0.9, true, 1.0),
            row(0.8, true, 1.0),
            row(0.4, false, 1.0),
            row(0.3, true, 1.0),
            row(0.1, false, 1.0),
            row(0.0, false, 1.0),
        ];
        // At 0.3 all three are found for one false yes: F1 = 6/7; at 0.8 two of three: 4/5.
        assert!((best_f1_threshold(&scored) - 0.2).abs() < 1e-12);
        // Where negatives are ten times as many as here, the false one costs too much.
        let rare = scored.map(|(score, answer, _)| row(score, answer, if answer { 1.0 } else { 10.0 }));
        assert!((best_f1_threshold(&rare) - 0.6).abs() < 1e-12);
        assert!((best_f1_threshold(&[row(1.0, true, 1.0), row(1.0, false, 1.0)]) - 1.0).abs() < 1e-12, "ties together");
    }

    #[test]
    fn probabilities_are_those_of_the_natural_mix() {
        let answers: Vec<(f64, Option<bool>)> = (0..400)
            .map(|at| (f64::from(at % 20) / 5.0 - 2.0, Some((at * 7919) % 20 < at % 20)))
            .chain([(9.0, None)])
            .collect();
        let (set, held_out) = rows(&answers);
        let even = calibrate(&set, 1, &held_out, None).remove(0);
        let natural = NaturalRate { label: "rude".into(), rate: 0.1 };
        let rare = calibrate(&set, 1, &held_out, Some(&natural)).remove(0);
        assert!((rare.rate - 0.1).abs() < 1e-9, "{}", rare.rate);
        assert!(even.rate > 0.4 && even.mix.offset > rare.mix.offset + 1.0, "{even:?} {rare:?}");
        let mean: f64 = held_out[..400]
            .iter()
            .zip(natural_weights(&set, 0, &held_out, Some(&natural)))
            .map(|(row, weight)| weight / (1.0 + (-rare.mix.apply(&row.scores)).exp()))
            .sum::<f64>()
            / natural_weights(&set, 0, &held_out, Some(&natural)).iter().sum::<f64>();
        assert!((mean - 0.1).abs() < 1e-6, "{mean}");
    }

    #[test]
    fn what_nothing_is_known_of_is_left_as_it_is() {
        let (set, held_out) = rows(&[(1.0, Some(true)), (2.0, Some(true)), (0.0, None)]);
        let calibration = calibrate(&set, 1, &held_out, None).remove(0);
        assert_eq!(calibration.mix, Mix::own(0, 1));
        assert!((calibration.threshold - 0.5).abs() < 1e-12 && calibration.log_loss.is_none());
    }
}
