//! The reading thread: gathers items into batches, and lets go of an unfinished one before it waits for input.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::Sender;

use crate::config::Limits;
use crate::domain::{Body, Item, Origin, Reject, RejectKind, Stage};
use crate::source::{Format, IdleRead, Input, RequestedFormat, open};
use crate::telemetry::Counters;
use crate::wire::summary::InputSummary;

use super::reader_state::{ReaderState, StoppableRead};

/// A batch is let go of at this many items …
const MAX_BATCH_ITEMS: usize = 256;
/// … or this many bytes of text.
const MAX_BATCH_BYTES: usize = 256 << 10;

type Opener = Box<dyn FnOnce() -> io::Result<Box<dyn Read + Send>> + Send>;

/// An input of a run, not yet opened.
pub struct InputSpec {
    /// The file as the user named it, or `stdin`.
    pub name: String,
    /// Opens it; called when its turn comes.
    pub open: Opener,
}

impl std::fmt::Debug for InputSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InputSpec({})", self.name)
    }
}

/// What all inputs of a run have in common.
#[derive(Debug, Clone)]
pub(super) struct ReadSettings {
    pub(super) format: RequestedFormat,
    pub(super) article: Option<Body>,
    pub(super) limits: Limits,
    pub(super) keep_raw: bool,
}

/// Items on their way to the pipeline. The queue behind it is bounded: where the pipeline is slow, reading waits.
#[derive(Debug)]
struct Batcher {
    items: Vec<Item>,
    bytes: usize,
    queue: Sender<Vec<Item>>,
}

impl Batcher {
    fn push(&mut self, item: Item) -> bool {
        self.bytes += match &item {
            Item::Comment(comment) => comment.body.len_bytes(),
            Item::Thread(thread) => thread.article.as_ref().map_or(0, Body::len_bytes),
            Item::Reject(_) => 0,
        };
        self.items.push(item);
        (self.items.len() < MAX_BATCH_ITEMS && self.bytes < MAX_BATCH_BYTES) || self.flush()
    }

    /// Hands the batch on; `false` where nobody takes it any more.
    fn flush(&mut self) -> bool {
        self.bytes = 0;
        self.items.is_empty() || self.queue.blocking_send(std::mem::take(&mut self.items)).is_ok()
    }
}

/// Reads all inputs in order until they end, or nobody takes batches any more. Blocks; runs on a thread of its own.
pub(super) fn read_inputs(
    inputs: Vec<InputSpec>,
    settings: &ReadSettings,
    queue: Sender<Vec<Item>>,
    state: &Arc<ReaderState>,
    counters: &Arc<Counters>,
) -> Vec<InputSummary> {
    let batcher = Arc::new(Mutex::new(Batcher { items: Vec::new(), bytes: 0, queue }));
    let push = |item| batcher.lock().unwrap_or_else(PoisonError::into_inner).push(item);
    let mut summaries = Vec::new();
    'inputs: for (place, spec) in inputs.into_iter().enumerate() {
        if state.is_stopped() {
            break;
        }
        let name: Arc<str> = spec.name.into();
        let raw = match (spec.open)() {
            Ok(raw) => raw,
            Err(error) => {
                summaries.push(InputSummary { source: name.to_string(), format: "unreadable".to_owned() });
                if push(unreadable(&name, &error)) {
                    continue;
                }
                break;
            }
        };
        let flush_before_waiting = {
            let (batcher, state) = (Arc::clone(&batcher), Arc::clone(state));
            move || {
                if !batcher.lock().unwrap_or_else(PoisonError::into_inner).flush() {
                    state.stop();
                }
            }
        };
        let stoppable = StoppableRead::new(raw, Arc::clone(state), Arc::clone(counters));
        let mut opened = open(
            IdleRead::new(stoppable, flush_before_waiting),
            Input {
                name: Arc::clone(&name),
                ordinal: place as u64 + 1,
                article: settings.article.clone(),
                format: settings.format,
                limits: settings.limits.clone(),
                keep_raw: settings.keep_raw,
            },
        );
        let format = opened.format.map_or("unreadable", Format::name);
        tracing::info!(source = &*name, format, "reading");
        if settings.article.is_some() && opened.format != Some(Format::Page) {
            tracing::warn!(source = &*name, format, "the article is that of comments which name no thread");
        }
        summaries.push(InputSummary { source: name.to_string(), format: format.to_owned() });
        while let Some(item) = opened.source.next_item() {
            // That a stopped input broke off is no fault of the input.
            let is_unreadable = matches!(&item, Item::Reject(reject) if reject.kind == RejectKind::Unreadable);
            if (is_unreadable && state.is_stopped()) || !push(item) {
                break 'inputs;
            }
        }
    }
    batcher.lock().unwrap_or_else(PoisonError::into_inner).flush();
    summaries
}

fn unreadable(name: &Arc<str>, error: &io::Error) -> Item {
    Item::Reject(Reject {
        origin: Origin::new(Arc::clone(name), 1),
        stage: Stage::Read,
        kind: RejectKind::Unreadable,
        detail: format!("cannot open the file: {error}").into(),
        raw: None,
    })
}
