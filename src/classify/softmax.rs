//! Multinomial logistic regression over hashed features, behind linfa's traits.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array1;
use rand::seq::SliceRandom as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use super::feature_rows::FeatureRows;

/// The largest number of classes. Every row of weights has this many numbers, so that the sums need no bounds.
pub const MAX_CLASSES: usize = 64;

/// What the sum of squared slopes of a weight begins with, so that the first step is finite.
const FIRST_SQUARES: f32 = 1e-8;
/// The last pass takes steps this much shorter than the first; those between, in proportion.
const LAST_STEP: f64 = 0.1;
/// Slopes below this are left out: they move a weight by less than a hundredth of a step of its 8 bits.
const LEAST_SLOPE: f32 = 1e-4;

/// Why no model came out.
#[derive(Debug, thiserror::Error)]
pub enum SoftmaxError {
    /// A hyper-parameter outside its range.
    #[error("{name} is {value}; it must be {expected}")]
    Parameter {
        /// The hyper-parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// Its range.
        expected: &'static str,
    },
    /// Not one class a row.
    #[error("{rows} rows, but {classes} classes of rows")]
    Mismatch {
        /// Number of rows.
        rows: usize,
        /// Number of answers.
        classes: usize,
    },
    /// A class that no row has: nothing can be learnt of it.
    #[error("class {0} has no rows")]
    EmptyClass(usize),
    /// The loss is no better than that of a guess.
    #[error(
        "after {epochs} passes the mean loss is {loss}, no better than a guess among {classes}; take shorter steps"
    )]
    NotConverged {
        /// Passes over the data.
        epochs: usize,
        /// Mean negative log-likelihood, in nats.
        loss: f64,
        /// Number of classes.
        classes: usize,
    },
    /// An error of linfa.
    #[error(transparent)]
    Linfa(#[from] linfa::error::Error),
}

/// Hyper-parameters that were checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidSoftmaxParams {
    classes: usize,
    buckets: usize,
    step: f64,
    epochs: usize,
    seed: u64,
}

/// Hyper-parameters of multinomial logistic regression, to be checked by `fit`.
///
/// Minimises the mean of `-log p(class | text)`, where `p` is the softmax of the sums of the text's weights for each class
/// (no intercepts: classes are equally likely beforehand), by stochastic gradient descent with a step of its own for each
/// weight (`AdaGrad`; Duchi, Hazan and Singer, 2011). It stops after a fixed number of passes over rows in a random order:
/// few passes with ever shorter steps keep the weights of rare features small, as a penalty would.
#[derive(Debug, Clone, PartialEq)]
pub struct SoftmaxParams(ValidSoftmaxParams);

impl SoftmaxParams {
    /// For this many classes, and tables of this many rows, a power of two.
    #[must_use]
    pub fn new(classes: usize, buckets: usize) -> Self {
        Self(ValidSoftmaxParams { classes, buckets, step: 0.1, epochs: 4, seed: 0 })
    }

    /// The first step, in log-odds; 0.1 unless set.
    #[must_use]
    pub fn step(mut self, step: f64) -> Self {
        self.0.step = step;
        self
    }

    /// Passes over the rows, at least 1; 4 unless set.
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.0.epochs = epochs;
        self
    }

    /// Decides the order of the rows in each pass; 0 unless set.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for SoftmaxParams {
    type Checked = ValidSoftmaxParams;
    type Error = SoftmaxError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let checked = &self.0;
        let power = checked.buckets.is_power_of_two() && checked.buckets <= 1 << 24;
        for (name, value, good, expected) in [
            ("classes", checked.classes as f64, (2..=MAX_CLASSES).contains(&checked.classes), "from 2 to 64"),
            ("buckets", checked.buckets as f64, power, "a power of two, at most 2^24"),
            ("step", checked.step, checked.step > 0.0 && checked.step.is_finite(), "finite and greater than 0"),
            ("epochs", checked.epochs as f64, checked.epochs > 0, "at least 1"),
        ] {
            if !good {
                return Err(SoftmaxError::Parameter { name, value, expected });
            }
        }
        Ok(checked)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// A fitted model.
