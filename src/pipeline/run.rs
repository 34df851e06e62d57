//! The run itself: stages on a few threads, joined by bounded queues, in the order of the input.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::spawn_blocking;

use crate::config::Plan;
use crate::domain::{Body, Item, Stage};
use crate::policy::Policy;
use crate::sink::{LineSink, RecordOutputs, SinkError};
use crate::source::{FieldMap, InputSpec, ReadSettings, RequestedFormat};
use crate::telemetry::Counters;
use crate::translate::Translators;
use crate::wire::dead_letter::DeadLetter;
use crate::wire::summary::InputSummary;

use super::authors::Authors;
use super::batch::read_inputs;
use super::context::{Context, InContext};
use super::guard::guarded;
use super::judge::{Judged, judge_batch};
use super::models::{Models, Scorers};
use super::prepare::{Prepared, prepare_comment, prepare_thread};
use super::reader_state::ReaderState;
use super::reload::Reload;
use super::tally::Tally;
use super::translation::{make_ready, room, translate};
use super::verdict::Verdict;

/// Without a file for dead letters, this many are reported one by one; the others are only counted.
const REPORTED_DEAD_LETTERS: u64 = 20;

/// How often to look, after an interrupt, whether the reader has anything more to hand on.
const STOPPED_READER_POLL: Duration = Duration::from_millis(20);

/// What all stages of a run share.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) plan: Plan,
    pub(super) models: Models,
    pub(super) translators: Translators,
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

/// Where results go, of either kind.
enum Results {
    Records(RecordOutputs),
    Verdicts(Box<dyn FnMut(Vec<Verdict>) -> Result<(), SinkError> + Send>),
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
}

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An output takes no more.
    #[error("writing failed")]
    Sink(#[from] SinkError),
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
    let ends = Ends { results: Results::Records(outputs.records), dead_letters: outputs.dead_letters };
    run_to(settings, None, ends, counters, interrupt).await
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
    let ends = Ends { results: Results::Verdicts(outputs.verdicts), dead_letters: outputs.dead_letters };
    run_to(settings, Some(rivals), ends, counters, interrupt).await
}

/// Where all results go.
struct Ends {
    results: Results,
    dead_letters: Option<LineSink>,
}

async fn run_to(
    settings: Settings,
    rivals: Option<Vec<Policy>>,
    outputs: Ends,
    counters: Arc<Counters>,
    interrupt: impl Future<Output = ()> + Send + 'static,
) -> Result<Outcome, RunError> {
    let Settings { plan, models, translators, authors, inputs, format, map, article, workers, max_comments } = settings;
    let workers = workers.max(1);
    let reading =
        ReadSettings { format, map, article, limits: plan.limits.clone(), keep_raw: plan.output.raw_dead_letters };
    let site = Arc::new(Site { plan, models, translators, authors, rivals });
    let context = Arc::new(Mutex::new(Context::new(&site)));
    let (queue, batches) = mpsc::channel::<Vec<Item>>(workers);
    let (results, summaries) = tokio::sync::oneshot::channel();
    let reader_state = Arc::new(ReaderState::default());
    let (state, reader_counters) = (Arc::clone(&reader_state), Arc::clone(&counters));
    std::thread::spawn(move || {
        let read = catch_unwind(AssertUnwindSafe(|| {
            read_inputs(inputs, reading, max_comments, queue, &state, &reader_counters)
        }));
        // Nobody listens after an interrupt.
        let _ = results.send(read);
    });

    let was_interrupted = Arc::new(AtomicBool::new(false));
    let feed = feed(batches, interrupt, reader_state, Arc::clone(&was_interrupted));
    let judged = stages(feed, site, Arc::clone(&context), workers);
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
    let mut writer = Writer { outputs: Some(outputs), counters, dead_letters: 0, is_closed: false };
    let written = write_all(&mut finished, &mut writer).await;
    // What was written is made whole, whatever ended the run.
    let ended = writer.finish().await;
    let tally = written?;
    ended?;
    drop(finished);
    if writer.is_closed {
        // The driver may wait for input that never comes.
        driver.abort();
    } else {
        driver.await.map_err(|_| RunError::Stage { stage: "driver" })?;
    }
    let is_interrupted = was_interrupted.load(Ordering::Relaxed);
    let inputs = if is_interrupted || writer.is_closed {
        Vec::new()
    } else {
        summaries.await.ok().and_then(Result::ok).ok_or(RunError::Reader)?
    };
    let (threads, comments) = context.lock().unwrap_or_else(PoisonError::into_inner).forgotten();
    tracing::debug!(threads, comments, "forgotten for want of room");
    Ok(Outcome { tally, inputs, is_interrupted, is_closed: writer.is_closed })
}

