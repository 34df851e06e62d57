//! A reader that rewrites what it reads, for parsers that give up at the first byte that they do not like.

use std::io::{self, Read};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) const CHUNK_BYTES: usize = 8 << 10;

/// What is rewritten.
pub(super) trait Rewrite {
    /// Appends to `text` what becomes of the beginning of `raw`: all of it, but for a piece that may go on in the next read,
    /// unless the input has ended.
    fn rewrite(raw: &[u8], has_ended: bool, text: &mut Vec<u8>) -> Rewritten;
}

/// What was done.
pub(super) struct Rewritten {
    /// Bytes of the input that are dealt with.
    pub(super) done: usize,
    /// Whether something else was put in their place.
    pub(super) has_changed: bool,
}

/// Rewrites what is read from another reader, and remembers whether it changed anything.
pub(super) struct RewrittenRead<R, W> {
    inner: R,
    /// Read, not yet rewritten: the beginning of a piece at most, between reads.
    raw: Vec<u8>,
    text: Vec<u8>,
    served: usize,
    ended: bool,
    has_changed: Arc<AtomicBool>,
    rewrites: PhantomData<fn() -> W>,
}

impl<R: Read, W: Rewrite> RewrittenRead<R, W> {
    /// The reader, and whether anything was changed so far. The reader is ahead of who reads from it, but never behind.
    pub(super) fn new(inner: R) -> (Self, Arc<AtomicBool>) {
        let has_changed = Arc::new(AtomicBool::new(false));
        let reader = Self {
            inner,
            raw: Vec::new(),
            text: Vec::new(),
            served: 0,
            ended: false,
            has_changed: Arc::clone(&has_changed),
            rewrites: PhantomData,
        };
        (reader, has_changed)
    }

    fn fill(&mut self) -> io::Result<()> {
        let begin = self.raw.len();
        self.raw.resize(begin + CHUNK_BYTES, 0);
        let read = self.inner.read(self.raw.get_mut(begin..).unwrap_or_default());
        self.raw.truncate(begin + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        self.text.clear();
        self.served = 0;
        let Rewritten { done, has_changed } = W::rewrite(&self.raw, self.ended, &mut self.text);
        self.raw.drain(..done.min(self.raw.len()));
        if has_changed {
            self.has_changed.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl<R: Read, W: Rewrite> Read for RewrittenRead<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.served == self.text.len() {
            if self.ended || buffer.is_empty() {
                return Ok(0);
            }
            self.fill()?;
        }
        let count = self.text.get(self.served..).unwrap_or_default().read(buffer)?;
        self.served += count;
        Ok(count)
    }
}
