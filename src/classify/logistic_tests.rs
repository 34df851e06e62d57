//! Tests of the logistic learner: its optimum is the right one, whatever the threads, labels, shrinkage or start.

use linfa::traits::Predict;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, Axis, concatenate};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::classify::inverse_frequency::{InverseFrequencies, inverse_frequency};

const ROWS: usize = 160;
/// The last bucket was in no counted text.
const CODES: [u8; 8] = [255, 200, 160, 120, 90, 60, 30, 0];
const KNOWN: usize = CODES.len() - 1;
const C: f64 = 3.0;

struct Data {
    bags: Bags,
    targets: Targets,
}

/// Random bags, some with two features in one bucket, and `labels` noisy labels; every seventh answer to the second is
/// unknown.
fn data(labels: usize) -> Data {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut bags = Bags::new(InverseFrequencies::new(CODES.to_vec()).unwrap());
    let mut targets = Targets::new((0..labels).map(|at| format!("label{at}")).collect());
    for row in 0..ROWS {
        let mut features: Vec<u32> = (0..CODES.len() as u32).filter(|_| random.random_range(0.0..1.0) < 0.5).collect();
        if row % 5 == 0 {
            features.push(8 + row as u32 % 3);
        }
        bags.push_features(&features);
        let has = |bucket: usize| f64::from(u8::from(features.contains(&(bucket as u32))));
        let answers: Vec<f32> = (0..labels)
            .map(|label| {
                let score = 2.0 * has(label % KNOWN) - 1.5 * has((label + 2) % KNOWN) - 0.3;
                let yes = score + random.random_range(-1.0..1.0) > 0.0;
                if label == 1 && row % 7 == 0 { 0.0 } else { f32::from(u8::from(yes)) * 2.0 - 1.0 }
            })
            .collect();
        targets.push_row(&answers);
    }
    Data { bags, targets }
}

fn params() -> SparseLogisticParams {
    SparseLogisticParams::default().c(C).relative_gap(1e-6).max_epochs(20_000)
}

fn fit(params: SparseLogisticParams, data: &Data, weights: Option<&[f32]>) -> SparseLogistic {
    params.check().unwrap().fit_weighted(&data.bags, &data.targets, weights).unwrap()
}

/// The values of a row in all buckets.
fn values(bags: &Bags, row: usize) -> Vec<f64> {
    let mut values = vec![0.0; CODES.len()];
    for bucket in bags.buckets(row) {
        values[*bucket as usize] += f64::from(bags.value(row, *bucket));
    }
    values
}

/// The coefficients of a label and its intercept; 0 for the bucket that counts for nothing.
fn coefficients(label: &FittedLabel) -> Vec<f64> {
    let coefficient = |(product, code): (&f32, &u8)| {
        if *code == 0 { 0.0 } else { f64::from(product / inverse_frequency(*code)) }
    };
    label.products.iter().zip(&CODES).map(coefficient).chain([label.intercept]).collect()
}

fn check_close(ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() < tolerance, "{ours} {theirs}");
    }
    assert!(ours.iter().any(|coefficient| coefficient.abs() > 0.5), "a trivial solution");
}

/// Fails unless the gradient of `½ |(w - w₀) / scale|² + C Σ costᵢ log(1 + exp(-yᵢ (w·xᵢ + b)))` vanishes for every label, but for
/// what 32 bits leave: less than a single row pulls.
fn check_gradient(
    model: &SparseLogistic,
    data: &Data,
    weights: Option<&[f32]>,
    begun: Option<&SparseLogistic>,
    scale: impl Fn(usize, usize) -> f64,
) {
    for (at, label) in model.labels.iter().enumerate() {
        let own = coefficients(label);
        let begun = begun.and_then(|begun| begun.labels.iter().find(|other| other.name == label.name));
        let begun = begun.map_or(vec![0.0; own.len()], coefficients);
        let mut gradient: Vec<f64> =
            (0..own.len()).map(|bucket| (own[bucket] - begun[bucket]) / scale(at, bucket).powi(2)).collect();
        let mut largest_pull = vec![0.0_f64; own.len()];
        for row in 0..ROWS {
            let answer = f64::from(data.targets.answer(row, at));
            let cost = C * answer.abs() * f64::from(weights.map_or(1.0, |weights| weights[row]));
            if cost > 0.0 {
                let inputs: Vec<f64> = values(&data.bags, row).into_iter().chain([1.0]).collect();
                let margin: f64 = inputs.iter().zip(&own).map(|(input, weight)| input * weight).sum();
                let pull = cost * answer.signum() / (1.0 + (answer.signum() * margin).exp());
                for (bucket, input) in inputs.iter().enumerate() {
                    gradient[bucket] -= pull * input;
                    largest_pull[bucket] = largest_pull[bucket].max((pull * input).abs());
                }
            }
        }
        for (bucket, partial) in gradient.iter().enumerate() {
            assert!((partial * scale(at, bucket)).abs() < 0.1, "{} {bucket}: {partial}", label.name);
        }
        assert!(largest_pull.iter().any(|pull| *pull > 0.1), "nothing pulls: the test says nothing");
    }
}

