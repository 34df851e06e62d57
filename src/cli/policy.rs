//! `threadsieve policy test`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::anyhow;
use clap::{Args, Subcommand};
use futures::FutureExt as _;

use crate::config::{Limits, Plan};
use crate::domain::RejectKind;
use crate::pipeline::{Authors, Models, Outcome, RunError, Settings, VerdictOutputs, judge};
use crate::policy::Policy;
use crate::sink::{LineSink, SinkError};
use crate::source::{FieldMap, RequestedFormat};
use crate::telemetry::Counters;
use crate::translate::Translators;
use crate::trial::{Comparison, MovedComment, Pair, Pairing, Report, ReportInputs, Side};

use super::failure::{Exit, Failure};
use super::inputs::{Problems, is_dash};
use super::outputs::Taken;
use super::run::{default_workers, start_runtime};
use super::signals::interrupted;
use super::{config, inputs, outputs};

/// Moved comments that are listed unless all are asked for.
const LISTED: usize = 50;
/// Batches of verdicts that a run may be ahead of the other one.
const MAX_AHEAD: usize = 64;

/// What there is to do with a policy.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Shows what a policy would change on past comments
    Test(PolicyTestOptions),
}

/// What `policy test` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Both configurations look at the same comments. Where they differ in [policy] alone, each comment is scored once. \
    What moderators did is read from a field or column `decision`, `status` or `removal` of the input (approved, rejected, spam, …). \
    docs/policy-testing.md explains the report.\n\n\
    Examples:\n  \
    threadsieve policy test --config new.toml comments.jsonl\n  \
    threadsieve policy test --config new.toml --against old.toml export.csv.gz --moved moved.jsonl --json\n\n\
    Exit codes: 0 done; 1 an input could not be read to its end; 2 could not run, or an output failed; 130 interrupted."
)]
pub(super) struct PolicyTestOptions {
    /// Files to read, in order; `-` or none is stdin
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// The configuration to try
    #[arg(short, long, value_name = "NEW")]
    config: PathBuf,

    /// The configuration to compare with; ./pipeline.toml where there is one, else the built-in one
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,

    /// What the input is: auto (by its content), or a format by name
    #[arg(long, default_value = "auto", value_parser = super::inputs::format_names(), value_name = "FORMAT")]
    format: String,

    /// The text of the article that a saved page belongs to; with other formats, that of comments which name no thread
    #[arg(long, value_name = "FILE")]
    article: Option<PathBuf>,

    /// List all moved comments, not only the first 50
    #[arg(long, conflicts_with = "json")]
    all: bool,

    /// Also write all moved comments to a file, as JSON lines
    #[arg(long, value_name = "FILE")]
    moved: Option<PathBuf>,

    /// Where items go that could not be read; otherwise the first few are reported on stderr
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,

    /// Print the report as JSON, with the first 50 moved comments
    #[arg(long)]
    json: bool,
}

/// Two configurations, with what each needs to score comments.
struct Ready {
    new: (Plan, Scoring),
    /// Without any of its own, the other one's serves.
    old: (Plan, Option<Scoring>),
}

/// What scores comments.
struct Scoring {
    models: Models,
    translators: Translators,
}

