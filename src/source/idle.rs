//! A reader that tells when it is about to wait.

use std::io::{self, Read};

/// Calls a function before each read from the reader within, which is when the program may have to wait for input.
///
/// Put it around the raw input, below all buffers: then the call says that every complete line was handed on, and
/// whoever gathers items into batches can let go of an unfinished one.
#[derive(Debug)]
pub struct IdleRead<R, F> {
    inner: R,
    before_read: F,
}

impl<R: Read, F: FnMut()> IdleRead<R, F> {
    /// Has `before_read` called before each read from `inner`.
    pub fn new(inner: R, before_read: F) -> Self {
        Self { inner, before_read }
    }
}

impl<R: Read, F: FnMut()> Read for IdleRead<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (self.before_read)();
        self.inner.read(buffer)
    }
}
