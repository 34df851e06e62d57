//! The run itself: stages on a few threads, joined by bounded queues, in the order of the input.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::config::Plan;
use crate::domain::{Body, Item, RejectKind, Stage};
use crate::policy::Policy;
use crate::sink::{LineSink, RecordOutputs, SinkError};
use crate::source::{FieldMap, InputSpec, ReadSettings, RequestedFormat};
use crate::telemetry::Counters;
use crate::translate::Translators;
use crate::wire::summary::InputSummary;

use super::authors::Authors;
use super::batch::{Batch, WayOn, read_inputs};
use super::checkpoint::{Boundaries, CheckpointError, Checkpointing, Completion, Mark, ReadMark, Recorder};
use super::context::{Context, InContext};
use super::guard::guarded;
use super::judge::{Judged, judge_batch};
use super::models::{Models, Scorers};
use super::prepare::{Prepared, prepare_comment, prepare_thread};
use super::read_ahead::{places, read_ahead_bound};
use super::reader_state::ReaderState;
use super::reload::Reload;
use super::replay::{Replay, Replayed};
use super::tally::Tally;
use super::translation::{make_ready, room, translate};
use super::verdict::Verdict;
use super::workers::Workers;
use super::writer::{Ends, Results, Writer};

/// How often to look, after an interrupt, whether the reader has anything more to hand on.
const STOPPED_READER_POLL: Duration = Duration::from_millis(20);

/// What all stages of a run share.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) plan: Plan,
    pub(super) models: Models,
    pub(super) translators: Arc<Translators>,
    pub(super) authors: Authors,
    /// Policies that are tried beside the plan's. Where there is a list, verdicts are made instead of records.
    pub(super) rivals: Option<Vec<Policy>>,
}

/// What is to be done.
#[derive(Debug)]
pub struct Settings {
    /// The checked configuration.
    pub plan: Plan,
    /// The loaded models.
    pub models: Models,
    /// The translators that the configuration names.
    pub translators: Translators,
    /// How authors' names appear.
    pub authors: Authors,
    /// The inputs, in order.
    pub inputs: Vec<InputSpec>,
    /// The format that the user asked for.
    pub format: RequestedFormat,
    /// Which field is what, where the user says so.
    pub map: FieldMap,
    /// The article of a saved page.
    pub article: Option<Body>,
    /// Batches that are worked on at a time; at least 1. The records are the same for any number.
    pub workers: usize,
    /// The run ends after so many comments, those that became dead letters included; `None` reads all.
    pub max_comments: Option<u64>,
}

/// Where results go.
#[derive(Debug)]
pub struct Outputs {
    /// Records.
    pub records: RecordOutputs,
    /// Dead letters; without it the first few are logged as warnings, and all are counted.
    pub dead_letters: Option<LineSink>,
}

/// Where the results of [`judge`] go.
pub struct VerdictOutputs {
    /// Takes the verdicts of a batch, in the order of the input.
    pub verdicts: Box<dyn FnMut(Vec<Verdict>) -> Result<(), SinkError> + Send>,
    /// Dead letters; without it the first few are logged as warnings, and all are counted.
    pub dead_letters: Option<LineSink>,
}

impl std::fmt::Debug for VerdictOutputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerdictOutputs(dead letters: {:?})", self.dead_letters)
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// What became of all items.
    pub tally: Tally,
    /// The inputs with their formats.
    pub inputs: Vec<InputSummary>,
    /// Whether it was interrupted: what had been read was finished, the rest was not read.
    pub is_interrupted: bool,
    /// Whether the reader of the records went away: the rest was not written.
    pub is_closed: bool,
    /// Items that an earlier run had read, where this one goes on from a checkpoint of it.
    pub read_before: Option<u64>,
    /// Has the checkpoint say that the run is complete, where checkpoints were made and it is.
    pub completion: Option<Completion>,
}

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An output takes no more.
    #[error("writing failed")]
    Sink(#[from] SinkError),
    /// A checkpoint cannot be made, or the run cannot go on from one.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A stage came to an end that it should not come to: our bug. What the runtime says of it may hold words of a
    /// comment, and so is not passed on.
    #[error("the stage `{stage}` failed: please report it as a bug")]
    Stage {
        /// The stage.
        stage: &'static str,
    },
    /// The reading thread came to an end that it should not come to: our bug.
    #[error("the reading thread failed: please report it as a bug")]
    Reader,
}

