//! The label store: a queue that ends somewhere, and one thread that writes what waits in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};
use tokio::sync::oneshot;

use super::database::{Access, open};
use super::error::StoreError;
use super::submission::Submission;
use super::writer::Writer;

/// How much a store lets wait, and how long it waits itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreBounds {
    /// So many submissions may wait to be written, at least one; of a further one nothing is kept.
    pub max_waiting: usize,
    /// So long the store waits for another program that writes, such as a deletion.
    pub busy_timeout: Duration,
}

impl Default for StoreBounds {
    fn default() -> Self {
        Self { max_waiting: 1_024, busy_timeout: Duration::from_secs(5) }
    }
}

/// What a store has done since it was opened, in submissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreCounts {
    /// Written and acknowledged.
    pub written: u64,
    /// Taken, but not written.
    pub failed: u64,
    /// Not taken, because too many waited.
    pub refused: u64,
    /// Whether the last attempt to write failed.
    pub is_failing: bool,
}

#[derive(Debug, Default)]
struct Counters {
    written: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
    is_failing: AtomicBool,
}

/// Takes judgements. What it acknowledged outlives the process, and a loss of power as far as the disk keeps what it said it
/// wrote. Dropped, it writes what waits before it goes.
#[derive(Debug)]
pub struct LabelStore {
    path: PathBuf,
    counters: Arc<Counters>,
    /// Taken where the store is closed.
    queue: Mutex<Option<Sender<Waiting>>>,
    max_waiting: usize,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// A submission whose sender waits for the answer; without one, the sender waits for all before it.
#[derive(Debug)]
struct Waiting {
    submission: Option<Box<Submission>>,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl LabelStore {
    /// Opens a store, and makes the file where there is none.
    ///
    /// # Errors
    /// Where the file is no label store or a newer one, or cannot be written.
    pub fn open(path: &Path, bounds: StoreBounds) -> Result<Self, StoreError> {
        let writer = Writer::new(path, open(path, Access::Make, bounds.busy_timeout)?);
        let (queue, waiting) = mpsc::channel(bounds.max_waiting.max(1));
        let counters = Arc::new(Counters::default());
        let counted = Arc::clone(&counters);
        let thread = Builder::new().name("label-store".to_owned()).spawn(move || write_all(writer, waiting, &counted));
        let failed = |error: std::io::Error| StoreError::CannotOpen {
            path: path.display().to_string(),
            reason: format!("no thread for it: {error}"),
        };
        Ok(Self {
            path: path.to_path_buf(),
            counters,
            max_waiting: queue.max_capacity(),
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread.map_err(failed)?)),
        })
    }

    /// Sees whether a store could be opened, and makes nothing.
    ///
    /// # Errors
    /// As [`Self::open`], as far as one can tell.
    pub fn check(path: &Path) -> Result<(), StoreError> {
        let is_empty = path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0);
        match open(path, Access::Write, StoreBounds::default().busy_timeout) {
            Ok(_) => Ok(()),
            // It becomes one when it is opened.
            Err(StoreError::AnotherDatabase { .. }) if is_empty => Ok(()),
            Err(StoreError::Missing { .. }) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let reason = match folder.metadata() {
                    Ok(metadata) if metadata.is_dir() && !metadata.permissions().readonly() => return Ok(()),
                    Ok(metadata) if metadata.is_dir() => "its folder is read-only".to_owned(),
                    Ok(_) => "what should be its folder is none".to_owned(),
                    Err(error) => format!("its folder: {error}"),
                };
                Err(StoreError::CannotOpen { path: path.display().to_string(), reason })
            }
            Err(error) => Err(error),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many submissions wait to be written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue().as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// What it has done so far.
    #[must_use]
    pub fn counts(&self) -> StoreCounts {
        let Counters { written, failed, refused, is_failing } = &*self.counters;
        StoreCounts {
            written: written.load(Ordering::Relaxed),
            failed: failed.load(Ordering::Relaxed),
            refused: refused.load(Ordering::Relaxed),
            is_failing: is_failing.load(Ordering::Relaxed),
        }
    }

    /// Keeps a submission, all of it or nothing. Once this returns it is on the disk. Submissions that wait at the same time
    /// share a transaction, and its sync. That a caller does not wait for the answer changes nothing.
    ///
    /// # Errors
    /// Where too many wait already, or the database does not take it. Of a submission with an error nothing was acknowledged;
    /// it may be sent again.
    pub async fn add(&self, submission: Submission) -> Result<(), StoreError> {
        self.ask(Some(Box::new(submission)))?.await.unwrap_or_else(|_| Err(self.closed()))
    }

