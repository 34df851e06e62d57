//! From decisions to thresholds, with what is known of them.

use std::path::PathBuf;

use serde::Serialize;

use super::error::CalibrateError;
use super::fragment::fragment;
use super::scoring::{load, scores};
use crate::classify::intervals::{lower_bound, wilson};
use crate::classify::labelled::LabelledText;
use crate::classify::threshold_choice::{Cut, NoLoad, NoThreshold, choose_for_load, choose_for_precision};
use crate::domain::Action;
use crate::labelled::{FileReport, LabelScheme, LabelledError, LabelledReader, Mapping};

/// Name and version of the report's shape.
pub const CALIBRATION_SCHEMA: &str = "threadsieve.calibration/1";
/// The label that is fitted unless others are asked for.
const DEFAULT_LABEL: &str = "toxicity";

/// What thresholds are to hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// This share of the comments held, or more, are ones that moderators reject; for each label.
    Precision(f64),
    /// This share of all comments, or less, is held; by all labels together.
    ReviewLoad(f64),
}

/// What is to be done.
#[derive(Debug, Clone)]
pub struct CalibrationOptions {
    /// The folder of the model.
    pub model: PathBuf,
    /// The files of decisions.
    pub data: Vec<PathBuf>,
    /// What their columns are.
    pub mapping: Mapping,
    /// The labels to fit; `toxicity` where there are none.
    pub labels: Vec<String>,
    /// What the thresholds are to hold.
    pub wanted: Wanted,
    /// How sure that is to be, within 0 and 1.
    pub certainty: f64,
    /// What the rules do.
    pub action: Action,
}

/// Thresholds with what is known of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Always `threadsieve.calibration/1`.
    pub schema: &'static str,
    /// What records cite of the model.
    pub model: String,
    /// What was wanted.
    pub wanted: Wanted,
    /// How sure it was to be.
    pub certainty: f64,
    /// Comments that were read.
    pub comments: u64,
    /// … of which a run would not score so many: no words, or another language.
    pub not_scored: u64,
    /// The share of all comments that the rules hold together.
    pub load: f64,
    /// One threshold a label.
    pub labels: Vec<LabelThreshold>,
    /// The rules for pipeline.toml.
    pub fragment: String,
    /// The files.
    #[serde(skip)]
    pub files: Vec<FileReport>,
}

/// The threshold of a label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelThreshold {
    /// The label.
    pub label: String,
    /// Comments of this score or more are held; `None` where too many share the highest score.
    pub threshold: Option<f64>,
    /// Decisions known for the label: approved.
    pub approved: u64,
    /// … and rejected.
    pub rejected: u64,
    /// Decided comments that the threshold holds.
    pub held: u64,
    /// … of which moderators rejected.
    pub held_rejected: u64,
    /// Their share.
    pub precision: Option<f64>,
    /// Its interval by Wilson (1927) at 95 %, as for a threshold that was fixed beforehand.
    pub precision_interval: Option<[f64; 2]>,
    /// What the precision is not below, with the certainty asked for; the choice of the threshold is allowed for.
    pub precision_at_least: Option<f64>,
    /// The share of rejected comments that are held.
    pub recall: Option<f64>,
    /// Its interval by Wilson at 95 %.
    pub recall_interval: Option<[f64; 2]>,
    /// The share of all comments that are held.
    pub load: f64,
}

/// Fits thresholds.
///
/// # Errors
/// Everything that is wrong with model, labels and data; or every label for which there is no threshold, and why.
pub fn calibrate(options: &CalibrationOptions) -> Result<Calibration, Vec<CalibrateError>> {
    let model = load(&options.model).map_err(|error| vec![error])?;
    let known: Vec<String> = model.labels().iter().map(|label| label.name.to_string()).collect();
    let mut labels = options.labels.clone();
    if labels.is_empty() {
        labels.push(DEFAULT_LABEL.to_owned());
    }
    let mut problems = Vec::new();
    let mut places = Vec::new();
    for label in &labels {
        match known.iter().position(|name| name == label) {
            Some(at) if places.contains(&at) => {}
            Some(at) => places.push(at),
            None => problems.push(CalibrateError::UnknownLabel { label: label.clone(), known: known.join(", ") }),
        }
    }
    let names: Vec<String> = places.iter().map(|at| known[*at].clone()).collect();
    let data = read(options, names.clone(), &mut problems);
    let Some((rows, files)) = data.filter(|_| problems.is_empty()) else { return Err(problems) };
    let truth = |row: &LabelledText, label: usize| row.answer(label).or(row.decision);
    if !rows.iter().any(|row| (0..names.len()).any(|label| truth(row, label).is_some())) {
        return Err(vec![CalibrateError::Nothing { rows: rows.len() }]);
    }
    let scores = scores(&model, &places, &rows);
    let thresholds = match options.wanted {
        Wanted::ReviewLoad(wanted) => choose_for_load(&scores, wanted).map_err(|error| {
            vec![match error {
                NoLoad::TooFewComments { needed } => {
                    CalibrateError::TooFewComments { comments: rows.len() as u64, needed, wanted }
                }
                NoLoad::Ties { tied } => CalibrateError::Ties { tied, wanted },
            }]
        })?,
        Wanted::Precision(wanted) => {
            let mut chosen = Vec::new();
            for (label, name) in names.iter().enumerate() {
                // What is not scored is never held, and says nothing of a threshold.
                let decided: Vec<(f64, bool)> = rows
                    .iter()
                    .zip(&scores[label])
                    .filter_map(|(row, score)| Some(((*score)?, truth(row, label)?)))
                    .collect();
                match choose_for_precision(&decided, wanted, options.certainty) {
                    Ok(cut) => chosen.push(Some(cut.threshold)),
                    Err(none) => problems.push(told(none, name, wanted, options.certainty, &decided)),
                }
            }
            if !problems.is_empty() {
                return Err(problems);
            }
            chosen
        }
    };
    let total = rows.len() as u64;
    let measured = |label: usize| {
        let decided = rows.iter().zip(&scores[label]).map(|(row, score)| (*score, truth(row, label)));
        measure(&names[label], thresholds[label], decided, options)
    };
    let held = |row: usize| scores.iter().zip(&thresholds).any(|(scores, threshold)| is_held(scores[row], *threshold));
    let mut calibration = Calibration {
        schema: CALIBRATION_SCHEMA,
        model: model.citation().to_string(),
        wanted: options.wanted,
        certainty: options.certainty,
        comments: total,
        not_scored: scores[0].iter().filter(|score| score.is_none()).count() as u64,
        load: share((0..rows.len()).filter(|row| held(*row)).count() as u64, total).unwrap_or(0.0),
        labels: (0..names.len()).map(measured).collect(),
        fragment: String::new(),
        files,
    };
    calibration.fragment = fragment(&calibration, options.action);
    Ok(calibration)
}

