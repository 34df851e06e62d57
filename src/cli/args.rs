//! What can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::models::ModelsCommand;
use crate::sink::{CommentSystem, RecordFormat};
use crate::source::RequestedFormat;

use super::bench::BenchOptions;
use super::bias::BiasOptions;
use super::calibrate::CalibrateOptions;
use super::evaluate::EvaluateOptions;
use super::inspect::InspectOptions;
use super::labels::LabelsOptions;
use super::policy::PolicyCommand;
use super::train::TrainOptionsGiven;

/// Labels comment threads, offline: the language of each comment and whether it needs translating, its tone, how far it
/// is off topic, and what your policy would do with it. People decide; nothing is ever deleted.
#[derive(Debug, Parser)]
#[command(
    name = "threadsieve",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Examples:\n  \
        threadsieve run comments.jsonl --output records.jsonl --dead-letters dead.jsonl\n  \
        threadsieve run --format page --article article.txt page.txt\n  \
        tail -f comments.jsonl | threadsieve run | jq -c 'select(.decision.action != \"approve\")'\n\n\
        Exit codes: 0 done; 1 done, but needs a look; 2 could not run; 70 our bug; 130 interrupted."
)]
pub(super) struct Arguments {
    /// Log more to stderr: once for what is read, twice for details, three times for everything
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(super) verbose: u8,

    /// How logs look
    #[arg(long, value_enum, default_value_t = LogFormat::Text, global = true, value_name = "FORMAT")]
    pub(super) log_format: LogFormat,

    #[command(subcommand)]
    pub(super) command: Command,
}

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Reads comments and writes one labelled record for each
    Run(RunOptions),
    /// Shows what an export was recognised as and what is in it, without scoring anything
    Inspect(InspectOptions),
    /// Measures how many comments a second each stage takes on your own files
    Bench(BenchOptions),
    /// Makes training data of moderators' decisions and people's labels in an export
    Labels(LabelsOptions),
    /// Prints the JSON Schema of a record
    #[command(after_help = "Example:\n  threadsieve schema > record.schema.json")]
    Schema,
    /// Checks or shows the configuration
    #[command(
        subcommand,
        after_help = "Examples:\n  threadsieve config show > pipeline.toml\n  threadsieve config check"
    )]
    Config(ConfigCommand),
    /// Trains a model from labelled data, or continues one
    Train(TrainOptionsGiven),
    /// Measures an abuse or sentiment model on labelled data that it was not trained on
    Evaluate(EvaluateOptions),
    /// Measures how far words for groups of people move a model's scores
    Bias(BiasOptions),
    /// Keeps models in a registry: lists, shows, checks, promotes and rolls back versions
    #[command(
        subcommand,
        after_help = "Examples:\n  threadsieve models list\n  threadsieve models promote my-models/abuse --data ours.jsonl\n  threadsieve models rollback abuse"
    )]
    Models(ModelsCommand),
    /// Shows which words and characters carried the tone scores of a text, or of each comment of an input
    Explain(super::explain::ExplainOptions),
    /// Fits thresholds to moderators' decisions, and writes them as policy rules
    Calibrate(CalibrateOptions),
    /// Tries a policy out before it is used
    #[command(subcommand, after_help = "Example:\n  threadsieve policy test --config new.toml comments.jsonl")]
    Policy(PolicyCommand),
    /// Writes one page of HTML that an editor reads, of records or of comments
    Report(super::report::ReportOptions),
    /// Answers over HTTP: Perspective's protocol and one of its own
    Serve(super::serve::ServeOptions),
    /// Prints a completion script for a shell
    #[command(
        after_help = "Example:\n  threadsieve completions bash > ~/.local/share/bash-completion/completions/threadsieve"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What `run` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Input is JSON lines (a comment, a thread header or a whole thread on each line), CSV with a header row, or a \
    saved comment page as plain text; compressed with gzip or zstd or not. docs/input.md has every field, docs/record.md what is \
    written, docs/outputs.md into which files.\n\n\
    Examples:\n  \
    threadsieve run export.csv.gz --output records.jsonl --summary summary.json\n  \
    threadsieve run export.csv.gz --output records.parquet --output records.jsonl.zst\n  \
    threadsieve run export.csv.gz --output queue.csv --split-by action --write-back wordpress=hold.sh\n  \
    threadsieve run --format page --article article.txt page.txt | jq .decision\n  \
    tail -f comments.jsonl | threadsieve run --config pipeline.toml --dead-letters dead.jsonl\n\n\
    Exit codes: 0 done; 1 dead letters with --strict, or an input that could not be read to its end; 2 could not run, nothing was read, or an output failed; \
    130 interrupted, what had been read was finished."
)]
pub(super) struct RunOptions {
    /// Files to read, in order; `-` or none is stdin
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,

