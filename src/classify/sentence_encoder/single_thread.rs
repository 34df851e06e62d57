//! Work that another crate would spread over all processors, kept on one.

use std::cell::OnceCell;

use rayon::{ThreadPool, ThreadPoolBuilder};

thread_local! {
    /// A pool of one thread, which belongs to the calling one and ends with it; `None` where none could be started.
    static COMPANION: OnceCell<Option<ThreadPool>> = const { OnceCell::new() };
}

/// Does work whose parallel parts, by rayon, all run on a single thread.
///
/// candle hands products of matrices, softmax and normalisation to rayon's threads, of which there are as many as
/// processors for the whole program. For texts of a few words that is slower than one thread, and where several workers
/// encode at a time they wait for each other. Inside a pool of one thread, one after the other, the same steps give the
/// same numbers: candle cuts along rows and columns, never through a sum.
///
/// Steps by element on 65,536 numbers or more (for all-MiniLM-L6-v2, texts of 43 tokens or more) candle 0.11 still shares
/// out, to threads of its own that only the environment variable `CANDLE_NUM_THREADS` governs.
pub(super) fn on_a_single_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    COMPANION.with(|companion| match companion.get_or_init(|| ThreadPoolBuilder::new().num_threads(1).build().ok()) {
        Some(pool) => pool.install(work),
        None => work(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_is_done_by_one_thread_that_is_always_the_same() {
        let thread = || on_a_single_thread(|| (rayon::current_num_threads(), std::thread::current().id()));
        let (threads, first) = thread();
        assert_eq!((threads, thread().1), (1, first));
        let (_, of_another) = std::thread::spawn(thread).join().unwrap();
        assert_ne!(of_another, first);
    }
}
