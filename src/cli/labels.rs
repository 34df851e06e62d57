//! `threadsieve labels`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::domain::{Item, Reject, RejectKind};
use crate::sink::{LineSink, SinkError};
use crate::source::{Format, Inputs};
use crate::survey::{LabelCounts, LabelRows};
use crate::wire::dead_letter::DeadLetter;

use super::failure::{Exit, Failure};
use super::inputs::{Problems, ReadOptions};
use super::label_store::{self, StoreCommand};
use super::outputs::{self, Taken};

/// Rows are written in pieces of about so many bytes.
const PIECE_BYTES: usize = 64 << 10;
/// So many dead letters are told one by one.
const TOLD_DEAD_LETTERS: u64 = 20;

/// What `labels` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "What moderators decided (status, spam, removal, rejection codes) and what people answered (labels of Jigsaw, \
    Civil Comments and SOCC) become rows that train, evaluate and calibrate read. docs/exports.md has the labels of each format.\n\n\
    Examples:\n  \
    threadsieve labels comments.ndjson stories.ndjson commentModerationActions.ndjson --out labels.jsonl\n  \
    threadsieve labels export.xml.gz --label spam --out spam.jsonl && threadsieve train spam spam.jsonl --out my-models/spam\n  \
    threadsieve labels export --store labels.db --out ours.jsonl\n\n\
    Exit codes: 0 done; 1 no decision or label was found, or an input could not be read to its end; 2 could not run."
)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct LabelsOptions {
    #[command(subcommand)]
    store: Option<StoreCommand>,

    #[command(flatten)]
    read: ReadOptions,

    /// Only this label, in the rows where it is known; may be given several times. For a model of your own leave out labels that
    /// the export has on one side only
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,

    /// Where the rows go; `-` or none is stdout
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Where items go that could not be read; otherwise the first few are reported on stderr
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,
}

/// Writes a row for each comment that somebody has judged.
pub(super) fn labels(options: &LabelsOptions) -> Result<Exit, Failure> {
    if let Some(command) = &options.store {
        return label_store::run(command);
    }
    let mut problems = Problems::new();
    let settings = options.read.settings(&mut problems);
    let specs = options.read.specs(&mut problems);
    let taken = Taken::read(options.read.files(), options.read.reads_stdin());
    outputs::check_outputs(options.out.as_deref(), [options.dead_letters.as_deref(), None], taken, &mut problems);
    let (Some(settings), true) = (settings, problems.is_empty()) else { return Err(Failure::all(problems)) };
    let out = outputs::output(options.out.as_deref(), &mut problems);
    let dead_letters = options.dead_letters.as_deref().map(|path| outputs::output(Some(path), &mut problems));
    let (Some(out), true) = (out, problems.is_empty()) else { return Err(Failure::all(problems)) };

    let mut rows = LabelRows::new(options.labels.clone(), settings.limits.max_threads, settings.limits.max_comments);
    let mut writer = Writer { out, lines: Vec::new(), dead_letters: dead_letters.flatten(), told: 0, broke_off: false };
    let mut inputs = Inputs::new(specs, settings);
    match write_all(&mut inputs, &mut rows, &mut writer) {
        Ok(()) => {}
        // Whoever read the rows has seen enough.
        Err(SinkError::Closed { .. }) => return Ok(Exit::Done),
        Err(error) => return Err(Failure::one(error)),
    }
    {
        use std::io::Write as _;
        let _ = std::io::stderr().lock().write_all(table(rows.counts(), &inputs).as_bytes());
    }
    Ok(if writer.broke_off || rows.counts().rows == 0 { Exit::NeedsALook } else { Exit::Done })
}

struct Writer {
    out: LineSink,
    lines: Vec<u8>,
    dead_letters: Option<LineSink>,
    told: u64,
    broke_off: bool,
}

fn write_all(inputs: &mut Inputs, rows: &mut LabelRows, writer: &mut Writer) -> Result<(), SinkError> {
    while let Some(item) = inputs.next_item() {
        if let Item::Reject(reject) = &item {
            writer.reject(reject)?;
        }
        let format = match &item {
            Item::Comment(comment) => inputs.format_of(&comment.origin.source),
            _ => None,
        };
        rows.add(&item, format.unwrap_or(Format::Jsonl), |row| {
            // Strings and finite numbers always serialise.
            if serde_json::to_writer(&mut writer.lines, row).is_ok() {
                writer.lines.push(b'\n');
            }
            if writer.lines.len() < PIECE_BYTES {
                return Ok(());
            }
            writer.out.write(&std::mem::take(&mut writer.lines))
        })?;
    }
    writer.out.write(&writer.lines)
}

impl Writer {
    fn reject(&mut self, reject: &Reject) -> Result<(), SinkError> {
        self.broke_off |= reject.kind == RejectKind::Unreadable;
        if let Some(sink) = &mut self.dead_letters {
            let mut line = serde_json::to_vec(&DeadLetter::from(reject)).unwrap_or_default();
            line.push(b'\n');
            return sink.write(&line);
        }
        self.told += 1;
        if self.told <= TOLD_DEAD_LETTERS {
            let (at, kind) = (reject.origin.to_string(), reject.kind.name());
            tracing::warn!(at, kind, detail = &*reject.detail, "dead letter");
        }
        Ok(())
    }
}

/// What was found, for people.
fn table(counts: &LabelCounts, inputs: &Inputs) -> String {
    let mut text = String::new();
    for summary in inputs.summaries() {
        let _ = writeln!(text, "read          {} as {}", summary.source, summary.format);
    }
    let _ = writeln!(text, "comments      {}", counts.comments);
    let _ = writeln!(text, "rows          {}", counts.rows);
    let named = |counts: Vec<String>| if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    let decisions = counts.decisions.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let _ = writeln!(text, "decisions     {}", named(decisions));
    let reasons = counts.reasons.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let _ = writeln!(text, "reasons       {}", named(reasons));
    let labels = counts.labels.iter().map(|(name, (has, known))| format!("{name} {has} of {known}")).collect();
    let _ = writeln!(text, "labels        {}", named(labels));
    if counts.without_text > 0 {
        let _ = writeln!(text, "without text  {} with a decision or label, left out", counts.without_text);
    }
    let _ = writeln!(text, "dead letters  {}", counts.rejects);
    if counts.rows == 0 {
        text.push_str(
            "no comment has a decision or a label: is this the whole export? docs/exports.md says where they stand\n",
        );
    }
    text
}
