//! L2-regularised logistic regression over bags of features, one problem a label, behind linfa's traits.

use std::sync::Arc;

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array2;

use super::bags::Bags;
use super::dual_descent::{Example, LABELS_AT_ONCE, Problem, Solution, Stopping};
use super::in_parallel::in_parallel;

/// Known answers, a row a text, a column a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    names: Vec<String>,
    answers: Vec<f32>,
}

impl Targets {
    /// Answers without rows.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self { names, answers: Vec::new() }
    }

    /// Appends a row: for each label how much its answer weighs, positive for a yes, negative for a no, 0 where nobody
    /// said; the row then does not count for that label.
    ///
    /// # Panics
    /// Where it has not one answer a label.
    pub fn push_row(&mut self, answers: &[f32]) {
        assert_eq!(answers.len(), self.names.len(), "one answer for every label");
        self.answers.extend_from_slice(answers);
    }

    /// The labels, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.answers.len().checked_div(self.names.len()).unwrap_or(0)
    }

    /// How much the answer of a row to a label weighs, negative for a no.
    ///
    /// # Panics
    /// Where there is no such row or label.
    #[must_use]
    pub fn answer(&self, row: usize, label: usize) -> f32 {
        self.answers[row * self.names.len() + label]
    }
}

/// Buckets whose weights are drawn to zero harder than the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Shrinkage {
    /// Whether each bucket is one of them.
    pub buckets: Arc<[bool]>,
    /// What their values are multiplied with while training, 0..1: the penalty on their weights is one over its square.
    pub factor: f32,
    /// Whether each label is fitted so; one that is missing is not.
    pub labels: Vec<bool>,
}

/// Why no model came out.
#[derive(Debug, thiserror::Error)]
pub enum LogisticError {
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
    /// Records, targets and weights of different length.
    #[error("{records} records, but {found} {what}")]
    Mismatch {
        /// Number of records.
        records: usize,
        /// `rows of labels`, `weights`, `buckets to shrink` or `buckets to continue from`.
        what: &'static str,
        /// Their number.
        found: usize,
    },
    /// A label with all known rows on one side.
    #[error("label `{label}`: {positive} rows have it and {negative} do not; both kinds are needed")]
    OneClass {
        /// The label.
        label: String,
        /// Rows that have it.
        positive: usize,
        /// Rows that do not.
        negative: usize,
    },
    /// The solver gave up before it was close enough.
    #[error(
        "label `{label}`: not converged after {epochs} epochs, the relative duality gap is still {relative_gap:e}; \
         allow more epochs or a smaller C"
    )]
    NotConverged {
        /// The label.
        label: String,
        /// Epochs done.
        epochs: usize,
        /// What was left.
        relative_gap: f64,
    },
    /// An error of linfa.
    #[error(transparent)]
    Linfa(#[from] linfa::error::Error),
}

/// Hyper-parameters that were checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidSparseLogisticParams {
    c: f64,
    relative_gap: f64,
    max_epochs: usize,
    seed: u64,
    threads: usize,
    shrinkage: Option<Shrinkage>,
    start: Option<Arc<SparseLogistic>>,
}

/// Hyper-parameters of sparse logistic regression, to be checked by `fit`.
///
/// Minimises `½ |w - w₀|² + C Σ weightᵢ log(1 + exp(-yᵢ (w·xᵢ + b)))` for every label on its own, `w₀` being the model that
/// is continued, or 0. The intercept is the weight of a column of ones and is regularised as any other. linfa-logistic's
/// `alpha` is `1 / C`.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseLogisticParams(ValidSparseLogisticParams);

impl Default for SparseLogisticParams {
    fn default() -> Self {
        Self(ValidSparseLogisticParams {
            c: 1.0,
            relative_gap: 1e-3,
            max_epochs: 300,
            seed: 0,
            threads: 1,
            shrinkage: None,
            start: None,
        })
    }
}

impl SparseLogisticParams {
    /// What errors cost against large weights; greater than 0, 1 unless set.
    #[must_use]
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// Greatest accepted (primal - dual) / primal, between 0 and 1; 0.001 unless set. Weights have 32 bits: below some
    /// 0.00001 rounding keeps it from being reached.
    #[must_use]
    pub fn relative_gap(mut self, gap: f64) -> Self {
        self.0.relative_gap = gap;
        self
    }

    /// Passes over the data before it is an error, at least 1; 300 unless set.
    #[must_use]
    pub fn max_epochs(mut self, epochs: usize) -> Self {
        self.0.max_epochs = epochs;
        self
    }

