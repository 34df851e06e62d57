//! `threadsieve run`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;

use crate::pipeline::{Outcome, Outputs, RunError, Settings, run as run_pipeline};
use crate::telemetry::Counters;
use crate::wire::row::columns;

use super::args::{ProgressChoice, RunOptions};
use super::failure::{Exit, Failure};
use super::outputs::Taken;
use super::progress::Progress;
use super::{config, inputs, outputs, record_outputs, summary};

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
    let beside_records: Vec<&Path> =
        options.dead_letters.iter().chain(&options.summary).chain(write_back).map(PathBuf::as_path).collect();
    outputs::check_all_outputs(&records, &beside_records, taken, &mut problems);

    // Nothing is created or emptied while anything is wrong.
    let (Some(plan), Some(models), Some(translators), Some(authors), true) =
        (plan, models, translators, authors, problems.is_empty())
    else {
        return Err(Failure::all(problems));
    };
    let columns = columns(models.score_labels(), plan.output.statement.is_some());
    let records = record_outputs::open(&files, &options.write_back, &columns, &mut problems);
    let dead_letters = options.dead_letters.as_deref().map(|path| outputs::compressed_output(path, &mut problems));
    let summary_sink = options.summary.as_deref().map(|path| outputs::output(Some(path), &mut problems));
    if !problems.is_empty() {
        return Err(Failure::all(problems));
    }

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
    let sinks = Outputs { records, dead_letters: dead_letters.flatten() };
    #[allow(
        clippy::disallowed_methods,
        reason = "the speed of a run is told to its user, and nothing else depends on it"
    )]
    let begun = Instant::now();
    let prints_records = files.iter().any(|file| inputs::is_dash(&file.path));
    let outcome = run_on_runtime(settings, sinks, options.progress, prints_records, total)?;
    let seconds = begun.elapsed().as_secs_f64();
    finish(outcome, seconds, options, summary_sink.flatten())
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
    progress: ProgressChoice,
    prints_records: bool,
    total: Option<u64>,
) -> Result<Outcome, Failure> {
    let runtime = start_runtime()?;
    let outcome = runtime.block_on(async {
        let counters = Arc::new(Counters::default());
        let _progress = Progress::start(progress, total, &counters, prints_records);
        run_pipeline(settings, outputs, counters, interrupted()).await
    });
    // The reading thread, or a write, may be waiting for somebody who never comes.
    runtime.shutdown_background();
    outcome.map_err(|error| {
        let exit = if matches!(error, RunError::Sink(_)) { Exit::CouldNotRun } else { Exit::Bug };
        Failure { problems: vec![error.into()], exit }
    })
}

/// Completes at the first Ctrl-C or SIGTERM; the second ends the process at once. Signals are waited for on a task of
/// their own, so that one is heard also while an output takes nothing.
pub(super) fn interrupted() -> impl Future<Output = ()> + Send + 'static {
    let (first, heard) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        wait_for_signal().await;
        let _ = first.send(());
        wait_for_signal().await;
        std::process::exit(130);
    });
    async move {
        // The task above lives as long as the runtime.
        let _ = heard.await;
    }
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    let _ = tokio::signal::ctrl_c().await;
}

pub(super) fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn finish(
    outcome: Outcome,
    seconds: f64,
    options: &RunOptions,
    summary_sink: Option<crate::sink::LineSink>,
) -> Result<Exit, Failure> {
    if outcome.is_closed {
        // Whoever read the records has seen enough: no summary, no complaint.
        return Ok(Exit::Done);
    }
    let broke_off = outcome.tally.by_kind.contains_key(crate::domain::RejectKind::Unreadable.name());
    let summary = summary::summarise(outcome, seconds);
    {
        use std::io::Write as _;
        let _ = std::io::stderr().lock().write_all(summary::render(&summary).as_bytes());
    }
    if let Some(mut sink) = summary_sink {
        let mut line = serde_json::to_vec(&summary).context("cannot write the summary").map_err(Failure::one)?;
        line.push(b'\n');
        sink.write(&line).map_err(Failure::one)?;
    }
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if broke_off || (options.strict && summary.dead_letters > 0) {
        Exit::NeedsALook
    } else {
        Exit::Done
    })
}
