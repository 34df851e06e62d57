//! L2-regularised logistic regression over sparse records, one problem a label, behind linfa's traits.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array2;

use super::dual_descent::{Example, Problem, Solution, Stopping};
use super::sparse::SparseMatrix;

/// Known answers, a row a text, a column a label. `None`: nobody said; the row then does not count for that label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelTable {
    names: Vec<String>,
    answers: Vec<Option<bool>>,
}

impl LabelTable {
    /// A table without rows.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self { names, answers: Vec::new() }
    }

    /// Appends a row.
    ///
    /// # Panics
    /// Where it has not one answer a label.
    pub fn push_row(&mut self, answers: &[Option<bool>]) {
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

    /// The answer of a row to a label.
    #[must_use]
    pub fn answer(&self, row: usize, label: usize) -> Option<bool> {
        self.answers.get(row * self.names.len() + label).copied().flatten()
    }
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
        /// `rows of labels` or `weights`.
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
    intercept_scale: f64,
    relative_gap: f64,
    max_epochs: usize,
    seed: u64,
    threads: usize,
}

/// Hyper-parameters of sparse logistic regression, to be checked by `fit`.
///
/// Minimises `½ |w|² + C Σ weightᵢ log(1 + exp(-yᵢ (w·xᵢ + b)))` for every label on its own. The intercept is the
/// weight of a constant column and is regularised as `½ (b / intercept_scale)²`. linfa-logistic's `alpha` is `1 / C`.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseLogisticParams(ValidSparseLogisticParams);