    /// Decides the order of the rows in each pass; 0 unless set.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    /// How many groups of six labels are fitted at a time, at least 1; 1 unless set. The result is the same for any
    /// number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.0.threads = threads;
        self
    }

    /// Buckets to draw to zero harder; none unless set.
    #[must_use]
    pub fn shrinkage(mut self, shrinkage: Option<Shrinkage>) -> Self {
        self.0.shrinkage = shrinkage;
        self
    }

    /// A model to continue: labels of the same name begin at its weights and are drawn to them, not to zero. None unless
    /// set.
    #[must_use]
    pub fn start(mut self, start: Option<Arc<SparseLogistic>>) -> Self {
        self.0.start = start;
        self
    }
}

impl ParamGuard for SparseLogisticParams {
    type Checked = ValidSparseLogisticParams;
    type Error = LogisticError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let checked = &self.0;
        let unit = |value: f64| value > 0.0 && value < 1.0;
        let factor = checked.shrinkage.as_ref().map_or(1.0, |shrinkage| f64::from(shrinkage.factor));
        for (name, value, good, expected) in [
            ("C", checked.c, checked.c > 0.0 && checked.c.is_finite(), "finite and greater than 0"),
            ("relative_gap", checked.relative_gap, unit(checked.relative_gap), "between 0 and 1"),
            ("max_epochs", checked.max_epochs as f64, checked.max_epochs > 0, "at least 1"),
            ("threads", checked.threads as f64, checked.threads > 0, "at least 1"),
            ("the factor of shrinkage", factor, factor > 0.0 && factor <= 1.0, "greater than 0 and at most 1"),
        ] {
            if !good {
                return Err(LogisticError::Parameter { name, value, expected });
            }
        }
        Ok(checked)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// How the fit of one label went.
#[derive(Debug, Clone, PartialEq)]
pub struct FitSummary {
    /// Rows with a known answer that have the label.
    pub positive_rows: usize,
    /// Rows with a known answer that do not.
    pub negative_rows: usize,
    /// Passes over the data.
    pub epochs: usize,
    /// The primal objective where the descent ended.
    pub loss: f64,
    /// (primal - dual) / primal there: an upper bound of how far the loss is from the least, as a share of it.
    pub relative_gap: f64,
}

/// A fitted label.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedLabel {
    /// Its name.
    pub name: String,
    /// Coefficient times inverse frequency, by bucket: what the bucket adds to the log-odds of a row, but for the row's
    /// factor.
    pub products: Vec<f32>,
    /// Log-odds of a row without features.
    pub intercept: f64,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseLogistic {
    /// The labels, in the order of the targets.
    pub labels: Vec<FittedLabel>,
    /// How the fit of every label went; empty for a model that was not fitted here.
    pub summaries: Vec<FitSummary>,
}

impl SparseLogistic {
    /// The log-odds of a label for a row.
    ///
    /// # Panics
    /// Where there is no such row or label, or the rows have more buckets than the model.
    #[must_use]
    pub fn log_odds(&self, bags: &Bags, row: usize, label: usize) -> f64 {
        let FittedLabel { products, intercept, .. } = &self.labels[label];
        let sum: f32 = bags.buckets(row).iter().map(|bucket| products[*bucket as usize]).sum();
        f64::from(sum * bags.factor(row)) + intercept
    }
}

impl Fit<Bags, Targets, LogisticError> for ValidSparseLogisticParams {
    type Object = SparseLogistic;

