//! The reading thread: gathers items into batches, and lets go of an unfinished one before it waits for input.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::Sender;

use crate::domain::{Body, Item, RejectKind};
use crate::source::{IdleRead, InputSpec, Inputs, ReadSettings, Wrap};
use crate::telemetry::Counters;
use crate::wire::summary::InputSummary;

use super::checkpoint::{Boundaries, ReadMark};
use super::read_ahead::Places;
use super::reader_state::{ReaderState, StoppableRead};

/// A batch is let go of at this many items …
pub(super) const MAX_BATCH_ITEMS: usize = 256;
/// … or this many bytes of text.
pub(super) const MAX_BATCH_BYTES: usize = 256 << 10;

/// Bytes of text of an item.
pub(super) fn text_bytes(item: &Item) -> usize {
    match item {
        Item::Comment(comment) => comment.body.len_bytes(),
        Item::Thread(thread) => thread.article.as_ref().map_or(0, Body::len_bytes),
        Item::Reject(_) | Item::Aside(_) => 0,
    }
}

/// Counts comments, read or rejected, up to a bound.
#[derive(Debug)]
pub(super) struct CommentsLeft(Option<u64>);

impl CommentsLeft {
    /// All of them may come where there is no bound.
    pub(super) fn new(max_comments: Option<u64>) -> Self {
        Self(max_comments)
    }

    /// Whether no more may come.
    pub(super) fn is_none(&self) -> bool {
        self.0 == Some(0)
    }

    /// Counts an item that came.
    pub(super) fn count(&mut self, item: &Item) {
        if let (Some(left), Item::Comment(_) | Item::Reject(_)) = (&mut self.0, item) {
            *left = left.saturating_sub(1);
        }
    }
}

/// Items that go through the pipeline together.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) items: Vec<Item>,
    /// Whether an earlier run has done them: they are not scored again.
    pub(super) is_done_before: bool,
    /// Where a checkpoint is to be made behind the last of them.
    pub(super) mark: Option<ReadMark>,
}

/// The way from the reader to the pipeline.
#[derive(Debug)]
pub(super) struct WayOn {
    pub(super) places: Places,
    pub(super) queue: Sender<Batch>,
    /// Where checkpoints are made; `None` without any.
    pub(super) boundaries: Option<Boundaries>,
}

/// Items on their way to the pipeline. A batch needs a place behind the reader: where the pipeline is slow, reading waits.
#[derive(Debug)]
struct Batcher {
    items: Vec<Item>,
    bytes: usize,
    way: WayOn,
    state: Arc<ReaderState>,
}

impl Batcher {
    fn push(&mut self, item: Item) -> bool {
        self.bytes += text_bytes(&item);
        let mark = self.way.boundaries.as_mut().and_then(|boundaries| boundaries.pass(&item));
        self.items.push(item);
        if mark.is_some() {
            // Where an input was broken off, what it gives after that may be something that it never gives otherwise.
            let mark = mark.filter(|_| !self.state.is_stopped());
            return self.flush_with(mark);
        }
        (self.items.len() < MAX_BATCH_ITEMS && self.bytes < MAX_BATCH_BYTES) || self.flush()
    }

    /// Hands the batch on; `false` where nobody takes it any more.
    fn flush(&mut self) -> bool {
        self.flush_with(None)
    }

    fn flush_with(&mut self, mark: Option<ReadMark>) -> bool {
        self.bytes = 0;
        if self.items.is_empty() {
            return true;
        }
        let items = std::mem::take(&mut self.items);
        let is_done_before = self.way.boundaries.as_ref().is_some_and(Boundaries::is_done_before);
        self.way.places.take() && self.way.queue.blocking_send(Batch { items, is_done_before, mark }).is_ok()
    }
}

/// Reads all inputs in order until they end, there were enough comments, or nobody takes batches any more. Blocks; runs on a
/// thread of its own.
pub(super) fn read_inputs(
    inputs: Vec<InputSpec>,
    settings: ReadSettings,
    max_comments: Option<u64>,
    way: WayOn,
    state: &Arc<ReaderState>,
    counters: &Arc<Counters>,
) -> Vec<InputSummary> {
    let batcher = Batcher { items: Vec::new(), bytes: 0, way, state: Arc::clone(state) };
    let batcher = Arc::new(Mutex::new(batcher));
    let push = |item| batcher.lock().unwrap_or_else(PoisonError::into_inner).push(item);
    let wrap: Wrap = {
        let (batcher, state, counters) = (Arc::clone(&batcher), Arc::clone(state), Arc::clone(counters));
        Box::new(move |raw| {
            let (batcher, flushing) = (Arc::clone(&batcher), Arc::clone(&state));
            let flush_before_waiting = move || {
                if !batcher.lock().unwrap_or_else(PoisonError::into_inner).flush() {
                    flushing.stop();
                }
            };
            let stoppable = StoppableRead::new(raw, Arc::clone(&state), Arc::clone(&counters));
            Box::new(IdleRead::new(stoppable, flush_before_waiting))
        })
    };
    let mut inputs = Inputs::wrapped(inputs, settings, wrap);
    let mut left = CommentsLeft::new(max_comments);
    while !left.is_none()
        && let Some(item) = inputs.next_item()
    {
        left.count(&item);
        // That a stopped input broke off is no fault of the input.
        let is_unreadable = matches!(&item, Item::Reject(reject) if reject.kind == RejectKind::Unreadable);
        if (is_unreadable && state.is_stopped()) || !push(item) {
            break;
        }
    }
    batcher.lock().unwrap_or_else(PoisonError::into_inner).flush();
    inputs.summaries()
}
