//! Dual coordinate descent for L2-regularised logistic regression (Yu, Huang and Lin, 2011).
//!
//! "Dual coordinate descent methods for logistic regression and maximum entropy models", Machine Learning 85. Primal:
//! `min_w ½ wᵀw + Σ cᵢ log(1 + exp(-yᵢ wᵀxᵢ))`. Dual, with `w = Σ αᵢ yᵢ xᵢ` and `0 < αᵢ < cᵢ`:
//! `min_α ½ wᵀw + Σ αᵢ log αᵢ + (cᵢ - αᵢ) log(cᵢ - αᵢ) - cᵢ log cᵢ`. At the optimum the two add up to zero.

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::sparse::SparseMatrix;

/// A row of a two-class problem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Example {
    /// Row of the matrix.
    pub row: usize,
    /// +1 or -1.
    pub sign: f64,
    /// cᵢ: what an error on this row costs, greater than 0.
    pub cost: f64,
}

/// One two-class problem.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub matrix: &'a SparseMatrix,
    pub examples: &'a [Example],
    /// The value of a constant column added to every row, whose weight is the intercept; 0 for none.
    pub intercept_scale: f64,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopping {
    /// Greatest accepted (primal - dual) / primal.
    pub relative_gap: f64,
    pub max_epochs: usize,
}

/// Where the descent ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solution {
    pub coefficients: Vec<f64>,
    pub intercept: f64,
    pub epochs: usize,
    pub primal: f64,
    pub relative_gap: f64,
    pub converged: bool,
}

/// The state: α as its two halves, so that `c - α` keeps its digits where α comes close to c (section 3.2 of the paper).
struct Dual {
    /// (αᵢ, cᵢ - αᵢ) by example.
    halves: Vec<(f64, f64)>,
    weights: Vec<f64>,
    /// The weight of the constant column.
    constant: f64,
}

const GAP_EVERY_EPOCHS: usize = 3;
const MAX_NEWTON_STEPS: usize = 100;
/// Where a Newton step would leave the interval, this share of the way is gone instead (the paper's ξ).
const SHRINK: f64 = 0.1;

impl Problem<'_> {
    /// Solves the problem. The order of the examples in each epoch follows from `seed` alone.
    pub fn solve(&self, seed: u64, stopping: Stopping) -> Solution {
        let constant_squared = self.intercept_scale * self.intercept_scale;
        let norms: Vec<f64> = self
            .examples
            .iter()
            .map(|example| self.matrix.row(example.row).squared_norm() + constant_squared)
            .collect();
        let mut dual = self.start();
        let mut order: Vec<u32> = (0..self.examples.len() as u32).collect();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        // The inner problems are solved loosely at first, and as tightly as it gets once the outer one is close.
        let mut inner_tolerance = 1e-2;
        let mut epochs = 0;
        loop {
            order.shuffle(&mut random);
            let mut newton_steps = 0;
            let mut worst: f64 = 0.0;
            for index in order.iter().map(|index| *index as usize) {
                let (violation, steps) = self.step(&mut dual, index, norms[index], inner_tolerance);
                worst = worst.max(violation);
                newton_steps += steps;
            }
            epochs += 1;
            let last = epochs >= stopping.max_epochs;
            if epochs % GAP_EVERY_EPOCHS == 0 || last {
                let (primal, relative_gap) = self.gap(&dual);
                let converged = relative_gap <= stopping.relative_gap;
                if converged || last {
                    let intercept = dual.constant * self.intercept_scale;
                    return Solution { coefficients: dual.weights, intercept, epochs, primal, relative_gap, converged };
                }
            }
            if newton_steps <= self.examples.len() / 10 || worst < 10.0 * inner_tolerance {
                inner_tolerance = (inner_tolerance * 0.1).max(1e-13);
            }
        }
    }

    /// α small but inside the interval, as the logarithms need it.
    fn start(&self) -> Dual {
        let mut dual = Dual {
            halves: self
                .examples
                .iter()
                .map(|example| {
                    let alpha = (0.001 * example.cost).min(1e-8);
                    (alpha, example.cost - alpha)
                })
                .collect(),
            weights: vec![0.0; self.matrix.column_count()],
            constant: 0.0,
        };
        for (example, (alpha, _)) in self.examples.iter().zip(&dual.halves) {
            for (column, value) in self.matrix.row(example.row).iter() {
                dual.weights[column] += alpha * example.sign * value;
            }
            dual.constant += alpha * example.sign * self.intercept_scale;
        }
        dual
    }

    fn margin(&self, dual: &Dual, example: &Example) -> f64 {
        let product = self.matrix.row(example.row).dot(&dual.weights) + dual.constant * self.intercept_scale;
        example.sign * product
    }

    /// Minimises the dual over one αᵢ. Returns the size of its derivative before, and the Newton steps taken.
    fn step(&self, dual: &mut Dual, index: usize, norm: f64, tolerance: f64) -> (f64, usize) {
        let example = &self.examples[index];
        let cost = example.cost;
        let margin = self.margin(dual, example);
        let (alpha, beta) = dual.halves[index];
        // The minimum lies in the half of (0, c) where the smaller of α and c - α is the variable: there it keeps its
        // digits. The derivative at c/2 tells which half that is.
        let lower = norm * (0.5 * cost - alpha) + margin > 0.0;
        let (old, slope) = if lower { (alpha, margin) } else { (beta, -margin) };
        let (mut z, mut steps) = if old > 0.5 * cost { (SHRINK * old, 1) } else { (old, 0) };
        let mut gradient = norm * (z - old) + slope + (z / (cost - z)).ln();
        let violation = gradient.abs();
        // Left of the minimum the derivative is concave in z, so Newton's steps come to it from below and never pass it.
        while gradient.abs() > tolerance && steps < MAX_NEWTON_STEPS {
            let curvature = norm + cost / (z * (cost - z));
            let next = z - gradient / curvature;
            z = if next <= 0.0 { z * SHRINK } else { next.min(0.5 * cost) };
            gradient = norm * (z - old) + slope + (z / (cost - z)).ln();
            steps += 1;
        }
        if steps > 0 {
            dual.halves[index] = if lower { (z, cost - z) } else { (cost - z, z) };
            let change = if lower { z - old } else { old - z };
            let step = change * example.sign;
            for (column, value) in self.matrix.row(example.row).iter() {
                dual.weights[column] += step * value;
            }
            dual.constant += step * self.intercept_scale;
        }
        (violation, steps)
    }

    /// The primal objective, and the duality gap relative to it.
    fn gap(&self, dual: &Dual) -> (f64, f64) {
        let norm = dual.weights.iter().map(|weight| weight * weight).sum::<f64>() + dual.constant * dual.constant;
        let mut primal = 0.5 * norm;
        let mut negated_dual = 0.5 * norm;
        for (example, (alpha, beta)) in self.examples.iter().zip(&dual.halves) {
            primal += example.cost * log_one_plus_exp(-self.margin(dual, example));
            negated_dual += alpha * (alpha / example.cost).ln() + beta * (beta / example.cost).ln();
        }
        (primal, (primal + negated_dual) / primal.max(f64::MIN_POSITIVE))
    }
}

/// `log(1 + exp(x))` without overflow.
pub(super) fn log_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
