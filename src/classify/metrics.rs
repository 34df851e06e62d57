//! Metrics of two-class scores; absent where they are undefined, never not-a-number.

/// A score with the true answer. Scores are ordered by size; they need not be probabilities except for log loss.
pub type Scored = (f64, bool);

fn descending(scored: &[Scored]) -> Vec<Scored> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|left, right| right.0.total_cmp(&left.0));
    sorted
}

/// Runs of equal scores in descending order: (positives, negatives) of each.
fn ties(scored: &[Scored]) -> Vec<(f64, usize, usize)> {
    let mut runs: Vec<(f64, usize, usize)> = Vec::new();
    for (score, positive) in descending(scored) {
        match runs.last_mut() {
            Some(run) if run.0.total_cmp(&score).is_eq() => {
                run.1 += usize::from(positive);
                run.2 += usize::from(!positive);
            }
            _ => runs.push((score, usize::from(positive), usize::from(!positive))),
        }
    }
    runs
}

/// Area under the ROC curve: the chance that a random positive scores above a random negative, a tie counting half
/// (Hanley and `McNeil`, 1982). `None` without positives or without negatives.
#[must_use]
pub fn roc_auc(scored: &[Scored]) -> Option<f64> {
    let positives = scored.iter().filter(|(_, positive)| *positive).count();
    let negatives = scored.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let mut negatives_below = negatives;
    let mut twice_wins: u128 = 0;
    for (_, positive, negative) in ties(scored) {
        negatives_below -= negative;
        twice_wins += positive as u128 * (2 * negatives_below as u128 + negative as u128);
    }
    Some(twice_wins as f64 / 2.0 / (positives as f64 * negatives as f64))
}

/// Average precision: precision at each threshold weighted by the recall that it adds, equal scores taken together.
/// `None` without positives.
#[must_use]
pub fn average_precision(scored: &[Scored]) -> Option<f64> {
    let positives = scored.iter().filter(|(_, positive)| *positive).count();
    if positives == 0 {
        return None;
    }
    let (mut found, mut taken, mut sum) = (0, 0, 0.0);
    for (_, positive, negative) in ties(scored) {
        found += positive;
        taken += positive + negative;
        sum += positive as f64 * found as f64 / taken as f64;
    }
    Some(sum / positives as f64)
}

/// What happens at a threshold: a score of at least it is a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// Yes, rightly.
    pub true_positives: usize,
    /// Yes, wrongly.
    pub false_positives: usize,
    /// No, wrongly.
    pub false_negatives: usize,
    /// No, rightly.
    pub true_negatives: usize,
}

impl Confusion {
    /// Counts the answers at a threshold.
    #[must_use]
    pub fn at(scored: &[Scored], threshold: f64) -> Self {
        let mut counts = Self::default();
        for (score, positive) in scored {
            match (*score >= threshold, positive) {
                (true, true) => counts.true_positives += 1,
                (true, false) => counts.false_positives += 1,
                (false, true) => counts.false_negatives += 1,
                (false, false) => counts.true_negatives += 1,
            }
        }
        counts
    }