/// Runs until the inputs end, `interrupt` completes, or an output is closed.
///
/// # Errors
/// Where an output takes no more, or a stage fails as a whole.
pub async fn run(
    settings: Settings,
    outputs: Outputs,
    counters: Arc<Counters>,
    interrupt: impl Future<Output = ()> + Send + 'static,
) -> Result<Outcome, RunError> {
    let ends = Ends::of(outputs);
    run_to(settings, None, ends, None, counters, interrupt).await
}

/// Runs as [`run`] does, and makes checkpoints, or goes on from one: then `outputs` are files as the earlier run left them.
/// They are touched only once what is read again was found to be the same.
///
/// # Errors
/// As for [`run`]; also where a checkpoint cannot be made, or the input is not the one that was read before.
pub async fn run_with_checkpoints(
    settings: Settings,
    outputs: Outputs,
    checkpointing: Checkpointing,
    counters: Arc<Counters>,
    interrupt: impl Future<Output = ()> + Send + 'static,
) -> Result<Outcome, RunError> {
    let ends = Ends::of(outputs);
    run_to(settings, None, ends, Some(checkpointing), counters, interrupt).await
}

/// Runs as [`run`] does, and hands on what the plan's policy and some others would do with each comment instead of
/// records. A comment is scored once, whatever the number of policies.
///
/// # Errors
/// As for [`run`].
pub async fn judge(
    settings: Settings,
    rivals: Vec<Policy>,
    outputs: VerdictOutputs,
    counters: Arc<Counters>,
    interrupt: impl Future<Output = ()> + Send + 'static,
) -> Result<Outcome, RunError> {
    let results = Results::Verdicts(outputs.verdicts);
    let ends = Ends { results, dead_letters: outputs.dead_letters, recorder: None };
    run_to(settings, Some(rivals), ends, None, counters, interrupt).await
}

async fn run_to(
    settings: Settings,
    rivals: Option<Vec<Policy>>,
    mut outputs: Ends,
    checkpointing: Option<Checkpointing>,
    counters: Arc<Counters>,
    interrupt: impl Future<Output = ()> + Send + 'static,
) -> Result<Outcome, RunError> {
    let Settings { plan, models, translators, authors, inputs, format, map, article, workers, max_comments } = settings;
    let workers = workers.max(1);
    let reading =
        ReadSettings { format, map, article, limits: plan.limits.clone(), keep_raw: plan.output.raw_dead_letters };
    let site = Arc::new(Site { plan, models, translators: Arc::new(translators), authors, rivals });
    let mut context = Context::new(&site);
    let (mut boundaries, mut replay, mut read_before, mut tally) = (None, None, None, Tally::default());
    if let Some(Checkpointing { file, identity, every, resumed }) = checkpointing {
        let awaited = resumed.as_ref().and_then(|resumed| resumed.position().cloned());
        boundaries = Some(Boundaries::new(every, awaited.as_ref().map_or(0, |awaited| awaited.items)));
        read_before = resumed.as_ref().map(|resumed| resumed.tally.read);
        tally = resumed.map(|resumed| resumed.tally).unwrap_or_default();
        let has_failed = tally.by_kind.contains_key(RejectKind::ScoringFailed.name());
        if let Some(awaited) = &awaited {
            context.take_over(&awaited.threads);
        }
        replay = awaited.as_ref().map(|awaited| Arc::new(Replay::new(&awaited.threads, has_failed)));
        outputs.recorder = Some(Recorder::new(file, identity, awaited));
    }
    let context = Arc::new(Mutex::new(context));
    let read_ahead = read_ahead_bound(workers).batches;
    let (places, places_back) = places(read_ahead);
    // Never full: a batch has a place before it comes here.
    let (queue, batches) = mpsc::channel::<Batch>(read_ahead);
    let way = WayOn { places, queue, boundaries };
    let (results, summaries) = tokio::sync::oneshot::channel();
    let reader_state = Arc::new(ReaderState::default());
    let (state, reader_counters) = (Arc::clone(&reader_state), Arc::clone(&counters));
    std::thread::spawn(move || {
        let read = catch_unwind(AssertUnwindSafe(|| {
            read_inputs(inputs, reading, max_comments, way, &state, &reader_counters)
        }));
        // Nobody listens after an interrupt.
        let _ = results.send(read);
    });

    let was_interrupted = Arc::new(AtomicBool::new(false));
    let feed = feed(batches, interrupt, reader_state, Arc::clone(&was_interrupted));
    let judged = stages(feed, site, Arc::clone(&context), replay, workers);
    // On a task of its own, so that the stages go on while a batch is being written.
    let (forward, mut finished) = mpsc::channel(1);
    let driver = tokio::spawn(async move {
        let mut judged = std::pin::pin!(judged);
        while let Some(batch) = judged.next().await {
            if forward.send(batch).await.is_err() {
                break;
            }
        }
    });
    let mut writer = Writer::new(outputs, counters, places_back, tally.rejects);
    let written = writer.write_all(&mut finished, tally).await;
    // What was written is made whole, whatever ended the run.
    let ended = writer.finish().await;
    let tally = written?;
    let recorder = ended?;
    drop(finished);
    if writer.is_closed() {
        // The driver may wait for input that never comes.
        driver.abort();
    } else {
        driver.await.map_err(|_| RunError::Stage { stage: "driver" })?;
    }
    let is_interrupted = was_interrupted.load(Ordering::Relaxed);
    let inputs = if is_interrupted || writer.is_closed() {
        Vec::new()
    } else {
        summaries.await.ok().and_then(Result::ok).ok_or(RunError::Reader)?
    };
    let (threads, comments) = context.lock().unwrap_or_else(PoisonError::into_inner).forgotten();
    tracing::debug!(threads, comments, "forgotten for want of room");
    let is_whole = !is_interrupted && !writer.is_closed();
    if let Some(error) = recorder.as_ref().filter(|_| is_whole).and_then(Recorder::missing_input) {
        return Err(error.into());
    }
    let completion = recorder.filter(|_| is_whole).map(|recorder| recorder.completion(tally.clone()));
    Ok(Outcome { tally, inputs, is_interrupted, is_closed: writer.is_closed(), read_before, completion })
}

