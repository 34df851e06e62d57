//! Memory that is kept from text to text, lent to whoever works with a model at the moment.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

/// The scratches that nobody works with at the moment; as many come to be as threads work at a time. What a scratch holds
/// makes work quicker and changes no result.
///
/// A thread gets the one that it had last, if that is free: what is in a processor's cache is of use to that processor.
#[derive(Debug)]
pub struct ScratchPool<T> {
    free: Mutex<Vec<(ThreadId, T)>>,
}

impl<T> Default for ScratchPool<T> {
    fn default() -> Self {
        Self { free: Mutex::default() }
    }
}

impl<T> Clone for ScratchPool<T> {
    /// A pool of its own, with nothing in it yet.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> ScratchPool<T> {
    /// Lends a scratch, made where none is free. One whose work panics is thrown away.
    pub fn lend<R>(&self, make: impl FnOnce() -> T, work: impl FnOnce(&mut T) -> R) -> R {
        let thread = thread::current().id();
        let mut scratch = self.take(thread).unwrap_or_else(make);
        let done = work(&mut scratch);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push((thread, scratch));
        done
    }

    fn take(&self, thread: ThreadId) -> Option<T> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let own = free.iter().position(|(last, _)| *last == thread);
        let at = own.or(free.len().checked_sub(1))?;
        Some(free.swap_remove(at).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_is_lent_to_one_at_a_time_and_made_where_none_is_free() {
        let pool = ScratchPool::default();
        let mut made = 0;
        let mut take = || {
            made += 1;
            made
        };
        assert_eq!(pool.lend(&mut take, |one| *one), 1);
        assert_eq!(pool.lend(&mut take, |one| (*one, pool.lend(|| 7, |other| *other))), (1, 7));
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            pool.lend(|| 8, |_| panic!("on purpose"));
        }));
        assert!(failed.is_err());
        assert_eq!(pool.lend(|| 9, |one| *one), 1, "the one that failed is gone");
    }
}