    /// [`ValidSparseLogisticParams::fit_weighted`] with the weights of the dataset.
    fn fit(&self, dataset: &DatasetBase<Bags, Targets>) -> Result<SparseLogistic, LogisticError> {
        let weights = dataset.weights().map(<[f32]>::to_vec);
        self.fit_weighted(dataset.records(), dataset.targets(), weights.as_deref())
    }
}

impl ValidSparseLogisticParams {
    /// Fits every label on the rows with a known answer to it. `weights` multiply C by row; rows of weight 0 are left out.
    ///
    /// # Errors
    /// Where lengths do not agree, a weight is negative or not finite, a label has rows of one class only, or the descent
    /// does not come close enough in the passes that it has.
    pub fn fit_weighted(
        &self,
        records: &Bags,
        targets: &Targets,
        weights: Option<&[f32]>,
    ) -> Result<SparseLogistic, LogisticError> {
        let rows = records.row_count();
        let mismatch = |what, found| Err(LogisticError::Mismatch { records: rows, what, found });
        if targets.row_count() != rows {
            return mismatch("rows of labels", targets.row_count());
        }
        if let Some(weights) = weights {
            if weights.len() != rows {
                return mismatch("weights", weights.len());
            }
            if let Some(bad) = weights.iter().find(|weight| !weight.is_finite() || **weight < 0.0) {
                let value = f64::from(*bad);
                return Err(LogisticError::Parameter { name: "a weight", value, expected: "finite and at least 0" });
            }
        }
        if let Some(shrinkage) = self.shrinkage.as_ref().filter(|one| one.buckets.len() != records.bucket_count()) {
            return mismatch("buckets to shrink", shrinkage.buckets.len());
        }
        let begun = self.start.iter().flat_map(|start| &start.labels);
        if let Some(label) = begun.clone().find(|label| label.products.len() != records.bucket_count()) {
            return mismatch("buckets to continue from", label.products.len());
        }
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let counts = class_counts(targets, &weight)?;
        let groups: Vec<usize> = (0..targets.names().len()).step_by(LABELS_AT_ONCE).collect();
        let solved = in_parallel(&groups, self.threads, |first| self.solve(records, targets, *first, &weight));
        let mut model = SparseLogistic { labels: Vec::new(), summaries: Vec::new() };
        for ((name, solution), (positive_rows, negative_rows)) in
            targets.names().iter().zip(solved.into_iter().flatten()).zip(counts)
        {
            let Solution { products, intercept, epochs, primal, relative_gap } = solution;
            if relative_gap > self.relative_gap {
                return Err(LogisticError::NotConverged { label: name.clone(), epochs, relative_gap });
            }
            model.labels.push(FittedLabel { name: name.clone(), products, intercept });
            model.summaries.push(FitSummary { positive_rows, negative_rows, epochs, loss: primal, relative_gap });
        }
        Ok(model)
    }
}

/// Rows that count, by answer, for each label.
fn class_counts(targets: &Targets, weight: &impl Fn(usize) -> f32) -> Result<Vec<(usize, usize)>, LogisticError> {
    let count = |(label, name): (usize, &String)| {
        let (mut positive, mut negative) = (0, 0);
        for row in (0..targets.row_count()).filter(|row| weight(*row) > 0.0) {
            positive += usize::from(targets.answer(row, label) > 0.0);
            negative += usize::from(targets.answer(row, label) < 0.0);
        }
        if positive == 0 || negative == 0 {
            return Err(LogisticError::OneClass { label: name.clone(), positive, negative });
        }
        Ok((positive, negative))
    };
    targets.names().iter().enumerate().map(count).collect()
}

impl ValidSparseLogisticParams {
    /// Solves the labels of one group, the first of which is `first`.
    fn solve(&self, bags: &Bags, targets: &Targets, first: usize, weight: &impl Fn(usize) -> f32) -> Vec<Solution> {
        let labels = LABELS_AT_ONCE.min(targets.names().len() - first);
        let examples: Vec<Example> = (0..targets.row_count())
            .map(|row| {
                let factor = self.c as f32 * weight(row);
                let cost = |label| if label < labels { factor * targets.answer(row, first + label) } else { 0.0 };
                Example { row: row as u32, costs: std::array::from_fn(cost) }
            })
            .filter(|example| example.costs.iter().any(|cost| cost.abs() > 0.0))
            .collect();
        let shrinks = |label: usize| {
            self.shrinkage.as_ref().is_some_and(|shrinkage| shrinkage.labels.get(first + label) == Some(&true))
        };
        let begun = |label: usize| {
            let name = targets.names().get(first + label)?;
            let label = self.start.as_ref()?.labels.iter().find(|label| label.name == *name)?;
            Some((label.products.as_slice(), label.intercept))
        };
        let problem = Problem {
            bags,
            examples: &examples,
            shrunk_buckets: self.shrinkage.as_ref().map(|shrinkage| (&*shrinkage.buckets, shrinkage.factor)),
            shrinks: std::array::from_fn(shrinks),
            start: std::array::from_fn(begun),
        };
        let stopping = Stopping { relative_gap: self.relative_gap, max_epochs: self.max_epochs };
        problem.solve(labels, self.seed.wrapping_add(first as u64), stopping)
    }
}

impl PredictInplace<Bags, Array2<f64>> for SparseLogistic {
    /// The probability of every label, a row a record, a column a label.
    ///
    /// # Panics
    /// Where the records have more buckets than the model.
    fn predict_inplace<'a>(&'a self, records: &'a Bags, probabilities: &mut Array2<f64>) {
        assert_eq!(probabilities.dim(), (records.row_count(), self.labels.len()), "one row a record");
        for ((row, label), probability) in probabilities.indexed_iter_mut() {
            *probability = 1.0 / (1.0 + (-self.log_odds(records, row, label)).exp());
        }
    }

    fn default_target(&self, records: &Bags) -> Array2<f64> {
        Array2::zeros((records.row_count(), self.labels.len()))
    }
}

#[cfg(test)]
#[path = "logistic_tests.rs"]
mod tests;
