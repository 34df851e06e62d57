//! Dual coordinate descent for L2-regularised logistic regression (Yu, Huang and Lin, 2011), six labels at a time.
//!
//! "Dual coordinate descent methods for logistic regression and maximum entropy models", Machine Learning 85. Primal, for
//! each label: `min_u ½ uᵀu + Σ cᵢ log(1 + exp(-yᵢ (uᵀxᵢ + mᵢ)))`, where `mᵢ` is what a model that is continued says
//! already (0 where there is none), so that `u` is the change. Dual, with `u = Σ αᵢ yᵢ xᵢ` and `0 < αᵢ < cᵢ`:
//! `min_α ½ uᵀu + Σ αᵢ yᵢ mᵢ + αᵢ log (αᵢ/cᵢ) + (cᵢ - αᵢ) log ((cᵢ - αᵢ)/cᵢ)`. At the optimum the two add up to zero.
//!
//! All labels share the rows, so one walk over a row's buckets serves six of them: the weights of a bucket lie side by side
//! in one cache line, together with the bucket's variance. They are kept as `w·f`, where `f` is the bucket's inverse
//! frequency: the inner product with a row is then a plain sum times the row's factor.

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::bags::Bags;
use super::inverse_frequency::inverse_frequency;

/// How many labels are solved together.
pub(super) const LABELS_AT_ONCE: usize = 6;
/// The labels, then the variance for labels that shrink some buckets, then the variance for the others.
const LANES: usize = 8;
const SHRUNK_VARIANCE: usize = 6;
const VARIANCE: usize = 7;

/// A number for each of the labels.
pub(super) type Each<T> = [T; LABELS_AT_ONCE];

/// A row of the two-class problems.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Example {
    /// Row of the bags.
    pub row: u32,
    /// For each label what an error costs: cᵢ where the row has the label, -cᵢ where it does not, 0 where nobody knows.
    pub costs: Each<f32>,
}

/// Two-class problems that share their rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub bags: &'a Bags,
    pub examples: &'a [Example],
    /// Buckets whose weights are drawn to zero harder, and by which factor their values shrink.
    pub shrunk_buckets: Option<(&'a [bool], f32)>,
    /// For which labels.
    pub shrinks: Each<bool>,
    /// The model that is continued: for each label the products by bucket, and its intercept.
    pub start: Each<Option<(&'a [f32], f64)>>,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopping {
    /// Greatest accepted (primal - dual) / primal of any label.
    pub relative_gap: f64,
    pub max_epochs: usize,
}

/// Where the descent of one label ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solution {
    /// Weight times inverse frequency, by bucket.
    pub products: Vec<f32>,
    pub intercept: f64,
    pub epochs: usize,
    pub primal: f64,
    pub relative_gap: f64,
}

/// The state: α as its two halves, so that `c - α` keeps its digits where α comes close to c (section 3.2 of the paper).
struct State {
    /// (αᵢ, cᵢ - αᵢ) by example and label; (0, 0) where the answer is unknown.
    halves: Vec<Each<(f64, f64)>>,
    /// mᵢ by example; empty where no model is continued.
    said_before: Vec<Each<f32>>,
    /// By bucket.
    weights: Vec<[f32; LANES]>,
    /// The weight of a constant column of ones.
    constant: Each<f64>,
    start: Each<f64>,
    /// Squared length of each row, the constant included, without and with shrinking.
    squares: Vec<[f32; 2]>,
}

const GAP_EVERY_EPOCHS: usize = 3;
const MAX_NEWTON_STEPS: usize = 100;
/// Where a Newton step would leave the interval, this share of the way is gone instead (the paper's ξ).
const SHRINK: f64 = 0.1;