impl Default for SparseLogisticParams {
    fn default() -> Self {
        Self(ValidSparseLogisticParams {
            c: 1.0,
            intercept_scale: 1.0,
            relative_gap: 1e-3,
            max_epochs: 1_000,
            seed: 0,
            threads: 1,
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

    /// Value of the constant column, at least 0; 1 unless set. 0: no intercept. The larger, the less is the intercept
    /// regularised, and the slower is the descent.
    #[must_use]
    pub fn intercept_scale(mut self, scale: f64) -> Self {
        self.0.intercept_scale = scale;
        self
    }

    /// Greatest accepted (primal - dual) / primal, between 0 and 1; 0.001 unless set.
    #[must_use]
    pub fn relative_gap(mut self, gap: f64) -> Self {
        self.0.relative_gap = gap;
        self
    }

    /// Passes over the data before it is an error, at least 1; 1,000 unless set.
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

    /// How many labels are fitted at a time, at least 1; 1 unless set. The result is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.0.threads = threads;
        self
    }
}

impl ParamGuard for SparseLogisticParams {
    type Checked = ValidSparseLogisticParams;
    type Error = LogisticError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let checked = &self.0;
        let unit = |value: f64| value > 0.0 && value < 1.0;
        for (name, value, good, expected) in [
            ("C", checked.c, checked.c > 0.0 && checked.c.is_finite(), "finite and greater than 0"),
            (
                "intercept_scale",
                checked.intercept_scale,
                checked.intercept_scale >= 0.0 && checked.intercept_scale.is_finite(),
                "finite and at least 0",
            ),
            ("relative_gap", checked.relative_gap, unit(checked.relative_gap), "between 0 and 1"),
            ("max_epochs", checked.max_epochs as f64, checked.max_epochs > 0, "at least 1"),
            ("threads", checked.threads as f64, checked.threads > 0, "at least 1"),
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

/// A fitted model: coefficients and intercept of every label.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseLogistic {
    labels: Vec<String>,
    coefficients: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
    summaries: Vec<FitSummary>,
}

impl SparseLogistic {
    /// The labels, in the order of the targets.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The coefficients of every label, one a column of the records.
    #[must_use]
    pub fn coefficients(&self) -> &[Vec<f64>] {
        &self.coefficients
    }

    /// The intercept of every label.
    #[must_use]
    pub fn intercepts(&self) -> &[f64] {
        &self.intercepts
    }

    /// How the fit of every label went.
    #[must_use]
    pub fn summaries(&self) -> &[FitSummary] {
        &self.summaries
    }
}

impl Fit<SparseMatrix, LabelTable, LogisticError> for ValidSparseLogisticParams {
    type Object = SparseLogistic;

    /// Fits every label on the rows with a known answer to it. Weights of the dataset multiply C by row; rows of
    /// weight 0 are left out.
    fn fit(&self, dataset: &DatasetBase<SparseMatrix, LabelTable>) -> Result<SparseLogistic, LogisticError> {
        let (records, targets, weights) = (dataset.records(), dataset.targets(), dataset.weights());
        let rows = records.row_count();
        if targets.row_count() != rows {
            return Err(LogisticError::Mismatch { records: rows, what: "rows of labels", found: targets.row_count() });
        }
        if let Some(weights) = weights {
            if weights.len() != rows {
                return Err(LogisticError::Mismatch { records: rows, what: "weights", found: weights.len() });
            }
            if let Some(bad) = weights.iter().find(|weight| !weight.is_finite() || **weight < 0.0) {
                let value = f64::from(*bad);
                return Err(LogisticError::Parameter { name: "a weight", value, expected: "finite and at least 0" });
            }
        }
        let weight = |row: usize| weights.map_or(1.0, |weights| f64::from(weights[row]));
        let examples: Vec<Vec<Example>> =
            (0..targets.names().len()).map(|label| self.examples(targets, label, weight)).collect::<Result<_, _>>()?;
        let solutions = self.solve_all(records, &examples);
        let mut model = SparseLogistic {
            labels: targets.names().to_vec(),
            coefficients: Vec::new(),
            intercepts: Vec::new(),
            summaries: Vec::new(),
        };
        for ((label, solution), examples) in targets.names().iter().zip(solutions).zip(&examples) {
            let Solution { coefficients, intercept, epochs, primal, relative_gap, converged } = solution;
            if !converged {
                return Err(LogisticError::NotConverged { label: label.clone(), epochs, relative_gap });
            }
            let positive_rows = examples.iter().filter(|example| example.sign > 0.0).count();
            let negative_rows = examples.len() - positive_rows;
            model.coefficients.push(coefficients);
            model.intercepts.push(intercept);
            model.summaries.push(FitSummary { positive_rows, negative_rows, epochs, loss: primal, relative_gap });
        }
        Ok(model)
    }
}

impl ValidSparseLogisticParams {
    fn examples(
        &self,
        targets: &LabelTable,
        label: usize,
        weight: impl Fn(usize) -> f64,
    ) -> Result<Vec<Example>, LogisticError> {
        let examples: Vec<Example> = (0..targets.row_count())
            .filter_map(|row| {
                let sign = if targets.answer(row, label)? { 1.0 } else { -1.0 };
                let cost = self.c * weight(row);
                (cost > 0.0).then_some(Example { row, sign, cost })
            })
            .collect();
        let positive = examples.iter().filter(|example| example.sign > 0.0).count();
        let negative = examples.len() - positive;
        if positive == 0 || negative == 0 {
            return Err(LogisticError::OneClass { label: targets.names()[label].clone(), positive, negative });
        }
        Ok(examples)
    }

    /// Each label is solved by one thread from a seed of its own, so the number of threads changes nothing.
    fn solve_all(&self, matrix: &SparseMatrix, examples: &[Vec<Example>]) -> Vec<Solution> {
        // The largest problems first, so that the threads end at about the same time.
        let mut order: Vec<usize> = (0..examples.len()).collect();
        order.sort_by_key(|label| std::cmp::Reverse(examples[*label].len()));
        let next = AtomicUsize::new(0);
        let solved: Mutex<Vec<(usize, Solution)>> = Mutex::new(Vec::new());
        let stopping = Stopping { relative_gap: self.relative_gap, max_epochs: self.max_epochs };
        let work = || {
            while let Some(label) = order.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
                let problem = Problem { matrix, examples: &examples[label], intercept_scale: self.intercept_scale };
                let solution = problem.solve(self.seed.wrapping_add(label as u64), stopping);
                solved.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((label, solution));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads.min(examples.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut solved = solved.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        solved.sort_by_key(|(label, _)| *label);
        solved.into_iter().map(|(_, solution)| solution).collect()
    }
}

impl PredictInplace<SparseMatrix, Array2<f64>> for SparseLogistic {
    /// The probability of every label, a row a record, a column a label.
    ///
    /// # Panics
    /// Where the records have more columns than the model has coefficients.
    fn predict_inplace<'a>(&'a self, records: &'a SparseMatrix, probabilities: &mut Array2<f64>) {
        assert_eq!(probabilities.dim(), (records.row_count(), self.labels.len()), "one row a record");
        for ((row, label), probability) in probabilities.indexed_iter_mut() {
            let log_odds = records.row(row).dot(&self.coefficients[label]) + self.intercepts[label];
            *probability = 1.0 / (1.0 + (-log_odds).exp());
        }
    }

    fn default_target(&self, records: &SparseMatrix) -> Array2<f64> {
        Array2::zeros((records.row_count(), self.labels.len()))
    }
}

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
    use linfa_logistic::LogisticRegression;
    use ndarray::{Array1, Array2, Axis, concatenate};
    use rand::{RngExt as _, SeedableRng as _};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    const ROWS: usize = 120;
    const COLUMNS: usize = 5;

    /// Rows of random numbers with two noisy labels; every seventh answer to the second is unknown.
    fn problem(weights: bool) -> (Array2<f64>, DatasetBase<SparseMatrix, LabelTable>) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut dense = Array2::zeros((ROWS, COLUMNS));
        let mut matrix = SparseMatrix::new(COLUMNS);
        let mut table = LabelTable::new(vec!["first".into(), "second".into()]);
        for row in 0..ROWS {
            let mut entries = Vec::new();
            for column in 0..COLUMNS {
                let value = f64::from(random.random_range(-1.0_f32..1.0));
                dense[(row, column)] = value;
                entries.push((column as u32, value as f32));
            }
            let noise = random.random_range(-1.0..1.0);
            let first = 2.0 * dense[(row, 0)] - dense[(row, 1)] + 0.4 + noise > 0.0;
            let second = dense[(row, 2)] + dense[(row, 3)] - noise > 0.3;
            matrix.push_row(&mut entries).unwrap();
            table.push_row(&[Some(first), (row % 7 != 0).then_some(second)]);
        }
        let dataset = DatasetBase::new(matrix, table);
        if weights {
            let costs = Array1::from_iter((0..ROWS).map(|row| 0.5 + (row % 3) as f32));
            return (dense, dataset.with_weights(costs));
        }
        (dense, dataset)
    }

    fn exact() -> SparseLogisticParams {
        SparseLogisticParams::default().c(3.0).relative_gap(1e-13).max_epochs(20_000)
    }

    /// What linfa-logistic finds for the first label, with the gradient as good as nil.
    fn linfa_logistic(records: Array2<f64>, answers: Array1<bool>, with_intercept: bool) -> (Vec<f64>, f64) {
        let model = LogisticRegression::default()
            .alpha(1.0 / 3.0)
            .with_intercept(with_intercept)
            .gradient_tolerance(1e-9)
            .max_iterations(1_000)
            .fit(&DatasetBase::new(records, answers))
            .unwrap();
        (model.params().to_vec(), model.intercept())
    }

    fn check_close(ours: &[f64], theirs: &[f64], tolerance: f64) {
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert!((ours - theirs).abs() < tolerance, "{ours} {theirs}");
        }
        assert!(ours.iter().any(|coefficient| coefficient.abs() > 0.5), "a trivial solution");
    }

    #[test]
    fn coefficients_are_those_of_linfa_logistic() {
        let (dense, dataset) = problem(false);
        let answers = Array1::from_iter((0..ROWS).map(|row| dataset.targets().answer(row, 0) == Some(true)));

        let ours = exact().intercept_scale(0.0).fit(&dataset).unwrap();
        let (theirs, _) = linfa_logistic(dense.clone(), answers.clone(), false);
        check_close(&ours.coefficients()[0], &theirs, 1e-5);

        // Our intercept is the weight of a column of ones, which linfa-logistic can be given as well.
        let ours = exact().fit(&dataset).unwrap();
        let with_ones = concatenate![Axis(1), dense.clone(), Array2::ones((ROWS, 1))];
        let (theirs, _) = linfa_logistic(with_ones, answers.clone(), false);
        check_close(&[ours.coefficients()[0].as_slice(), &[ours.intercepts()[0]]].concat(), &theirs, 1e-5);

        // Its own intercept is free of regularisation, and ours nearly so where the constant is large.
        let ours = exact().intercept_scale(20.0).relative_gap(1e-9).fit(&dataset).unwrap();
        let (theirs, intercept) = linfa_logistic(dense, answers, true);
        check_close(&ours.coefficients()[0], &theirs, 2e-3);
        assert!((ours.intercepts()[0] - intercept).abs() < 2e-3, "{} {intercept}", ours.intercepts()[0]);
    }

    #[test]
    fn the_gradient_of_the_primal_vanishes() {
        for weighted in [false, true] {
            let (_, dataset) = problem(weighted);
            let model = exact().fit(&dataset).unwrap();
            for label in 0..2 {
                let mut gradient = model.coefficients()[label].clone();
                gradient.push(model.intercepts()[label]);
                for row in 0..ROWS {
                    let Some(answer) = dataset.targets().answer(row, label) else { continue };
                    let sign = if answer { 1.0 } else { -1.0 };
                    let record = dataset.records().row(row);
                    let margin = sign * (record.dot(&model.coefficients()[label]) + model.intercepts()[label]);
                    let pull = 3.0 * f64::from(dataset.weight_for(row)) * sign / (1.0 + margin.exp());
                    record.iter().for_each(|(column, value)| gradient[column] -= pull * value);
                    gradient[COLUMNS] -= pull;
                }
                for partial in gradient {
                    assert!(partial.abs() < 1e-4, "{weighted} {label}: {partial}");
                }
            }
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let (_, dataset) = problem(true);
        let fit = |threads| SparseLogisticParams::default().seed(3).threads(threads).fit(&dataset).unwrap();
        assert_eq!(fit(1), fit(2));
        assert_eq!(fit(1), fit(8));
        let other = SparseLogisticParams::default().seed(4).fit(&dataset).unwrap();
        assert_ne!(fit(1), other, "the seed decides the order of the rows");
    }

    #[test]
    fn unknown_answers_and_rows_of_weight_zero_do_not_count() {
        let (_, dataset) = problem(false);
        let whole = exact().fit(&dataset).unwrap();
        let mut matrix = SparseMatrix::new(COLUMNS);
        let mut table = LabelTable::new(vec!["second".into()]);
        let mut weights = Vec::new();
        for row in 0..ROWS {
            let record = dataset.records().row(row);
            let mut entries: Vec<(u32, f32)> =
                record.columns.iter().copied().zip(record.values.iter().copied()).collect();
            matrix.push_row(&mut entries).unwrap();
            // Where nobody said, an answer of weight 0 must make no difference.
            let answer = dataset.targets().answer(row, 1);
            table.push_row(&[answer.or(Some(true))]);
            weights.push(if answer.is_some() { 1.0 } else { 0.0 });
        }
        let part = exact().fit(&DatasetBase::new(matrix, table).with_weights(Array1::from_vec(weights))).unwrap();
        assert_eq!(part.summaries()[0].positive_rows, whole.summaries()[1].positive_rows);
        for (part, whole) in part.coefficients()[0].iter().zip(&whole.coefficients()[1]) {
            assert!((part - whole).abs() < 1e-5, "{part} {whole}");
        }
    }

    #[test]
    fn too_few_epochs_are_an_error() {
        let (_, dataset) = problem(false);
        let error = exact().max_epochs(2).fit(&dataset).unwrap_err();
        assert!(matches!(error, LogisticError::NotConverged { epochs: 2, .. }), "{error}");
    }

    #[test]
    fn bad_parameters_and_shapes_are_refused_by_name() {
        let (_, dataset) = problem(false);
        let defaults = SparseLogisticParams::default;
        for (params, name) in [
            (defaults().c(0.0), "C"),
            (defaults().c(f64::NAN), "C"),
            (defaults().intercept_scale(-1.0), "intercept_scale"),
            (defaults().relative_gap(0.0), "relative_gap"),
            (defaults().max_epochs(0), "max_epochs"),
            (defaults().threads(0), "threads"),
        ] {
            let error = params.fit(&dataset).unwrap_err().to_string();
            assert!(error.starts_with(name), "{error}");
        }
        let short = DatasetBase::new(SparseMatrix::new(1), dataset.targets().clone());
        assert!(matches!(defaults().fit(&short).unwrap_err(), LogisticError::Mismatch { .. }));
        let mut matrix = SparseMatrix::new(1);
        matrix.push_row(&mut [(0, 1.0)]).unwrap();
        let mut table = LabelTable::new(vec!["only".into()]);
        table.push_row(&[Some(true)]);
        let error = defaults().fit(&DatasetBase::new(matrix, table)).unwrap_err();
        assert!(matches!(error, LogisticError::OneClass { positive: 1, negative: 0, .. }), "{error}");
    }

    #[test]
    fn predictions_are_probabilities_on_the_right_side() {
        let (_, dataset) = problem(false);
        let model = SparseLogisticParams::default().c(10.0).fit(&dataset).unwrap();
        let probabilities: Array2<f64> = model.predict(&dataset);
        assert_eq!(probabilities.dim(), (ROWS, 2));
        let right =
            (0..ROWS).filter(|row| Some(probabilities[(*row, 0)] > 0.5) == dataset.targets().answer(*row, 0)).count();
        assert!(right > ROWS * 8 / 10, "{right} of {ROWS}");
    }
}