/// The batches of the reader. After an interrupt the reader is stopped, and what it had read is still handed on; a reader
/// that waits for input which may never come is left waiting.
fn feed<F: Future<Output = ()>>(
    batches: mpsc::Receiver<Batch>,
    interrupt: F,
    reader: Arc<ReaderState>,
    was_interrupted: Arc<AtomicBool>,
) -> impl Stream<Item = Batch> {
    let state = (batches, Some(Box::pin(interrupt)), reader, was_interrupted);
    futures::stream::unfold(state, async |(mut batches, mut interrupt, reader, was_interrupted)| {
        if let Some(pending) = &mut interrupt {
            let items = tokio::select! {
                biased;
                () = pending => None,
                items = batches.recv() => Some(items),
            };
            if let Some(items) = items {
                return items.map(|items| (items, (batches, interrupt, reader, was_interrupted)));
            }
            was_interrupted.store(true, Ordering::Relaxed);
            interrupt = None;
            reader.stop();
        }
        loop {
            if let Ok(items) = tokio::time::timeout(STOPPED_READER_POLL, batches.recv()).await {
                return items.map(|items| (items, (batches, interrupt, reader, was_interrupted)));
            }
            if reader.is_waiting() {
                batches.close();
            }
        }
    })
}

/// A batch that was looked at on its own.
struct PreparedBatch {
    items: PreparedItems,
    mark: Option<ReadMark>,
}

enum PreparedItems {
    New(Vec<Prepared>),
    DoneBefore(Vec<Replayed>),
}

/// A batch whose comments have met their threads.
struct Placed {
    items: Vec<InContext>,
    /// Where a checkpoint is to be made behind it.
    mark: Option<Mark>,
    /// The models of tone that were in force when its turn came.
    scorers: Arc<Scorers>,
    /// Its place among those that wait for translations; given back once it is judged.
    room: Option<OwnedSemaphorePermit>,
}

