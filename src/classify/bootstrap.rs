//! How sure figures are: confidence intervals by the bootstrap (Efron, *Bootstrap methods*, 1979).
//!
//! Rows are drawn anew with replacement, as many as there are, and the figures taken again; the interval holds the middle
//! 95 % of what comes out (the percentile method). A row brings all its labels along, so the interval of a mean over
//! labels is right though labels go together. The scores are sorted once; a resample only changes how often a row counts.

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use super::metrics::mean;

/// How often rows are drawn anew.
pub const RESAMPLES: usize = 200;
const SEED: u64 = 0x7468_7265_6164;
const CONFIDENCE: f64 = 0.95;

/// A 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The scores of one label for all rows, made ready.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedLabel {
    /// Rows with a known answer, best score first: the row, its answer, and whether the next one has a lower score.
    rows: Vec<(u32, bool, bool)>,
    /// How many of them are at the threshold or above it.
    yeses: usize,
}

impl RankedLabel {
    /// Sorts the rows by score; rows without an answer are left out. `is_yes` says from which score on the label is
    /// said to apply.
    #[must_use]
    pub fn new(rows: impl Iterator<Item = (f64, Option<bool>)>, is_yes: impl Fn(f64) -> bool) -> Self {
        let known = rows.enumerate();
        let mut sorted: Vec<(f64, u32, bool)> =
            known.filter_map(|(row, (score, answer))| Some((score, row as u32, answer?))).collect();
        sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
        let next = sorted.iter().skip(1).map(|row| Some(row.0)).chain([None]);
        let ends = next.zip(&sorted).map(|(next, row)| next.is_none_or(|next| next.total_cmp(&row.0).is_ne()));
        Self {
            rows: ends.zip(&sorted).map(|(ends, row)| (row.1, row.2, ends)).collect(),
            yeses: sorted.partition_point(|row| is_yes(row.0)),
        }
    }

    /// ROC AUC, average precision and F1 where each row counts so many times.
    fn figures(&self, counts: &[u32]) -> [Option<f64>; 3] {
        let (mut found, mut wrong) = (0_u64, 0_u64);
        let (mut run_found, mut run_wrong) = (0_u64, 0_u64);
        // Pairs in which the negative scores higher, doubled so that ties count once.
        let (mut twice_lost, mut precision_sum) = (0_u128, 0.0);
        let mut at_threshold = (0, 0);
        for (at, (row, is_positive, ends)) in self.rows.iter().enumerate() {
            let count = u64::from(counts[*row as usize]);
            let run = if *is_positive { &mut run_found } else { &mut run_wrong };
            *run += count;
            if *ends {
                twice_lost += u128::from(run_found) * u128::from(2 * wrong + run_wrong);
                found += run_found;
                wrong += run_wrong;
                if run_found > 0 {
                    precision_sum += run_found as f64 * found as f64 / (found + wrong) as f64;
                }
                (run_found, run_wrong) = (0, 0);
            }
            if at + 1 == self.yeses {
                at_threshold = (found, wrong);
            }
        }
        let has_both = found > 0 && wrong > 0;
        let f1_base = found + at_threshold.0 + at_threshold.1;
        [
            has_both.then(|| 1.0 - twice_lost as f64 / 2.0 / (found as f64 * wrong as f64)),
            (found > 0).then(|| precision_sum / found as f64),
            (f1_base > 0).then(|| 2.0 * at_threshold.0 as f64 / f1_base as f64),
        ]
    }
}

/// The intervals of one label; absent where a figure is undefined in more than half of the resamples.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LabelIntervals {
    /// Of the area under the ROC curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roc_auc: Option<Interval>,
    /// Of average precision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<Interval>,
    /// Of F1 at the threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f1: Option<Interval>,
}

/// The intervals of all labels, and that of the mean ROC AUC over them. The same input gives the same intervals.
#[must_use]
pub fn bootstrap(labels: &[RankedLabel], row_count: usize) -> (Vec<LabelIntervals>, Option<Interval>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let mut figures: Vec<[Vec<f64>; 3]> = vec![Default::default(); labels.len()];
    let mut means = Vec::new();
    let mut counts = vec![0_u32; row_count];
    for _ in 0..RESAMPLES {
        counts.fill(0);
        for _ in 0..row_count {
            // The upper half of the product is spread evenly over the rows.
            let row = (u128::from(random.next_u64()) * row_count as u128) >> 64;
            counts[row as usize] += 1;
        }
        let mut areas = Vec::with_capacity(labels.len());
        for (label, figures) in labels.iter().zip(&mut figures) {
            let found = label.figures(&counts);
            areas.push(found[0]);
            found.iter().zip(figures).for_each(|(figure, figures)| figures.extend(*figure));
        }
        means.extend(mean(areas));
    }
    let of_label = |[areas, precisions, f1s]: [Vec<f64>; 3]| LabelIntervals {
        roc_auc: interval(areas),
        average_precision: interval(precisions),
        f1: interval(f1s),
    };
    (figures.into_iter().map(of_label).collect(), interval(means))
}