#[test]
fn coefficients_are_those_of_linfa_logistic() {
    let data = data(1);
    let ours = fit(params(), &data, None);
    // Our intercept is the weight of a column of ones, which linfa-logistic can be given as well.
    let dense = Array2::from_shape_fn((ROWS, CODES.len()), |(row, bucket)| values(&data.bags, row)[bucket]);
    let with_ones = concatenate![Axis(1), dense, Array2::ones((ROWS, 1))];
    let answers = Array1::from_iter((0..ROWS).map(|row| data.targets.answer(row, 0) > 0.0));
    let theirs = LogisticRegression::default()
        .alpha(1.0 / C)
        .with_intercept(false)
        .gradient_tolerance(1e-9)
        .max_iterations(1_000)
        .fit(&DatasetBase::new(with_ones, answers))
        .unwrap();
    // Which of the classes it takes for the yes is its own affair.
    let sign = if theirs.labels().pos.class { 1.0 } else { -1.0 };
    check_close(&coefficients(&ours.labels[0]), &(theirs.params() * sign).to_vec(), 5e-3);
}

#[test]
fn the_gradient_of_the_primal_vanishes() {
    let data = data(2);
    let weights: Vec<f32> = (0..ROWS).map(|row| 0.5 + (row % 3) as f32).collect();
    for weights in [None, Some(weights.as_slice())] {
        check_gradient(&fit(params(), &data, weights), &data, weights, None, |_, _| 1.0);
    }
}

#[test]
fn fractional_answers_weigh_what_they_say() {
    let whole = data(2);
    let mut targets = Targets::new(whole.targets.names().to_vec());
    for row in 0..ROWS {
        let share = [1.0, 0.75, 0.25][row % 3];
        targets.push_row(&[whole.targets.answer(row, 0) * share, whole.targets.answer(row, 1)]);
    }
    let divided = Data { targets, ..data(2) };
    let model = fit(params(), &divided, None);
    check_gradient(&model, &divided, None, None, |_, _| 1.0);
    // A share is a weight of the row, but for the one label alone.
    let weights: Vec<f32> = (0..ROWS).map(|row| [1.0, 0.75, 0.25][row % 3]).collect();
    let weighted = fit(params(), &whole, Some(&weights));
    check_close(&coefficients(&model.labels[0]), &coefficients(&weighted.labels[0]), 5e-3);
    let plain = fit(params(), &whole, None);
    check_close(&coefficients(&model.labels[1]), &coefficients(&plain.labels[1]), 5e-3);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let data = data(14);
    let fit = |threads, seed| fit(params().relative_gap(1e-3).seed(seed).threads(threads), &data, None);
    assert_eq!(fit(1, 3), fit(2, 3));
    assert_eq!(fit(1, 3), fit(8, 3));
    assert_ne!(fit(1, 3), fit(1, 4), "the seed decides the order of the rows");
}

#[test]
fn more_than_six_labels_are_each_fitted_as_if_alone() {
    let all = data(8);
    let together = fit(params(), &all, None);
    let names: Vec<&str> = together.labels.iter().map(|label| label.name.as_str()).collect();
    assert_eq!(names, ["label0", "label1", "label2", "label3", "label4", "label5", "label6", "label7"]);
    check_gradient(&together, &all, None, None, |_, _| 1.0);
    for label in [1, 5, 6, 7] {
        let mut targets = Targets::new(vec![all.targets.names()[label].clone()]);
        (0..ROWS).for_each(|row| targets.push_row(&[all.targets.answer(row, label)]));
        let alone = fit(params(), &Data { bags: all.bags.clone(), targets }, None);
        check_close(&coefficients(&together.labels[label]), &coefficients(&alone.labels[0]), 5e-3);
        assert_eq!(together.summaries[label].positive_rows, alone.summaries[0].positive_rows);
    }
}