    /// Returns when all that was taken before is written, or its senders know why not.
    ///
    /// # Errors
    /// Where too many wait already, or the store has stopped.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.ask(None)?.await.unwrap_or_else(|_| Err(self.closed()))
    }

    fn ask(
        &self,
        submission: Option<Box<Submission>>,
    ) -> Result<oneshot::Receiver<Result<(), StoreError>>, StoreError> {
        let (answer, answered) = oneshot::channel();
        let sent = match &*self.queue() {
            Some(queue) => queue.try_send(Waiting { submission, answer }),
            None => return Err(self.closed()),
        };
        match sent {
            Ok(()) => Ok(answered),
            Err(TrySendError::Full(_)) => {
                self.counters.refused.fetch_add(1, Ordering::Relaxed);
                Err(StoreError::Busy { path: self.path.display().to_string(), waiting: self.max_waiting })
            }
            Err(TrySendError::Closed(_)) => Err(self.closed()),
        }
    }

    /// Writes what waits, and closes the file; takes nothing any more. May take as long as writing does.
    pub fn close(&self) {
        drop(self.queue().take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic there was told where it happened.
            let _ = thread.join();
        }
    }

    fn queue(&self) -> MutexGuard<'_, Option<Sender<Waiting>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self) -> StoreError {
        StoreError::Closed { path: self.path.display().to_string() }
    }
}

impl Drop for LabelStore {
    fn drop(&mut self) {
        self.close();
    }
}

/// Writes until the store is dropped and nothing waits any more: all that waits at a time in one transaction.
fn write_all(mut writer: Writer, mut queue: Receiver<Waiting>, counters: &Counters) {
    let mut batch = Vec::new();
    // What waits never exceeds the queue's bound.
    let limit = queue.max_capacity();
    while queue.blocking_recv_many(&mut batch, limit) > 0 {
        let submissions = batch.iter().filter_map(|waiting: &Waiting| waiting.submission.as_deref());
        let count = submissions.clone().count() as u64;
        let written = if count > 0 { writer.write(submissions) } else { Ok(()) };
        if count > 0 {
            let counter = if written.is_ok() { &counters.written } else { &counters.failed };
            counter.fetch_add(count, Ordering::Relaxed);
            counters.is_failing.store(written.is_err(), Ordering::Relaxed);
        }
        for waiting in batch.drain(..) {
            let answer = if waiting.submission.is_some() { written.clone() } else { Ok(()) };
            // Whoever has gone away does not care.
            let _ = waiting.answer.send(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use rusqlite::Connection;

    use super::*;
    use crate::domain::{Body, Probability};
    use crate::feedback::Judgement;

    fn submission(token: &str) -> Submission {
        let judgement = Judgement::of_whole_text("toxicity", Probability::new(1.0).unwrap());
        let client_token = Some(token.to_owned());
        Submission { client_token, ..Submission::new(Body::new("The ferry was late."), 1_000, vec![judgement]) }
    }

    fn store(folder: &tempfile::TempDir, max_waiting: usize) -> LabelStore {
        let bounds = StoreBounds { max_waiting, busy_timeout: Duration::from_secs(60) };
        LabelStore::open(&folder.path().join("labels.db"), bounds).unwrap()
    }

    fn tokens(path: &Path) -> Vec<String> {
        let database = Connection::open(path).unwrap();
        let mut select = database.prepare("SELECT client_token FROM judgements ORDER BY id").unwrap();
        let rows = select.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[tokio::test]
    async fn what_is_acknowledged_stands_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder, 100);
        for token in ["a", "b"] {
            store.add(submission(token)).await.unwrap();
            assert_eq!(tokens(store.path()).last().map(String::as_str), Some(token));
        }
        let many: Vec<String> = (0..100).map(|number| format!("c{number}")).collect();
        let answers = join_all(many.iter().map(|token| store.add(submission(token)))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(tokens(store.path()).get(2..), Some(&*many), "in the order in which they came");
        assert_eq!(store.waiting(), 0);
        assert_eq!(store.counts(), StoreCounts { written: 102, ..StoreCounts::default() });
    }

    #[tokio::test]
    async fn no_more_wait_than_may() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder, 4);
        // The thread waits for this writer with what it has taken; behind it the queue fills.
        let other = Connection::open(store.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut answers = Vec::new();
        let refused = loop {
            match store.ask(Some(Box::new(submission(&answers.len().to_string())))) {
                Ok(answer) => answers.push(answer),
                Err(error) => break error,
            }
        };
        assert!(refused.passes() && refused.to_string().contains("4 submissions wait"), "{refused}");
        assert!((4..=8).contains(&answers.len()), "{} were taken: those in hand and those in the queue", answers.len());
        other.execute_batch("ROLLBACK").unwrap();
        let expected: Vec<String> = (0..answers.len()).map(|number| number.to_string()).collect();
        for answer in answers {
            answer.await.unwrap().unwrap();
        }
        store.flush().await.unwrap();
        assert_eq!(tokens(store.path()), expected);
        let written = expected.len() as u64;
        assert_eq!(store.counts(), StoreCounts { written, refused: 1, ..StoreCounts::default() });
    }

    #[tokio::test]
    async fn a_store_that_goes_writes_what_waits() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder, 100);
        let path = store.path().to_path_buf();
        // Nobody waits for the answers.
        let mut asked = (0..50).map(|number| store.ask(Some(Box::new(submission(&number.to_string())))));
        assert!(asked.find_map(Result::err).is_none());
        drop(store);
        assert_eq!(tokens(&path).len(), 50);
        assert!(!path.with_file_name("labels.db-wal").exists(), "all is in one file");
    }
}
