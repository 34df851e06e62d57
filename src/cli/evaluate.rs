//! `threadsieve evaluate`: how good a model is, and whether it is as good as the one before.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;

use crate::classify::artifact::Artifact;
use crate::classify::evaluation::{Evaluation, FIXED_RECALLS, MeasuredFile};
use crate::classify::static_encoder;
use crate::evaluate::{DEFAULT_MAX_DROP, GateOutcome, gate, html_report, measure_directory, read_report};
use crate::labelled::{
    LabelScheme, LabelledData, Mapping, describe_bad_rows, find_repeats, one_sided_labels, read_labelled_files,
};
use crate::topic;
use crate::train::sentiment;

use super::failure::{Exit, Failure};
use super::inputs::{Problems, is_dash};
use super::outputs::{Taken, check_outputs};

/// What `evaluate` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Data is JSON lines or CSV, compressed or not; Jigsaw's and Civil Comments' columns are known, others are named with --map. \
    docs/evaluation.md says what the figures mean.\n\n\
    Examples:\n  \
    threadsieve evaluate models/abuse abuse_dev.jsonl.gz --report abuse.html\n  \
    threadsieve evaluate models/new dev.csv --map comment=text --map rude=insult\n  \
    threadsieve evaluate language sentences.jsonl\n  \
    threadsieve evaluate models/topic threads.jsonl.gz\n  \
    threadsieve evaluate models/new dev.jsonl --baseline models/abuse/report.json --max-drop 0.002\n\n\
    Exit codes: 0 done; 1 a figure fell too far below the baseline; 2 could not run."
)]
pub(super) struct EvaluateOptions {
    /// The folder of the model; `language` for the one in the program
    #[arg(value_name = "MODEL")]
    pub(super) model: PathBuf,

    /// Files of labelled data that the model was not trained on
    #[arg(required = true, value_name = "DATA")]
    pub(super) data: Vec<PathBuf>,

    /// Print the figures as JSON
    #[arg(long)]
    pub(super) json: bool,

    /// Also write them to one HTML file, with plots
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,

    /// A report.json that no figure may fall far below
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// How far each label's ROC AUC and average precision, and the mean ROC AUC, may fall [default: 0.002]
    #[arg(long, value_name = "X", requires = "baseline", value_parser = share)]
    pub(super) max_drop: Option<f64>,

    /// The folder of the encoder that a topic model works with; the one in the program unless given
    #[arg(long, value_name = "FOLDER")]
    pub(super) encoder: Option<PathBuf>,

    /// Draws the comments of other threads that topic models and encoders are shown: same data and seed, same figures
    /// [default: 1]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// Take a column, or JSON field, as a label or as text, source, id, language or decision; may be given again
    #[arg(long, value_name = "COLUMN=LABEL")]
    pub(super) map: Vec<String>,

    /// Also say the precision where this share of the positives is found, beside 0.5, 0.8 and 0.9; may be given again
    #[arg(long, value_name = "R", value_parser = positive_share)]
    pub(super) fixed_recall: Vec<f64>,
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or_else(|| "a number from 0 to 1 is needed".into())
}

fn positive_share(text: &str) -> Result<f64, String> {
    share(text).ok().filter(|share| *share > 0.0).ok_or_else(|| "a number above 0, and at most 1, is needed".into())
}

