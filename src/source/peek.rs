//! A reader whose first bytes can be looked at before they are read.

use std::io::{self, Read};

/// Keeps what was looked at, to be read again from the beginning.
pub(super) struct Peek<R> {
    inner: R,
    seen: Vec<u8>,
    served: usize,
    ended: bool,
    failure: Option<io::Error>,
}

impl<R: Read> Peek<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, seen: Vec::new(), served: 0, ended: false, failure: None }
    }

    /// Looks ahead until `enough` says so, the input ends or fails, or `max_bytes` were seen; a failure is kept for
    /// the reader. `enough` is asked first, and again after each read, so that nothing is waited for in vain.
    ///
    /// The answer may hold more bytes than were needed: who must not depend on how the input is cut looks at no more.
    pub(super) fn look(&mut self, max_bytes: usize, mut enough: impl FnMut(&[u8]) -> bool) -> &[u8] {
        const CHUNK_BYTES: usize = 8 << 10;
        while !self.ended && self.failure.is_none() && self.seen.len() < max_bytes && !enough(&self.seen) {
            let begin = self.seen.len();
            self.seen.resize(begin + CHUNK_BYTES, 0);
            let read = self.inner.read(self.seen.get_mut(begin..).unwrap_or_default());
            self.seen.truncate(begin + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.failure = Some(error),
            }
        }
        &self.seen
    }

    /// Drops the first `count` bytes of what was looked at.
    pub(super) fn skip(&mut self, count: usize) {
        self.served = count.min(self.seen.len());
    }
}

impl<R: Read> Read for Peek<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let waiting = self.seen.get(self.served..).unwrap_or_default();
        if !waiting.is_empty() {
            let count = waiting.len().min(buffer.len());
            if let (Some(to), Some(from)) = (buffer.get_mut(..count), waiting.get(..count)) {
                to.copy_from_slice(from);
            }
            self.served += count;
            return Ok(count);
        }
        if !self.seen.is_empty() {
            self.seen = Vec::new();
            self.served = 0;
        }
        match self.failure.take() {
            Some(error) => Err(error),
            None if self.ended => Ok(0),
            None => self.inner.read(buffer),
        }
    }
}
