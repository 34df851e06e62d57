//! `threadsieve evaluate language`: how well languages are told apart.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;

use crate::classify::artifact::Artifact;
use crate::evaluate::{DEFAULT_MAX_DROP, LanguageGate, measure_language};
use crate::language::Detector;
use crate::language::evaluation::LanguageEvaluation;
use crate::language::model::{KIND, LanguageModel};

use super::evaluate::EvaluateOptions;
use super::failure::{Exit, Failure};

/// Whether what is to be measured is a language model: the name of the one in the program, or the folder of another.
pub(super) fn is_language(model: &Path) -> bool {
    let weights = model.join("weights.bin");
    model == Path::new("language") && !weights.exists()
        || Artifact::read(&weights).is_ok_and(|artifact| artifact.header().kind == KIND)
}

/// Measures it.
pub(super) fn evaluate_language(options: &EvaluateOptions) -> Result<Exit, Failure> {
    let refused = [
        ("--report", options.report.is_some()),
        ("--map", !options.map.is_empty()),
        ("--fixed-recall", !options.fixed_recall.is_empty()),
        ("--encoder", options.encoder.is_some()),
        ("--seed", options.seed.is_some()),
    ];
    let refused: Vec<anyhow::Error> = refused
        .into_iter()
        .filter(|(_, given)| *given)
        .map(|(option, _)| anyhow!("{option}: not for the language model\n  hint: --json gives all figures"))
        .collect();
    if !refused.is_empty() {
        return Err(Failure::all(refused));
    }
    let baseline = options.baseline.as_deref().map(read_baseline).transpose()?;
    let detector = detector(&options.model)?;
    let evaluation = measure_language(&options.data, &detector).map_err(Failure::one)?;
    if evaluation.all.texts == 0 {
        return Err(Failure::one(anyhow!(
            "not one text to measure on\n  hint: JSON lines with a language and a text are needed: {{\"lang\": \"sr\", \"text\": …}}"
        )));
    }
    let printed = super::print(&if options.json { evaluation.to_json() } else { evaluation.table() })?;
    let Some(baseline) = baseline else { return Ok(printed) };
    let gate = LanguageGate::new(&evaluation, &baseline, options.max_drop.unwrap_or(DEFAULT_MAX_DROP));
    let _ = write!(std::io::stderr().lock(), "{}", gate.describe());
    Ok(if gate.passes() { printed } else { Exit::NeedsALook })
}

fn detector(model: &Path) -> Result<Detector, Failure> {
    let path = model.join("weights.bin");
    if !path.exists() {
        return Ok(Detector::shipped());
    }
    let read = Artifact::read(&path).and_then(|artifact| LanguageModel::from_artifact(&artifact));
    let model = read.map_err(|error| {
        Failure::one(anyhow::Error::new(error).context(format!("{}: the model does not load", path.display())))
    })?;
    Ok(Detector::new(Some(Arc::new(model))))
}

fn read_baseline(path: &Path) -> Result<LanguageEvaluation, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::one(anyhow::Error::new(error).context(format!("{}: cannot read the report", path.display())))
    })?;
    // The parser's own message may hold what stands there.
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::one(anyhow!(
            "{}:{}: not a report of a language model\n  hint: take what `threadsieve evaluate language DATA --json` prints, or \
             models/language/report.json",
            path.display(),
            error.line()
        ))
    })
}
