//! Logistic regression over a few dense features, fitted by `linfa-logistic` and checked for convergence here.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// Largest weight of a head, in either direction: with features of everyday size no useful head comes near it.
const MAX_WEIGHT: f64 = 1e9;

/// Log-odds as a weighted sum of dense features.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseHead {
    weights: Vec<f64>,
    intercept: f64,
}

/// How a head is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DenseHeadOptions {
    /// Weight of the L2 penalty: `l2 / 2 * |w|^2` is added to the summed logistic loss, `w` being the weights of the
    /// standardised features. The intercept is not penalised.
    pub l2: f64,
    /// Most iterations of the solver (L-BFGS).
    pub max_iterations: u64,
    /// The gradient that counts as none: largest Euclidean norm of the loss's gradient, divided by the number of rows.
    pub gradient_tolerance: f64,
}

impl Default for DenseHeadOptions {
    fn default() -> Self {
        Self { l2: 1.0, max_iterations: 500, gradient_tolerance: 1e-6 }
    }
}

/// A fitted head with what there is to say about the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedDenseHead {
    /// The head, for features as they are (not standardised).
    pub head: DenseHead,
    /// Weights for the standardised features: comparable with each other.
    pub standardised_weights: Vec<f64>,
    /// Mean logistic loss a row at the solution, in nats, without the penalty.
    pub loss: f64,
    /// Norm of the gradient of the penalised loss at the solution, divided by the number of rows.
    pub gradient_norm: f64,
    /// The rows.
    pub rows: usize,
}

/// Why no head was fitted.
#[derive(Debug, thiserror::Error)]
pub enum DenseHeadError {
    /// The rows and answers do not belong together.
    #[error("{rows} rows of features for {answers} answers")]
    WrongShape {
        /// Rows of features.
        rows: usize,
        /// Answers.
        answers: usize,
    },
    /// All answers are the same, or there are none: nothing can be learned.
    #[error("all {answers} examples have the same label; give examples of both")]
    OneClass {
        /// How many examples there are.
        answers: usize,
    },
    /// The solver ended before it found the minimum.
    #[error(
        "the solver stopped after at most {max_iterations} iterations with a gradient of {gradient_norm:e}, above \
         {tolerance:e}; raise the iterations or the L2 penalty"
    )]
    NotConverged {
        /// The gradient's norm a row where it stopped.
        gradient_norm: f64,
        /// The norm that would have been small enough.
        tolerance: f64,
        /// The iterations that it was given.
        max_iterations: u64,
    },
    /// The solver refused the data.
    #[error("the solver failed")]
    Solver(#[from] linfa_logistic::error::Error),
}

impl DenseHead {
    /// A head of its weights; `None` where one is not finite or beyond 1e9.
    #[must_use]
    pub fn new(weights: Vec<f64>, intercept: f64) -> Option<Self> {
        let sound = |number: f64| number.abs() <= MAX_WEIGHT;
        (weights.iter().copied().all(sound) && sound(intercept)).then_some(Self { weights, intercept })
    }

    /// A head that knows nothing yet: even odds for everything.
    #[must_use]
    pub fn zeros(features: usize) -> Self {
        Self { weights: vec![0.0; features], intercept: 0.0 }
    }

    /// Log-odds of the positive class. Features beyond the weights, or weights beyond the features, count as 0.
    #[must_use]
    pub fn log_odds(&self, features: &[f64]) -> f64 {
        self.weights.iter().zip(features).fold(self.intercept, |sum, (weight, feature)| sum + weight * feature)
    }

    /// The weights, in the order of the features.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Log-odds where all features are 0.
    #[must_use]
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// Fits a head: the features are standardised (a constant one gets weight 0), `linfa-logistic` minimises the
    /// penalised loss, and the gradient at its answer is checked, since it gives no sign of having stopped early.
    ///
    /// # Errors
    /// Where rows and answers do not fit, all answers are the same, the solver fails, or it did not converge.
    pub fn fit(
        features: Array2<f64>,
        answers: &[bool],
        options: DenseHeadOptions,
    ) -> Result<FittedDenseHead, DenseHeadError> {
        let rows = features.nrows();
        if rows != answers.len() {
            return Err(DenseHeadError::WrongShape { rows, answers: answers.len() });
        }
        let positive = answers.iter().filter(|answer| **answer).count();
        if positive == 0 || positive == rows {
            return Err(DenseHeadError::OneClass { answers: rows });
        }
        let mut standardised = features;
        let scaling = standardise(&mut standardised);
        let targets = Array1::from_iter(answers.iter().copied());
        let dataset = Dataset::new(standardised, targets);
        let solved = LogisticRegression::default()
            .alpha(options.l2)
            .max_iterations(options.max_iterations)
            // The solver's own measure is of the whole sum, ours of the mean; it aims a little lower than we ask.
            .gradient_tolerance(options.gradient_tolerance * rows as f64 / 2.0)
            .fit(&dataset)?;
        // The solver calls the larger class positive, whichever that is.
        let sign = if solved.labels().pos.class { 1.0 } else { -1.0 };
        let weights = solved.params() * sign;
        let intercept = solved.intercept() * sign;

        let (loss, gradient_norm) =
            loss_and_gradient_norm(dataset.records(), answers, weights.view(), intercept, options.l2);
        let small_enough = gradient_norm <= options.gradient_tolerance;
        if !small_enough {
            return Err(DenseHeadError::NotConverged {
                gradient_norm,
                tolerance: options.gradient_tolerance,
                max_iterations: options.max_iterations,
            });
        }
        let standardised_weights = weights.to_vec();
        let mut head = DenseHead { weights: Vec::with_capacity(weights.len()), intercept };
        for (weight, (mean, scale)) in standardised_weights.iter().zip(&scaling) {
            let weight = weight / scale;
            head.weights.push(weight);
            head.intercept -= weight * mean;
        }
        Ok(FittedDenseHead { head, standardised_weights, loss, gradient_norm, rows })
    }
}