    /// What the input is: auto (by its content), or a format by name
    #[arg(long, default_value = "auto", value_parser = super::inputs::format_names(), value_name = "FORMAT")]
    pub(super) format: String,

    /// Where a field stands in JSON or a table: text=content.body, say; docs/exports.md has the fields. May be given several
    /// times
    #[arg(long, value_name = "FIELD=PATH")]
    pub(super) map: Vec<String>,

    /// The text of the article that a saved page belongs to; with other formats, that of comments which name no thread
    #[arg(long, value_name = "FILE")]
    pub(super) article: Option<PathBuf>,

    /// Where records go; `-` or none is stdout. Several, where it is given several times. The ending says the format: .jsonl,
    /// .csv, .tsv (each also with .gz or .zst), .parquet, .sqlite; JSON lines where it says nothing
    #[arg(short, long = "output", value_name = "FILE")]
    pub(super) outputs: Vec<PathBuf>,

    /// The format of outputs whose ending says none: jsonl, csv, parquet or sqlite
    #[arg(long, value_parser = RecordFormat::NAMES, value_name = "FORMAT")]
    pub(super) output_format: Option<String>,

    /// Write a file for each action instead: records.jsonl becomes records.approve.jsonl and three more
    #[arg(long, value_parser = ["action"], value_name = "WHAT")]
    pub(super) split_by: Option<String>,

    /// Also write what a comment system is told to hold: wordpress, coral or disqus, and the file. May be given several times
    #[arg(long, value_name = "SYSTEM=FILE", value_parser = write_back)]
    pub(super) write_back: Vec<WriteBack>,

    /// Where items go that could not become records; otherwise the first few are reported on stderr
    #[arg(long, value_name = "FILE")]
    pub(super) dead_letters: Option<PathBuf>,

    /// Note here, again and again, how far the run has come, so that it can go on after it was killed: docs/checkpoints.md
    #[arg(long, value_name = "FILE")]
    pub(super) checkpoint: Option<PathBuf>,

    /// Go on from the checkpoint, with the same input and options; begin at the beginning where there is none yet
    #[arg(long, requires = "checkpoint")]
    pub(super) resume: bool,

    /// After how many items of the input a checkpoint is made; a compressed output begins a new frame there
    #[arg(
        long,
        requires = "checkpoint",
        default_value_t = 20_000,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub(super) checkpoint_every: u64,

    /// The configuration; ./pipeline.toml where there is one, else the built-in one
    #[arg(short, long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Threads that work at a time; as many as there are processors unless given. The records are the same for any number
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) workers: Option<u16>,

    /// End with exit code 1 if there were dead letters
    #[arg(long)]
    pub(super) strict: bool,

    /// Whether to show a progress bar: auto (for files, on a terminal) or never
    #[arg(long, value_enum, default_value_t = ProgressChoice::Auto, value_name = "WHEN")]
    pub(super) progress: ProgressChoice,

    /// Also write the closing summary to a file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) summary: Option<PathBuf>,
}

/// A comment system, and the file that is written for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WriteBack {
    pub(super) system: CommentSystem,
    pub(super) file: PathBuf,
}

fn write_back(written: &str) -> Result<WriteBack, String> {
    let (system, file) =
        written.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("write it as SYSTEM=FILE")?;
    let system = system.parse().map_err(|error: crate::sink::UnknownSystem| error.to_string())?;
    Ok(WriteBack { system, file: file.into() })
}

impl RunOptions {
    /// The format asked for.
    pub(super) fn requested_format(&self) -> RequestedFormat {
        // The parser above lets through only names that are known.
        self.format.parse().unwrap_or_default()
    }
}

/// When to show a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressChoice {
    /// For files, where stderr is a terminal
    Auto,
    /// Not at all
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Reports everything that is wrong with a configuration, its models included
    #[command(after_help = "Example:\n  threadsieve config check --config site/pipeline.toml")]
    Check {
        /// The configuration; ./pipeline.toml where there is one, else the built-in one
        #[arg(short, long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Prints the configuration in force, every default spelled out
    #[command(after_help = "Example:\n  threadsieve config show > pipeline.toml")]
    Show {
        /// The configuration; ./pipeline.toml where there is one, else the built-in one
        #[arg(short, long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}
