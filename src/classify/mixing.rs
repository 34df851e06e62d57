//! Calibration: the scores of all labels, mixed so that each becomes a probability at a stated mix of texts.

/// How one label's calibrated log-odds follow from the scores of all: `offset + Σ shares[k] · scores[k]`.
///
/// With one label this is Platt's scaling (Platt, *Probabilistic outputs for support vector machines*, 1999). The shares of
/// the other labels let a rare label lean on frequent ones that it goes with; the result is still linear in the features.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// One factor a score.
    pub shares: Vec<f64>,
    /// Log-odds where all scores are 0.
    pub offset: f64,
}

/// Scores of a text that was not trained on, with the answer of one label and what the text weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held<'a> {
    /// The scores of all labels, log-odds.
    pub scores: &'a [f64],
    /// Whether it has the label.
    pub answer: bool,
    /// How often such texts occur in the mix to calibrate for; greater than 0.
    pub weight: f64,
}

/// As if so many texts spoke for the label's own score as it is.
const CAUTION: f64 = 10.0;
const MAX_STEPS: usize = 100;
const SMALLEST_STEP: f64 = 1e-10;

impl Mix {
    /// The label's own score as it is.
    #[must_use]
    pub fn own(label: usize, labels: usize) -> Self {
        Self { shares: (0..labels).map(|other| f64::from(u8::from(other == label))).collect(), offset: 0.0 }
    }

    /// Fits the mix of the label at place `label` by Newton's method: logistic regression, weighted, the shares drawn to
    /// those of [`Mix::own`]. `None` where it does not converge, or all answers are the same.
    #[must_use]
    pub fn fit(held: &[Held<'_>], label: usize, labels: usize) -> Option<Self> {
        if !held.iter().any(|row| row.answer) || held.iter().all(|row| row.answer) {
            return None;
        }
        let own = Self::own(label, labels);
        let mut mix = own.clone();
        let mut loss = mix.loss(held, &own);
        for _ in 0..MAX_STEPS {
            let (gradient, hessian) = mix.derivatives(held, &own);
            let step = solve(hessian, gradient)?;
            // Newton's step, halved until it helps: the loss is convex, so that some part of it does.
            let mut length = 1.0;
            loop {
                let next = mix.moved(&step, length);
                let next_loss = next.loss(held, &own);
                if next_loss <= loss {
                    (mix, loss) = (next, next_loss);
                    break;
                }
                length *= 0.5;
                if length < SMALLEST_STEP {
                    return Some(mix);
                }
            }
            if step.iter().all(|part| (part * length).abs() < SMALLEST_STEP) {
                return Some(mix);
            }
        }
        None
    }

    /// The calibrated log-odds.
    #[must_use]
    pub fn apply(&self, scores: &[f64]) -> f64 {
        self.offset + self.shares.iter().zip(scores).map(|(share, score)| share * score).sum::<f64>()
    }

    fn moved(&self, step: &[f64], length: f64) -> Self {
        let shares = self.shares.iter().zip(step).map(|(share, part)| share - length * part).collect();
        Self { shares, offset: self.offset - length * step[self.shares.len()] }
    }

    fn loss(&self, held: &[Held<'_>], own: &Self) -> f64 {
        let drawn: f64 = self.shares.iter().zip(&own.shares).map(|(share, own)| (share - own).powi(2)).sum();
        let of = |row: &Held<'_>| {
            let log_odds = self.apply(row.scores);
            let wrong = if row.answer { -log_odds } else { log_odds };
            row.weight * super::dual_descent::log_one_plus_exp(wrong)
        };
        0.5 * CAUTION * drawn + held.iter().map(of).sum::<f64>()
    }

    fn derivatives(&self, held: &[Held<'_>], own: &Self) -> (Vec<f64>, Vec<Vec<f64>>) {
        let size = self.shares.len() + 1;
        let mut gradient = vec![0.0; size];
        let mut hessian = vec![vec![0.0; size]; size];
        for (at, (share, own)) in self.shares.iter().zip(&own.shares).enumerate() {
            gradient[at] = CAUTION * (share - own);
            hessian[at][at] = CAUTION;
        }
        let mut inputs = vec![1.0; size];
        for row in held {
            inputs[..size - 1].copy_from_slice(row.scores);
            let probability = 1.0 / (1.0 + (-self.apply(row.scores)).exp());
            let error = row.weight * (probability - f64::from(u8::from(row.answer)));
            let curvature = row.weight * probability * (1.0 - probability);
            for (at, input) in inputs.iter().enumerate() {
                gradient[at] += error * input;
                for (entry, other) in hessian[at][..=at].iter_mut().zip(&inputs) {
                    *entry += curvature * input * other;
                }
            }
        }
        (gradient, hessian)
    }
}

/// Solves `matrix · x = right` for a symmetric, positive definite matrix of which the lower half is filled, by Cholesky's
/// decomposition. `None` where it is not positive definite.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for row in 0..size {
        for column in 0..=row {
            let dot: f64 = (0..column).map(|at| matrix[row][at] * matrix[column][at]).sum();
            let rest = matrix[row][column] - dot;
            if row == column {
                if rest.is_nan() || rest <= 0.0 {
                    return None;
                }
                matrix[row][row] = rest.sqrt();
            } else {
                matrix[row][column] = rest / matrix[column][column];
            }
        }
    }
    for row in 0..size {
        let dot: f64 = (0..row).map(|at| matrix[row][at] * right[at]).sum();
        right[row] = (right[row] - dot) / matrix[row][row];
    }
    for row in (0..size).rev() {
        let dot: f64 = (row + 1..size).map(|at| matrix[at][row] * right[at]).sum();
        right[row] = (right[row] - dot) / matrix[row][row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use rand::{RngExt as _, SeedableRng as _};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    /// Scores of two labels; the first label follows `1.5 · first + 0.5 · second - 1`.
    fn scores(count: usize) -> Vec<([f64; 2], bool)> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        (0..count)
            .map(|_| {
                let scores: [f64; 2] = [random.random_range(-3.0..3.0), random.random_range(-3.0..3.0)];
                let probability = 1.0 / (1.0 + (1.0 - 1.5 * scores[0] - 0.5 * scores[1]).exp());
                (scores, random.random_range(0.0..1.0) < probability)
            })
            .collect()
    }

    fn held(rows: &[([f64; 2], bool)], yes_weight: f64) -> Vec<Held<'_>> {
        let weight = |answer: bool| if answer { yes_weight } else { 1.0 };
        rows.iter().map(|(scores, answer)| Held { scores, answer: *answer, weight: weight(*answer) }).collect()
    }

