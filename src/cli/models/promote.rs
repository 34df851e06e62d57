//! `threadsieve models promote`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use serde_json::Value;

use super::measure::measure;
use super::{RegistryOption, now};
use crate::classify::artifact::Artifact;
use crate::cli::failure::{Exit, Failure};
use crate::cli::print;
use crate::registry::{
    Comparison, DEFAULT_MAX_DROP, Entry, GateNote, Incoming, Inspection, ModelSource, REPORT, Verdict, embedded,
};

/// What `models promote` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct PromoteOptions {
    /// The folder of the trained model
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    #[command(flatten)]
    registry: RegistryOption,

    /// By how much the ROC AUC or average precision of a label, or the mean ROC AUC, may drop
    #[arg(long, default_value_t = DEFAULT_MAX_DROP, value_name = "X", value_parser = drop_allowed)]
    max_drop: f64,

    /// Labelled texts to measure both models on; unless given, their reports are compared
    #[arg(long, num_args = 1.., value_name = "FILE")]
    data: Vec<PathBuf>,

    /// Promote it without comparing
    #[arg(long, conflicts_with = "data")]
    force: bool,
}

fn drop_allowed(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|drop| (0.0..=1.0).contains(drop))
        .ok_or_else(|| "a number from 0 to 1 is needed".to_owned())
}

/// Brings a model in.
pub(super) fn promote(options: &PromoteOptions) -> Result<Exit, Failure> {
    let registry = options.registry.open();
    let model = Inspection::of(&ModelSource::Folder(options.folder.clone()));
    if !model.lacks_only_its_report() {
        return Err(not_sound(&model));
    }
    let mut incoming = Incoming::bring(registry.root(), &model, &options.folder).map_err(Failure::one)?;
    let (name, version) = (citation(&model), incoming.version().to_string());
    let current = incoming.entry().current().ok().flatten();
    if current.as_ref() == Some(incoming.version()) {
        return print(&format!("{name}: is current already, nothing was changed\n"));
    }
    let before = in_force(incoming.entry(), &model, options.force)?;
    let passed = match &before {
        _ if options.force => (note(Verdict::Forced, options), None),
        None => (note(Verdict::First, options), None),
        Some(before) => compare(before, incoming.inspection(), options)?,
    };
    let (gate, compared) = passed;
    if let Some(Compared { comparison, report }) = compared {
        print(&table(&comparison, before.as_ref(), incoming.inspection()))?;
        let missed = comparison.missed();
        if !missed.is_empty() {
            return Err(worse(&name, missed));
        }
        if incoming.inspection().report.is_none() {
            let mut bytes = serde_json::to_vec_pretty(&report).map_err(Failure::one)?;
            bytes.push(b'\n');
            incoming.add_report(&bytes).map_err(Failure::one)?;
        }
    }
    let why = match gate.verdict {
        Verdict::Passed => "",
        Verdict::First => ": the first version, nothing to compare it with",
        Verdict::Forced => ": not compared (--force)",
    };
    let folder = incoming.entry().folder_of(incoming.version()).display().to_string();
    let line = incoming.make_current(now(), gate).map_err(Failure::one)?;
    let from = line.from.map_or_else(String::new, |from| format!(", {from} is not"));
    print(&format!("{name}: {version} is current{from}{why}\n  {folder}\n"))
}

struct Compared {
    comparison: Comparison,
    /// The new model's report.
    report: Value,
}

fn citation(model: &Inspection) -> String {
    model.artifact.as_ref().map_or_else(|| model.place.clone(), Artifact::citation)
}

/// The model that the new one would take the place of: the current version, or else that of its name in the program.
fn in_force(entry: &Entry, model: &Inspection, is_forced: bool) -> Result<Option<Inspection>, Failure> {
    if is_forced {
        return Ok(None);
    }
    let shipped = || embedded(&model.artifact.as_ref()?.header().name).map(ModelSource::BuiltIn);
    let current = entry.current().map_err(Failure::one)?;
    let source = current.map(|current| ModelSource::Folder(entry.folder_of(&current))).or_else(shipped);
    let Some(source) = source else { return Ok(None) };
    let found = Inspection::of(&source);
    if found.loaded.is_none() {
        let mut failure = not_sound(&found);
        failure.problems.push(anyhow!(
            "{}: the version in force cannot be compared with\n  hint: roll back to a sound one, or --force",
            found.place
        ));
        return Err(failure);
    }
    Ok(Some(found))
}

fn note(verdict: Verdict, options: &PromoteOptions) -> GateNote {
    let is_compared = verdict == Verdict::Passed;
    let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    GateNote {
        verdict,
        compared_with: None,
        data: if is_compared { options.data.iter().map(name).collect() } else { Vec::new() },
        max_drop: is_compared.then_some(options.max_drop),
        largest_drop: None,
    }
}

/// The gate. It stands here alone: whatever is held against what, the verdict is that of [`Comparison`].
fn compare(
    before: &Inspection,
    after: &Inspection,
    options: &PromoteOptions,
) -> Result<(GateNote, Option<Compared>), Failure> {
    let report = |model: &Inspection| {
        if !options.data.is_empty() {
            return measure(model, &options.data);
        }
        model.report.clone().ok_or_else(|| {
            Failure::one(anyhow!(
                "{}: has no {REPORT}\n  hint: measure both models on the same texts: --data FILE",
                model.place
            ))
        })
    };
    let (baseline, candidate) = (report(before)?, report(after)?);
    let compared = Comparison::of(&baseline, &candidate, options.max_drop);
    let comparison = compared.map_err(|error| {
        Failure::one(anyhow!("{error}\n  hint: measure both models on the same texts: --data FILE"))
    })?;
    let mut gate = note(Verdict::Passed, options);
    gate.compared_with = before.artifact.as_ref().map(Artifact::citation);
    gate.largest_drop = comparison.largest_drop();
    Ok((gate, Some(Compared { comparison, report: candidate })))
}

fn table(comparison: &Comparison, before: Option<&Inspection>, after: &Inspection) -> String {
    let width = comparison.figures.iter().map(|figure| figure.name.chars().count()).max().unwrap_or(0);
    let mut table = format!("{:<width$}  {:>8}  {:>8}\n", "", "before", "now");
    for figure in &comparison.figures {
        let now = figure.candidate.map_or_else(|| "-".to_owned(), |now| format!("{now:.5}"));
        let mark = if comparison.misses(figure) { "  missed" } else { "" };
        let _ = writeln!(table, "{:<width$}  {:>8.5}  {now:>8}{mark}", figure.name, figure.baseline);
    }
    let before = before.map(citation).unwrap_or_default();
    let _ = writeln!(table, "before: {before}\nnow:    {}", citation(after));
    table
}

fn not_sound(model: &Inspection) -> Failure {
    let mut problems: Vec<anyhow::Error> =
        model.findings.iter().map(|one| anyhow!("{}: {} {}", model.place, one.file, one.what)).collect();
    if let Some(last) = problems.pop() {
        let hint = "a model's folder has weights.bin, manifest.toml, card.md and report.json, as `train` writes them";
        problems.push(anyhow!("{last}\n  hint: {hint}"));
    }
    Failure::all(problems)
}

fn worse(name: &str, missed: Vec<String>) -> Failure {
    let mut problems: Vec<anyhow::Error> = missed.into_iter().map(|one| anyhow!("{one}")).collect();
    problems.push(anyhow!(
        "{name}: is worse than the version in force, nothing was changed\n  hint: --max-drop X allows more, --force does not compare"
    ));
    Failure { problems, exit: Exit::NeedsALook }
}