/// Tries a policy out.
pub(super) fn test(options: &PolicyTestOptions) -> Result<Exit, Failure> {
    let mut problems = Vec::new();
    let ready = configurations(options, &mut problems);
    let limits = ready.as_ref().map(|ready| ready.new.0.limits.clone()).unwrap_or_default();
    let (specs, _) = inputs::inputs(&options.inputs, &mut problems);
    let article = inputs::article(options.article.as_deref(), &limits, &mut problems);
    if ready.as_ref().is_some_and(|ready| ready.old.1.is_some()) {
        check_twice_readable(&options.inputs, &mut problems);
    }
    let configs = [Some(options.config.as_path()), config::file(options.against.as_deref())];
    let read = options.inputs.iter().chain(&options.article).map(PathBuf::as_path);
    let reads_stdin = options.inputs.is_empty() || options.inputs.iter().any(|path| is_dash(path));
    let taken = Taken::read(read.chain(configs.into_iter().flatten()), reads_stdin);
    outputs::check_outputs(None, [options.dead_letters.as_deref(), options.moved.as_deref()], taken, &mut problems);
    let (Some(ready), true) = (ready, problems.is_empty()) else { return Err(Failure::all(problems)) };
    let mut open = |path: &Option<PathBuf>| path.as_deref().map(|path| outputs::output(Some(path), &mut problems));
    let (dead_letters, moved) = (open(&options.dead_letters).flatten(), open(&options.moved).flatten());
    if !problems.is_empty() {
        return Err(Failure::all(problems));
    }
    let listing = Arc::new(Mutex::new(Listing {
        comparison: Comparison::new(ready.old.0.policy.clone(), ready.new.0.policy.clone()),
        limit: if options.all { usize::MAX } else { LISTED },
        kept: options.json.then(Vec::new),
        listed: 0,
        stdout: LineSink::new("stdout", Box::new(io::stdout())),
        moved,
    }));
    let settings = |plan: Plan, Scoring { models, translators }, specs| Settings {
        plan: Plan { evidence_count: 0, ..plan },
        models,
        translators,
        authors: Authors::Omit,
        inputs: specs,
        format: options.format.parse::<RequestedFormat>().unwrap_or_default(),
        map: FieldMap::default(),
        article: article.clone(),
        workers: default_workers(),
        max_comments: None,
    };
    let scored_once = ready.old.1.is_none();
    let runtime = start_runtime()?;
    let (new_plan, new_scoring) = ready.new;
    let outcome = match ready.old {
        (old_plan, None) => {
            let new = settings(new_plan, new_scoring, specs);
            runtime.block_on(once(new, old_plan.policy, Arc::clone(&listing), dead_letters)).map(|done| (done, 0))
        }
        (old_plan, Some(old_scoring)) => {
            let again = inputs::inputs(&options.inputs, &mut problems).0;
            let new = settings(new_plan, new_scoring, specs);
            let old = settings(old_plan, old_scoring, again);
            runtime.block_on(twice(new, old, Arc::clone(&listing), dead_letters))
        }
    };
    // The reading thread may be waiting for somebody who never comes.
    runtime.shutdown_background();
    let (outcome, unpaired) = outcome?;
    finish(&outcome, unpaired, scored_once, &listing, options.json)
}

fn finish(
    outcome: &Outcome,
    unpaired: u64,
    scored_once: bool,
    listing: &Mutex<Listing>,
    as_json: bool,
) -> Result<Exit, Failure> {
    if outcome.is_closed {
        return Ok(Exit::Done);
    }
    let tally = &outcome.tally;
    let inputs = ReportInputs {
        read: tally.read,
        dead_letters: tally.rejects,
        dead_letters_by_kind: tally.by_kind.clone(),
        unpaired,
        scored_once,
        interrupted: outcome.is_interrupted,
    };
    let mut listing = listing.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = listing.kept.take();
    let report = Report::new(&listing.comparison, inputs, kept);
    let text = if as_json {
        let mut text = serde_json::to_string_pretty(&report).map_err(Failure::one)?;
        text.push('\n');
        text
    } else {
        listing.end() + &report.render()
    };
    super::print(&text)?;
    let broke_off = tally.by_kind.contains_key(RejectKind::Unreadable.name());
    Ok(match (outcome.is_interrupted, broke_off) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::NeedsALook,
        (false, false) => Exit::Done,
    })
}