/// Prepare, context, translate, judge. At most four times `workers` batches are between the reader and their thread, as many
/// behind it, and with translators as many again; preparing and judging together take at most `workers` threads.
fn stages(
    batches: impl Stream<Item = Batch>,
    site: Arc<Site>,
    context: Arc<Mutex<Context>>,
    replay: Option<Arc<Replay>>,
    workers: usize,
) -> impl Stream<Item = Result<Judged, RunError>> {
    // More than can be worked on, so that no worker waits for the batch that is to be handed on next.
    let in_flight = 4 * workers;
    // Each batch that was read has at most one job at a time.
    let most_jobs = read_ahead_bound(workers).batches;
    let workers = Workers::start(workers, most_jobs);
    // One batch after the other meets its threads.
    let placing = Workers::start(1, most_jobs);
    let (preparing, prepare_site) = (workers.clone(), Arc::clone(&site));
    let context_site = Arc::clone(&site);
    let reload = Arc::new(Mutex::new(Reload::new(&site.plan, &site.models)));
    let queue_bound = site.plan.translation.queue;
    let queue = Arc::new(Semaphore::new(queue_bound));
    let (making_ready, translate_site) = (workers.clone(), Arc::clone(&site));
    let translated_at_a_time = if site.translators.is_empty() { 1 } else { in_flight };
    batches
        .map(move |batch| {
            let (site, replay) = (Arc::clone(&prepare_site), replay.clone());
            preparing.run("prepare", move || prepare_batch(batch, &site, replay.as_deref()))
        })
        .buffered(in_flight)
        .then(move |batch| {
            let (context, site, reload) = (Arc::clone(&context), Arc::clone(&context_site), Arc::clone(&reload));
            let (queue, placing) = (Arc::clone(&queue), placing.clone());
            async move {
                let batch: PreparedBatch = batch?;
                let place = move || {
                    let mut context = context.lock().unwrap_or_else(PoisonError::into_inner);
                    let items = place_batch(batch.items, &mut context, &site);
                    let marked = batch.mark.map(|read| (read, context.outline()));
                    drop(context);
                    let scorers = reload.lock().unwrap_or_else(PoisonError::into_inner).current(&site.plan);
                    let mark =
                        marked.map(|(read, threads)| Mark { read, threads, models: scorers.citations().clone() });
                    (items, scorers, mark)
                };
                let (items, scorers, mark) = placing.run("context", place).await?;
                Ok(Placed { room: room(&queue, queue_bound, &items).await, items, scorers, mark })
            }
        })
        .map(move |placed: Result<Placed, RunError>| {
            let (making_ready, site) = (making_ready.clone(), Arc::clone(&translate_site));
            async move {
                let placed = placed?;
                if placed.room.is_none() {
                    return Ok(placed);
                }
                let (items, ready_site) = (placed.items, Arc::clone(&site));
                let items = making_ready.run("translate", move || make_ready(items, &ready_site)).await?;
                Ok(Placed { items: translate(items, &site).await, ..placed })
            }
        })
        .buffered(translated_at_a_time)
        .map(move |placed: Result<Placed, RunError>| {
            let (workers, site) = (workers.clone(), Arc::clone(&site));
            async move {
                let Placed { items, scorers, room, mark } = placed?;
                let judge = move || {
                    let judged = judge_batch(items, &site, &scorers);
                    drop(room);
                    Judged { mark, ..judged }
                };
                workers.run("judge", judge).await
            }
        })
        .buffered(in_flight)
}

fn prepare_batch(batch: Batch, site: &Site, replay: Option<&Replay>) -> PreparedBatch {
    let Batch { items, is_done_before, mark } = batch;
    let items = match replay.filter(|_| is_done_before) {
        Some(replay) => PreparedItems::DoneBefore(items.into_iter().map(|item| replay.prepare(item, site)).collect()),
        None => PreparedItems::New(items.into_iter().map(|item| prepare(item, site)).collect()),
    };
    PreparedBatch { items, mark }
}

fn place_batch(items: PreparedItems, context: &mut Context, site: &Site) -> Vec<InContext> {
    match items {
        PreparedItems::New(items) => items.into_iter().map(|item| context.place(item, site)).collect(),
        PreparedItems::DoneBefore(items) => {
            for item in items {
                context.replay(item, site);
            }
            Vec::new()
        }
    }
}

/// Prepares an item; a failure of ours is its reject.
pub(super) fn prepare(item: Item, site: &Site) -> Prepared {
    match item {
        Item::Reject(reject) => Prepared::Reject(reject),
        Item::Aside(aside) => Prepared::Aside(aside),
        Item::Comment(comment) => {
            let (origin, raw) = (comment.origin.clone(), comment.raw.clone());
            guarded(Stage::Prepare, origin, raw, || prepare_comment(comment, &site.models, &site.plan.read))
                .map_or_else(Prepared::Reject, |done| Prepared::Comment(Box::new(done)))
        }
        Item::Thread(header) => {
            let origin = header.origin.clone();
            guarded(Stage::Prepare, origin, None, || prepare_thread(header, &site.models))
                .map_or_else(Prepared::Reject, |done| Prepared::Thread(Box::new(done)))
        }
    }
}