#[derive(Clone, PartialEq)]
pub struct Softmax {
    classes: usize,
    /// By bucket: what a feature adds to the log-likelihood of each class; lanes beyond the classes are 0.
    weights: Vec<[f32; MAX_CLASSES]>,
    /// Mean negative log-likelihood of the last pass, in nats.
    pub loss: f64,
}

impl std::fmt::Debug for Softmax {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { classes, weights, loss } = self;
        write!(f, "Softmax {{ classes: {classes}, buckets: {}, loss: {loss} }}", weights.len())
    }
}

impl Softmax {
    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// What each bucket adds to the log-likelihood of each class.
    #[must_use]
    pub fn weights(&self) -> &[[f32; MAX_CLASSES]] {
        &self.weights
    }

    fn sums(&self, features: &[u32]) -> [f32; MAX_CLASSES] {
        sums(&self.weights, features)
    }
}

fn sums(weights: &[[f32; MAX_CLASSES]], features: &[u32]) -> [f32; MAX_CLASSES] {
    let mask = weights.len() - 1;
    let mut sums = [0.0; MAX_CLASSES];
    for feature in features {
        for (sum, weight) in sums.iter_mut().zip(&weights[*feature as usize & mask]) {
            *sum += weight;
        }
    }
    sums
}

/// Turns sums into probabilities of the first `classes`; the others become 0.
fn softmax(sums: &mut [f32; MAX_CLASSES], classes: usize) {
    let (used, unused) = sums.split_at_mut(classes);
    let highest = used.iter().copied().fold(f32::MIN, f32::max);
    let mut total = 0.0;
    for sum in used.iter_mut() {
        *sum = (*sum - highest).exp();
        total += *sum;
    }
    for sum in used.iter_mut() {
        *sum /= total;
    }
    unused.fill(0.0);
}

impl Fit<FeatureRows, Array1<usize>, SoftmaxError> for ValidSoftmaxParams {
    type Object = Softmax;

    fn fit(&self, dataset: &DatasetBase<FeatureRows, Array1<usize>>) -> Result<Softmax, SoftmaxError> {
        let (rows, answers) = (dataset.records(), dataset.targets());
        if answers.len() != rows.rows() {
            return Err(SoftmaxError::Mismatch { rows: rows.rows(), classes: answers.len() });
        }
        if let Some(empty) = (0..self.classes).find(|class| !answers.iter().any(|answer| answer == class)) {
            return Err(SoftmaxError::EmptyClass(empty));
        }
        if let Some(unknown) = answers.iter().find(|answer| **answer >= self.classes) {
            let value = *unknown as f64;
            return Err(SoftmaxError::Parameter { name: "a class", value, expected: "less than their number" });
        }
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let mut order: Vec<usize> = (0..answers.len()).collect();
        let mut weights = vec![[0.0; MAX_CLASSES]; self.buckets];
        let mut squares = vec![[FIRST_SQUARES; MAX_CLASSES]; self.buckets];
        let mut loss = f64::INFINITY;
        for epoch in 0..self.epochs {
            order.shuffle(&mut random);
            let done = epoch as f64 / (self.epochs.max(2) - 1) as f64;
            let step = (self.step * (1.0 - (1.0 - LAST_STEP) * done)) as f32;
            let mut sum = 0.0;
            for row in &order {
                sum += descend(&mut weights, &mut squares, rows.row(*row), (answers[*row], self.classes), step);
            }
            loss = sum / order.len() as f64;
        }
        // A model that knows nothing has the loss of a guess; one whose steps were too long has more, or none at all.
        if !loss.is_finite() || loss >= (self.classes as f64).ln() {
            return Err(SoftmaxError::NotConverged { epochs: self.epochs, loss, classes: self.classes });
        }
        Ok(Softmax { classes: self.classes, weights, loss })
    }
}