fn configurations(options: &PolicyTestOptions, problems: &mut Problems) -> Option<Ready> {
    let mut load = |path: Option<&Path>| config::load(path).map_err(|found| problems.extend(found)).ok();
    let (new, old) = (load(Some(&options.config)), load(options.against.as_deref()));
    let (new, old) = new.zip(old)?;
    check_same_reading(&new.limits, &old.limits, problems);
    let new_scoring = scoring(&new, problems);
    let old_scoring = if scores_the_same(&new, &old) {
        if let Some(Scoring { models, .. }) = &new_scoring {
            let found = models.check_rules(&old).err().unwrap_or_default();
            problems.extend(found.into_iter().map(anyhow::Error::new));
        }
        None
    } else {
        Some(scoring(&old, problems)?)
    };
    Some(Ready { new: (new, new_scoring?), old: (old, old_scoring) })
}

fn scoring(plan: &Plan, problems: &mut Problems) -> Option<Scoring> {
    let models = config::models(plan).map_err(|found| problems.extend(found)).ok();
    let translators = config::translators(plan, problems);
    Some(Scoring { models: models?, translators: translators? })
}

/// Whether two configurations give every comment the same scores and facts.
fn scores_the_same(one: &Plan, other: &Plan) -> bool {
    one.read == other.read
        && one.translate_to == other.translate_to
        && one.translation == other.translation
        && one.limits == other.limits
        && one.models == other.models
        && one.tone_enabled == other.tone_enabled
        && one.topic_enabled == other.topic_enabled
        && one.topic_cascade == other.topic_cascade
}

/// Two runs can be compared only where both read the same comments.
fn check_same_reading(new: &Limits, old: &Limits, problems: &mut Problems) {
    for (name, of) in [
        ("max_line_bytes", (|limits| limits.max_line_bytes) as fn(&Limits) -> usize),
        ("max_body_bytes", |limits| limits.max_body_bytes),
        ("max_page_bytes", |limits| limits.max_page_bytes),
        ("max_reply_depth", |limits| limits.max_reply_depth),
        ("max_ids", |limits| limits.max_ids),
        ("max_held_comments", |limits| limits.max_held_comments),
        ("max_held_bytes", |limits| limits.max_held_bytes),
    ] {
        if of(new) != of(old) {
            problems.push(anyhow!(
                "[limits] `{name}` is {} in the new configuration and {} in the other: they would not read the same comments\n  \
                 hint: make it the same in both",
                of(new),
                of(old)
            ));
        }
    }
}

fn check_twice_readable(paths: &[PathBuf], problems: &mut Problems) {
    let is_pipe = |path: &PathBuf| {
        is_dash(path) || path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
    };
    if paths.is_empty() || paths.iter().any(is_pipe) {
        problems.push(anyhow!(
            "the configurations differ in more than [policy], so that the input is read twice, and stdin and pipes can be read only \
             once\n  hint: name files, or change [policy] alone"
        ));
    }
}

async fn once(
    settings: Settings,
    old: Policy,
    listing: Arc<Mutex<Listing>>,
    dead_letters: Option<LineSink>,
) -> Result<Outcome, Failure> {
    let take = move |verdicts: Vec<_>| {
        let mut listing = listing.lock().unwrap_or_else(PoisonError::into_inner);
        listing.take(verdicts.into_iter().filter_map(Pair::from_one))
    };
    let outputs = VerdictOutputs { verdicts: Box::new(take), dead_letters };
    judge(settings, vec![old], outputs, Arc::new(Counters::default()), interrupted()).await.map_err(failure)
}