fn interval(mut figures: Vec<f64>) -> Option<Interval> {
    figures.sort_by(f64::total_cmp);
    let outside = (1.0 - CONFIDENCE) / 2.0;
    let is_enough = figures.len() * 2 >= RESAMPLES;
    is_enough.then(|| Interval { low: quantile(&figures, outside), high: quantile(&figures, 1.0 - outside) })
}

/// Linear between order statistics (definition 7 of Hyndman and Fan, 1996).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    #[allow(clippy::cast_sign_loss, reason = "a share of a length")]
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::metrics::{Confusion, Scored, average_precision, roc_auc};
    use super::*;

    fn ranked(scored: &[Scored], threshold: f64) -> RankedLabel {
        RankedLabel::new(scored.iter().map(|row| (row.0, Some(row.1))), |score| score >= threshold)
    }

    #[test]
    fn intervals_are_the_same_each_time_and_hold_the_figure() {
        let scored: Vec<Scored> = (0..400).map(|at| (f64::from(at * 37 % 101), at * 37 % 101 > 40 + at % 30)).collect();
        let label = ranked(&scored, 55.0);
        let (intervals, of_mean) = bootstrap(std::slice::from_ref(&label), scored.len());
        assert_eq!(bootstrap(std::slice::from_ref(&label), scored.len()), (intervals.clone(), of_mean));
        let area = roc_auc(&scored).unwrap();
        let found = intervals[0].roc_auc.unwrap();
        assert!(found.low < area && area < found.high, "{found:?} {area}");
        assert!(found.high - found.low < 0.1, "{found:?}");
        assert_eq!(of_mean, intervals[0].roc_auc, "the mean over one label is that label");
    }

    #[test]
    fn the_width_is_that_of_theory() {
        // 2,000 texts, no skill: the standard error of AUC is sqrt((n+1)/(12 n1 n0)) (Hanley and McNeil, 1982).
        let scored: Vec<Scored> = (0..2000).map(|at| (f64::from(at * 7919 % 2003), at % 2 == 0)).collect();
        let interval = bootstrap(&[ranked(&scored, 0.0)], 2000).0[0].roc_auc.unwrap();
        let expected = 2.0 * 1.96 * (2001.0_f64 / (12.0 * 1000.0 * 1000.0)).sqrt();
        let width = interval.high - interval.low;
        assert!((width / expected - 1.0).abs() < 0.2, "{width} {expected}");
    }

    #[test]
    fn what_is_undefined_has_no_interval() {
        for scored in [vec![], vec![(0.5, false); 10]] {
            let (intervals, of_mean) = bootstrap(&[ranked(&scored, 0.7)], scored.len());
            assert_eq!((intervals[0], of_mean), (LabelIntervals::default(), None));
        }
    }

    #[test]
    fn quantiles_lie_between_the_numbers() {
        let sorted = [0.0, 1.0, 2.0, 3.0];
        for (share, expected) in [(0.0, 0.0), (0.5, 1.5), (0.25, 0.75), (1.0, 3.0)] {
            assert!((quantile(&sorted, share) - expected).abs() < 1e-12, "{share}");
        }
    }

    proptest! {
        #[test]
        fn rows_that_count_once_give_the_plain_figures(
            rows in proptest::collection::vec((0_u8..6, any::<bool>()), 1..40), threshold in 0_u8..7,
        ) {
            let scored: Vec<Scored> = rows.into_iter().map(|(score, yes)| (f64::from(score), yes)).collect();
            let threshold = f64::from(threshold);
            let found = ranked(&scored, threshold).figures(&vec![1; scored.len()]);
            let expected =
                [roc_auc(&scored), average_precision(&scored), Confusion::at(&scored, threshold).f1()];
            for (found, expected) in found.into_iter().zip(expected) {
                prop_assert_eq!(found.is_some(), expected.is_some());
                prop_assert!((found.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 1e-12);
            }
        }
    }
}
