//! `threadsieve run`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;

use crate::pipeline::{
    CheckpointError, Checkpointing, Outcome, Outputs, RunError, Settings, run as run_pipeline, run_with_checkpoints,
};
use crate::sink::{LineSink, OutputPosition};
use crate::telemetry::Counters;
use crate::wire::row::columns;

use super::args::{ProgressChoice, RunOptions};
use super::checkpoint::Plans;
use super::failure::{Exit, Failure};
use super::outputs::{Opening, Taken};
use super::progress::Progress;
use super::signals::interrupted;
use super::watched_file::WrittenFiles;
use super::{checkpoint, config, inputs, outputs, record_outputs, summary};

/// Checks and opens everything, then runs.
pub(super) fn run(options: &RunOptions) -> Result<Exit, Failure> {
    let mut problems = Vec::new();
    let plan = config::load(options.config.as_deref()).map_err(|found| problems.extend(found)).ok();
    let models = plan.as_ref().and_then(|plan| config::models(plan).map_err(|found| problems.extend(found)).ok());
    let translators = plan.as_ref().and_then(|plan| config::translators(plan, &mut problems));
    let authors = plan.as_ref().map(|plan| inputs::authors(&plan.output.author, &mut problems));
    let (specs, total) = inputs::inputs(&options.inputs, &mut problems);
    let map = inputs::field_map(&options.map, &mut problems);
    let limits = plan.as_ref().map(|plan| plan.limits.clone()).unwrap_or_default();
    let article = inputs::article(options.article.as_deref(), &limits, &mut problems);
    let read = options.inputs.iter().chain(&options.article).map(PathBuf::as_path);
    let reads_stdin = options.inputs.is_empty() || options.inputs.iter().any(|path| inputs::is_dash(path));
    let taken = Taken::read(read.chain(config::file(options.config.as_deref())), reads_stdin);
    let files = record_outputs::files(options, &mut problems);
    let records: Vec<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let write_back = options.write_back.iter().map(|write_back| &write_back.file);
    let checkpoints = checkpoint::written(options);
    let beside_records = options.dead_letters.iter().chain(&options.summary).chain(write_back).chain(&checkpoints);
    let beside_records: Vec<&Path> = beside_records.map(PathBuf::as_path).collect();
    outputs::check_all_outputs(&records, &beside_records, taken, &mut problems);
    let about = checkpoint::Run {
        options,
        files: &files,
        plan: plan.as_ref(),
        models: models.as_ref(),
        authors: authors.as_ref(),
        article: article.as_ref(),
    };
    let plans = checkpoint::plans(&about, &mut problems);

    // Nothing is created or emptied while anything is wrong.
    let (Some(plan), Some(models), Some(translators), Some(authors), true) =
        (plan, models, translators, authors, problems.is_empty())
    else {
        return Err(Failure::all(problems));
    };
    let (checkpointing, opening) = match plans {
        Plans::None => (None, Opening::Emptied),
        Plans::Make(plans) if plans.resumed.is_some() => (Some(*plans), Opening::AsItIs),
        Plans::Make(plans) => (Some(*plans), Opening::Durable),
        Plans::Complete(tally) => return Ok(checkpoint::tell_complete(options, &tally)),
    };
    let columns = columns(models.score_labels(), plan.output.statement.is_some());
    let records = record_outputs::open(&files, &options.write_back, &columns, opening, &mut problems);
    let mut open = |path: Option<&Path>, open: &dyn Fn(&Path) -> anyhow::Result<LineSink>| {
        path.and_then(|path| open(path).map_err(|error| problems.push(error)).ok())
    };
    let dead_letters = open(options.dead_letters.as_deref(), &|path| outputs::line_output(path, opening));
    let summary_sink = open(options.summary.as_deref(), &|path| outputs::plain_output(path, opening));
    if !problems.is_empty() {
        return Err(Failure::all(problems));
    }
    // A checkpoint is replaced by the next one on purpose.
    let beside_records =
        beside_records.into_iter().filter(|path| !checkpoints.iter().any(|checkpoint| checkpoint == path));
    let written = WrittenFiles::of(files.iter().map(|file| file.path.as_path()).chain(beside_records));

    let settings = Settings {
        plan,
        models,
        translators,
        authors,
        inputs: specs,
        format: options.requested_format(),
        map: map.unwrap_or_default(),
        article,
        workers: options.workers.map_or_else(default_workers, usize::from),
        max_comments: None,
    };
    let sinks = Outputs { records, dead_letters };
    #[allow(
        clippy::disallowed_methods,
        reason = "the speed of a run is told to its user, and nothing else depends on it"
    )]
    let begun = Instant::now();
    let prints_records = files.iter().any(|file| inputs::is_dash(&file.path));
    checkpointing.iter().for_each(checkpoint::tell_plans);
    let outcome = run_on_runtime(settings, sinks, checkpointing, options.progress, prints_records, total)?;
    let seconds = begun.elapsed().as_secs_f64();
    let exit = finish(outcome, seconds, options, summary_sink)?;
    Ok(written.report_missing(exit))
}

