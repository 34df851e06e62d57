//! How far reading runs ahead of writing: a bound that a slow output holds the source to.

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::batch::{MAX_BATCH_BYTES, MAX_BATCH_ITEMS};

/// What may have been read and not yet been written, at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadAheadBound {
    /// Batches between the reader and the end of writing, the one that is being written included. Beside them the reader
    /// holds one more, which it waits to hand on.
    pub batches: usize,
    /// Items in all of these, the reader's own batch included.
    pub items: usize,
    /// Bytes of text in all of these, but for the last text of each batch, which may be as long as the limits allow.
    pub text_bytes: usize,
}

/// The bound for a number of workers. It does not depend on how the stages are built: the reader takes a place before it
/// hands a batch on, and the writer gives it back once the batch is written.
///
/// Four batches a worker can wait for each of the two stages that work in parallel, and four more are on their way from
/// one stage to the next: with fewer places workers would stand idle while a long batch holds up those behind it.
#[must_use]
pub fn read_ahead_bound(workers: usize) -> ReadAheadBound {
    let batches = 8 * workers.max(1) + 4;
    ReadAheadBound {
        batches,
        items: (batches + 1) * MAX_BATCH_ITEMS,
        text_bytes: (batches + 1) * (MAX_BATCH_BYTES - 1),
    }
}

/// The reader's side: takes places.
#[derive(Debug)]
pub(super) struct Places(Sender<()>);

/// The writer's side: gives places back. Once it is gone, none is to be had.
#[derive(Debug)]
pub(super) struct PlacesBack(Receiver<()>);

/// So many places for batches.
pub(super) fn places(batches: usize) -> (Places, PlacesBack) {
    let (taken, back) = channel(batches);
    (Places(taken), PlacesBack(back))
}

impl Places {
    /// Waits for a place; `false` where nothing is written any more.
    pub(super) fn take(&self) -> bool {
        self.0.blocking_send(()).is_ok()
    }
}

impl PlacesBack {
    /// Gives one place back.
    pub(super) fn give_back(&mut self) {
        // Each batch that is written took a place before.
        let _ = self.0.try_recv();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_grows_with_the_workers_and_is_never_nothing() {
        for (workers, batches) in [(0, 12), (1, 12), (2, 20), (8, 68)] {
            let bound = read_ahead_bound(workers);
            assert_eq!(bound.batches, batches);
            assert_eq!(bound.items, (batches + 1) * 256);
            assert_eq!(bound.text_bytes, (batches + 1) * (262_144 - 1));
        }
    }

    #[test]
    fn a_place_that_came_back_can_be_taken_again_and_none_when_the_writer_is_gone() {
        let (places, mut back) = places(2);
        assert!(places.take() && places.take());
        back.give_back();
        assert!(places.take());
        drop(back);
        assert!(!places.take());
    }
}
