//! `threadsieve evaluate` for topic models and encoders: how well comments are told from those of other threads.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use serde_json::Value;

use crate::classify::artifact::{Artifact, ArtifactError};
use crate::classify::static_encoder::StaticEncoder;
use crate::labelled::Mapping;
use crate::pipeline::encoder;
use crate::registry::{Comparison, DEFAULT_MAX_DROP};
use crate::topic::TopicModel;
use crate::train::encoder::evaluate_encoder as measure_encoder;
use crate::train::topic::{RowFileProblems, evaluate_topic as measure_topic};

use super::evaluate::{EvaluateOptions, refuse};
use super::failure::{Exit, Failure};
use super::inputs::Problems;

/// The seed of `train`, so that the figures are those of the shipped reports.
const DEFAULT_SEED: u64 = 1;

/// Measures a topic model.
pub(super) fn evaluate_topic(options: &EvaluateOptions) -> Result<Exit, Failure> {
    let mut problems = Problems::new();
    let model = match encoder(options.encoder.as_deref()) {
        Ok(encoder) => topic_model(&options.model, encoder).map_err(|error| problems.push(error)).ok(),
        Err(found) => {
            problems.extend(found.into_iter().map(anyhow::Error::new));
            None
        }
    };
    let common = Common::of(options, &mut problems);
    let (Some(model), Some(common)) = (model, common.filter(|_| problems.is_empty())) else {
        return Err(Failure::all(problems));
    };
    let seed = options.seed.unwrap_or(DEFAULT_SEED);
    let report = measure_topic(&model, &options.data, &common.mapping, seed, &mut tell).map_err(bad_data)?;
    let has_figures = !report.situations.is_empty() || report.good_answers.is_some();
    common.show(options, has_figures, &report.table(), &report.to_json())
}

/// Measures an encoder.
pub(super) fn evaluate_encoder(options: &EvaluateOptions) -> Result<Exit, Failure> {
    let mut problems = Problems::new();
    refuse(&[("--encoder", options.encoder.is_some())], "topic models", &mut problems);
    let path = options.model.join("weights.bin");
    let read = Artifact::read(&path).and_then(|artifact| StaticEncoder::from_artifact(&artifact));
    let encoder = read.map_err(|error| problems.push(does_not_load(&path, error))).ok();
    let common = Common::of(options, &mut problems);
    let (Some(encoder), Some(common)) = (encoder, common.filter(|_| problems.is_empty())) else {
        return Err(Failure::all(problems));
    };
    let seed = options.seed.unwrap_or(DEFAULT_SEED);
    let report = measure_encoder(&encoder, &options.data, &common.mapping, seed, &mut tell).map_err(bad_data)?;
    let has_figures = !report.auc.is_empty() || report.good_answers.is_some();
    common.show(options, has_figures, &report.table(), &report.to_json())
}

fn topic_model(folder: &Path, encoder: Arc<StaticEncoder>) -> anyhow::Result<TopicModel> {
    let path = folder.join("weights.bin");
    let artifact = Artifact::read(&path).map_err(|error| does_not_load(&path, error))?;
    TopicModel::load(&artifact, encoder).map_err(|error| match error {
        ArtifactError::Mismatch { what: "encoder", found, expected } => anyhow!(
            "{}: the model was trained with encoder {found}, and is to work with {expected}\n  hint: --encoder FOLDER names the \
             folder of the encoder that it was trained with",
            path.display()
        ),
        other => does_not_load(&path, other),
    })
}

fn does_not_load(path: &Path, error: ArtifactError) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("{}: the model does not load", path.display()))
}

fn bad_data(RowFileProblems(problems): RowFileProblems) -> Failure {
    Failure::each(problems)
}

/// Tells on stderr what the files hold.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// What both kinds of model are asked for.
struct Common {
    mapping: Mapping,
    baseline: Option<Value>,
}

impl Common {
    /// Reads it; `None` where there is a problem with it.
    fn of(options: &EvaluateOptions, problems: &mut Problems) -> Option<Self> {
        let refused = [("--report", options.report.is_some()), ("--fixed-recall", !options.fixed_recall.is_empty())];
        refuse(&refused, "models of labels", problems);
        let mapping = Mapping::parse(options.map.iter().map(String::as_str));
        let mapping = mapping.map_err(|errors| problems.extend(errors.into_iter().map(anyhow::Error::new))).ok();
        let baseline = options.baseline.as_deref().map(read_baseline).transpose();
        let baseline = baseline.map_err(|error| problems.push(error)).ok();
        for path in &options.data {
            if let Err(error) = std::fs::File::open(path) {
                problems.push(anyhow::Error::new(error).context(format!("{}: cannot open", path.display())));
            }
        }
        Some(Self { mapping: mapping?, baseline: baseline? })
    }

    /// Prints the figures, and holds them against the baseline.
    fn show(&self, options: &EvaluateOptions, has_figures: bool, table: &str, json: &str) -> Result<Exit, Failure> {
        if !has_figures {
            return Err(Failure::one(anyhow!(
                "not one comment to measure on\n  hint: comments of at least two threads are needed, or labelled ones; \
                 docs/topic-labels.md has the formats"
            )));
        }
        let comparison = self.baseline.as_ref().map(|baseline| compare(baseline, json, options)).transpose()?;
        let printed = super::print(if options.json { json } else { table })?;
        let Some(comparison) = comparison else { return Ok(printed) };
        let (figures, missed) = (comparison.figures.len(), comparison.missed());
        if missed.is_empty() {
            tell(&format!("gate: passed, {figures} figures compared"));
            return Ok(printed);
        }
        tell(&format!("gate: missed, {} of {figures} figures fell too far", missed.len()));
        for line in &missed {
            tell(&format!("  {line}"));
        }
        Ok(Exit::NeedsALook)
    }
}

fn compare(baseline: &Value, json: &str, options: &EvaluateOptions) -> Result<Comparison, Failure> {
    let name = options.baseline.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
    let report = serde_json::from_str(json).map_err(Failure::one)?;
    Comparison::of(baseline, &report, options.max_drop.unwrap_or(DEFAULT_MAX_DROP)).map_err(|error| {
        Failure::one(anyhow!(
            "{name}: {error}\n  hint: take what `--json` prints for the older model, on the same files"
        ))
    })
}

fn read_baseline(path: &Path) -> anyhow::Result<Value> {
    let bytes = std::fs::read(path)
        .map_err(|error| anyhow::Error::new(error).context(format!("{}: cannot read the report", path.display())))?;
    // The parser's own message may hold what stands there.
    serde_json::from_slice(&bytes).map_err(|error| {
        anyhow!(
            "{}:{}: not a report of figures\n  hint: take what `threadsieve evaluate MODEL DATA --json` prints, or the model's \
             report.json",
            path.display(),
            error.line()
        )
    })
}
