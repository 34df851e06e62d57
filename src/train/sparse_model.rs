//! Trains a sparse logistic model: labelled texts to a folder of weights, manifest, report and card.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linfa::ParamGuard as _;

use super::calibration::{Calibration, HeldOut, calibrate};
use super::card::{CardFigures, CardText};
use super::crate_versions::CRATE_VERSIONS;
use super::features::{Rows, count_frequencies, identity_shrinkage, vectorise};
use super::manifest::{LabelRecord, Manifest, SourceUse, TrainingFile};
use super::model_folder::write_model;
use super::recipe::{Recipe, RecipeError};
use crate::bias::{self, Half};
use crate::classify::artifact::{Artifact, ArtifactError};
use crate::classify::evaluation::{Evaluation, LabelsDiffer, MeasuredFile};
use crate::classify::in_parallel::in_parallel;
use crate::classify::inverse_frequency::{InverseFrequencies, MAX_BUCKETS};
use crate::classify::labelled::{LabelledSet, LabelledText};
use crate::classify::linear_model::{KIND, LinearModel, MAX_LABELS, natural_rate_parameter};
use crate::classify::linear_model_file::{LabelToWrite, LinearModelFile};
use crate::classify::logistic::{FitSummary, LogisticError, SparseLogistic, SparseLogisticParams};
use crate::labelled::{
    FileReport, LabelScheme, LabelledError, Mapping, OneSidedLabel, data_file::sha256_of, describe_bad_rows,
    drop_leaking_rows, find_repeats, one_sided_labels, read_labelled_files,
};
use crate::text::features::FEATURE_SPEC;
use crate::text::words::mix;
use crate::tone::natural_rate;

/// The fits for calibration alone may be rougher.
const ROUGH_RELATIVE_GAP: f64 = 1e-2;
const HOSTILE_AT: f64 = 0.5;
/// The label that the bias of a model is measured for.
const BIAS_LABEL: &str = "toxicity";

/// What the caller decides.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Files of labelled texts, read in this order.
    pub data: Vec<PathBuf>,
    /// How their columns are to be read.
    pub mapping: Mapping,
    /// Files to measure the finished model on; none: no report.
    pub dev: Vec<PathBuf>,
    /// Folder that the model is written to; made where it is missing.
    pub out: PathBuf,
    /// Folder of a model to continue from.
    pub init: Option<PathBuf>,
    /// Seed of the row order.
    pub seed: u64,
    /// Everything else that decides the model.
    pub recipe: Recipe,
    /// Threads; the result is the same for any number.
    pub threads: usize,
}

/// What is particular to one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTask {
    /// The model's name.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// Its labels, and how rows state them.
    pub scheme: LabelScheme,
    /// Finer labels that are fitted with the others and lend them their scores, but are not written.
    pub auxiliary: Option<LabelScheme>,
    /// Languages that the data is in, as ISO 639 codes.
    pub languages: Vec<String>,
    /// Labels that make a tone hostile; the model file states for each a parameter `hostile_at.` and the label, one half:
    /// an accusation in one word must be more likely true than not.
    pub hostile_labels: Vec<&'static str>,
    /// What the card says.
    pub card: CardText,
}

/// A model that was trained and written.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedModel {
    /// What was written as `manifest.toml`.
    pub manifest: Manifest,
    /// What was written as `report.json`, where there was anything to measure on.
    pub evaluation: Option<Evaluation>,
    /// What was read, training files first; bad rows with their lines.
    pub files: Vec<FileReport>,
    /// What is odd about the data and was dealt with as the documentation says, a line each.
    pub remarks: Vec<String>,
    /// Size of `weights.bin` in bytes.
    pub weights_bytes: usize,
}