/// Brings every column to mean 0 and standard deviation 1 and returns what was taken away and divided by. A constant
/// column becomes 0.
fn standardise(features: &mut Array2<f64>) -> Vec<(f64, f64)> {
    let rows = features.nrows() as f64;
    features
        .axis_iter_mut(Axis(1))
        .map(|mut column| {
            let mean = column.sum() / rows;
            column -= mean;
            let deviation = (column.fold(0.0, |sum, value| sum + value * value) / rows).sqrt();
            let scale = if deviation > 1e-12 { deviation } else { f64::INFINITY };
            column /= scale;
            (mean, scale)
        })
        .collect()
}

/// Mean logistic loss a row, and the norm of the penalised loss's gradient divided by the rows.
fn loss_and_gradient_norm(
    features: &Array2<f64>,
    answers: &[bool],
    weights: ArrayView1<'_, f64>,
    intercept: f64,
    l2: f64,
) -> (f64, f64) {
    let mut loss = 0.0;
    let mut gradient = weights.mapv(|weight| weight * l2);
    let mut intercept_gradient = 0.0;
    for (row, answer) in features.axis_iter(Axis(0)).zip(answers) {
        let log_odds = row.dot(&weights) + intercept;
        let agreeing = if *answer { log_odds } else { -log_odds };
        loss += (-agreeing).max(0.0) + (-agreeing.abs()).exp().ln_1p();
        let error = 1.0 / (1.0 + (-log_odds).exp()) - f64::from(u8::from(*answer));
        gradient.scaled_add(error, &row);
        intercept_gradient += error;
    }
    let rows = features.nrows() as f64;
    let norm = (gradient.dot(&gradient) + intercept_gradient * intercept_gradient).sqrt();
    (loss / rows, norm / rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows whose answer follows noisily from the first feature, on a wide scale; the last feature is constant.
    fn examples() -> (Array2<f64>, Vec<bool>) {
        let mut state = 7_u64;
        let mut noise = || {
            state = crate::text::words::mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let mut features = Array2::zeros((400, 3));
        let mut answers = Vec::new();
        for mut row in features.axis_iter_mut(Axis(0)) {
            row[0] = 1_000.0 * noise() + 300.0;
            row[1] = noise();
            row[2] = 5.0;
            answers.push(row[0] / 1_000.0 + noise() > 0.4);
        }
        (features, answers)
    }

    #[test]
    fn a_head_follows_the_feature_that_matters() {
        let (features, answers) = examples();
        let fitted = DenseHead::fit(features.clone(), &answers, DenseHeadOptions::default()).unwrap();
        assert!(fitted.head.weights()[0] > 0.0 && fitted.standardised_weights[0] > 1.0);
        assert!(fitted.standardised_weights[1].abs() < 0.5);
        assert!(fitted.head.weights()[2].abs() < f64::EPSILON, "a constant tells nothing");
        assert!(fitted.loss < 0.6 && fitted.gradient_norm <= 1e-6, "{fitted:?}");
        // The folded weights say of raw rows what the fit said of standardised ones.
        let right = features
            .axis_iter(Axis(0))
            .zip(&answers)
            .filter(|(row, answer)| (fitted.head.log_odds(&row.to_vec()) > 0.0) == **answer)
            .count();
        assert!(right > 280, "{right} of 400");
        let rate = answers.iter().filter(|answer| **answer).count() as f64 / 400.0;
        let mean: f64 = features
            .axis_iter(Axis(0))
            .map(|row| 1.0 / (1.0 + (-fitted.head.log_odds(&row.to_vec())).exp()))
            .sum::<f64>()
            / 400.0;
        assert!((rate - mean).abs() < 1e-5, "an unpenalised intercept makes the mean right: {rate} {mean}");
    }

    #[test]
    fn too_few_iterations_are_an_error_and_not_a_model() {
        let (features, answers) = examples();
        let options = DenseHeadOptions { max_iterations: 1, ..Default::default() };
        let error = DenseHead::fit(features, &answers, options).unwrap_err();
        assert!(matches!(error, DenseHeadError::NotConverged { .. }), "{error}");
    }

    #[test]
    fn both_answers_are_needed_one_for_each_row() {
        let (features, answers) = examples();
        let options = DenseHeadOptions::default();
        let error = DenseHead::fit(features.clone(), &[true; 400], options).unwrap_err();
        assert!(matches!(error, DenseHeadError::OneClass { answers: 400 }), "{error}");
        let error = DenseHead::fit(features, &answers[1..], options).unwrap_err();
        assert!(matches!(error, DenseHeadError::WrongShape { rows: 400, answers: 399 }), "{error}");
    }

    #[test]
    fn weights_beyond_reason_are_refused() {
        assert!(DenseHead::new(vec![1.0, -2.0], 0.5).is_some());
        for bad in [f64::NAN, f64::INFINITY, 1e10] {
            assert!(DenseHead::new(vec![1.0, bad], 0.5).is_none(), "{bad}");
            assert!(DenseHead::new(vec![1.0], bad).is_none(), "{bad}");
        }
    }
}