/// Measures a model.
pub(super) fn evaluate(options: &EvaluateOptions) -> Result<Exit, Failure> {
    if super::evaluate_language::is_language(&options.model) {
        return super::evaluate_language::evaluate_language(options);
    }
    match kind_of(&options.model).as_deref() {
        Some(topic::KIND) => return super::evaluate_topic::evaluate_topic(options),
        Some(static_encoder::KIND) => return super::evaluate_topic::evaluate_encoder(options),
        _ => {}
    }
    let mut problems = Problems::new();
    refuse(
        &[("--encoder", options.encoder.is_some()), ("--seed", options.seed.is_some())],
        "topic models",
        &mut problems,
    );
    let mapping = Mapping::parse(options.map.iter().map(String::as_str));
    let mapping = mapping.map_err(|errors| problems.extend(errors.into_iter().map(anyhow::Error::new))).ok();
    let baseline = baseline(options, &mut problems);
    check_report(options, &mut problems);
    let scheme = scheme_of(&options.model).map_err(|error| problems.push(error)).ok();
    let data = match (scheme, mapping) {
        (Some(scheme), Some(mapping)) => read_labelled_files(&options.data, scheme, mapping)
            .map_err(|errors| problems.extend(errors.into_iter().map(anyhow::Error::new)))
            .ok(),
        _ => None,
    };
    let Some(data) = data.filter(|_| problems.is_empty()) else {
        return Err(Failure::all(problems));
    };
    warn(&data);
    if data.set.rows.is_empty() {
        let labels = data.set.labels.join(", ");
        return Err(Failure::one(anyhow!(
            "not one usable row to measure on\n  hint: the model's labels are {labels}; other names can be given them with --map"
        )));
    }
    let mut recalls = [&FIXED_RECALLS[..], &options.fixed_recall].concat();
    recalls.sort_by(f64::total_cmp);
    recalls.dedup();
    let mut measured = measure_directory(&options.model, &data.set, &recalls).map_err(Failure::one)?;
    measured.evaluation.data = data.files.iter().map(MeasuredFile::from).collect();
    let outcome = match &baseline {
        Some(baseline) => Some(compare(&measured.evaluation, baseline, options)?),
        None => None,
    };
    if let Some(path) = &options.report {
        std::fs::write(path, html_report(&measured, outcome.as_ref())).map_err(|error| {
            Failure::one(anyhow::Error::new(error).context(format!("{}: cannot write the report", path.display())))
        })?;
    }
    let figures = if options.json {
        serde_json::to_string_pretty(&measured.evaluation).map_err(Failure::one)? + "\n"
    } else {
        measured.evaluation.table()
    };
    let printed = super::print(&figures)?;
    let Some(outcome) = outcome else { return Ok(printed) };
    let _ = write!(std::io::stderr().lock(), "{}", outcome.describe());
    Ok(if outcome.passes() { printed } else { Exit::NeedsALook })
}

/// Refuses options that only other models take.
pub(super) fn refuse(given: &[(&str, bool)], only_for: &str, problems: &mut Problems) {
    let refused = given.iter().filter(|(_, given)| *given);
    problems.extend(refused.map(|(option, _)| anyhow!("{option}: only for {only_for}\n  hint: leave it out")));
}

/// The kind of the model in a folder, where there is one.
fn kind_of(model: &Path) -> Option<String> {
    Artifact::read(&model.join("weights.bin")).ok().map(|artifact| artifact.header().kind.clone())
}

fn baseline(options: &EvaluateOptions, problems: &mut Problems) -> Option<Evaluation> {
    let path = options.baseline.as_deref()?;
    read_report(path).map_err(|error| problems.push(anyhow::Error::new(error))).ok()
}

fn compare(current: &Evaluation, baseline: &Evaluation, options: &EvaluateOptions) -> Result<GateOutcome, Failure> {
    let name = options.baseline.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
    gate(current, baseline, options.max_drop.unwrap_or(DEFAULT_MAX_DROP))
        .map_err(|error| Failure::one(anyhow!("{name}: {error}")))
}

/// Finds what would keep the report from being written, before anything is measured.
fn check_report(options: &EvaluateOptions, problems: &mut Problems) {
    let Some(path) = options.report.as_deref() else { return };
    if is_dash(path) {
        problems.push(anyhow!("`--report -`: stdout is for the figures\n  hint: name a file"));
        return;
    }
    let read = options.data.iter().chain(&options.baseline).map(PathBuf::as_path);
    check_outputs(None, [Some(path), None], Taken::read(read, false), problems);
}

/// Tells on stderr what is odd about the data.
fn warn(data: &LabelledData) {
    let repeats = find_repeats(&data.set);
    let contradicting = repeats.describe().into_iter().filter(|_| repeats.contradicting_rows > 0);
    let one_sided = one_sided_labels(&data.set).into_iter().map(|label| label.to_string());
    let one_sided = one_sided.filter(|_| !data.set.rows.is_empty());
    let mut stderr = std::io::stderr().lock();
    for line in describe_bad_rows(&data.files).into_iter().chain(contradicting).chain(one_sided) {
        let _ = writeln!(stderr, "warning: {line}");
    }
}

/// How data states the labels of a model in a folder.
fn scheme_of(model: &Path) -> anyhow::Result<LabelScheme> {
    let path = model.join("weights.bin");
    let artifact = Artifact::read(&path)
        .map_err(|error| anyhow::Error::new(error).context(format!("{}: the model does not load", path.display())))?;
    let (kind, labels) = (&artifact.header().kind, artifact.header().labels.clone());
    if kind != crate::classify::linear_model::KIND {
        return Err(anyhow!(
            "{}: a model of kind `{kind}`, which cannot be measured here\n  hint: name a folder that `threadsieve train` made",
            model.display()
        ));
    }
    if labels.is_empty() {
        return Err(anyhow!("{}: the model has no labels", model.display()));
    }
    Ok(sentiment::scheme_of(labels))
}