/// Writes batches until there are no more, or nobody takes them; gives their count.
async fn write_all(
    finished: &mut mpsc::Receiver<Result<Judged, RunError>>,
    writer: &mut Writer,
) -> Result<Tally, RunError> {
    let mut tally = Tally::default();
    while let Some(batch) = finished.recv().await {
        let batch = batch?;
        tally.merge(batch.tally.clone());
        writer.write(batch).await?;
        if writer.is_closed {
            break;
        }
    }
    Ok(tally)
}

/// The batches of the reader. After an interrupt the reader is stopped, and what it had read is still handed on; a reader
/// that waits for input which may never come is left waiting.
fn feed<F: Future<Output = ()>>(
    batches: mpsc::Receiver<Vec<Item>>,
    interrupt: F,
    reader: Arc<ReaderState>,
    was_interrupted: Arc<AtomicBool>,
) -> impl Stream<Item = Vec<Item>> {
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
            tracing::warn!("interrupted: finishing what was read");
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

/// A batch whose comments have met their threads.
struct Placed {
    items: Vec<InContext>,
    /// The models of tone that were in force when its turn came.
    scorers: Arc<Scorers>,
    /// Its place among those that wait for translations; given back once it is judged.
    room: Option<OwnedSemaphorePermit>,
}

/// Prepare, context, translate, judge. At most four times `workers` batches are between the reader and their thread, as many
/// behind it, and with translators as many again; preparing and judging together take at most `workers` threads.
fn stages(
    batches: impl Stream<Item = Vec<Item>>,
    site: Arc<Site>,
    context: Arc<Mutex<Context>>,
    workers: usize,
) -> impl Stream<Item = Result<Judged, RunError>> {
    let gate = Arc::new(Semaphore::new(workers));
    // More than can be worked on, so that no worker waits for the batch that is to be handed on next.
    let in_flight = 4 * workers;
    let (prepare_gate, prepare_site) = (Arc::clone(&gate), Arc::clone(&site));
    let context_site = Arc::clone(&site);
    let reload = Arc::new(Mutex::new(Reload::new(&site.plan, &site.models)));
    let queue_bound = site.plan.translation.queue;
    let queue = Arc::new(Semaphore::new(queue_bound));
    let (translate_gate, translate_site) = (Arc::clone(&gate), Arc::clone(&site));
    let translated_at_a_time = if site.translators.is_empty() { 1 } else { in_flight };
    batches
        .map(move |items| {
            let site = Arc::clone(&prepare_site);
            on_cpu("prepare", Arc::clone(&prepare_gate), move || prepare_batch(items, &site))
        })
        .buffered(in_flight)
        .then(move |items| {
            let (context, site, reload) = (Arc::clone(&context), Arc::clone(&context_site), Arc::clone(&reload));
            let queue = Arc::clone(&queue);
            async move {
                let items = items?;
                let place = move || {
                    let mut context = context.lock().unwrap_or_else(PoisonError::into_inner);
                    let items: Vec<InContext> = items.into_iter().map(|item| context.place(item, &site)).collect();
                    drop(context);
                    let scorers = reload.lock().unwrap_or_else(PoisonError::into_inner).current(&site.plan);
                    (items, scorers)
                };
                let placed = spawn_blocking(place).await;
                let (items, scorers) = placed.map_err(|_| RunError::Stage { stage: "context" })?;
                Ok(Placed { room: room(&queue, queue_bound, &items).await, items, scorers })
            }
        })
        .map(move |placed: Result<Placed, RunError>| {
            let (gate, site) = (Arc::clone(&translate_gate), Arc::clone(&translate_site));
            async move {
                let placed = placed?;
                if placed.room.is_none() {
                    return Ok(placed);
                }
                let (items, ready_site) = (placed.items, Arc::clone(&site));
                let items = on_cpu("translate", gate, move || make_ready(items, &ready_site)).await?;
                Ok(Placed { items: translate(items, &site).await, ..placed })
            }
        })
        .buffered(translated_at_a_time)
        .map(move |placed: Result<Placed, RunError>| {
            let (gate, site) = (Arc::clone(&gate), Arc::clone(&site));
            async move {
                let Placed { items, scorers, room } = placed?;
                let judge = move || {
                    let judged = judge_batch(items, &site, &scorers);
                    drop(room);
                    judged
                };
                on_cpu("judge", gate, judge).await
            }
        })
        .buffered(in_flight)
}

async fn on_cpu<T: Send + 'static>(
    stage: &'static str,
    gate: Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RunError> {
    // On a task of its own: who waits at the gate must go on also while nobody asks for its result.
    let task = tokio::spawn(async move {
        // The gate is never closed; were it, there would just be no bound.
        let permit = gate.acquire_owned().await.ok();
        let done = spawn_blocking(work).await;
        drop(permit);
        done
    });
    task.await.and_then(|done| done).map_err(|_| RunError::Stage { stage })
}

fn prepare_batch(items: Vec<Item>, site: &Site) -> Vec<Prepared> {
    items.into_iter().map(|item| prepare(item, site)).collect()
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

/// The end of the line: hands results to the outputs, one batch at a time.
struct Writer {
    /// Away while a batch is being written.
    outputs: Option<Ends>,
    counters: Arc<Counters>,
    dead_letters: u64,
    is_closed: bool,
}

impl Writer {
    async fn write(&mut self, mut judged: Judged) -> Result<(), RunError> {
        let Some(mut outputs) = self.outputs.take() else { return Ok(()) };
        let records = judged.tally.records;
        let first = self.dead_letters;
        self.dead_letters += judged.rejects.len() as u64;
        let (outputs, result) = spawn_blocking(move || {
            let result = write_batch(&mut outputs, &mut judged, first);
            (outputs, result)
        })
        .await
        .map_err(|_| RunError::Stage { stage: "write" })?;
        self.outputs = Some(outputs);
        match result {
            Ok(()) => self.counters.add_records_written(records),
            Err(SinkError::Closed { .. }) => self.is_closed = true,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Ends all outputs, so that what was written is whole.
    async fn finish(&mut self) -> Result<(), RunError> {
        let Some(mut outputs) = self.outputs.take() else { return Ok(()) };
        let finished = spawn_blocking(move || finish_outputs(&mut outputs));
        match finished.await.map_err(|_| RunError::Stage { stage: "write" })? {
            Ok(()) => Ok(()),
            Err(SinkError::Closed { .. }) => {
                self.is_closed = true;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn finish_outputs(outputs: &mut Ends) -> Result<(), SinkError> {
    let records = match &mut outputs.results {
        Results::Records(records) => records.finish(),
        Results::Verdicts(_) => Ok(()),
    };
    let dead_letters = outputs.dead_letters.as_mut().map_or(Ok(()), LineSink::finish);
    records.and(dead_letters)
}

fn write_batch(outputs: &mut Ends, judged: &mut Judged, dead_letters_before: u64) -> Result<(), SinkError> {
    if let Some(sink) = &mut outputs.dead_letters {
        let mut lines = Vec::new();
        for reject in &judged.rejects {
            // Strings and numbers always serialise.
            if serde_json::to_writer(&mut lines, &DeadLetter::from(reject)).is_ok() {
                lines.push(b'\n');
            }
        }
        sink.write(&lines)?;
    } else {
        for (number, reject) in (dead_letters_before..).zip(&judged.rejects) {
            if number < REPORTED_DEAD_LETTERS {
                let (at, kind) = (reject.origin.to_string(), reject.kind.name());
                tracing::warn!(at, kind, detail = &*reject.detail, "dead letter");
            } else if number == REPORTED_DEAD_LETTERS {
                tracing::warn!("further dead letters are only counted; --dead-letters FILE keeps all");
            }
        }
    }
    match &mut outputs.results {
        Results::Records(records) => records.write(&judged.lines),
        Results::Verdicts(take) => take(std::mem::take(&mut judged.verdicts)),
    }
}