/// Why no model came out.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Files of labelled texts could not be read.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Labelled(Vec<LabelledError>),
    /// There is nothing to learn from.
    #[error("{files}: not one usable row of {bad_rows} that are not empty")]
    NoRows {
        /// The files.
        files: String,
        /// Rows that were left out.
        bad_rows: usize,
    },
    /// Labels with texts of one class only.
    #[error("{}\n  hint: add texts of the other class, or leave the label out; to adapt a model that has more labels, use --init", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    OneSided(Vec<OneSidedLabel>),
    /// The data names more labels than a model can have.
    #[error("{0} labels; a model has at most {MAX_LABELS}")]
    TooManyLabels(usize),
    /// The number of buckets is no power of two, or too large.
    #[error("{0} buckets; it must be a power of two of at most {MAX_BUCKETS}")]
    Buckets(usize),
    /// A number of the recipe.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// The model to continue from does not load.
    #[error("{path}: the model to continue from does not load")]
    Init {
        /// The file.
        path: String,
        /// Why.
        source: ArtifactError,
    },
    /// The learner failed.
    #[error(transparent)]
    Learner(#[from] LogisticError),
    /// The model that came out does not load.
    #[error("the trained model does not load")]
    Model(#[from] ArtifactError),
    /// The texts to measure on have other labels.
    #[error(transparent)]
    Evaluation(#[from] LabelsDiffer),
    /// The templates about groups of people cannot be used.
    #[error(transparent)]
    Templates(#[from] bias::TableError),
    /// The bias could not be measured.
    #[error(transparent)]
    Bias(#[from] bias::MeasureError),
    /// The manifest or the report could not be put into words.
    #[error("cannot write down {what}: {cause}")]
    Format {
        /// What.
        what: &'static str,
        /// Why.
        cause: String,
    },
    /// A file of the model could not be written.
    #[error("{path}: cannot write the model")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// What came out of the learner, before it is written.
struct Fitted {
    frequencies: InverseFrequencies,
    labels: Vec<LabelToWrite>,
    records: Vec<LabelRecord>,
    /// The mix that the probabilities of each label are right for, where that is known.
    natural_rates: Vec<Option<f64>>,
}

/// Trains a model and writes `weights.bin`, `manifest.toml`, `card.md` and, with dev data, `report.json`.
///
/// Training rows whose text stands in the dev data too are left out. `progress` is told in a few words what begins. Same
/// data, options and program: same bytes.
///
/// # Errors
/// Where data cannot be read, a label has only one class, the solver does not converge, or a file cannot be written.
pub fn train(
    task: &ModelTask,
    options: &TrainOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<TrainedModel, TrainError> {
    options.recipe.check()?;
    let init = options.init.as_deref().map(load_init).transpose()?;
    let continued_from = init.as_ref().map(|init| init.citation().to_string()).unwrap_or_default();
    let scheme = match (&init, &task.scheme) {
        (Some(init), LabelScheme::AnyNamed) => LabelScheme::Named(names(init)),
        (_, scheme) => scheme.clone(),
    };
    let learnt = match (&init, &task.auxiliary) {
        (None, Some(auxiliary)) => with_auxiliary(&scheme, auxiliary),
        _ => scheme.clone(),
    };
    let (mut set, mut files) = read(&options.data, learnt, &options.mapping, progress)?;
    let training: Vec<TrainingFile> = files.iter().map(TrainingFile::from).collect();
    let scheme = if scheme == LabelScheme::AnyNamed { LabelScheme::Named(set.labels.clone()) } else { scheme };
    let mut remarks = Vec::new();
    if init.is_none() && !set.rows.iter().any(|row| options.recipe.is_home(&row.source)) {
        remarks.push(format!(
            "no row is of the home source `{}`: scores are not calibrated, and all features count as equally rare; name \
             your rows' `source` so, or set `home_source` in the recipe",
            options.recipe.home_source
        ));
    }
    let dev = if options.dev.is_empty() {
        None
    } else {
        let (dev, dev_files) = read(&options.dev, scheme.clone(), &Mapping::default(), progress)?;
        files.extend(dev_files);
        remarks.extend(drop_leaking_rows(&mut set, &dev).describe("they were left out of training"));
        Some(dev)
    };
    let repeats = find_repeats(&set);
    remarks.extend(repeats.describe());
    let (fitted, recipe) = if let Some(init) = init {
        let recipe = Recipe { buckets: init.bucket_count(), ..options.recipe.clone() };
        (continue_from(&init, &set, options, &recipe, progress)?, recipe)
    } else {
        (fit_anew(&mut set, scheme.labels().len(), options, progress)?, options.recipe.clone())
    };
    let mut parameters: BTreeMap<String, f64> =
        task.hostile_labels.iter().map(|label| (format!("hostile_at.{label}"), HOSTILE_AT)).collect();
    for (label, rate) in fitted.labels.iter().zip(&fitted.natural_rates) {
        parameters.extend(rate.map(|rate| (natural_rate_parameter(&label.name), rate)));
    }
    let weights = LinearModelFile {
        name: task.name.clone(),
        version: task.version.clone(),
        languages: task.languages.clone(),
        parameters: parameters.clone(),
        inverse_frequencies: &fitted.frequencies,
        labels: &fitted.labels,
    }
    .encode();
    let manifest = Manifest {
        name: task.name.clone(),
        version: task.version.clone(),
        kind: KIND.to_owned(),
        weights_sha256: sha256_of(&weights),
        feature_spec: FEATURE_SPEC.to_owned(),
        languages: task.languages.clone(),
        labels: fitted.labels.iter().map(|label| label.name.clone()).collect(),
        seed: options.seed,
        continued_from,
        repeated_rows: repeats.repeated_rows,
        contradicting_rows: repeats.contradicting_rows,
        crates: CRATE_VERSIONS.into_iter().map(|(name, version)| (name.to_owned(), version.to_owned())).collect(),
        parameters,
        training,
        sources: source_uses(&set, &recipe),
        label: fitted.records,
        recipe,
    };
    finish(task, options, &weights, manifest, dev.as_ref(), Findings { files, remarks }, progress)
}

/// The labels, then the auxiliary ones.
fn with_auxiliary(scheme: &LabelScheme, auxiliary: &LabelScheme) -> LabelScheme {
    match (scheme, auxiliary) {
        (LabelScheme::Emotions(groups), LabelScheme::Emotions(more)) => {
            LabelScheme::Emotions(groups.iter().chain(more).cloned().collect())
        }
        (LabelScheme::Named(labels), LabelScheme::Named(more)) => {
            LabelScheme::Named(labels.iter().chain(more).cloned().collect())
        }
        _ => scheme.clone(),
    }
}

struct Findings {
    files: Vec<FileReport>,
    remarks: Vec<String>,
}

/// Measures and writes the model.
fn finish(
    task: &ModelTask,
    options: &TrainOptions,
    weights: &[u8],
    manifest: Manifest,
    dev: Option<&LabelledSet>,
    findings: Findings,
    progress: &mut dyn FnMut(&str),
) -> Result<TrainedModel, TrainError> {
    let loaded = LinearModel::from_artifact(&Artifact::parse(weights.to_vec())?)?;
    let mut evaluation = None;
    if let Some(dev) = dev {
        progress(&format!("measuring on {} texts", dev.rows.len()));
        let mut measured = Evaluation::measure(&loaded, dev)?;
        measured.data = findings.files[manifest.training.len()..].iter().map(MeasuredFile::from).collect();
        evaluation = Some(measured);
    }
    let has_bias_label = loaded.labels().iter().any(|label| label.name.as_ref() == BIAS_LABEL);
    let bias = has_bias_label.then(|| bias::measure(&loaded, BIAS_LABEL)).transpose()?;
    let figures = CardFigures { evaluation: evaluation.as_ref(), bias: bias.as_ref() };
    write_model(&options.out, weights, &manifest, figures, &task.card)?;
    let Findings { files, remarks } = findings;
    Ok(TrainedModel { manifest, evaluation, files, remarks, weights_bytes: weights.len() })
}

fn names(model: &LinearModel) -> Vec<String> {
    model.labels().iter().map(|label| label.name.as_ref().to_owned()).collect()
}

fn load_init(folder: &Path) -> Result<LinearModel, TrainError> {
    let path = folder.join("weights.bin");
    Artifact::read(&path)
        .and_then(|artifact| LinearModel::from_artifact(&artifact))
        .map_err(|source| TrainError::Init { path: path.display().to_string(), source })
}

fn read(
    paths: &[PathBuf],
    scheme: LabelScheme,
    mapping: &Mapping,
    progress: &mut dyn FnMut(&str),
) -> Result<(LabelledSet, Vec<FileReport>), TrainError> {
    for path in paths {
        progress(&format!("reading {}", path.display()));
    }
    let data = read_labelled_files(paths, scheme, mapping.clone()).map_err(TrainError::Labelled)?;
    // At once: whatever fails later may be because of them.
    for line in describe_bad_rows(&data.files) {
        progress(&format!("warning: {line}"));
    }
    if data.set.rows.is_empty() {
        let bad_rows = data.files.iter().flat_map(|file: &FileReport| file.bad_rows.values()).sum();
        let names: Vec<&str> = data.files.iter().map(|file| file.file.as_str()).collect();
        return Err(TrainError::NoRows { files: names.join(", "), bad_rows });
    }
    if data.set.labels.len() > MAX_LABELS {
        return Err(TrainError::TooManyLabels(data.set.labels.len()));
    }
    Ok((data.set, data.files))
}

/// Fits all labels from nothing, and calibrates the first `written` of them on parts of the data that were held out in turn.
fn fit_anew(
    set: &mut LabelledSet,
    written: usize,
    options: &TrainOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<Fitted, TrainError> {
    let one_sided = one_sided_labels(set);
    let (refused, idle): (Vec<OneSidedLabel>, Vec<OneSidedLabel>) =
        one_sided.into_iter().partition(|one| set.labels[..written].contains(&one.label));
    if !refused.is_empty() {
        return Err(TrainError::OneSided(refused));
    }
    // An auxiliary label that cannot be learnt helps nobody, and harms nobody.
    keep_labels(set, |label| idle.iter().all(|one| one.label != label));
    let recipe = &options.recipe;
    if recipe.identity_templates > 0.0 {
        add_identity_templates(set)?;
    }
    progress(&format!("extracting features of {} texts", set.rows.len()));
    let frequencies = count_frequencies(set, recipe, options.threads).ok_or(TrainError::Buckets(recipe.buckets))?;
    let rows = vectorise(set, recipe, frequencies, options.threads);
    progress(&format!("fitting {} labels, and {} times for calibration", set.labels.len(), recipe.folds));
    let (model, held_out) = fit_with_folds(set, &rows, options)?;
    progress("calibrating");
    let calibrations = calibrate(set, written, &held_out, recipe.natural.as_ref());
    Ok(Fitted {
        labels: mixed(&model, &calibrations),
        records: records(&model, &calibrations),
        natural_rates: calibrations.iter().map(known_rate).collect(),
        frequencies: rows.bags.frequencies().clone(),
    })
}

/// Takes labels out of a set.
fn keep_labels(set: &mut LabelledSet, keeps: impl Fn(&str) -> bool) {
    let kept: Vec<bool> = set.labels.iter().map(|label| keeps(label)).collect();
    let mut keep = kept.iter();
    set.labels.retain(|_| keep.next() == Some(&true));
    for row in &mut set.rows {
        let mut keep = kept.iter();
        row.answers.retain(|_| keep.next() == Some(&true));
    }
}

/// The sentences about groups of people, with the labels of the set.
fn add_identity_templates(set: &mut LabelledSet) -> Result<(), TrainError> {
    for row in bias::rows(Half::Train)? {
        let answers: Vec<Option<bool>> = set.labels.iter().map(|label| row.answer(label)).collect();
        if answers.iter().any(Option::is_some) {
            set.rows.push(LabelledText { id: row.id.clone(), ..LabelledText::new(row.text, bias::SOURCE, &answers) });
        }
    }
    Ok(())
}

/// The model of all rows, and the scores of each home row by a model that did not see it.
fn fit_with_folds(
    set: &LabelledSet,
    rows: &Rows,
    options: &TrainOptions,
) -> Result<(SparseLogistic, Vec<HeldOut>), TrainError> {
    let recipe = &options.recipe;
    let params = SparseLogisticParams::default()
        .c(recipe.c)
        .max_epochs(recipe.max_epochs)
        .seed(options.seed)
        .shrinkage(identity_shrinkage(recipe, &set.labels));
    let folds: Vec<Option<usize>> =
        set.rows.iter().map(|row| recipe.is_home(&row.source).then(|| fold_of(&row.text, recipe.folds))).collect();
    // The whole first: it takes longest.
    let fits: Vec<Option<usize>> = std::iter::once(None).chain((0..recipe.folds).map(Some)).collect();
    // Several fits at once leave one thread to each; labels beyond the first six are fitted one group after another.
    let done = in_parallel(&fits, options.threads, |fold| -> Result<_, LogisticError> {
        let gap = if fold.is_none() { recipe.relative_gap } else { recipe.relative_gap.max(ROUGH_RELATIVE_GAP) };
        let params = params.clone().relative_gap(gap).check()?;
        let is_held = |row: usize| fold.is_some() && folds[rows.text_of_row[row] as usize] == *fold;
        let weights: Vec<f32> =
            rows.weights.iter().enumerate().map(|(row, weight)| if is_held(row) { 0.0 } else { *weight }).collect();
        let model = match params.fit_weighted(&rows.bags, &rows.targets, Some(&weights)) {
            // So few rows that the held-out ones are missed: nothing can be said of these.
            Err(LogisticError::OneClass { .. }) if fold.is_some() => return Ok((None, Vec::new())),
            other => other?,
        };
        if fold.is_none() {
            return Ok((Some(model), Vec::new()));
        }
        let held = (0..set.rows.len()).filter(|text| folds[*text] == *fold);
        let score = |row: usize| {
            let first = rows.row_of_text[row] as usize;
            (0..set.labels.len()).map(|label| model.log_odds(&rows.bags, first, label)).collect()
        };
        Ok((None, held.map(|row| HeldOut { row, scores: score(row) }).collect()))
    });
    let mut whole = None;
    let mut held_out = Vec::new();
    for result in done {
        let (model, held) = result?;
        whole = whole.or(model);
        held_out.extend(held);
    }
    held_out.sort_by_key(|held: &HeldOut| held.row);
    let whole = whole.unwrap_or(SparseLogistic { labels: Vec::new(), summaries: Vec::new() });
    Ok((whole, held_out))
}

/// Texts that differ in case, space or punctuation alone share a part, or the model would have seen what it is asked.
fn fold_of(text: &str, folds: usize) -> usize {
    let letters = text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase);
    let hash = letters.fold(0, |hash, letter| mix(hash ^ u64::from(letter as u32)));
    (hash % folds as u64) as usize
}

/// The labels as they are written: each with its share of the others' weights, so that its score alone is enough.
fn mixed(model: &SparseLogistic, calibrations: &[Calibration]) -> Vec<LabelToWrite> {
    let buckets = model.labels.first().map_or(0, |label| label.products.len());
    model
        .labels
        .iter()
        .zip(calibrations)
        .map(|(label, calibration)| {
            let shares = || calibration.mix.shares.iter().zip(&model.labels);
            let mut products = vec![0.0_f32; buckets];
            for (share, other) in shares() {
                for (sum, product) in products.iter_mut().zip(&other.products) {
                    *sum += *share as f32 * product;
                }
            }
            LabelToWrite {
                name: label.name.clone(),
                products,
                intercept: shares().map(|(share, other)| share * other.intercept).sum(),
                offset: calibration.mix.offset,
                threshold: calibration.threshold,
            }
        })
        .collect()
}

/// The natural rate of a label, as it is written down; none of one that was not calibrated.
fn known_rate(calibration: &Calibration) -> Option<f64> {
    calibration.log_loss.map(|_| rounded(calibration.rate)).filter(|rate| *rate > 0.0 && *rate < 1.0)
}

fn records(model: &SparseLogistic, calibrations: &[Calibration]) -> Vec<LabelRecord> {
    let fits = model.labels.iter().zip(&model.summaries).zip(calibrations);
    fits.map(|((label, fit), calibration)| LabelRecord {
        held_out_log_loss: calibration.log_loss.map(rounded),
        shares: calibration.mix.shares.iter().copied().map(rounded).collect(),
        offset: rounded(calibration.mix.offset),
        rate: rounded(calibration.rate),
        ..label_record(&label.name, Some(fit), calibration.threshold)
    })
    .collect()
}

fn label_record(name: &str, fit: Option<&FitSummary>, threshold: f64) -> LabelRecord {
    LabelRecord {
        name: name.to_owned(),
        positive_rows: fit.map_or(0, |fit| fit.positive_rows),
        negative_rows: fit.map_or(0, |fit| fit.negative_rows),
        iterations: fit.map_or(0, |fit| fit.epochs),
        final_loss: fit.map_or(0.0, |fit| fit.loss),
        relative_gap: fit.map_or(0.0, |fit| fit.relative_gap),
        held_out_log_loss: None,
        rate: 0.0,
        shares: Vec::new(),
        offset: 0.0,
        threshold,
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1e5).round() / 1e5
}

/// Adapts a model to new rows: its weights are where the descent begins, and what the weights are drawn to. Labels that the
/// rows say nothing of, or only one thing, stay as they are; so do all thresholds and natural rates.
fn continue_from(
    init: &LinearModel,
    set: &LabelledSet,
    options: &TrainOptions,
    recipe: &Recipe,
    progress: &mut dyn FnMut(&str),
) -> Result<Fitted, TrainError> {
    let one_sided = one_sided_labels(set);
    if one_sided.len() == set.labels.len() {
        return Err(TrainError::OneSided(one_sided));
    }
    let mut told = set.clone();
    keep_labels(&mut told, |label| one_sided.iter().all(|one| one.label != label));
    let labels = told.labels.len();
    progress(&format!("continuing {labels} of {} labels with {} texts", init.labels().len(), set.rows.len()));
    let rows = vectorise(&told, recipe, init.frequencies().clone(), options.threads);
    let begun = init.to_continue();
    let params = SparseLogisticParams::default()
        .c(recipe.c)
        .relative_gap(recipe.relative_gap)
        .max_epochs(recipe.max_epochs)
        .seed(options.seed)
        .threads(options.threads)
        .start(Some(Arc::new(begun.clone())))
        .check()?;
    let model = params.fit_weighted(&rows.bags, &rows.targets, Some(&rows.weights))?;
    let mut fitted = Fitted {
        frequencies: init.frequencies().clone(),
        labels: Vec::new(),
        records: Vec::new(),
        natural_rates: init.labels().iter().map(|label| natural_rate(init, &label.name)).collect(),
    };
    for (before, parameters) in begun.labels.into_iter().zip(init.labels()) {
        let at = model.labels.iter().position(|label| label.name == before.name);
        let label = at.map_or(&before, |at| &model.labels[at]);
        fitted.labels.push(LabelToWrite {
            name: before.name.clone(),
            products: label.products.clone(),
            intercept: label.intercept - parameters.offset,
            offset: parameters.offset,
            threshold: parameters.threshold,
        });
        let fit = at.map(|at| &model.summaries[at]);
        fitted.records.push(LabelRecord {
            offset: rounded(parameters.offset),
            ..label_record(&before.name, fit, parameters.threshold)
        });
    }
    Ok(fitted)
}

/// How the rows of each source were used, in alphabetical order.
fn source_uses(set: &LabelledSet, recipe: &Recipe) -> Vec<SourceUse> {
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &set.rows {
        *rows.entry(&row.source).or_default() += 1;
    }
    rows.into_iter()
        .map(|(source, rows)| SourceUse {
            source: if source.is_empty() { "unstated".to_owned() } else { source.to_owned() },
            rows,
            weight: recipe.weight_of(source),
            is_home: recipe.is_home(source),
        })
        .collect()
}

#[cfg(test)]
#[path = "sparse_model_tests.rs"]
mod tests;
