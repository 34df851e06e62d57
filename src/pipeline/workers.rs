//! The threads that work on batches: as many as workers are asked for, the same ones from beginning to end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use super::run::RunError;

type Job = Box<dyn FnOnce() + Send>;

/// A fixed number of threads. What a thread has in its processor's cache, and the memory that it has taken, serve the next
/// batch too; threads that come and go would share neither. They end once this is dropped and their work is done.
#[derive(Debug, Clone)]
pub(super) struct Workers {
    jobs: SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
}

impl Workers {
    /// Starts some threads, for at most so many jobs that wait at a time: one more would have its giver wait.
    pub(super) fn start(count: usize, most_jobs: usize) -> Self {
        let (jobs, taken) = sync_channel::<Job>(most_jobs);
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..count.max(1) {
            let taken = Arc::clone(&taken);
            thread::spawn(move || work(&taken));
        }
        Self { jobs, waiting: Arc::default() }
    }

    /// Work that waits for a thread.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Has a thread do some work, once one is free; begins to wait at once, also while nobody asks for the result. Where
    /// the result is wanted no longer by then, the work is not done.
    ///
    /// # Errors
    /// [`RunError::Stage`] where the work panics.
    pub(super) fn run<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
        &self,
        stage: &'static str,
        work: F,
    ) -> impl Future<Output = Result<T, RunError>> + Send + use<T, F> {
        let (done, result) = oneshot::channel();
        let waiting = Waiting::begin(&self.waiting);
        let job = Box::new(move || {
            drop(waiting);
            // Who gave up waiting may have given more work since: what they want now must not wait behind it.
            if !done.is_closed() {
                // Nobody listens after an interrupt.
                let _ = done.send(work());
            }
        });
        // Where no thread is left, the job is dropped, and with it the sender of its result.
        let _ = self.jobs.send(job);
        async move { result.await.map_err(|_| RunError::Stage { stage }) }
    }
}

/// A job that waits, until this is dropped.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // The thread outlives a job that panics, whose result never comes.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::thread::ThreadId;

    use super::*;

    fn all<T>(results: Vec<impl Future<Output = T>>) -> Vec<T> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(futures::future::join_all(results))
    }

    #[test]
    fn as_many_threads_as_asked_for_do_everything() {
        for count in [1, 3] {
            let workers = Workers::start(count, 100);
            let jobs = (0..100).map(|number| workers.run("a", move || (number, thread::current().id())));
            let done: Vec<(usize, ThreadId)> = all(jobs.collect()).into_iter().map(Result::unwrap).collect();
            assert!(done.iter().map(|(number, _)| *number).eq(0..100));
            assert!(done.iter().map(|(_, thread)| format!("{thread:?}")).collect::<BTreeSet<_>>().len() <= count);
        }
    }

    #[test]
    fn what_nobody_wants_any_more_is_not_done() {
        let workers = Workers::start(1, 10);
        let (go, wait) = sync_channel::<()>(1);
        let first = workers.run("a", move || wait.recv());
        let forgotten = workers.run("a", || panic!("nobody wants it"));
        assert!((1..=2).contains(&workers.waiting()));
        drop(forgotten);
        go.send(()).unwrap();
        let last = workers.run("a", || ());
        assert!(all(vec![first]).iter().all(Result::is_ok) && all(vec![last]).iter().all(Result::is_ok));
        assert_eq!(workers.waiting(), 0);
    }

    #[test]
    fn a_panic_is_that_job_s_failure() {
        let workers = Workers::start(1, 3);
        let jobs = (0..3).map(|number| workers.run("judge", move || assert_ne!(number, 1, "on purpose")));
        let done = all(jobs.collect());
        assert!(matches!(done.as_slice(), [Ok(()), Err(RunError::Stage { stage: "judge" }), Ok(())]));
    }
}
