//! `threadsieve bias`: how far words for groups of people move a model's scores.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use crate::bias::{Half, measure, rows};
use crate::classify::artifact::Artifact;
use crate::classify::linear_model::{KIND, LinearModel};

use super::failure::{Exit, Failure};

/// What `bias` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "The sentences are made from templates inside the program (data/bias/ of the sources): the same sentences, civil and \
    abusive, about each of some 60 words for people. Figures near 1 are good. BPSN is low where a word alone raises scores, BNSP where \
    it lowers them. The train rows may be added to training data; the test rows are for measuring only.\n\n\
    Examples:\n  \
    threadsieve bias models/abuse\n  \
    threadsieve bias models/abuse --label identity_attack --json\n  \
    threadsieve bias --rows train > identity_rows.jsonl"
)]
pub(super) struct BiasOptions {
    /// The folder of the model
    #[arg(value_name = "MODEL", required_unless_present = "rows")]
    model: Option<PathBuf>,

    /// The label, one that the sentences answer: toxicity, threat, insult, `identity_attack`; with --rows several, apart by commas
    #[arg(long, value_name = "LABEL", value_delimiter = ',', default_value = "toxicity")]
    label: Vec<String>,

    /// Print the figures as JSON
    #[arg(long)]
    json: bool,

    /// Also write the figures to a file, as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Print the sentences instead, as labelled JSON lines
    #[arg(long, value_enum, value_name = "HALF", conflicts_with_all = ["model", "json", "out"])]
    rows: Option<HalfChoice>,
}

/// Which sentences to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HalfChoice {
    /// Those that may be trained on
    Train,
    /// Those for measuring
    Test,
}

/// Measures a model, or prints the sentences.
pub(super) fn bias(options: &BiasOptions) -> Result<Exit, Failure> {
    if let Some(half) = options.rows {
        return print_rows(half, &options.label);
    }
    let Some(folder) = &options.model else { return Err(Failure::one(anyhow!("no model is named"))) };
    let [label] = options.label.as_slice() else {
        return Err(Failure::one(anyhow!(
            "--label: {} labels, and one at a time can be measured\n  hint: only --rows takes several",
            options.label.len()
        )));
    };
    let model = load(folder)?;
    let report = measure(&model, label)
        .map_err(|error| Failure::one(anyhow::Error::new(error).context(folder.display().to_string())))?;
    let mut json = serde_json::to_string_pretty(&report).map_err(Failure::one)?;
    json.push('\n');
    if let Some(out) = &options.out {
        std::fs::write(out, &json).map_err(|error| {
            Failure::one(anyhow::Error::new(error).context(format!("{}: cannot write", out.display())))
        })?;
    }
    if options.json {
        return super::print(&json);
    }
    super::print(&report.table())
}

fn load(folder: &Path) -> Result<LinearModel, Failure> {
    let path = folder.join("weights.bin");
    let failed = |error| Failure::one(anyhow::Error::new(error).context(path.display().to_string()));
    let artifact = Artifact::read(&path).map_err(failed)?;
    let kind = &artifact.header().kind;
    if kind != KIND {
        return Err(Failure::one(anyhow!(
            "{}: a model of kind `{kind}`, which has no scores of labels\n  hint: name the folder of an abuse model",
            path.display()
        )));
    }
    LinearModel::from_artifact(&artifact).map_err(failed)
}

fn print_rows(half: HalfChoice, labels: &[String]) -> Result<Exit, Failure> {
    let half = match half {
        HalfChoice::Train => Half::Train,
        HalfChoice::Test => Half::Test,
    };
    let mut rows = rows(half).map_err(Failure::one)?;
    let unknown: Vec<anyhow::Error> = labels
        .iter()
        .filter(|label| rows.iter().all(|row| row.answer(label).is_none()))
        .map(|label| {
            anyhow!("--label: the sentences do not answer `{label}`\n  hint: toxicity, threat, insult, identity_attack")
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Failure::all(unknown));
    }
    let mut text = String::new();
    for row in &mut rows {
        row.labels.retain(|label, _| labels.iter().any(|wanted| wanted == label));
        // A row that answers none of the labels is no row.
        if !row.labels.is_empty() {
            text.push_str(&serde_json::to_string(row).map_err(Failure::one)?);
            text.push('\n');
        }
    }
    super::print(&text)
}
