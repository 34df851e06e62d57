//! What the reading thread and the rest of a run tell each other.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::telemetry::Counters;

/// Whether reading is to stop, and whether the reader waits for input.
#[derive(Debug, Default)]
pub(super) struct ReaderState {
    is_stopped: AtomicBool,
    is_waiting: AtomicBool,
}

impl ReaderState {
    /// Has the input break off at the next read: what was complete before is still handed on.
    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Ordering::SeqCst);
    }

    /// Whether reading is to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::SeqCst)
    }

    /// Whether the reader waits for input, having handed on all that was complete.
    pub(super) fn is_waiting(&self) -> bool {
        self.is_waiting.load(Ordering::SeqCst)
    }
}

/// Raw input that can be stopped, with its bytes counted.
pub(super) struct StoppableRead<R> {
    inner: R,
    state: Arc<ReaderState>,
    counters: Arc<Counters>,
}

impl<R: Read> StoppableRead<R> {
    pub(super) fn new(inner: R, state: Arc<ReaderState>, counters: Arc<Counters>) -> Self {
        Self { inner, state, counters }
    }
}

impl<R: Read> Read for StoppableRead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.state.is_waiting.store(true, Ordering::SeqCst);
        // In this order: whoever stops the reader and then sees it waiting knows that nothing more comes.
        // An error, not an end: half a line would pass for a whole one.
        let bytes = if self.state.is_stopped() { Err(io::Error::other("stopped")) } else { self.inner.read(buffer) };
        self.state.is_waiting.store(false, Ordering::SeqCst);
        let bytes = bytes?;
        self.counters.add_bytes_read(bytes as u64);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_input_breaks_off() {
        let (state, counters) = (Arc::new(ReaderState::default()), Arc::new(Counters::default()));
        let mut input = StoppableRead::new(&b"abcdef"[..], Arc::clone(&state), Arc::clone(&counters));
        let mut buffer = [0; 4];
        assert_eq!(input.read(&mut buffer).unwrap(), 4);
        state.stop();
        assert!(input.read(&mut buffer).is_err());
        assert_eq!(counters.bytes_read(), 4);
        assert!(!state.is_waiting());
    }
}