impl Problem<'_> {
    /// Solves the problems; the solutions of the labels that have examples, in order. The order of the examples in each
    /// epoch follows from `seed` alone.
    pub fn solve(&self, labels: usize, seed: u64, stopping: Stopping) -> Vec<Solution> {
        let mut state = self.start();
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
                let (violation, steps) = self.step(&mut state, index, inner_tolerance);
                worst = worst.max(violation);
                newton_steps += steps;
            }
            epochs += 1;
            let last = epochs >= stopping.max_epochs;
            if epochs % GAP_EVERY_EPOCHS == 0 || last {
                let gaps = self.gaps(&state);
                let widest = gaps[..labels].iter().map(|(_, gap)| *gap).fold(0.0, f64::max);
                if widest <= stopping.relative_gap || last {
                    return Self::solutions(&state, labels, epochs, &gaps);
                }
            }
            if newton_steps <= labels * self.examples.len() / 10 || worst < 10.0 * inner_tolerance {
                inner_tolerance = (inner_tolerance * 0.1).max(1e-13);
            }
        }
    }

    fn solutions(state: &State, labels: usize, epochs: usize, gaps: &Each<(f64, f64)>) -> Vec<Solution> {
        (0..labels)
            .map(|label| Solution {
                products: state.weights.iter().map(|lanes| lanes[label]).collect(),
                intercept: state.constant[label],
                epochs,
                primal: gaps[label].0,
                relative_gap: gaps[label].1,
            })
            .collect()
    }

    /// α small but inside the interval, as the logarithms need it; its share in the weights is below their precision.
    fn start(&self) -> State {
        let mut weights = vec![[0.0; LANES]; self.bags.bucket_count()];
        for (bucket, (lanes, code)) in weights.iter_mut().zip(self.bags.frequencies().codes()).enumerate() {
            let frequency = inverse_frequency(*code);
            let shrinking =
                self.shrunk_buckets.filter(|(buckets, _)| buckets[bucket]).map_or(1.0, |(_, factor)| factor);
            lanes[VARIANCE] = frequency * frequency;
            lanes[SHRUNK_VARIANCE] = lanes[VARIANCE] * shrinking * shrinking;
            for (lane, start) in lanes.iter_mut().zip(&self.start) {
                *lane = start.map_or(0.0, |(products, _)| products[bucket]);
            }
        }
        let start = self.start.map(|start| start.map_or(0.0, |(_, intercept)| intercept));
        let squares = |example: &Example| {
            let factor = self.bags.factor(example.row as usize);
            let mut sums = [0.0_f32; 2];
            for bucket in self.bags.buckets(example.row as usize) {
                let lanes = &weights[*bucket as usize];
                sums[0] += lanes[VARIANCE];
                sums[1] += lanes[SHRUNK_VARIANCE];
            }
            sums.map(|sum| sum * factor * factor + 1.0)
        };
        let halves = |example: &Example| {
            example.costs.map(|cost| {
                let cost = f64::from(cost.abs());
                let alpha = (0.001 * cost).min(1e-8);
                (alpha, cost - alpha)
            })
        };
        let mut state = State {
            halves: self.examples.iter().map(halves).collect(),
            said_before: Vec::new(),
            squares: self.examples.iter().map(squares).collect(),
            weights,
            constant: start,
            start,
        };
        if self.start.iter().any(Option::is_some) {
            state.said_before = self.examples.iter().map(|example| self.scores(&state, example.row)).collect();
        }
        state
    }

    fn scores(&self, state: &State, row: u32) -> Each<f32> {
        let mut sums = [0.0_f32; LANES];
        for bucket in self.bags.buckets(row as usize) {
            for (sum, weight) in sums.iter_mut().zip(&state.weights[*bucket as usize]) {
                *sum += weight;
            }
        }
        let factor = self.bags.factor(row as usize);
        std::array::from_fn(|label| sums[label] * factor + state.constant[label] as f32)
    }

    /// Minimises the dual over the αs of one example, label by label. Returns the size of the largest derivative before,
    /// and the Newton steps taken.
    fn step(&self, state: &mut State, index: usize, tolerance: f64) -> (f64, usize) {
        let example = &self.examples[index];
        let scores = self.scores(state, example.row);
        let (mut worst, mut all_steps) = (0.0_f64, 0);
        // What is added to the weights, of labels that shrink nothing and of the others.
        let mut changes = [[0.0_f32; LANES]; 2];
        for label in 0..LABELS_AT_ONCE {
            let cost = f64::from(example.costs[label].abs());
            if cost <= 0.0 {
                continue;
            }
            let sign = f64::from(example.costs[label].signum());
            let shrinks = usize::from(self.shrinks[label]);
            let norm = f64::from(state.squares[index][shrinks]);
            let descent = OneCost { cost, norm, margin: sign * f64::from(scores[label]) };
            let (violation, steps, change) = descent.minimise(&mut state.halves[index][label], tolerance);
            worst = worst.max(violation);
            all_steps += steps;
            changes[shrinks][label] = (change * sign) as f32;
            state.constant[label] += change * sign;
        }
        if all_steps > 0 {
            let factor = self.bags.factor(example.row as usize);
            let [plain, shrunk] = changes.map(|lanes| lanes.map(|change| change * factor));
            for bucket in self.bags.buckets(example.row as usize) {
                let lanes = &mut state.weights[*bucket as usize];
                let (variance, shrunk_variance) = (lanes[VARIANCE], lanes[SHRUNK_VARIANCE]);
                // The last two of the changes are 0.
                for ((lane, plain), shrunk) in lanes.iter_mut().zip(&plain).zip(&shrunk) {
                    *lane += plain * variance + shrunk * shrunk_variance;
                }
            }
        }
        (worst, all_steps)
    }

    /// For each label the primal objective, and the duality gap relative to it.
    fn gaps(&self, state: &State) -> Each<(f64, f64)> {
        let mut norms = std::array::from_fn(|label: usize| (state.constant[label] - state.start[label]).powi(2));
        for (bucket, lanes) in state.weights.iter().enumerate() {
            for label in 0..LABELS_AT_ONCE {
                let variance = lanes[if self.shrinks[label] { SHRUNK_VARIANCE } else { VARIANCE }];
                if variance > 0.0 {
                    let change = lanes[label] - self.start[label].map_or(0.0, |(products, _)| products[bucket]);
                    norms[label] += f64::from(change) * f64::from(change) / f64::from(variance);
                }
            }
        }
        let mut primal: Each<f64> = norms.map(|norm| 0.5 * norm);
        let mut negated_dual = primal;
        for (index, example) in self.examples.iter().enumerate() {
            let scores = self.scores(state, example.row);
            for label in 0..LABELS_AT_ONCE {
                let cost = f64::from(example.costs[label].abs());
                if cost > 0.0 {
                    let sign = f64::from(example.costs[label].signum());
                    let (alpha, beta) = state.halves[index][label];
                    let before = state.said_before.get(index).map_or(0.0, |before| f64::from(before[label]));
                    primal[label] += cost * log_one_plus_exp(-sign * f64::from(scores[label]));
                    negated_dual[label] +=
                        alpha * sign * before + alpha * (alpha / cost).ln() + beta * (beta / cost).ln();
                }
            }
        }
        std::array::from_fn(|label| {
            (primal[label], (primal[label] + negated_dual[label]) / primal[label].max(f64::MIN_POSITIVE))
        })
    }
}

/// The dual as a function of one α.
struct OneCost {
    cost: f64,
    norm: f64,
    margin: f64,
}

impl OneCost {
    /// Returns the size of the derivative before, the Newton steps taken, and the change of α.
    fn minimise(&self, halves: &mut (f64, f64), tolerance: f64) -> (f64, usize, f64) {
        let Self { cost, norm, margin } = *self;
        let (alpha, beta) = *halves;
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
        if steps == 0 {
            return (violation, 0, 0.0);
        }
        *halves = if lower { (z, cost - z) } else { (cost - z, z) };
        (violation, steps, if lower { z - old } else { old - z })
    }
}

/// `log(1 + exp(x))` without overflow.
pub(super) fn log_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