/// One step down the slope of one text's loss, which is the result, in nats.
fn descend(
    weights: &mut [[f32; MAX_CLASSES]],
    squares: &mut [[f32; MAX_CLASSES]],
    features: &[u32],
    (answer, classes): (usize, usize),
    step: f32,
) -> f64 {
    let mut slopes = sums(weights, features);
    softmax(&mut slopes, classes);
    let loss = -f64::from(slopes[answer].max(f32::MIN_POSITIVE)).ln();
    slopes[answer] -= 1.0;
    if -slopes[answer] < LEAST_SLOPE {
        return loss;
    }
    let mask = weights.len() - 1;
    for feature in features {
        let bucket = *feature as usize & mask;
        let pairs = weights[bucket].iter_mut().zip(&mut squares[bucket]);
        for ((weight, square), slope) in pairs.zip(&slopes) {
            *square += slope * slope;
            *weight -= step * slope / square.sqrt();
        }
    }
    loss
}

impl PredictInplace<FeatureRows, Array1<usize>> for Softmax {
    /// The most probable class of every row, the first where several are.
    ///
    /// # Panics
    /// Where there is not one answer a row.
    fn predict_inplace<'a>(&'a self, rows: &'a FeatureRows, answers: &mut Array1<usize>) {
        assert_eq!(answers.len(), rows.rows(), "one answer a row");
        for (row, answer) in answers.iter_mut().enumerate() {
            let sums = self.sums(rows.row(row));
            *answer = (0..self.classes).fold(0, |best, class| if sums[class] > sums[best] { class } else { best });
        }
    }

    fn default_target(&self, rows: &FeatureRows) -> Array1<usize> {
        Array1::zeros(rows.rows())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> DatasetBase<FeatureRows, Array1<usize>> {
        let mut rows = FeatureRows::new();
        let mut answers = Vec::new();
        for at in 0..300_u32 {
            let class = at % 3;
            // One feature that tells, one that all classes share, one that nobody else has.
            rows.push(&[class + 10, 1, 100 + at]);
            answers.push(class as usize);
        }
        DatasetBase::new(rows, Array1::from(answers))
    }

    #[test]
    fn what_tells_classes_apart_is_learnt() {
        let dataset = rows();
        let params = SoftmaxParams::new(3, 1 << 10).epochs(5).seed(7);
        let model = params.clone().check().unwrap().fit(&dataset).unwrap();
        assert!(model.loss < 0.2, "{}", model.loss);
        let mut answers = model.default_target(dataset.records());
        model.predict_inplace(dataset.records(), &mut answers);
        assert_eq!(answers, dataset.targets());
        let telling = &model.weights()[11];
        assert!(telling[1] > 0.5 && telling[0] < 0.0 && telling[2] < 0.0, "{telling:?}");
        assert!(model.weights()[1].iter().all(|weight| weight.abs() < 0.2), "what all share says nothing");
        assert!(model.weights().iter().all(|row| row[3..].iter().all(|weight| weight.abs() < f32::EPSILON)));
        assert_eq!(params.check().unwrap().fit(&dataset).unwrap(), model, "the same rows and seed, the same weights");
    }

    #[test]
    fn impossible_data_and_parameters_are_refused() {
        let fit = |params: SoftmaxParams| params.check().and_then(|params| params.fit(&rows()));
        for (params, expected) in [
            (SoftmaxParams::new(1, 64), "classes is 1; it must be from 2 to 64"),
            (SoftmaxParams::new(3, 65), "buckets is 65"),
            (SoftmaxParams::new(3, 64).step(0.0), "step is 0"),
            (SoftmaxParams::new(3, 64).epochs(0), "epochs is 0"),
            (SoftmaxParams::new(4, 64), "class 3 has no rows"),
            (SoftmaxParams::new(2, 64), "a class is 2"),
            (SoftmaxParams::new(3, 64).step(1e38), "after 4 passes the mean loss is"),
        ] {
            let error = fit(params).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let short = DatasetBase::new(rows().records().clone(), Array1::from(vec![0]));
        let error = SoftmaxParams::new(2, 64).check().unwrap().fit(&short).unwrap_err();
        assert!(matches!(error, SoftmaxError::Mismatch { rows: 300, classes: 1 }));
    }
}
