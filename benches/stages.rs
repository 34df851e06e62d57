//! How fast each stage of a run is, and the whole: `cargo bench --bench stages`.
//!
//! 512 made-up comments of 400 bytes in threads of 100 go through the stages as in a run, a batch after the other, and one stage
//! is timed (`stage`). `segments` times pieces of one of them alone; features, tone, language and topic have
//! benchmarks of their own. `whole` is the real pipeline, models loaded before.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use threadsieve::config::{BUILT_IN, Plan, parse};
use threadsieve::pipeline::{Authors, Models, Outputs, Settings, StagedRun, TimedStage, run};
use threadsieve::sink::LineSink;
use threadsieve::source::{FieldMap, InputSpec, RawInput, RequestedFormat};
use threadsieve::telemetry::Counters;
use threadsieve::text::anatomy::Anatomy;
use threadsieve::text::segments::{cut, cut_at_paragraphs};
use threadsieve::translate::Translators;

#[allow(dead_code, reason = "only the English texts are read here")]
mod made_up_texts;

use made_up_texts::{ENGLISH, ENGLISH_SYLLABLES, texts};

const COMMENTS_OF_A_THREAD: usize = 100;
const BYTES_OF_A_COMMENT: usize = 400;

fn plan() -> Plan {
    parse("built-in", BUILT_IN).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn models(plan: &Plan) -> Models {
    Models::load(plan).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn comments() -> Vec<String> {
    texts(&ENGLISH, ENGLISH_SYLLABLES, BYTES_OF_A_COMMENT)
}

/// The comments as JSON lines; nothing in them needs to be escaped.
fn lines(comments: &[String]) -> Arc<[u8]> {
    let mut lines = String::new();
    for (at, text) in comments.iter().enumerate() {
        let thread = at / COMMENTS_OF_A_THREAD;
        let _ = writeln!(lines, r#"{{"thread_id":"t{thread}","id":"c{at}","author":"reader{at}","text":"{text}"}}"#);
    }
    lines.into_bytes().into()
}

fn settings(plan: &Plan, lines: &Arc<[u8]>, workers: usize) -> Settings {
    let lines = Arc::clone(lines);
    let open = Box::new(move || Ok(RawInput::Stream(Box::new(Cursor::new(Arc::clone(&lines))))));
    Settings {
        models: models(plan),
        plan: plan.clone(),
        translators: Translators::default(),
        authors: Authors::Keep,
        inputs: vec![InputSpec { name: "made up".to_owned(), open, can_reopen: true }],
        format: RequestedFormat::default(),
        map: FieldMap::default(),
        article: None,
        workers,
        max_comments: None,
    }
}

/// What one stage takes of a run over all comments.
fn stage_time(settings: Settings, timed: TimedStage) -> Duration {
    let mut staged = StagedRun::new(settings);
    let (mut total, mut last) = (Duration::ZERO, Instant::now());
    while staged.next_batch(|stage| {
        let now = Instant::now();
        if stage == timed {
            total += now - last;
        }
        last = now;
    }) {}
    total
}

fn stages(criterion: &mut Criterion) {
    let (plan, comments) = (plan(), comments());
    let lines = lines(&comments);
    let mut group = criterion.benchmark_group("stage");
    group.throughput(Throughput::Elements(comments.len() as u64));
    for stage in TimedStage::ALL {
        group.bench_function(BenchmarkId::from_parameter(stage.name()), |bencher| {
            bencher
                .iter_custom(|iterations| (0..iterations).map(|_| stage_time(settings(&plan, &lines, 1), stage)).sum());
        });
    }
    group.finish();
}

/// Cutting alone: code, links, quotes and paragraphs, then the segments.
fn segments(criterion: &mut Criterion) {
    let comments = comments();
    let mut group = criterion.benchmark_group("segments");
    group.throughput(Throughput::Elements(comments.len() as u64));
    group.bench_function("anatomy", |bencher| {
        bencher.iter(|| comments.iter().for_each(|text| drop(black_box(Anatomy::of(black_box(text))))));
    });
    let anatomies: Vec<Anatomy> = comments.iter().map(|text| Anatomy::of(text)).collect();
    group.bench_function("cut", |bencher| {
        bencher.iter(|| {
            for (text, anatomy) in comments.iter().zip(&anatomies) {
                let segments = cut(text, None, &anatomy.code, &anatomy.links, &anatomy.quotes);
                black_box(cut_at_paragraphs(text, segments, &anatomy.paragraphs));
            }
        });
    });
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    let (plan, comments) = (plan(), comments());
    let lines = lines(&comments);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("{error}"));
    let mut group = criterion.benchmark_group("whole");
    group.throughput(Throughput::Elements(comments.len() as u64));
    for workers in [1, 2] {
        group.bench_function(BenchmarkId::new("workers", workers), |bencher| {
            bencher.iter_custom(|iterations| {
                let mut total = Duration::ZERO;
                for _ in 0..iterations {
                    let settings = settings(&plan, &lines, workers);
                    let nowhere = || LineSink::new("nowhere", Box::new(std::io::sink()));
                    let outputs = Outputs { records: nowhere().into(), dead_letters: Some(nowhere()) };
                    let begun = Instant::now();
                    let counters = Arc::new(Counters::default());
                    let outcome = runtime.block_on(run(settings, outputs, counters, std::future::pending()));
                    total += begun.elapsed();
                    let outcome = outcome.unwrap_or_else(|error| panic!("{error}"));
                    assert_eq!(outcome.tally.records, comments.len() as u64);
                }
                total
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stages, segments, whole);
criterion_main!(benches);
