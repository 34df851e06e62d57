//! Where in the input checkpoints are made.

use std::num::NonZeroU64;

use super::items_hash::ItemsHash;
use crate::domain::Item;

/// Counts the items that are read, and says behind which of them a batch has to end.
///
/// Places depend on the number of items alone, since a compressed output begins a frame at each: they show in its bytes.
#[derive(Debug)]
pub(in crate::pipeline) struct Boundaries {
    every: NonZeroU64,
    /// So many items an earlier run has done.
    done_before: u64,
    items: u64,
    hash: ItemsHash,
}

/// What the reader knows where a checkpoint is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pipeline) struct ReadMark {
    /// Items up to here.
    pub(in crate::pipeline) items: u64,
    /// The hash of them all.
    pub(in crate::pipeline) items_sha256: String,
}

impl Boundaries {
    /// A checkpoint after every so many items; up to `done_before` none, but where that is reached.
    pub(in crate::pipeline) fn new(every: NonZeroU64, done_before: u64) -> Self {
        Self { every, done_before, items: 0, hash: ItemsHash::default() }
    }

    /// Counts an item; gives the mark of its batch where that has to end here.
    pub(in crate::pipeline) fn pass(&mut self, item: &Item) -> Option<ReadMark> {
        self.items += 1;
        self.hash.add(item);
        let is_boundary = if self.items <= self.done_before {
            self.items == self.done_before
        } else {
            self.items.is_multiple_of(self.every.get())
        };
        is_boundary.then(|| ReadMark { items: self.items, items_sha256: self.hash.so_far() })
    }

    /// Whether the items so far are all ones that an earlier run has done.
    pub(in crate::pipeline) fn is_done_before(&self) -> bool {
        self.items <= self.done_before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Aside;

    fn check(every: u64, done_before: u64, expected: &[u64]) {
        let mut boundaries = Boundaries::new(NonZeroU64::new(every).unwrap(), done_before);
        let found: Vec<u64> = (1..=20)
            .filter(|place| {
                let mark = boundaries.pass(&Item::Aside(Aside::Skipped { what: "more", count: 1 }));
                assert_eq!(boundaries.is_done_before(), *place <= done_before);
                mark.is_some_and(|mark| mark.items == *place)
            })
            .collect();
        assert_eq!(found, expected, "every {every} after {done_before}");
    }

    #[test]
    fn checkpoints_fall_where_the_unbroken_run_has_them() {
        check(7, 0, &[7, 14]);
        check(7, 14, &[14]);
        check(7, 7, &[7, 14]);
        check(20, 0, &[20]);
        check(21, 0, &[]);
        check(10, 30, &[]);
    }
}