#[test]
fn unknown_answers_and_rows_of_weight_zero_do_not_count() {
    let whole = data(2);
    let model = fit(params(), &whole, None);
    let known = |row: usize| whole.targets.answer(row, 1).abs() > 0.0;
    let mut targets = Targets::new(vec!["label1".into()]);
    // Where nobody said, an answer of weight 0 must make no difference.
    (0..ROWS).for_each(|row| targets.push_row(&[if known(row) { whole.targets.answer(row, 1) } else { 1.0 }]));
    let weights: Vec<f32> = (0..ROWS).map(|row| f32::from(u8::from(known(row)))).collect();
    let part = fit(params(), &Data { bags: whole.bags.clone(), targets }, Some(&weights));
    assert_eq!(part.summaries[0].positive_rows, model.summaries[1].positive_rows);
    assert_eq!(part.summaries[0].positive_rows + part.summaries[0].negative_rows, ROWS - ROWS.div_ceil(7));
    check_close(&coefficients(&part.labels[0]), &coefficients(&model.labels[1]), 5e-3);
}

#[test]
fn shrunk_buckets_are_drawn_to_zero_harder_for_the_labels_that_ask_for_it() {
    let data = data(3);
    let buckets: Arc<[bool]> = (0..CODES.len()).map(|bucket| bucket < 3).collect();
    let shrinkage = Shrinkage { buckets: Arc::clone(&buckets), factor: 0.25, labels: vec![true, false] };
    let shrunk = fit(params().shrinkage(Some(shrinkage)), &data, None);
    let plain = fit(params(), &data, None);
    let scale = |label: usize, bucket: usize| if label == 0 && buckets.get(bucket) == Some(&true) { 0.25 } else { 1.0 };
    check_gradient(&shrunk, &data, None, None, scale);
    let size = |model: &SparseLogistic, label: usize| -> f64 {
        coefficients(&model.labels[label])[..3].iter().map(|coefficient| coefficient.abs()).sum()
    };
    assert!(size(&shrunk, 0) < 0.6 * size(&plain, 0), "{} {}", size(&shrunk, 0), size(&plain, 0));
    // The second says no; for the third nothing is said.
    for label in [1, 2] {
        check_close(&coefficients(&shrunk.labels[label]), &coefficients(&plain.labels[label]), 5e-3);
    }
}

/// A model with weights by a pattern, for `label0` alone.
fn begun(size: f32) -> Arc<SparseLogistic> {
    let products = CODES.iter().enumerate().map(|(bucket, code)| {
        let sign = if bucket % 2 == 0 { 1.0 } else { -1.0 };
        size * sign * inverse_frequency(*code)
    });
    let label = FittedLabel { name: "label0".into(), products: products.collect(), intercept: f64::from(size) * 0.1 };
    Arc::new(SparseLogistic { labels: vec![label], summaries: Vec::new() })
}

#[test]
fn a_model_that_is_continued_is_what_weights_are_drawn_to() {
    let data = data(2);
    let start = begun(2.0);
    let model = fit(params().start(Some(Arc::clone(&start))), &data, None);
    check_gradient(&model, &data, None, Some(&start), |_, _| 1.0);
    // The other label is not in the start, and begins at nothing.
    let plain = fit(params(), &data, None);
    check_close(&coefficients(&model.labels[1]), &coefficients(&plain.labels[1]), 5e-3);
    let apart = |model: &SparseLogistic| -> f64 {
        let pairs = coefficients(&model.labels[0]).into_iter().zip(coefficients(&start.labels[0]));
        pairs.map(|(own, begun)| (own - begun).powi(2)).sum::<f64>().sqrt()
    };
    assert!(apart(&model) < apart(&plain), "{} {}", apart(&model), apart(&plain));
    let wary = params().c(1e-4).start(Some(Arc::clone(&start)));
    assert!(apart(&fit(wary, &data, None)) < 0.05, "C says how much the rows count against the start");
}