    /// The share of the yeses that were right; `None` without any.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// The share of the positives that were found; `None` without any.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// Harmonic mean of precision and recall; `None` where there are neither positives nor yeses.
    #[must_use]
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Mean negative log-likelihood of probabilities, in nats; they count as at least 1e-15 from 0 and 1. `None` without
/// any.
#[must_use]
pub fn log_loss(scored: &[Scored]) -> Option<f64> {
    let sum: f64 = scored
        .iter()
        .map(|(probability, positive)| {
            let right = if *positive { *probability } else { 1.0 - probability };
            -right.clamp(1e-15, 1.0).ln()
        })
        .sum();
    (!scored.is_empty()).then(|| sum / scored.len() as f64)
}

/// Mean squared distance of probabilities from the answers, 0..=1 (Brier, 1950). `None` without any.
#[must_use]
pub fn brier_score(scored: &[Scored]) -> Option<f64> {
    let squares = scored.iter().map(|(probability, positive)| (probability - f64::from(u8::from(*positive))).powi(2));
    mean(squares.map(Some))
}

/// The highest score that, taken as a threshold, finds at least this share (0..=1) of the positives: the precision there,
/// and the score. `None` without positives.
#[must_use]
pub fn precision_at_recall(scored: &[Scored], recall: f64) -> Option<(f64, f64)> {
    let positives = scored.iter().filter(|(_, positive)| *positive).count();
    let (mut found, mut taken) = (0, 0);
    for (score, positive, negative) in ties(scored) {
        found += positive;
        taken += positive + negative;
        if found > 0 && found as f64 >= recall * positives as f64 - 1e-9 {
            return Some((found as f64 / taken as f64, score));
        }
    }
    None
}

/// The ROC curve from (0, 0) to (1, 1): share of the negatives and of the positives that score at least each threshold.
/// Empty without positives or without negatives.
#[must_use]
pub fn roc_curve(scored: &[Scored]) -> Vec<(f64, f64)> {
    let positives = scored.iter().filter(|(_, positive)| *positive).count();
    let negatives = scored.len() - positives;
    if positives == 0 || negatives == 0 {
        return Vec::new();
    }
    let (mut found, mut wrong) = (0, 0);
    let mut curve = vec![(0.0, 0.0)];
    for (_, positive, negative) in ties(scored) {
        found += positive;
        wrong += negative;
        curve.push((wrong as f64 / negatives as f64, found as f64 / positives as f64));
    }
    curve
}

/// Recall and precision at each threshold, in order of rising recall. Empty without positives.
#[must_use]
pub fn precision_recall_curve(scored: &[Scored]) -> Vec<(f64, f64)> {
    let positives = scored.iter().filter(|(_, positive)| *positive).count();
    if positives == 0 {
        return Vec::new();
    }
    let (mut found, mut taken) = (0, 0);
    ties(scored)
        .into_iter()
        .map(|(_, positive, negative)| {
            found += positive;
            taken += positive + negative;
            (found as f64 / positives as f64, found as f64 / taken as f64)
        })
        .collect()
}

/// The mean of the numbers that are there; `None` where none is.
#[must_use]
pub fn mean(numbers: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_usize);
    for number in numbers.into_iter().flatten() {
        sum += number;
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(left: Option<f64>, right: f64) {
        assert!(left.is_some_and(|left| (left - right).abs() < 1e-12), "{left:?} {right}");
    }

    #[test]
    fn known_values() {
        let scored = [(0.9, true), (0.8, false), (0.7, true), (0.7, false), (0.1, false)];
        // Pairs: (0.9 beats three), (0.7: beats one, ties one).
        close(roc_auc(&scored), 4.5 / 6.0);
        close(average_precision(&scored), f64::midpoint(1.0, 0.5));
        let counts = Confusion::at(&scored, 0.7);
        assert_eq!(counts, Confusion { true_positives: 2, false_positives: 2, false_negatives: 0, true_negatives: 1 });
        close(counts.precision(), 0.5);
        close(counts.recall(), 1.0);
        close(counts.f1(), 2.0 / 3.0);
        close(log_loss(&[(0.8, true), (0.4, false)]), -(0.8_f64.ln() + 0.6_f64.ln()) / 2.0);
    }

    #[test]
    fn what_is_undefined_is_absent() {
        for one_sided in [vec![], vec![(0.5, true)], vec![(0.5, false)]] {
            assert_eq!(roc_auc(&one_sided), None);
        }
        assert_eq!(average_precision(&[(0.5, false)]), None);
        let empty = Confusion::default();
        assert_eq!((empty.precision(), empty.recall(), empty.f1()), (None, None, None));
        assert_eq!(log_loss(&[]), None);
        assert_eq!(mean([None, None]), None);
        close(mean([Some(1.0), None, Some(2.0)]), 1.5);
        assert!(log_loss(&[(0.0, true)]).is_some_and(f64::is_finite));
    }

    #[test]
    fn curves_and_precision_at_recall_have_known_values() {
        let scored = [(0.9, true), (0.8, false), (0.7, true), (0.7, false), (0.1, false)];
        assert_eq!(roc_curve(&scored), [(0.0, 0.0), (0.0, 0.5), (1.0 / 3.0, 0.5), (2.0 / 3.0, 1.0), (1.0, 1.0)]);
        assert_eq!(precision_recall_curve(&scored), [(0.5, 1.0), (0.5, 0.5), (1.0, 0.5), (1.0, 0.4)]);
        assert_eq!(precision_at_recall(&scored, 0.5), Some((1.0, 0.9)));
        assert_eq!(precision_at_recall(&scored, 0.51), Some((0.5, 0.7)));
        assert_eq!(precision_at_recall(&scored, 1.0), Some((0.5, 0.7)));
        assert_eq!(precision_at_recall(&[(0.5, false)], 0.5), None);
        close(brier_score(&[(0.8, true), (0.4, false)]), f64::midpoint(0.04, 0.16));
        assert_eq!(brier_score(&[]), None);
        assert!(roc_curve(&[(0.5, true)]).is_empty() && precision_recall_curve(&[(0.5, false)]).is_empty());
    }

    proptest! {
        #[test]
        fn roc_auc_is_the_share_of_pairs_won(scored in proptest::collection::vec((0_u8..6, any::<bool>()), 0..40)) {
            let scored: Vec<Scored> = scored.into_iter().map(|(score, yes)| (f64::from(score), yes)).collect();
            let (mut wins, mut pairs) = (0.0, 0.0);
            for (high, _) in scored.iter().filter(|(_, positive)| *positive) {
                for (low, _) in scored.iter().filter(|(_, positive)| !*positive) {
                    pairs += 1.0;
                    wins += if high > low { 1.0 } else if high < low { 0.0 } else { 0.5 };
                }
            }
            match roc_auc(&scored) {
                Some(area) => prop_assert!((area - wins / pairs).abs() < 1e-12),
                None => prop_assert!(pairs == 0.0),
            }
        }
    }
}