/// The runtime that joins the stages; work that takes a processor runs on threads beside it.
pub(super) fn start_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")
        .map_err(Failure::one)
}

fn run_on_runtime(
    settings: Settings,
    outputs: Outputs,
    checkpointing: Option<Checkpointing>,
    progress: ProgressChoice,
    prints_records: bool,
    total: Option<u64>,
) -> Result<Outcome, Failure> {
    let runtime = start_runtime()?;
    let outcome = runtime.block_on(async {
        let counters = Arc::new(Counters::default());
        let _progress = Progress::start(progress, total, &counters, prints_records);
        match checkpointing {
            None => run_pipeline(settings, outputs, counters, interrupted()).await,
            Some(how) => run_with_checkpoints(settings, outputs, how, counters, interrupted()).await,
        }
    });
    // The reading thread, or a write, may be waiting for somebody who never comes.
    runtime.shutdown_background();
    outcome.map_err(|error| {
        let threads_differ = matches!(error, RunError::Checkpoint(CheckpointError::ThreadsDiffer { .. }));
        let is_told = matches!(error, RunError::Sink(_) | RunError::Checkpoint(_));
        let exit = if is_told && !threads_differ { Exit::CouldNotRun } else { Exit::Bug };
        Failure { problems: vec![error.into()], exit }
    })
}

pub(super) fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn finish(
    mut outcome: Outcome,
    seconds: f64,
    options: &RunOptions,
    summary_sink: Option<LineSink>,
) -> Result<Exit, Failure> {
    if outcome.is_closed {
        // Whoever read the records has seen enough: no summary, no complaint.
        return Ok(Exit::Done);
    }
    let broke_off = outcome.tally.by_kind.contains_key(crate::domain::RejectKind::Unreadable.name());
    let completion = outcome.completion.take();
    let summary = summary::summarise(outcome, seconds);
    {
        use std::io::Write as _;
        let _ = std::io::stderr().lock().write_all(summary::render(&summary).as_bytes());
    }
    if let Some(mut sink) = summary_sink {
        let mut line = serde_json::to_vec(&summary).context("cannot write the summary").map_err(Failure::one)?;
        line.push(b'\n');
        // Where a run goes on, the summary of an earlier one stays until here.
        let begun = if options.checkpoint.is_some() { sink.go_on_at(&OutputPosition::default()) } else { Ok(()) };
        begun.and_then(|()| sink.write(&line)).and_then(|()| sink.finish()).map_err(Failure::one)?;
    }
    if let Some(completion) = completion {
        // Last of all: a run that is killed before this is resumed, and ends in the same way.
        completion.record().map_err(Failure::one)?;
    }
    if summary.interrupted
        && let Some(path) = &options.checkpoint
    {
        checkpoint::tell_interrupted(path);
    }
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if broke_off || (options.strict && summary.dead_letters > 0) {
        Exit::NeedsALook
    } else {
        Exit::Done
    })
}