#[test]
fn rows_that_agree_with_the_start_move_little() {
    let start = begun(60.0);
    let Data { bags, .. } = data(1);
    let mut targets = Targets::new(vec!["label0".into()]);
    let mut weights = Vec::new();
    for row in 0..ROWS {
        let log_odds = start.log_odds(&bags, row, 0);
        targets.push_row(&[if log_odds > 0.0 { 1.0 } else { -1.0 }]);
        weights.push(f32::from(u8::from(log_odds.abs() > 8.0)));
    }
    assert!(weights.iter().sum::<f32>() > 60.0, "{weights:?}");
    let data = Data { bags, targets };
    let model = fit(params().relative_gap(1e-2).start(Some(Arc::clone(&start))), &data, Some(&weights));
    for (own, begun) in coefficients(&model.labels[0]).iter().zip(coefficients(&start.labels[0])) {
        assert!((own - begun).abs() < 0.05, "{own} {begun}");
    }
}

#[test]
fn too_few_epochs_are_an_error() {
    let data = data(1);
    let params = params().max_epochs(2).check().unwrap();
    let error = params.fit_weighted(&data.bags, &data.targets, None).unwrap_err();
    assert!(matches!(error, LogisticError::NotConverged { epochs: 2, .. }), "{error}");
    assert!(error.to_string().contains("label `label0`: not converged after 2 epochs"), "{error}");
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let defaults = SparseLogisticParams::default;
    let shrinkage = |factor| Some(Shrinkage { buckets: [true].into(), factor, labels: vec![] });
    for (params, name) in [
        (defaults().c(0.0), "C is 0"),
        (defaults().c(f64::NAN), "C is NaN"),
        (defaults().c(f64::INFINITY), "C is inf"),
        (defaults().relative_gap(0.0), "relative_gap is 0"),
        (defaults().relative_gap(1.0), "relative_gap is 1"),
        (defaults().max_epochs(0), "max_epochs is 0"),
        (defaults().threads(0), "threads is 0"),
        (defaults().shrinkage(shrinkage(0.0)), "the factor of shrinkage is 0"),
        (defaults().shrinkage(shrinkage(1.5)), "the factor of shrinkage is 1.5"),
        (defaults().shrinkage(shrinkage(f32::NAN)), "the factor of shrinkage is NaN"),
    ] {
        let error = params.check().unwrap_err().to_string();
        assert!(error.starts_with(name), "{name}: {error}");
    }
}

#[test]
fn shapes_that_do_not_agree_are_refused_by_name() {
    let whole = data(1);
    let refused = |params: SparseLogisticParams, data: &Data, weights: Option<&[f32]>, what: &str| {
        let params = params.check().unwrap();
        let error = params.fit_weighted(&data.bags, &data.targets, weights).unwrap_err().to_string();
        assert!(error.contains(what), "{what}: {error}");
    };
    let short = Data { bags: Bags::new(whole.bags.frequencies().clone()), ..data(1) };
    refused(params(), &short, None, "0 records, but 160 rows of labels");
    refused(params(), &whole, Some(&[1.0]), "160 records, but 1 weights");
    for bad in [-1.0, f32::NAN, f32::INFINITY] {
        let mut weights = [1.0; ROWS];
        weights[9] = bad;
        refused(params(), &whole, Some(&weights), "a weight is ");
    }
    let shrinkage = Shrinkage { buckets: [true; 3].into(), factor: 0.5, labels: vec![true] };
    refused(params().shrinkage(Some(shrinkage)), &whole, None, "3 buckets to shrink");
    let mut start = (*begun(1.0)).clone();
    start.labels[0].products.pop();
    refused(params().start(Some(Arc::new(start))), &whole, None, "7 buckets to continue from");
    let mut targets = Targets::new(vec!["only".into()]);
    (0..ROWS).for_each(|row| targets.push_row(&[if row < 3 { 1.0 } else { 0.0 }]));
    refused(params(), &Data { targets, ..data(1) }, None, "label `only`: 3 rows have it and 0 do not");
    let mut weights = [0.0; ROWS];
    weights[0] = 1.0;
    refused(params(), &whole, Some(&weights), "both kinds are needed");
}

#[test]
fn predictions_are_probabilities_on_the_right_side() {
    let Data { bags, targets } = data(2);
    let weights = Array1::from_elem(ROWS, 1.0);
    let dataset = DatasetBase::new(bags, targets).with_weights(weights);
    let model = SparseLogisticParams::default().c(10.0).fit(&dataset).unwrap();
    let probabilities: Array2<f64> = model.predict(&dataset);
    assert_eq!(probabilities.dim(), (ROWS, 2));
    let is_right = |row: &usize| (probabilities[(*row, 0)] > 0.5) == (dataset.targets().answer(*row, 0) > 0.0);
    let right = (0..ROWS).filter(is_right).count();
    assert!(right > ROWS * 7 / 10, "{right} of {ROWS}");
}
