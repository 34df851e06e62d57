//! `threadsieve models show`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::RegistryOption;
use super::chosen::{Chosen, one};
use crate::cli::failure::{Exit, Failure};
use crate::cli::print;
use crate::registry::{Inspection, Loaded};

/// What `models show` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowOptions {
    /// A name, of whose versions the current one is shown; or `NAME@VERSION`, `NAME@built-in`, or the folder of a model
    #[arg(value_name = "NAME[@VERSION]")]
    model: String,

    /// Print everything that is known as JSON: header, thresholds, manifest, report
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    registry: RegistryOption,
}

/// Shows a model.
pub(super) fn show(options: &ShowOptions) -> Result<Exit, Failure> {
    let chosen = one(&options.model, &options.registry)?;
    let found = Inspection::of(&chosen.source);
    if found.artifact.is_none() {
        let problems = found.findings.iter().map(|one| anyhow::anyhow!("{}: {} {}", found.place, one.file, one.what));
        return Err(Failure::all(problems.collect()));
    }
    for one in &found.findings {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr().lock(), "warning: {}: {} {}", found.place, one.file, one.what);
    }
    let shown = as_json(&chosen, &found);
    if options.json {
        let mut text = serde_json::to_string_pretty(&shown).map_err(Failure::one)?;
        text.push('\n');
        return print(&text);
    }
    print(&as_text(&shown))
}

/// Everything that is known of a model.
fn as_json(chosen: &Chosen, found: &Inspection) -> Value {
    let header = found.artifact.as_ref().map(crate::classify::artifact::Artifact::header);
    let labels: Vec<Value> = match &found.loaded {
        Some(Loaded::Linear(model)) => {
            model.labels().iter().map(|label| json!({"label": label.name, "threshold": label.threshold})).collect()
        }
        _ => found.labels().iter().map(|label| json!({"label": label})).collect(),
    };
    json!({
        "name": chosen.name,
        "version": chosen.version,
        "is_current": chosen.is_current,
        "place": found.place,
        "citation": found.artifact.as_ref().map(crate::classify::artifact::Artifact::citation),
        "weights_bytes": found.weights_bytes,
        "weights_sha256": found.weights_sha256,
        "labels": labels,
        "header": header,
        "manifest": found.manifest,
        "report": found.report,
    })
}

/// The same for people, what matters most.
fn as_text(shown: &Value) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<14} {value}");
        }
    };
    let string = |pointer: &str| shown.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |pointer: &str| {
        let all = shown.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    line("model", string("/citation"));
    line("place", string("/place"));
    line("in force", if shown["is_current"] == true { "yes".to_owned() } else { String::new() });
    line("kind", string("/header/kind"));
    line("features", string("/header/feature_spec"));
    line("languages", list("/header/languages"));
    line("weights", format!("{} bytes, sha256 {}", shown["weights_bytes"], string("/weights_sha256")));
    let chosen = ["/manifest/recipe", "/manifest/hyperparameters"];
    let chosen = chosen.into_iter().find_map(|key| shown.pointer(key)?.as_object());
    for (place, (key, value)) in chosen.into_iter().flatten().enumerate() {
        line(if place == 0 { "trained with" } else { "" }, format!("{key} = {value}"));
    }
    for (place, file) in training_files(shown).into_iter().enumerate() {
        line(if place == 0 { "trained on" } else { "" }, file);
    }
    if let Some(rows) = shown.pointer("/report/all/rows").and_then(Value::as_u64) {
        line("measured on", format!("{rows} texts"));
    }
    text.push_str(&figures(shown));
    text
}

fn training_files(shown: &Value) -> Vec<String> {
    let files =
        ["/manifest/training", "/manifest/training_files"].into_iter().find_map(|key| shown.pointer(key)?.as_array());
    files
        .into_iter()
        .flatten()
        .map(|file| {
            let name = file["file"].as_str().or(file["name"].as_str()).unwrap_or("?");
            format!("{name}, {} rows, sha256 {}", file["rows"], file["sha256"].as_str().unwrap_or("?"))
        })
        .collect()
}

/// A table of the labels with their thresholds and figures; of the situations of a topic model.
fn figures(shown: &Value) -> String {
    let cell = |value: &Value| value.as_f64().map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    let reported = shown.pointer("/report/all/labels").and_then(Value::as_array);
    let mut table = format!(
        "\n{:<28} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
        "label", "threshold", "ROC AUC", "AP", "prec.", "recall", "F1"
    );
    for label in shown["labels"].as_array().into_iter().flatten() {
        let is_this = |figures: &&Value| figures["label"] == label["label"];
        let figures = reported.and_then(|all| all.iter().find(is_this)).unwrap_or(&Value::Null);
        let _ = write!(table, "{:<28} {:>9}", label["label"].as_str().unwrap_or_default(), cell(&label["threshold"]));
        for key in ["roc_auc", "average_precision", "precision", "recall", "f1"] {
            let _ = write!(table, " {:>8}", cell(&figures[key]));
        }
        table.push('\n');
    }
    let situations = shown.pointer("/report/situations").and_then(Value::as_object);
    for (name, situation) in situations.into_iter().flatten() {
        let _ = writeln!(table, "  {name:<26} {:>9} {:>8}", "", cell(&situation["every_comment"]["auc"]));
    }
    table
}