fn read(
    options: &CalibrationOptions,
    labels: Vec<String>,
    problems: &mut Vec<CalibrateError>,
) -> Option<(Vec<LabelledText>, Vec<FileReport>)> {
    for label in options.mapping.labels().filter(|label| !labels.iter().any(|own| own == label)) {
        problems.push(CalibrateError::UnknownLabel { label: label.to_owned(), known: labels.join(", ") });
    }
    let before = problems.len();
    let mut reader = LabelledReader::new(LabelScheme::Named(labels), options.mapping.clone()).keeping_decided_rows();
    for path in &options.data {
        if let Err(error) = reader.read(path) {
            problems.push(error.into());
        }
    }
    if problems.len() > before {
        return None;
    }
    let unused = reader.unused_columns().into_iter();
    problems.extend(unused.map(|column| LabelledError::UnusedMapping { column }.into()));
    let data = reader.finish();
    Some((data.set.rows, data.files))
}

fn is_held(score: Option<f64>, threshold: Option<f64>) -> bool {
    score.zip(threshold).is_some_and(|(score, threshold)| score >= threshold)
}

fn share(some: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| some as f64 / of as f64)
}

fn measure(
    label: &str,
    threshold: Option<f64>,
    rows: impl Iterator<Item = (Option<f64>, Option<bool>)>,
    options: &CalibrationOptions,
) -> LabelThreshold {
    const SHOWN: f64 = 0.95;
    let [mut approved, mut rejected, mut held, mut held_rejected, mut all, mut all_held] = [0; 6];
    for (score, truth) in rows {
        let is_held = is_held(score, threshold);
        all += 1;
        all_held += u64::from(is_held);
        let Some(truth) = truth else { continue };
        rejected += u64::from(truth);
        approved += u64::from(!truth);
        held += u64::from(is_held);
        held_rejected += u64::from(is_held && truth);
    }
    let interval = |some, of| (of > 0).then(|| wilson(some, of, SHOWN).into());
    LabelThreshold {
        label: label.to_owned(),
        threshold,
        approved,
        rejected,
        held,
        held_rejected,
        precision: share(held_rejected, held),
        precision_interval: interval(held_rejected, held),
        precision_at_least: match options.wanted {
            // All that the tests say of the threshold that passed.
            Wanted::Precision(wanted) => Some(wanted),
            // This threshold was chosen without a look at the decisions.
            Wanted::ReviewLoad(_) => (held > 0).then(|| lower_bound(held_rejected, held, options.certainty)),
        },
        recall: share(held_rejected, rejected),
        recall_interval: interval(held_rejected, rejected),
        load: share(all_held, all).unwrap_or(0.0),
    }
}

fn told(none: NoThreshold, label: &str, wanted: f64, certainty: f64, decided: &[(f64, bool)]) -> CalibrateError {
    let label = label.to_owned();
    // Without the dust of binary fractions.
    let certainty = (certainty * 1e6).round() / 1e4;
    match none {
        NoThreshold::TooFewRejected { rejected, needed } => {
            CalibrateError::TooFewRejected { label, rejected, needed, wanted, certainty }
        }
        NoThreshold::NothingApproved => CalibrateError::NothingApproved { label, rejected: decided.len() as u64 },
        NoThreshold::OutOfReach { best, at_least, needed_held } => {
            let Cut { threshold, held, held_rejected } = best;
            let advice = match needed_held {
                Some(needed) => {
                    let more = (needed as f64 / held as f64 - 1.0) * decided.len() as f64;
                    format!(
                        "about {:.0} more decisions of the same kind would do, if that stays so",
                        more.max(1.0).ceil()
                    )
                }
                None => "more decisions of the same kind would hardly help: ask for less".to_owned(),
            };
            CalibrateError::OutOfReach { label, wanted, certainty, at_least, threshold, held, held_rejected, advice }
        }
    }
}