/// Runs both at the same time, and joins what comes out.
async fn twice(
    new: Settings,
    old: Settings,
    listing: Arc<Mutex<Listing>>,
    dead_letters: Option<LineSink>,
) -> Result<(Outcome, u64), Failure> {
    let interrupt = interrupted().shared();
    let (send_old, old_batches) = sync_channel(MAX_AHEAD);
    let (send_new, new_batches) = sync_channel(MAX_AHEAD);
    let joined = tokio::task::spawn_blocking(move || {
        let mut pairing = Pairing::new(Side::new(old_batches), Side::new(new_batches));
        let mut listing = listing.lock().unwrap_or_else(PoisonError::into_inner);
        // One by one: a reader of the list sees a moved comment as soon as it is known.
        let result = pairing.by_ref().try_for_each(|pair| listing.take(std::iter::once(pair)));
        (pairing.unpaired, result)
    });
    let outputs = |send: std::sync::mpsc::SyncSender<Vec<_>>, dead_letters| VerdictOutputs {
        verdicts: Box::new(move |verdicts| {
            send.send(verdicts).map_err(|_| SinkError::Closed { name: "the comparison".to_owned() })
        }),
        dead_letters,
    };
    // The other run meets the same dead letters, which are told once.
    let untold = Some(LineSink::new("nowhere", Box::new(io::sink())));
    let counters = || Arc::new(Counters::default());
    let new = judge(new, Vec::new(), outputs(send_new, dead_letters), counters(), interrupt.clone());
    let old = judge(old, Vec::new(), outputs(send_old, untold), counters(), interrupt);
    let (new, old) = tokio::join!(new, old);
    let (unpaired, result) = joined.await.map_err(|_| failure(RunError::Stage { stage: "comparison" }))?;
    match result {
        Ok(()) | Err(SinkError::Closed { .. }) => {}
        Err(error) => return Err(failure(error.into())),
    }
    let (new, old) = (new.map_err(failure)?, old.map_err(failure)?);
    let is_interrupted = new.is_interrupted || old.is_interrupted;
    Ok((Outcome { is_interrupted, is_closed: result_is_closed(&new, &old, is_interrupted), ..new }, unpaired))
}

/// A run that ended first closes the comparison for the other one; only where nobody interrupted them was it the reader.
fn result_is_closed(new: &Outcome, old: &Outcome, is_interrupted: bool) -> bool {
    (new.is_closed || old.is_closed) && !is_interrupted
}

fn failure(error: RunError) -> Failure {
    let exit = if matches!(error, RunError::Sink(_)) { Exit::CouldNotRun } else { Exit::Bug };
    Failure { problems: vec![error.into()], exit }
}

/// Counts all comments, and lists those that moved.
struct Listing {
    comparison: Comparison,
    limit: usize,
    /// For a report in JSON, which holds the list itself.
    kept: Option<Vec<MovedComment>>,
    listed: usize,
    stdout: LineSink,
    moved: Option<LineSink>,
}

impl Listing {
    fn take(&mut self, pairs: impl Iterator<Item = Pair>) -> Result<(), SinkError> {
        let (mut rows, mut lines) = (String::new(), Vec::new());
        for pair in pairs {
            let Some(reasons) = self.comparison.add(&pair) else { continue };
            if self.listed >= self.limit && self.moved.is_none() {
                continue;
            }
            let moved = MovedComment::new(&pair, &reasons);
            // Strings and numbers always serialise.
            if self.moved.is_some() && serde_json::to_writer(&mut lines, &moved).is_ok() {
                lines.push(b'\n');
            }
            if self.listed < self.limit {
                if self.listed == 0 {
                    rows.push_str(&MovedComment::head());
                }
                self.listed += 1;
                match &mut self.kept {
                    Some(kept) => kept.push(moved),
                    None => rows.push_str(&moved.row()),
                }
            }
        }
        if let Some(sink) = &mut self.moved {
            sink.write(&lines)?;
        }
        if self.kept.is_some() { Ok(()) } else { self.stdout.write(rows.as_bytes()) }
    }

    /// What stands below the rows.
    fn end(&self) -> String {
        let more = self.comparison.moved() - self.listed as u64;
        match (self.listed, more) {
            (0, _) => String::new(),
            (_, 0) => "\n".to_owned(),
            _ => format!("… and {more} more: --all lists them, --moved FILE writes them\n\n"),
        }
    }
}