    #[test]
    fn the_law_behind_the_answers_is_found() {
        let rows = scores(40_000);
        let mix = Mix::fit(&held(&rows, 1.0), 0, 2).unwrap();
        for (found, expected) in mix.shares.iter().chain([&mix.offset]).zip([1.5, 0.5, -1.0]) {
            assert!((found - expected).abs() < 0.06, "{found} {expected}");
        }
        assert!((mix.apply(&[1.0, 2.0]) - (mix.offset + mix.shares[0] + 2.0 * mix.shares[1])).abs() < 1e-12);
    }

    #[test]
    fn a_rarer_mix_moves_the_offset_by_its_log_odds() {
        let rows = scores(40_000);
        let even = Mix::fit(&held(&rows, 1.0), 0, 2).unwrap();
        let rare = Mix::fit(&held(&rows, 0.1), 0, 2).unwrap();
        assert!((rare.offset - even.offset - 0.1_f64.ln()).abs() < 0.1, "{} {}", rare.offset, even.offset);
        let mean = |mix: &Mix| {
            let (mut sum, mut weights) = (0.0, 0.0);
            for row in held(&rows, 0.1) {
                sum += row.weight / (1.0 + (-mix.apply(row.scores)).exp());
                weights += row.weight;
            }
            sum / weights
        };
        let share = {
            let yes = rows.iter().filter(|(_, answer)| *answer).count() as f64 * 0.1;
            yes / (yes + rows.iter().filter(|(_, answer)| !*answer).count() as f64)
        };
        assert!((mean(&rare) - share).abs() < 1e-6, "the mean probability is the rate: {} {share}", mean(&rare));
    }

    #[test]
    fn little_data_changes_little_and_one_sided_data_nothing() {
        let rows = scores(12);
        let mix = Mix::fit(&held(&rows, 1.0), 0, 2).unwrap();
        assert!((mix.shares[0] - 1.0).abs() < 0.5 && mix.shares[1].abs() < 0.5, "{mix:?}");
        let yes: Vec<_> = rows.iter().copied().map(|(scores, _)| (scores, true)).collect();
        assert_eq!(Mix::fit(&held(&yes, 1.0), 0, 2), None);
        assert_eq!(Mix::fit(&[], 0, 2), None);
        assert_eq!(Mix::own(1, 2), Mix { shares: vec![0.0, 1.0], offset: 0.0 });
    }

    #[test]
    fn perfectly_separated_scores_converge() {
        let rows: Vec<([f64; 2], bool)> = (0..200).map(|at| ([f64::from(at) - 99.5, 0.0], at >= 100)).collect();
        let mix = Mix::fit(&held(&rows, 1.0), 0, 2).unwrap();
        assert!(mix.shares[0].is_finite() && mix.shares[0] > 0.9, "{mix:?}");
    }
}
