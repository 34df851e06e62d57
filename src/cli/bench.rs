//! `threadsieve bench`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;

use crate::config::Plan;
use crate::domain::{Body, RejectKind};
use crate::pipeline::{Authors, Models, Outcome, Outputs, Settings, StagedRun, run as run_pipeline};
use crate::sink::LineSink;
use crate::source::{FieldMap, RequestedFormat};
use crate::telemetry::Counters;
use crate::translate::Translators;

use super::bench_figures::{Figures, StageSeconds, Whole, median};
use super::failure::{Exit, Failure};
use super::inputs::Problems;
use super::peak_memory::peak_memory_bytes;
use super::report_input::Rereadable;
use super::run::{default_workers, start_runtime};
use super::{bench_figures, config, inputs};

/// What `bench` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Reads the beginning of the input several times: first with one stage after the other on one thread, each timed, then \
    as `run` does with 1, 2, 4, … workers. Records are made and thrown away, and translators are not asked. stdin is copied to a \
    temporary file first. Figures are medians over the passes; run it while the machine does nothing else.\n\n\
    Examples:\n  \
    threadsieve bench comments.jsonl\n  \
    threadsieve bench export.csv.gz --config site/pipeline.toml --max-comments 0 --passes 5 --json\n\n\
    Exit codes: 0 done; 1 no comments, or an input that could not be read to its end; 2 could not run."
)]
pub(super) struct BenchOptions {
    /// Files to read, in order; `-` or none is stdin
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// What the input is: auto (by its content), or a format by name
    #[arg(long, default_value = "auto", value_parser = inputs::format_names(), value_name = "FORMAT")]
    format: String,

    /// Where a field stands in JSON or a table: text=content.body, say; may be given several times
    #[arg(long, value_name = "FIELD=PATH")]
    map: Vec<String>,

    /// The text of the article that a saved page belongs to; with other formats, that of comments which name no thread
    #[arg(long, value_name = "FILE")]
    article: Option<PathBuf>,

    /// The configuration; ./pipeline.toml where there is one, else the built-in one
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The most threads that work at a time; as many as there are processors unless given
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,

    /// How many times each figure is measured
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    passes: u16,

    /// Stop after so many comments, dead letters included; 0 reads all
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    max_comments: u64,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All that is measured, checked and ready to be read again and again.
struct Bench {
    plan: Plan,
    authors: Authors,
    inputs: Vec<Rereadable>,
    format: RequestedFormat,
    map: FieldMap,
    article: Option<Body>,
    max_comments: Option<u64>,
}

/// Seconds since the last lap.
struct Laps(Instant);

impl Laps {
    fn start() -> Self {
        Self(now())
    }

    fn lap(&mut self) -> f64 {
        let now = now();
        let seconds = now.duration_since(self.0).as_secs_f64();
        self.0 = now;
        seconds
    }
}

#[allow(clippy::disallowed_methods, reason = "what a stage takes is what is asked for, and nothing else depends on it")]
fn now() -> Instant {
    Instant::now()
}

/// Measures the stages, then the whole.
pub(super) fn bench(options: &BenchOptions) -> Result<Exit, Failure> {
    let bench = Bench::new(options)?;
    let mut load_seconds = Vec::new();
    let mut passes = Vec::new();
    let mut figures = Figures::default();
    for pass in 0..options.passes {
        let mut clock = Laps::start();
        let models = bench.models()?;
        load_seconds.push(clock.lap());
        let mut staged = StagedRun::new(bench.settings(models, 1));
        let mut seconds = StageSeconds::default();
        clock.lap();
        while staged.next_batch(|stage| seconds.add(stage, clock.lap())) {}
        passes.push(seconds);
        if pass == 0 {
            figures.is_cut = staged.is_cut();
            figures.text_bytes = staged.text_bytes();
            figures.written_bytes = staged.written_bytes();
            figures.tally = staged.tally().clone();
        }
    }
    figures.passes = options.passes;
    figures.load_seconds = median(&load_seconds);
    figures.stages = StageSeconds::medians(&passes);
    for workers in bench_figures::worker_counts(options.workers.map_or_else(default_workers, usize::from)) {
        let (mut seconds, mut read) = (Vec::new(), 0);
        for _ in 0..options.passes {
            let settings = bench.settings(bench.models()?, workers);
            let mut clock = Laps::start();
            let outcome = whole(settings)?;
            seconds.push(clock.lap());
            read = outcome.tally.read;
        }
        figures.wholes.push(Whole { workers, read, seconds: median(&seconds) });
    }
    figures.peak_memory_bytes = peak_memory_bytes();
    let text = if options.json { figures.json().map_err(Failure::one)? } else { figures.table() };
    super::print(&text)?;
    let broke_off = figures.tally.by_kind.contains_key(RejectKind::Unreadable.name());
    Ok(if broke_off || figures.tally.read == 0 { Exit::NeedsALook } else { Exit::Done })
}

impl Bench {
    /// Checks everything, as `run` does, and copies what can be read only once.
    fn new(options: &BenchOptions) -> Result<Self, Failure> {
        let mut problems = Problems::new();
        let plan = config::load(options.config.as_deref()).map_err(|found| problems.extend(found)).ok();
        if let Some(plan) = &plan {
            let _ = config::models(plan).map_err(|found| problems.extend(found));
            let _ = config::translators(plan, &mut problems);
        }
        let authors = plan.as_ref().map(|plan| inputs::authors(&plan.output.author, &mut problems));
        let _ = inputs::inputs(&options.inputs, &mut problems);
        let map = inputs::field_map(&options.map, &mut problems);
        let limits = plan.as_ref().map(|plan| plan.limits.clone()).unwrap_or_default();
        let article = inputs::article(options.article.as_deref(), &limits, &mut problems);
        let (Some(plan), Some(authors), Some(map), true) = (plan, authors, map, problems.is_empty()) else {
            return Err(Failure::all(problems));
        };
        let inputs = Rereadable::all(&options.inputs).map_err(Failure::one)?;
        // The parser lets through only names that are known.
        let format = options.format.parse().unwrap_or_default();
        let max_comments = Some(options.max_comments).filter(|most| *most > 0);
        Ok(Self { plan, authors, inputs, format, map, article, max_comments })
    }

    /// The models anew: a run keeps those that it was given.
    fn models(&self) -> Result<Models, Failure> {
        config::models(&self.plan).map_err(Failure::all)
    }

    fn settings(&self, models: Models, workers: usize) -> Settings {
        Settings {
            plan: self.plan.clone(),
            models,
            translators: Translators::default(),
            authors: self.authors.clone(),
            inputs: self.inputs.iter().map(Rereadable::spec).collect(),
            format: self.format,
            map: self.map.clone(),
            article: self.article.clone(),
            workers,
            max_comments: self.max_comments,
        }
    }
}

/// A whole run whose results go nowhere.
fn whole(settings: Settings) -> Result<Outcome, Failure> {
    let nowhere = || LineSink::new("nowhere", Box::new(std::io::sink()));
    let outputs = Outputs { records: nowhere().into(), dead_letters: Some(nowhere()) };
    let runtime = start_runtime()?;
    let outcome =
        runtime.block_on(run_pipeline(settings, outputs, Arc::new(Counters::default()), std::future::pending()));
    outcome.map_err(|error| Failure { problems: vec![error.into()], exit: Exit::Bug })
}
