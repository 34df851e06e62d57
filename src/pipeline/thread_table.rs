//! The threads of a run, as many as are remembered at a time.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::Limits;
use crate::domain::ThreadId;
use crate::text::words::{hash_word, mix};

use super::context_outline::ContextOutline;
use super::thread_state::ThreadState;

/// How many forgotten threads are known by name, so that their later records say that something is missing.
const MAX_FORGOTTEN_IDS: usize = 100_000;

#[derive(Debug)]
struct Slot {
    state: ThreadState,
    last_use: u64,
}

/// Bounded: the thread that was silent longest is forgotten first. "Longest" counts items of the input, never time, so
/// that the same input always forgets the same threads.
#[derive(Debug)]
pub(super) struct ThreadTable {
    slots: FxHashMap<ThreadId, Slot>,
    by_last_use: BTreeMap<u64, ThreadId>,
    uses: u64,
    comments: usize,
    forgotten_threads: u64,
    forgotten_comments: u64,
    /// Threads that were forgotten and may come back, the newest.
    forgotten_ids: FxHashSet<u64>,
    forgotten_order: VecDeque<u64>,
    limits: Limits,
}

impl ThreadTable {
    /// An empty table within limits.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            slots: FxHashMap::default(),
            by_last_use: BTreeMap::new(),
            uses: 0,
            comments: 0,
            forgotten_threads: 0,
            forgotten_comments: 0,
            forgotten_ids: FxHashSet::default(),
            forgotten_order: VecDeque::new(),
            limits,
        }
    }

    /// Threads and comments forgotten so far.
    pub(super) fn forgotten(&self) -> (u64, u64) {
        (self.forgotten_threads, self.forgotten_comments)
    }

    /// What there is, without what was said.
    pub(super) fn outline(&self) -> ContextOutline {
        let mut slots: Vec<(u64, u64, u64)> = self
            .slots
            .iter()
            .map(|(id, slot)| (hash_word(id.as_str()), slot.state.len() as u64, slot.last_use))
            .collect();
        slots.sort_unstable();
        let shape = slots.iter().fold(0, |hash, (id, comments, last_use)| {
            [id, comments, last_use].into_iter().fold(hash, |hash, part| mix(hash ^ part).rotate_left(1))
        });
        ContextOutline {
            remembered: slots.into_iter().map(|(id, ..)| id).collect(),
            uses: self.uses,
            comments: self.comments as u64,
            forgotten_threads: self.forgotten_threads,
            forgotten_comments: self.forgotten_comments,
            forgotten_ids: self.forgotten_order.len() as u64,
            ids: 0,
            shape,
            cascade_credit: None,
        }
    }

    /// Runs `visit` on a thread, new or old, which by that becomes the one used last; then forgets what is too much.
    pub(super) fn with_thread<T>(&mut self, id: &ThreadId, visit: impl FnOnce(&mut ThreadState) -> T) -> T {
        self.uses += 1;
        if !self.slots.contains_key(id) && self.slots.len() >= self.limits.max_threads {
            self.forget_silent_thread();
        }
        let is_truncated = !self.slots.contains_key(id) && self.forgotten_ids.contains(&hash_word(id.as_str()));
        let slot =
            self.slots.entry(id.clone()).or_insert_with(|| Slot { state: ThreadState::new(is_truncated), last_use: 0 });
        self.by_last_use.remove(&slot.last_use);
        slot.last_use = self.uses;
        self.by_last_use.insert(self.uses, id.clone());
        let before = slot.state.len();
        let found = visit(&mut slot.state);
        while slot.state.len() > self.limits.max_comments_per_thread && slot.state.forget_oldest() {
            self.forgotten_comments += 1;
        }
        self.comments = self.comments + slot.state.len() - before;
        self.forget_surplus_comments();
        found
    }

    fn forget_silent_thread(&mut self) {
        if let Some((_, id)) = self.by_last_use.pop_first()
            && let Some(slot) = self.slots.remove(&id)
        {
            self.comments -= slot.state.len();
            self.forgotten_comments += slot.state.len() as u64;
            self.note_forgotten(&id);
        }
    }

    fn note_forgotten(&mut self, id: &ThreadId) {
        self.forgotten_threads += 1;
        let hash = hash_word(id.as_str());
        if self.forgotten_ids.insert(hash) {
            self.forgotten_order.push_back(hash);
        }
        if self.forgotten_order.len() > MAX_FORGOTTEN_IDS
            && let Some(oldest) = self.forgotten_order.pop_front()
        {
            self.forgotten_ids.remove(&oldest);
        }
    }

    /// Takes comments from the threads that were silent longest until all together are few enough.
    fn forget_surplus_comments(&mut self) {
        if self.comments <= self.limits.max_comments {
            return;
        }
        let mut emptied = Vec::new();
        for (last_use, id) in &self.by_last_use {
            let Some(slot) = self.slots.get_mut(id) else { continue };
            while self.comments > self.limits.max_comments && slot.state.forget_oldest() {
                self.comments -= 1;
                self.forgotten_comments += 1;
            }
            if self.comments <= self.limits.max_comments {
                break;
            }
            emptied.push(*last_use);
        }
        // A silent thread without comments would be walked over again and again.
        for last_use in emptied {
            if let Some(id) = self.by_last_use.remove(&last_use) {
                self.slots.remove(&id);
                self.note_forgotten(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CommentId;
    use crate::text::anatomy::word_hashes;

    fn table(max_threads: usize, max_comments_per_thread: usize, max_comments: usize) -> ThreadTable {
        ThreadTable::new(Limits { max_threads, max_comments_per_thread, max_comments, ..Limits::default() })
    }

    fn say(table: &mut ThreadTable, thread: &str, number: u64) -> usize {
        table.with_thread(&ThreadId::new(thread), |state| {
            state.remember(&CommentId::new(number.to_string()), None, number, &[], None, None);
        });
        table.with_thread(&ThreadId::new(thread), |state| state.len())
    }

    #[test]
    fn each_bound_holds() {
        let mut table = table(3, 5, 12);
        for number in 0..1_000_u64 {
            say(&mut table, &(number % 7).to_string(), number);
            assert!(table.slots.len() <= 3);
            assert_eq!(table.slots.len(), table.by_last_use.len());
            let all: usize = table.slots.values().map(|slot| slot.state.len()).sum();
            assert_eq!(all, table.comments);
            assert!(all <= 12 && table.slots.values().all(|slot| slot.state.len() <= 5));
        }
        let (threads, comments) = table.forgotten();
        assert!(threads > 0);
        assert_eq!(comments + table.comments as u64, 1_000);
    }

    #[test]
    fn the_silent_thread_goes_first() {
        let mut table = table(2, 100, 100);
        say(&mut table, "a", 1);
        say(&mut table, "b", 2);
        say(&mut table, "a", 3);
        say(&mut table, "c", 4);
        assert_eq!(say(&mut table, "a", 5), 3, "`a` spoke last and is remembered");
        assert_eq!(say(&mut table, "b", 6), 1, "`b` was forgotten");
        assert!(table.with_thread(&ThreadId::new("b"), |state| state.is_truncated), "and its records say so");
        assert!(!table.with_thread(&ThreadId::new("a"), |state| state.is_truncated));
    }

    #[test]
    fn surplus_comments_are_taken_from_the_silent_threads() {
        let mut table = table(10, 100, 4);
        for number in 0..4 {
            say(&mut table, "old", number);
        }
        assert_eq!(say(&mut table, "new", 9), 1);
        assert_eq!(table.with_thread(&ThreadId::new("old"), |state| (state.len(), state.is_truncated)), (3, true));
    }

    /// What a resumed run relies on.
    #[test]
    fn what_is_forgotten_depends_on_counts_alone() {
        let (mut full, mut counted) = (table(3, 5, 12), table(3, 5, 12));
        for number in 0..500_u64 {
            let thread = ThreadId::new((number * number % 7).to_string());
            let words = word_hashes("a comment of some words");
            let id = CommentId::new((number % 90).to_string());
            full.with_thread(&thread, |state| state.remember(&id, Some(number % 3), number % 11, &words, None, None));
            counted.with_thread(&thread, |state| state.remember(&id, None, 0, &[], None, None));
            assert_eq!(full.outline(), counted.outline(), "{number}");
        }
        assert!(full.forgotten().0 > 0);
        let before = full.outline();
        full.with_thread(&ThreadId::new("0"), |_| ());
        assert_eq!(before.difference(&full.outline()), Some("items placed"));
    }
}
