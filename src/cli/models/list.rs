//! `threadsieve models list`.

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::RegistryOption;
use super::chosen::{Chosen, built_in, versions};
use crate::cli::failure::{Exit, Failure};
use crate::cli::print;
use crate::registry::Inspection;

/// What `models list` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListOptions {
    #[command(flatten)]
    registry: RegistryOption,

    /// Print the list as JSON, a model a line
    #[arg(long)]
    json: bool,
}

/// One model of the list.
#[derive(Debug, Serialize)]
struct Line {
    name: String,
    version: String,
    is_current: bool,
    place: String,
    /// What records cite; null where the weights are not sound.
    citation: Option<String>,
    labels: Vec<String>,
    weights_bytes: u64,
    /// Mean area under the ROC curve of its own report.
    mean_roc_auc: Option<f64>,
    problems: usize,
}

impl Line {
    fn of(chosen: Chosen) -> Self {
        let found = Inspection::of(&chosen.source);
        let mean = found.report.as_ref().and_then(|report| report.pointer("/all/mean_roc_auc")).and_then(Value::as_f64);
        Self {
            name: chosen.name,
            version: chosen.version,
            is_current: chosen.is_current,
            place: found.place.clone(),
            citation: found.artifact.as_ref().map(crate::classify::artifact::Artifact::citation),
            labels: found.labels().to_vec(),
            weights_bytes: found.weights_bytes,
            mean_roc_auc: mean,
            problems: found.findings.len(),
        }
    }
}

/// Lists what there is.
pub(super) fn list(options: &ListOptions) -> Result<Exit, Failure> {
    let mut chosen = Vec::new();
    let mut problems = Vec::new();
    if let Some(registry) = options.registry.open_if_there()? {
        for (name, entry) in registry.entries().map_err(Failure::one)? {
            // One that is broken is listed without a mark; `verify` says what is wrong.
            if let Err(error) =
                entry.current().and_then(|current| current.map(|one| entry.find(one.as_str())).transpose())
            {
                problems.push(format!("warning: {error}"));
            }
            chosen.extend(versions(name.as_str(), &entry)?);
        }
    }
    chosen.extend(built_in());
    let lines: Vec<Line> = chosen.into_iter().map(Line::of).collect();
    for problem in problems {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr().lock(), "{problem}");
    }
    print(&if options.json { as_json(&lines)? } else { as_table(&lines) })
}

fn as_json(lines: &[Line]) -> Result<String, Failure> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line).map_err(Failure::one)?);
        text.push('\n');
    }
    Ok(text)
}

fn as_table(lines: &[Line]) -> String {
    let width = |of: fn(&Line) -> &str, least: usize| {
        lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0).max(least)
    };
    let (names, versions) = (width(|line| &line.name, 4), width(|line| &line.version, 7));
    let mut table =
        format!("  {:<names$}  {:<versions$}  {:>9}  {:>8}  labels\n", "name", "version", "bytes", "mean AUC");
    for line in lines {
        let auc = line.mean_roc_auc.map_or_else(|| "-".to_owned(), |auc| format!("{auc:.4}"));
        let labels = match line.problems {
            0 => line.labels.join(", "),
            1 => "1 problem: `threadsieve models verify` says which".to_owned(),
            count => format!("{count} problems: `threadsieve models verify` says which"),
        };
        let mark = if line.is_current { '*' } else { ' ' };
        let _ = writeln!(
            table,
            "{mark} {:<names$}  {:<versions$}  {:>9}  {auc:>8}  {labels}",
            line.name, line.version, line.weights_bytes
        );
    }
    table
}
